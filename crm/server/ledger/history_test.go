package ledger

import (
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// Two agents move a lead at the same time: the history tells of the step that was made, and not of the one that was refused.
func TestTheHistoryTellsOnlyOfWhatWasDone(t *testing.T) {
	c := newCompany(t)
	lead := crm.Lead{ID: c.id(), LastName: "Groß", Status: crm.LeadNew}
	c.do(c.as(c.anna), crm.CreateLead{Lead: lead})
	ref := crm.Ref{Kind: crm.KindLead, ID: lead.ID}
	step := func(at time.Time, to crm.LeadStatus) crm.Note {
		return crm.Note{ID: c.id(), Ref: ref, At: at, Changes: []crm.FieldChange{{Field: "status", From: string(crm.LeadNew), To: string(to)}}}
	}
	c.do(c.as(c.anna), crm.SetLeadStatus{Lead: lead.ID, From: crm.LeadNew, To: crm.LeadProcessed})
	was := step(c.now, crm.LeadProcessed)
	c.do(c.as(c.anna), crm.SaveRecordNote{Note: was})
	if err := c.try(c.as(c.ben), crm.SetLeadStatus{Lead: lead.ID, From: crm.LeadNew, To: crm.LeadJunk}); err == nil {
		t.Fatal("the second step is not refused")
	}
	never := step(c.now, crm.LeadJunk)
	c.do(c.as(c.ben), crm.SaveRecordNote{Note: never})
	if got := get[crm.Note](c, wire.Note, was.ID); len(got.Changes) != 1 || got.Changes[0].To != string(crm.LeadProcessed) {
		t.Errorf("the step that was made is told as %+v", got)
	}
	if c.m.rows[Key{wire.Note, never.ID}].live() {
		t.Error("the step that was refused is told")
	}
	old := step(c.now.Add(-time.Hour), crm.LeadJunk) // of a record that was removed and is brought back
	c.do(c.as(c.ben), crm.SaveRecordNote{Note: old})
	if !c.m.rows[Key{wire.Note, old.ID}].live() {
		t.Error("what happened before is not brought back")
	}
}
