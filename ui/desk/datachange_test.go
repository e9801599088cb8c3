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
