package ui

import (
	"strings"
	"testing"

	"leadline/ui/desk"
)

func (d *mainDesk) PickUp(account, extension string) {
	d.did = append(d.did, "pick up "+extension+" from "+account)
}

func TestLampsAreToldInWords(t *testing.T) {
	fullBench(t) // for the language
	anna, ben := desk.Colleague{Extension: "102", Known: true}, desk.Colleague{Extension: "103", Known: true, Talking: true}
	rung := desk.Colleague{Extension: "104", Known: true, Ringing: true}
	for _, c := range []struct {
		snap  desk.Snapshot
		words string
	}{
		{desk.Snapshot{}, ""},
		{desk.Snapshot{Mailboxes: []desk.Mailbox{{New: 1}}}, "1 new message"},
		{desk.Snapshot{Mailboxes: []desk.Mailbox{{New: 12}, {}}}, "12 new messages, Messages in the mailbox"},
		{desk.Snapshot{Colleagues: []desk.Colleague{anna, ben}}, "1 of 2 colleagues is talking"},
		{desk.Snapshot{Colleagues: []desk.Colleague{anna, ben, rung}}, "It rings at 104"},
	} {
		var words []string
		for _, it := range lampItems(c.snap) {
			words = append(words, it.words)
		}
		if got := strings.Join(words, ", "); got != c.words {
			t.Errorf("%+v: %q, want %q", c.snap, got, c.words)
		}
	}
}

func TestLampsAreActedOnInTheStrip(t *testing.T) {
	full := fullDesk()
	full.snap.Mailboxes = []desk.Mailbox{{Account: "Office", New: 2, Call: "sip:*97@pbx"}}
	full.snap.Colleagues = []desk.Colleague{
		{Account: "Office", Extension: "102", Known: true, Ringing: true, PickUp: true, Caller: "Erika Meier"},
		{Account: "Office", Extension: "103", Known: true},
	}
	b := newMainBench(t, full, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.desk.did, b.desk.dialled = nil, nil
	b.tap("item", "Mailbox")
	b.tap("item", "Colleagues")
	b.tap("item", "102: pick up the call of Erika Meier")
	b.tap("item", "Colleagues")
	b.tap("item", "103: free")
	if got := strings.Join(b.desk.did, ", "); got != "pick up 102 from Office" {
		t.Errorf("did %s", got)
	}
	if len(b.desk.dialled) != 2 || !strings.Contains(b.desk.dialled[0], "sip:*97@pbx") || !strings.Contains(b.desk.dialled[1], "103") {
		t.Errorf("dialled %q", b.desk.dialled)
	}
}
