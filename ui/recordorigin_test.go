package ui

import (
	"strings"
	"testing"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/text"
)

// Every record can say by which call and rule it came to be, whatever its kind.
func TestEveryKindOfRecordSaysHowItCameToBe(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	line := crm.Line{ID: s.NewID(), Name: "Sales", Mode: crm.Auto, Region: "DE"}
	do(t, s, crm.SaveLine{Line: line})
	made := func(number string, w crm.Workspace, converts ...crm.ID) []crm.Ref {
		t.Helper()
		if _, err := s.SetWorkspace(ctx, w, converts); err != nil {
			t.Fatal(err)
		}
		c, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse(number, "DE"), Line: line.ID})
		if err != nil {
			t.Fatal(err)
		}
		row, err := s.Call(ctx, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return row.Call.Refs
	}
	shows := func(refs []crm.Ref, kinds []crm.Kind, words ...string) {
		t.Helper()
		if len(refs) < len(kinds) {
			t.Fatalf("the call made %v", refs)
		}
		for i, r := range refs[:len(kinds)] {
			if r.Kind != kinds[i] {
				t.Fatalf("the call made %v", refs)
			}
			b.m.open(deskRef(r))
			for _, w := range words {
				b.waits(w)
			}
			b.settle()
			b.shot("made-" + string(r.Kind))
		}
	}
	lead := made("0221 987 65 43", crm.Workspace{})
	shows(lead, []crm.Kind{crm.KindLead}, "New lead: the number is unknown, Sales makes leads.",
		"Incoming, in progress · ", "0221 987 65 43 · Sales")
	shows(made("0221 987 65 44", crm.Workspace{Mode: crm.Simple, ConvertTo: crm.ToBoth}, lead[0].ID), []crm.Kind{crm.KindContact, crm.KindCompany, crm.KindDeal},
		"New customer with a deal: the number is unknown, Sales makes them at once.", "0221 987 65 44 · Sales")
}

func TestARecordMadeByHandFromACallNamesTheCall(t *testing.T) {
	_ = text.SetLanguage("en")
	e := desk.Event{Kind: desk.EventCreated, Title: desk.Text{Key: "Created by hand"}, By: &desk.By{At: mainNow, Incoming: true, Outcome: desk.Answered, Who: "Anna", Party: "0221 1"}}
	if got := eventBody(e, mainNow); !strings.HasPrefix(got, "Incoming, answered by Anna · Today ") || !strings.HasSuffix(got, " · 0221 1") {
		t.Errorf("%q", got)
	}
	if got := eventBody(desk.Event{Kind: desk.EventCreated}, mainNow); got != "" {
		t.Errorf("a record of which nothing is known says %q", got)
	}
}
