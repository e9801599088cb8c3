package e2e

import (
	"strings"
	"syscall"
	"testing"
	"time"

	phone "leadline/phone/rig"
)

const (
	anna     = "+4917620948812"
	stranger = "+493088001234"
)

func TestAKnownCallerIsNamedAndHeard(t *testing.T) {
	o := newOffice(t)
	o.imports(people)
	p := o.registered()

	// Somebody is typing elsewhere when the phone rings (requirements.md H1).
	phone.Start(t, "xmessage", o.screen.Command("xmessage", "-title", "A letter", "Dear Sir or Madam"))
	o.screen.WaitActive("A letter", soon)

	call := o.pbx.Call(phone.Caller{To: "101", Number: anna, Line: "+4930777"})
	p.shows("call", "Anna Meier")
	p.shows("call", "Meier Metallbau GmbH")
	p.shows("call", "Incoming")
	if got := o.screen.Active(); got != "A letter" {
		t.Errorf("the call window took the keyboard; now %q has it", got)
	}
	// It comes a moment after the window.
	phone.Eventually(t, soon, "a notification names the caller", func() (bool, string) {
		got := o.screen.Notifications()
		return strings.Contains(got, "Anna Meier"), got
	})

	p.tap("call", "Answer")
	p.until("we talk", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].State == "talking" })
	quiet := o.pulse.Play(t, phone.Tone(48000, 660, 120, 0.3))
	o.pulse.Hears(t, phone.PulseMicInput, 660)
	o.pulse.Hears(t, phone.PulseSpeaker, 440) // the agent hears the caller
	time.Sleep(time.Second)
	p.types("call", "Note", "Wants a quote for forty brackets")
	p.until("the note is saved", func(s state) bool { return s.Calls[0].NoteSaved })
	p.tap("call", "Hang up")
	p.until("the call has ended", func(s state) bool { return len(s.Calls) == 0 || s.Calls[0].State == "ended" })
	quiet()
	phone.Eventually(t, soon, "the PBX has no call", func() (bool, string) { return o.pbx.Channels() == 0, "some" })
	hums(t, "the caller hears the agent", o.pbx.Heard(call), 660)

	// The window goes by itself, and the call is in the log.
	p.do(p.door.WaitGone(p.ctx(), "call", "", 20*time.Second))
	p.tap("main", "Calls")
	p.shows("main", "Anna Meier")
	p.shows("main", "Wants a quote for forty brackets")
}

func TestAStrangerBecomesALead(t *testing.T) {
	o := newOffice(t)
	p := o.registered()
	o.pbx.Call(phone.Caller{To: "101", Number: stranger})
	p.shows("call", "Not in the CRM")
	p.tap("call", "Create lead")
	p.types("call", "First name", "Clara")
	p.types("call", "Last name", "Brandt")
	p.types("call", "Company", "Brandt & Söhne")
	p.until("the form is a draft", func(s state) bool { return s.Unsaved == 1 })
	p.tap("call", "Save lead")
	p.shows("call", "Clara Brandt")
	p.until("nothing is unsaved", func(s state) bool { return s.Unsaved == 0 })
	o.pbx.HangUp()
	p.until("the caller has given up", func(s state) bool { return len(s.Calls) == 0 || s.Calls[0].Outcome == "missed" })
	p.do(p.door.WaitGone(p.ctx(), "call", "", 20*time.Second))

	// The next call from that number is known.
	o.pbx.Call(phone.Caller{To: "101", Number: stranger})
	p.shows("call", "Clara Brandt")
	p.shows("call", "Brandt & Söhne")
	p.tap("call", "Decline")
	p.until("it is declined", func(s state) bool { return len(s.Calls) == 0 || s.Calls[0].Outcome == "declined" })
	p.tap("main", "Leads")
	p.shows("main", "Clara Brandt")
}

func TestAWithheldNumberSaysSo(t *testing.T) {
	o := newOffice(t)
	p := o.registered()
	o.pbx.Call(phone.Caller{To: "101", Rings: 4 * time.Second})
	p.shows("call", "Number withheld")
	p.shows("call", "Missed") // asked for first: the window goes by itself
	p.until("the caller has given up", func(s state) bool { return len(s.Calls) == 0 || s.Calls[0].Outcome == "missed" })
}

func TestAnotherPhoneAnswersAndTheWindowSaysSo(t *testing.T) {
	o := newOffice(t)
	other := phone.StartBaresip(t, phone.BaresipOptions{User: "102", Password: "two", Registrar: o.pbx.Addr()})
	other.Registered(soon)
	p := o.registered()
	o.pbx.Call(phone.Caller{To: "610", Number: stranger})
	p.shows("call", "Incoming")
	other.WaitFor("CALL_INCOMING", soon)
	other.Accept()
	p.shows("call", "Answered elsewhere")
}

func TestTheAgentCallsAndIsToldWhatBecameOfIt(t *testing.T) {
	o := newOffice(t)
	p := o.registered()
	for _, c := range []struct{ to, says, outcome string }{
		{"602", "Busy", "busy"},
		{"604", "Number not found", "not found"},
		{"611", "Declined there", "declined there"},
	} {
		p.do(p.door.Call(p.ctx(), c.to, ""))
		p.shows("call", c.says)
		p.until(c.to+" has ended", func(s state) bool { return len(s.Calls) == 0 || s.Calls[0].Outcome == c.outcome })
		p.close()
	}
	p.do(p.door.Call(p.ctx(), "607", ""))
	p.until("we talk", func(s state) bool { return len(s.Calls) > 0 && s.Calls[len(s.Calls)-1].State == "talking" })
	p.tap("call", "Keypad")
	for _, digit := range []string{"4", "2", "#"} {
		p.tap("call", digit)
	}
	phone.Eventually(t, soon, "the digits", func() (bool, string) { return o.pbx.Digits() == "42#", o.pbx.Digits() })
	p.tap("call", "Hang up")
}

func TestKilledInMidCallNothingIsLost_H4(t *testing.T) {
	o := newOffice(t)
	o.imports(people)
	p := o.registered()
	o.pbx.Call(phone.Caller{To: "101", Number: anna})
	p.shows("call", "Anna Meier")
	p.tap("call", "Answer")
	p.until("we talk", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].State == "talking" })
	p.types("call", "Note", "Call back on Friday about the brackets")
	p.until("the note is saved", func(s state) bool { return s.Calls[0].NoteSaved })
	p.Kill()
	o.pbx.HangUp()

	again := o.registered()
	again.tap("main", "Calls")
	again.shows("main", "Anna Meier")
	again.shows("main", "Call back on Friday about the brackets")
	again.shows("main", "Interrupted")
}

func TestASecondStartHandsOverAndRaisesTheFirst_H5(t *testing.T) {
	o := newOffice(t)
	p := o.registered()
	phone.Start(t, "xmessage", o.screen.Command("xmessage", "-title", "A letter", "Dear Sir or Madam"))
	o.screen.WaitActive("A letter", soon)
	second := phone.Start(t, "the second leadline", o.command("tel:600"))
	select {
	case <-second.Done():
		if err := second.Err(); err != nil {
			t.Fatalf("the second start ended with %v", err)
		}
	case <-time.After(soon):
		t.Fatal("the second start goes on beside the first")
	}
	// Any web page can open a link, so it fills the field and the agent calls.
	o.screen.WaitActive("Leadline", soon)
	p.shows("main", "600")
	if s := p.state(); len(s.Calls) != 0 {
		t.Errorf("the link alone has placed a call: %+v", s.Calls)
	}
	o.screen.Keys("Return")
	p.until("the first calls 600", func(s state) bool {
		return len(s.Calls) == 1 && s.Calls[0].Direction == "outgoing" && s.Calls[0].State == "talking"
	})
	if err := syscall.Kill(p.PID, 0); err != nil {
		t.Errorf("the first is gone: %v", err)
	}
	o.screen.Run("xdotool", "windowactivate", "--sync", o.screen.Window("A letter"))
	third := phone.Start(t, "the third leadline", o.command())
	if err := third.Err(); err != nil {
		t.Fatalf("the third start ended with %v", err)
	}
	o.screen.WaitActive("Leadline", soon)
}

func TestAPBXThatIsNotThereIsToldAndRecoveredFrom(t *testing.T) {
	o := newOffice(t)
	o.pbx.Stop()
	p := o.start()
	p.until("it tries again", func(s state) bool {
		return len(s.Accounts) == 1 && s.Accounts[0].State == "retrying" && s.Accounts[0].Why != ""
	})
	o.pbx.Start()
	p.until("it is registered", func(s state) bool { return s.Accounts[0].State == "registered" })
	p.Stop()
	if err := p.Err(); err != nil {
		t.Errorf("it did not end by itself: %v", err)
	}
	o.pbx.Registered("101", 0, soon)
}

// Whoever ends the session waits for five seconds at most, whatever does not answer any more.
func TestItEndsThoughNothingAnswersAnyMore(t *testing.T) {
	o := newOffice(t)
	p := o.registered()
	o.pbx.Call(phone.Caller{To: "101", Number: "+493020948812", Name: "Anna Meier"})
	p.tap("call", "Answer")
	p.until("they talk", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].State == "talking" })
	o.pbx.Freeze()
	o.screen.Freeze()
	o.pulse.Freeze()
	t.Cleanup(func() { o.pbx.Thaw(); o.screen.Thaw(); o.pulse.Thaw() })
	began := time.Now()
	p.Stop()
	took := time.Since(began)
	if err := p.Err(); err != nil {
		t.Errorf("it did not end by itself: %v", err)
	}
	t.Logf("it ended after %v", took)
	o.screen.Thaw()
	o.pbx.Thaw()
	o.pulse.Thaw()
	again := o.registered()
	again.tap("main", "Calls")
	again.shows("main", "Anna Meier")
	if strings.Contains(again.seen(), "Interrupted") {
		t.Error("the call has lost its end")
	}
}

func TestAWrongPasswordIsToldInWords(t *testing.T) {
	o := newOffice(t)
	o.configure("[[account]]\nname = \"Office\"\naddress = \"" + o.pbx.URI("101") + "\"\npassword = \"three\"\nbind = \"127.0.0.1:0\"\n")
	p := o.start()
	p.until("it is refused", func(s state) bool { return len(s.Accounts) == 1 && s.Accounts[0].State == "refused" })
	if why := p.state().Accounts[0].Why; !strings.Contains(strings.ToLower(why), "password") {
		t.Errorf("it says %q", why)
	}
}

// Requirements.md D2, through the window and a real PBX.
func TestACallIsPassedOnFromItsWindow_H3(t *testing.T) {
	o := newOffice(t)
	p := o.registered()
	o.pbx.Call(phone.Caller{To: "101", Number: "+493020948812", Name: "Anna Meier"})
	p.tap("call", "Answer")
	p.until("they talk", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].State == "talking" })
	p.tap("call", "Transfer")
	p.types("call", "Extension or any number", "nobody")
	p.tap("call", "Blind")
	p.shows("call", "is not a number")
	p.types("call", "Extension or any number", "604604")
	p.tap("call", "Blind")
	p.shows("call", "Could not be passed on to 604604")
	p.until("they talk again", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].State == "talking" })
	p.types("call", "Extension or any number", "608")
	p.tap("call", "Blind")
	p.shows("call", "Passed on to 608")
}
