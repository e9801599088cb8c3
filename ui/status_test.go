package ui

import (
	"strings"
	"testing"
	"time"

	"leadline/ui/desk"
	"leadline/ui/kit"
)

func TestAccountsAreToldInWordsWithTheReason(t *testing.T) {
	b := fullBench(t) // for the language
	_ = b
	why := desk.Text{Key: "The PBX does not answer"}
	for _, c := range []struct {
		account desk.Account
		words   string
		tone    kit.Tone
		detail  string
	}{
		{desk.Account{Name: "Office", User: "101", State: desk.Registered}, "Office 101 ready", kit.Neutral, ""},
		{desk.Account{Name: "101", User: "101", State: desk.Registered}, "101 ready", kit.Neutral, ""},
		{desk.Account{Name: "Office", State: desk.Registering}, "Office: connecting", kit.Neutral, ""},
		{desk.Account{Name: "Office"}, "Office: not connected", kit.Neutral, ""},
		{desk.Account{Name: "Office", State: desk.Retrying, Why: why, Since: at("2026-11-23", "10:12"), Next: mainNow.Add(70 * time.Second), Detail: "503 Service Unavailable"},
			"Office: the PBX does not answer, since 10:12", kit.Warn, "Tries again at 10:45:10. 503 Service Unavailable"},
		{desk.Account{Name: "Office", State: desk.Retrying, Since: at("2026-11-22", "10:12")}, "Office: no connection, since Yesterday 10:12", kit.Warn, ""},
		{desk.Account{Name: "Office", State: desk.Refused, Why: desk.Text{Key: "Wrong password"}}, "Office: wrong password", kit.Bad, ""},
		{desk.Account{Name: "Office", State: desk.Refused}, "Office: refused by the PBX", kit.Bad, ""},
	} {
		it := accountStatus(c.account, mainNow)
		if it.words != c.words || it.tone != c.tone || it.detail != c.detail {
			t.Errorf("%+v\n got %q %v %q\nwant %q %v %q", c.account, it.words, it.tone, it.detail, c.words, c.tone, c.detail)
		}
	}
}

func TestASoundProblemIsInTheStrip(t *testing.T) {
	b := fullBench(t)
	s := b.desk.snap
	s.Sound.Problem = desk.Text{Key: "No microphone"}
	b.desk.watch(s)
	b.settle()
	if !b.says("No microphone") {
		t.Error("it is not told")
	}
}

// What is wrong in the strip leads to where it is mended, and says how.
func TestTheStripLeadsToWhatMendsIt(t *testing.T) {
	b := fullBench(t)
	s := b.desk.snap
	s.Accounts = []desk.Account{{Name: "Office", State: desk.Refused, Why: desk.Text{Key: "Wrong user or password"}}}
	s.Sound.Problem = desk.Text{Key: "No microphone: the other side cannot hear you"}
	b.desk.watch(s)
	b.settle()
	for _, c := range []struct {
		item   string
		place  settingsPlace
		advice string
	}{
		{"Sound", settingsSound, "Connect a headset, or choose another device in the settings, under Sound."},
		{"Office", settingsAccounts, "Type user and password as the PBX has them."},
		{"Sound", settingsSound, "Connect a headset, or choose another device in the settings, under Sound."},
	} {
		if tip := b.last("item", c.item).(*pressFocus).tip(); !strings.HasPrefix(tip, c.advice) {
			t.Errorf("%s: the tooltip is %q", c.item, tip)
		}
		b.tapLast("item", c.item) // the settings have a place of that name, too
		if at := b.m.pages[pageSettings].(*settingsPage).at; at != c.place {
			t.Errorf("%s leads to %s, want %s", c.item, at, c.place)
		}
	}
	if !b.says("No microphone: the other side cannot hear you. Connect a headset") {
		t.Error("the settings do not say what to do")
	}
}

func TestTheRunningCallIsTheOneThatTalks(t *testing.T) {
	calls := []desk.Call{{ID: "a", State: desk.Ended}, {ID: "b", State: desk.Incoming}, {ID: "c", State: desk.HeldHere}, {ID: "d", State: desk.Talking}}
	for n, want := range map[int]string{4: "d", 3: "c", 2: "b"} {
		if c, ok := runningCall(calls[:n]); !ok || string(c.ID) != want {
			t.Errorf("of %d it is %q", n, c.ID)
		}
	}
	if _, ok := runningCall(calls[:1]); ok {
		t.Error("an ended call runs")
	}
}

func TestTheStripMutesHangsUpAndDeclines(t *testing.T) {
	b := fullBench(t)
	b.tap("button", "Mute")
	b.tap("button", "Hang up")
	s := b.desk.snap
	s.Calls = []desk.Call{{ID: "9", State: desk.Incoming, Party: desk.Party{Withheld: true}}}
	b.desk.watch(s)
	b.settle()
	if !b.says("Number withheld") {
		t.Error("a withheld caller has no name")
	}
	b.tap("button", "Decline")
	if got := strings.Join(b.desk.did, ", "); got != "mute 7 true, hang up 7, decline 9" {
		t.Errorf("did %s", got)
	}
	s.Calls = nil
	b.desk.watch(s)
	b.settle()
	if b.says("Running call") {
		t.Error("the call is still shown")
	}
}

// Each second of the clock is the whole main window painted, so that it stands still while the
// call's own window shows the time.
func TestTheClockOfTheRunningCallIsInOnePlace(t *testing.T) {
	b := fullBench(t)
	now, shown := mainNow, true
	b.m.status.opt.Now = func() time.Time { return now }
	b.m.status.opt.CallShown = func(id desk.CallID) bool { return shown && id == "7" }
	b.m.RedrawCall()
	clock := b.m.status.call.clock
	if clock.Visible() || b.m.status.clock.waiting {
		t.Errorf("beside the call's window a clock is shown: %v, and waited for: %v", clock.Visible(), b.m.status.clock.waiting)
	}
	shown, now = false, now.Add(time.Second)
	b.m.RedrawCall()
	if !clock.Visible() || clock.Text() != "4:32" || !b.m.status.clock.waiting {
		t.Errorf("with the call's window closed the clock (%v) shows %q and goes on: %v", clock.Visible(), clock.Text(), b.m.status.clock.waiting)
	}
	s := b.desk.snap
	s.Calls = []desk.Call{{ID: "7", State: desk.Incoming}}
	shown = true
	b.desk.watch(s)
	b.settle()
	if !clock.Visible() || clock.Text() != "rings" {
		t.Errorf("of a call that rings the strip says %q (%v)", clock.Text(), clock.Visible())
	}
}

func TestTheClockOfTheRunningCallGoesOn(t *testing.T) {
	b := fullBench(t)
	now := mainNow
	b.m.status.opt.Now = func() time.Time { return now }
	if got := b.m.status.call.clock.Text(); got != "4:31" {
		t.Errorf("the clock shows %s", got)
	}
	now = now.Add(time.Second)
	b.m.status.tick()
	if got := b.m.status.call.clock.Text(); got != "4:32" {
		t.Errorf("the clock shows %s", got)
	}
	if !b.m.status.clock.waiting {
		t.Error("nothing waits for the next second")
	}
}
