package ui

import (
	"slices"
	"testing"

	"leadline/crm"
	"leadline/ui/desk"
)

func TestAStrangerBecomesAnExceptionInTheCallWindow_E2(t *testing.T) {
	b := newBench(t)
	b.show(sample("unknown"))
	w := b.calls.slots[0]
	b.tap(w, "Add to exceptions")
	b.took("except 2")
	b.show(sample("excepting"))
	if slices.Contains(visibleNames(w), "Add to exceptions") {
		t.Error("it is offered while the question is open")
	}
	b.tap(w, "Cancel")
	b.tap(w, "Remove and add")
	b.took("exception 2 false", "exception 2 true")
	done := sample("unknown")
	done.Reason = desk.Text(crm.Say(crm.ReasonException, "entry", "+492219876543"))
	b.show(done)
	if names := visibleNames(w); slices.Contains(names, "Add to exceptions") || slices.Contains(names, "Remove and add") {
		t.Errorf("an exception is offered %q", names)
	}
}

func TestOnlyStrangersBecomeExceptionsInTheCallWindow_E2(t *testing.T) {
	for _, name := range []string{"known", "withheld", "internal", "loading", "talkform"} {
		b := newBench(t)
		b.show(sample(name))
		if slices.Contains(visibleNames(b.calls.slots[0]), "Add to exceptions") {
			t.Errorf("offered for %s", name)
		}
	}
}

// askException opens the question on the first lead.
func askException(b *mainBench) {
	b.desk.trace = desk.Trace{Leads: []desk.Ref{{Kind: desk.Lead, ID: "1"}}, Calls: 3}
	b.more("Add to exceptions")
}

func TestARecordsNumbersBecomeExceptions_E2(t *testing.T) {
	b := fullBench(t)
	b.tap("item", "Leads")
	askException(b)
	if !b.says("1 open lead will be removed. 3 calls will be taken off the records") {
		t.Error("it does not say what would be removed")
	}
	b.tap("button", "Cancel")
	if b.says("will be removed") || len(b.desk.did) > 0 {
		t.Errorf("cancelled, and did %q", b.desk.did)
	}
	b.more("Add to exceptions")
	before := b.desk.questions()
	b.tap("button", "Remove and add")
	if !slices.Equal(b.desk.did, []string{"except +49221987654"}) {
		t.Errorf("did %q", b.desk.did)
	}
	if b.says("einkauf@gross-soehne.de") {
		t.Error("the removed lead is still shown")
	}
	if b.desk.questions() == before {
		t.Error("the list is not read again")
	}
}

func TestNothingIsAskedWhenNothingWouldBeRemoved_E2(t *testing.T) {
	b := fullBench(t)
	b.tap("row", "0176 1234 5678")
	b.more("Add to exceptions")
	if !slices.Equal(b.desk.did, []string{"except +4917612345678"}) {
		t.Errorf("did %q", b.desk.did)
	}
}
