package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
)

func callsBench(t *testing.T, lang string, c CallChoice) (*mainBench, *mainSettings) {
	s := &mainSettings{accounts: oneAccount, calls: c}
	b := newMainBench(t, fullDesk(), s, Look{lang, "light"})
	b.m.ShowSettings(settingsCalls)
	b.settle()
	b.desk.did = nil
	return b, s
}

func TestWhereCallsGoIsSetInTheSettings(t *testing.T) {
	b, s := callsBench(t, "en", CallChoice{Busy: "102"})
	if b.widget("button", "Save").Enabled() || b.widget("field", "Seconds").Value() != "20" {
		t.Error("what was not changed can be saved, or the usual time is not shown")
	}
	b.type_("When nobody answers", "a colleague of mine")
	b.type_("Seconds", "3")
	b.tap("button", "Save")
	if s.calls != (CallChoice{Busy: "102"}) || !b.says("“a colleague of mine” is not a number or SIP address") || !b.says("5 to 120 seconds") {
		t.Errorf("what can't be used was kept, or is not told: %+v", s.calls)
	}
	b.type_("When nobody answers", "0900123456")
	b.type_("Seconds", "15")
	b.type_("Send every call on to", "0900123456")
	b.desk.sendOn = func(target string) error {
		if target == "0900123456" {
			return crm.Invalid{Text: crm.Say(crm.MayCallNobody)}
		}
		return nil
	}
	b.tap("button", "Save")
	if s.calls != (CallChoice{Busy: "102"}) || len(b.desk.did) > 0 || !b.says(crm.MayCallNobody) || b.says("Saved, for calls from now on.") {
		t.Errorf("G1: what the role doesn't allow was kept, or is not told: %+v, did %q", s.calls, b.desk.did)
	}
	if got := b.widget("field", "When nobody answers").Value(); got != "0900123456" {
		t.Errorf("the field has %q", got)
	}
	b.type_("When nobody answers", "030 2094 8812")
	if !b.says(crm.MayCallNobody) {
		t.Error("the other field doesn't say why any more")
	}
	b.type_("Send every call on to", "104")
	if err := b.widget("select", "Declining").(kit.Choosable).Choose("Busy, try the next one"); err != nil {
		t.Fatal(err)
	}
	s.saveErr = errors.New("disk full")
	b.tap("button", "Save")
	if !b.says("disk full") || len(b.desk.did) > 0 {
		t.Errorf("did %q though it could not be kept", b.desk.did)
	}
	s.saveErr = nil
	b.m.pages[pageSettings].(*settingsPage).Submit()
	b.settle()
	if want := (CallChoice{Busy: "102", NoAnswer: "030 2094 8812", After: 15, DeclineHere: true}); s.calls != want {
		t.Errorf("kept %+v, want %+v", s.calls, want)
	}
	b.type_("Send every call on to", "")
	b.tap("button", "Save")
	if got := strings.Join(b.desk.did, ", "); got != "forward to 104, available" {
		t.Errorf("did %s", got)
	}
}

func TestThePageFollowsThePresence(t *testing.T) {
	b, _ := callsBench(t, "en", CallChoice{})
	snap := b.desk.snap
	snap.Presence = desk.Presence{Forward: "104"}
	b.m.take(snap)
	if got := b.widget("field", "Send every call on to").Value(); got != "104" {
		t.Errorf("the field has %q", got)
	}
	b.type_("Send every call on to", "10")
	snap.Presence = desk.Presence{}
	b.m.take(snap)
	if got := b.widget("field", "Send every call on to").Value(); got != "10" {
		t.Errorf("what was being typed became %q", got)
	}
}

func TestDoNotDisturbUntilATimeThatIsTyped(t *testing.T) {
	b, _ := callsBench(t, "en", CallChoice{})
	b.type_("Until", "teatime")
	b.tap("button", "Do not disturb")
	if len(b.desk.did) > 0 || !b.says("Type a time such as 14:30") {
		t.Errorf("did %q", b.desk.did)
	}
	for _, typed := range []string{"14:30", "8", ""} {
		b.type_("Until", typed)
		b.tap("button", "Do not disturb")
	}
	if got, want := strings.Join(b.desk.did, ", "), "quiet until 23 14:30, quiet until 24 08:00, quiet until 01 00:00"; got != want {
		t.Errorf("did %s\nwant %s", got, want)
	}
}

// Who has forgotten a forwarding sees it in the strip, and gets to where it is changed by a click.
func TestForwardingIsSeenInTheStrip(t *testing.T) {
	b := fullBench(t)
	for _, c := range []struct {
		v     desk.Diversion
		words string
	}{
		{desk.Diversion{Busy: "102"}, "Busy: on to 102"},
		{desk.Diversion{NoAnswer: "103", After: time.Minute}, "Unanswered: on to 103"},
		{desk.Diversion{Busy: "102", NoAnswer: "102"}, "Busy or unanswered: on to 102"},
		{desk.Diversion{Busy: "102", NoAnswer: "103"}, "Busy: on to 102, unanswered: on to 103"},
	} {
		snap := b.desk.snap
		snap.Diverted = c.v
		b.m.take(snap)
		if got := b.widget("item", "Forwarding").Value(); got != c.words {
			t.Errorf("%+v: the strip says %q, want %q", c.v, got, c.words)
		}
	}
	b.tap("item", "Forwarding")
	if !b.says("Where a call goes while you talk") {
		t.Error("a click does not lead to the settings")
	}
	b.m.take(b.desk.snap)
	if b.says("on to 103") {
		t.Error("the strip goes on saying so")
	}
}
