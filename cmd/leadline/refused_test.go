package main

import (
	"testing"
	"time"

	"leadline/crm"
	"leadline/ui/text"
)

func TestWhatARefusedChangeWantedCanBeKept(t *testing.T) {
	const id = "6b1d2f0a-0f6b-8e0e-9d5c-5f1a000000aa"
	if err := text.SetLanguage("de"); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := text.SetLanguage("en"); err != nil {
			t.Error(err)
		}
	}()
	own := []crm.Field{{ID: "6b1d2f0a-0f6b-8e0e-9d5c-5f1a000000bb", Name: "Kundennummer"}}
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.Local)
	contact := crm.Ref{Kind: crm.KindContact, ID: id}
	for _, c := range []struct {
		change crm.Change
		want   string
	}{
		{nil, ""},
		{crm.SaveRecordNote{Note: crm.Note{ID: id, Ref: contact, Text: "Wants forty brackets"}}, "Text: Wants forty brackets"},
		{crm.UpdateRecord{Ref: contact, Set: map[string]any{"last_name": "Süßmilch", "amount": 12.5, "responsible": id, "position": ""}},
			"Betrag: 12.5\nNachname: Süßmilch"},
		{crm.UpdateContact{Contact: crm.Contact{ID: id, FirstName: "Käthe", Numbers: []crm.Number{{E164: 4930123456, Written: "030 123456", Label: crm.LabelWork}},
			Emails: []crm.Email{{Address: "k@example.org"}}, Fields: crm.Values{own[0].ID: "K-12"}, Updated: now, Responsible: id}},
			"E-Mail: k@example.org\nKundennummer: K-12\nVorname: Käthe\nNummer: 030 123456 (Arbeit)"},
		{crm.UpdateDeal{Deal: crm.Deal{ID: id, Title: "Brackets", Amount: crm.Money{Minor: 4800000, Currency: "EUR"}}}, "Betrag: 48.000\u00a0€\nTitel: Brackets"},
		{crm.SetLeadStatus{Lead: id, From: crm.LeadNew, To: crm.LeadInProgress}, "Bisher: Neu\nKünftig: In Arbeit"},
		{crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: id, Ref: contact, Due: now, Text: "Call back"}}, "Wann: Heute 12:00\nText: Call back"},
	} {
		got := wantedBy(c.change, own, now)
		if got != c.want {
			t.Errorf("%T: %q, want %q", c.change, got, c.want)
		}
	}
}
