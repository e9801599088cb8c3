package desk

import (
	"context"
	"testing"

	"leadline/crm"
)

func TestTheSimpleModeFindsNoLeads_F2(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	d.do(crm.CreateLead{Lead: crm.Lead{ID: d.file.NewID(), LastName: "Süßmilch", Status: crm.LeadJunk}})
	ref := d.contact("Käthe", "Süßmilch", "089 452177")
	if found, err := d.desk.Search(ctx, "süss", 10); err != nil || len(found) != 2 {
		t.Fatalf("the classic mode finds %+v (%v)", found, err)
	}
	w, err := d.file.Workspace(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w.Mode = crm.Simple
	d.do(crm.SaveWorkspace{Workspace: w})
	d.until("the simple mode", func(s Snapshot) bool { return s.NoLeads })
	if found, err := d.desk.Search(ctx, "süss", 10); err != nil || len(found) != 1 || found[0].Ref != ref {
		t.Errorf("the simple mode finds %+v (%v)", found, err)
	}
}
