package main

import (
	"testing"

	"leadline/crm"
)

func TestWhatARefusedChangeWantedCanBeKept(t *testing.T) {
	const id = "6b1d2f0a-0f6b-8e0e-9d5c-5f1a000000aa"
	contact := crm.Ref{Kind: crm.KindContact, ID: id}
	for _, c := range []struct {
		change crm.Change
		want   string
	}{
		{nil, ""},
		{crm.SaveRecordNote{Note: crm.Note{ID: id, Ref: contact, Text: "Wants forty brackets"}}, "kind: contact\ntext: Wants forty brackets"},
		{crm.UpdateRecord{Ref: contact, Set: map[string]any{"last_name": "Süßmilch", "amount": 12.5, "responsible": id, "position": ""}},
			"kind: contact\namount: 12.5\nlast_name: Süßmilch"},
	} {
		got := wantedBy(c.change)
		if got != c.want {
			t.Errorf("%T: %q, want %q", c.change, got, c.want)
		}
	}
}
