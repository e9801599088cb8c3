package desk

import (
	"testing"
	"time"

	"leadline/crm"
	"leadline/phone"
)

func TestTheResultOfACallIsKeptAndTakenBack_H3(t *testing.T) {
	d := newDesk(t)
	d.answered("a", "0221 987 65 43")
	d.ended("a", "0221 987 65 43", phone.HungUpThere)
	call := d.call("the call has ended", func(c Call) bool { return c.State == Ended })
	saved := func(want string) {
		t.Helper()
		d.call("it is on the desk", func(c Call) bool { return c.Result == want })
		for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
			row, err := d.file.Call(t.Context(), crm.ID(call.ID))
			if err == nil && row.Call.Result == want {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("the file has %q, %v, want %q", row.Call.Result, err, want)
			}
		}
	}
	d.desk.Result(call.ID, "Quote")
	saved("Quote")
	d.desk.Result(call.ID, "Callback")
	saved("Callback")
	d.desk.Result(call.ID, "Callback")
	saved("")
}

func TestAStrangerIsFoundAndLinked_C3(t *testing.T) {
	d := newDesk(t)
	ref := d.contact("Jörg", "Groß", "030 1234567")
	d.contact("Jörg", "Süßmilch", "030 7654321")
	d.answered("a", "0221 987 65 43")
	call := d.call("a stranger calls", func(c Call) bool { return !c.Card.Loading && !c.Card.Known && c.State == Talking })
	d.desk.FindToLink(call.ID, "nobody")
	d.call("nobody is found", func(c Call) bool { return c.Linking.Searched && len(c.Linking.Found) == 0 })
	d.desk.FindToLink(call.ID, "groß")
	found := d.call("somebody is found", func(c Call) bool { return c.Linking.Searched && len(c.Linking.Found) > 0 })
	if f := found.Linking.Found; len(f) != 1 || f[0].Ref != ref || f[0].Name != "Jörg Groß" {
		t.Fatalf("found %+v", f)
	}
	d.desk.LinkTo(call.ID, ref)
	linked := d.call("it is linked", func(c Call) bool { return c.Card.Known && c.Card.Ref == ref && c.Saved })
	if linked.Linking.Words != "" || linked.Reason.Key == "" {
		t.Errorf("linked %+v", linked)
	}
	if m, err := d.file.Match(t.Context(), crm.Parse("0221 987 65 43", "DE")); err != nil || len(m) != 1 || viewRef(m[0].Ref) != ref {
		t.Errorf("the number finds %+v, %v", m, err)
	}
}

func TestALinkThatFailsSaysWhy_C3(t *testing.T) {
	d := newDesk(t)
	d.answered("a", "0221 987 65 43")
	call := d.call("a stranger calls", func(c Call) bool { return !c.Card.Loading && c.State == Talking })
	d.desk.LinkTo(call.ID, Ref{Kind: Deal, ID: string(d.file.NewID())})
	d.call("it says so", func(c Call) bool { return c.Linking.Error.Key == crm.LinkNeedsParty })
	d.desk.LinkTo(call.ID, Ref{Kind: Contact, ID: string(d.file.NewID())})
	d.call("it says so", func(c Call) bool { return c.Linking.Error.Key == "Not linked: {why}" })
}
