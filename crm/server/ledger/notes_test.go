package ledger

import (
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

func TestANoteIsItsWritersToChange_G2(t *testing.T) {
	c := newCompany(t)
	person := crm.Contact{ID: c.id(), LastName: "Groß"}
	c.do(c.as(c.anna), crm.CreateContact{Contact: person})
	n := crm.Note{ID: c.id(), Ref: crm.Ref{Kind: crm.KindContact, ID: person.ID}, At: c.now, By: c.anna, Text: "Wants forty brackets"}
	c.do(c.as(c.anna), crm.SaveRecordNote{Note: n})
	n.Text, n.Edited = "Wants fifty brackets", c.now.Add(time.Minute)
	c.do(c.as(c.anna), crm.SaveRecordNote{Note: n})
	words := func() string {
		t.Helper()
		return get[crm.Note](c, wire.Note, n.ID).Text
	}
	if words() != n.Text || !get[crm.Note](c, wire.Note, n.ID).Edited.Equal(n.Edited) {
		t.Errorf("its writer made it %q", words())
	}

	others := n
	others.Text = "Is a nuisance"
	c.refused(wire.RejectNotAllowed, c.try(c.as(c.ben), crm.SaveRecordNote{Note: others}))
	c.refused(wire.RejectNotAllowed, c.try(c.as(c.admin), crm.SaveRecordNote{Note: others}))
	others.By, others.Text = c.ben, n.Text
	c.refused(wire.RejectNotAllowed, c.try(c.as(c.ben), crm.SaveRecordNote{Note: others}))
	others.By, others.Text = c.anna, ""
	c.refused(wire.RejectNotAllowed, c.try(c.as(c.ben), crm.SaveRecordNote{Note: others}))
	if words() != n.Text {
		t.Errorf("somebody else made it %q", words())
	}

	// Somebody undoes a merge: the note goes back, as it is.
	other := crm.Contact{ID: c.id(), LastName: "Weiß"}
	c.do(c.as(c.ben), crm.CreateContact{Contact: other})
	moved := n
	moved.Ref.ID = other.ID
	c.do(c.as(c.ben), crm.SaveRecordNote{Note: moved})
	if get[crm.Note](c, wire.Note, n.ID).Ref != moved.Ref {
		t.Error("it does not go where its record goes")
	}

	// Who looks after the CRM takes it away.
	gone := moved
	gone.Text = ""
	c.do(c.as(c.admin), crm.SaveRecordNote{Note: gone})
	if !c.gone(wire.Note, n.ID) {
		t.Error("an administrator can't take it away")
	}
	c.do(c.as(c.anna), crm.SaveRecordNote{Note: moved})
	if words() != n.Text {
		t.Error("it can't be brought back")
	}
}

func TestWhatTheTimelineTellsIsNobodysToChange(t *testing.T) {
	c := newCompany(t)
	lead := crm.Lead{ID: c.id(), LastName: "Groß", Status: crm.LeadNew}
	c.do(c.as(c.anna), crm.CreateLead{Lead: lead})
	c.do(c.as(c.anna), crm.SetLeadStatus{Lead: lead.ID, From: crm.LeadNew, To: crm.LeadProcessed})
	told := crm.Note{ID: c.id(), Ref: crm.Ref{Kind: crm.KindLead, ID: lead.ID}, At: c.now, By: c.anna,
		Changes: []crm.FieldChange{{Field: "status", From: string(crm.LeadNew), To: string(crm.LeadProcessed)}}}
	c.do(c.as(c.anna), crm.SaveRecordNote{Note: told})
	words := told
	words.Text = "It was somebody else"
	c.refused(wire.RejectNotAllowed, c.try(c.as(c.anna), crm.SaveRecordNote{Note: words}))
	told.Changes = nil
	c.refused(wire.RejectNotAllowed, c.try(c.as(c.anna), crm.SaveRecordNote{Note: told}))
	c.refused(wire.RejectNotAllowed, c.try(c.as(c.admin), crm.SaveRecordNote{Note: told}))
}

// A program that was offline takes a note away that was written anew since.
func TestALateRemovalTakesNothingAwayThatWasWrittenSince(t *testing.T) {
	c := newCompany(t)
	person := crm.Contact{ID: c.id(), LastName: "Groß"}
	c.do(c.as(c.anna), crm.CreateContact{Contact: person})
	n := crm.Note{ID: c.id(), Ref: crm.Ref{Kind: crm.KindContact, ID: person.ID}, At: c.now, By: c.anna, Text: "forty"}
	c.do(c.as(c.anna), crm.SaveRecordNote{Note: n})
	late := c.now
	c.now = c.now.Add(time.Hour)
	n.Text = "fifty"
	c.do(c.as(c.anna), crm.SaveRecordNote{Note: n})
	n.Text = ""
	if err := c.tryAt(c.as(c.anna), crm.SaveRecordNote{Note: n}, late); err != nil {
		t.Fatal(err)
	}
	if got := get[crm.Note](c, wire.Note, n.ID).Text; got != "fifty" {
		t.Errorf("it says %q", got)
	}
}
