package desk

import (
	"testing"

	"leadline/crm"
)

func TestASnapshotCountsTheChangesOfTheFile_I2(t *testing.T) {
	d := newDesk(t)
	before := d.desk.Snapshot().Data
	ref := d.contact("Jörg", "Groß", "0221 987 65 43")
	d.until("a new record is told of", func(s Snapshot) bool { return s.Data > before })
	before = d.desk.Snapshot().Data
	due := crm.FollowUp{ID: d.file.NewID(), Ref: fileRef(ref), Due: d.desk.now(), Text: "Ask for the drawing"}
	if err := d.file.Do(t.Context(), crm.SaveFollowUp{FollowUp: due}); err != nil {
		t.Fatal(err)
	}
	d.until("a follow-up is told of", func(s Snapshot) bool { return s.Data > before })
}

func TestASnapshotCountsWhatWaitsForTheAgent_H3(t *testing.T) {
	d := newDesk(t)
	me, err := d.file.Me(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	do := func(c ...crm.Change) {
		t.Helper()
		if err := d.file.Do(t.Context(), c...); err != nil {
			t.Fatal(err)
		}
	}
	mine, another := crm.Lead{ID: d.file.NewID(), Status: crm.LeadNew, Title: "Brackets", Responsible: me.ID}, crm.Lead{ID: d.file.NewID(), Status: crm.LeadNew, Title: "Boiler"}
	do(crm.CreateLead{Lead: mine}, crm.CreateLead{Lead: another},
		crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: d.file.NewID(), Ref: crm.Ref{Kind: crm.KindLead, ID: mine.ID}, Due: d.desk.now(), Responsible: me.ID}})
	d.until("one lead and one follow-up wait", func(s Snapshot) bool { return s.Leads == 1 && s.Due == 1 })
	do(crm.SetLeadStatus{Lead: mine.ID, From: crm.LeadNew, To: crm.LeadJunk})
	d.until("the lead is done", func(s Snapshot) bool { return s.Leads == 0 })
}
