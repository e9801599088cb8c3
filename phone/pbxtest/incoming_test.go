package pbxtest

import (
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/rig"
)

// office is an Asterisk with our phone registered as 101.
func office(t *testing.T, transport string) (*rig.Asterisk, *agent) {
	t.Helper()
	p := rig.StartAsterisk(t, rig.AsteriskOptions{Endpoints: people, Line: "+493012345"})
	a := newAgent(t, account(p, transport))
	a.registration("Office", phone.Registered, soon)
	p.Registered("101", 1, soon)
	return p, a
}

func TestACallComesInAndBothHearEachOther(t *testing.T) {
	t.Parallel()
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			p, a := office(t, transport)
			name := p.Call(rig.Caller{To: "101", Number: "+493020948812", Name: "Zoë Meier", Line: "+4930777"})
			c := a.incoming(1)
			if c.Remote.User != "+493020948812" || c.Remote.Display != "Zoë Meier" || c.Remote.Withheld {
				t.Errorf("it is %+v who calls", c.Remote)
			}
			if c.Line() != "+4930777" {
				t.Errorf("the line is %q, want that of X-Line", c.Line())
			}
			if !a.sound.Ringing() {
				rig.Eventually(t, soon, "it rings", func() (bool, string) { return a.sound.Ringing(), "quiet" })
			}
			a.do(a.Answer(c.ID))
			a.reaches(c.ID, phone.Active, soon)
			rig.Eventually(t, soon, "the ring ends", func() (bool, string) { return !a.sound.Ringing(), "rings" })
			a.hears("we hear the caller", 440)
			a.do(a.HangUp(c.ID))
			if e := a.ends(c.ID, soon); e.Cause != phone.HungUpHere || e.Answered.IsZero() {
				t.Errorf("it ended as %s, answered %v", e.Cause, e.Answered)
			}
			rig.Eventually(t, soon, "the PBX has no call", func() (bool, string) { return p.Channels() == 0, "some" })
			hums(t, "the caller hears us", p.Heard(name), ourTone)
		})
	}
}

func TestTheOtherEndHangsUp(t *testing.T) {
	t.Parallel()
	p, a := office(t, "udp")
	p.Call(rig.Caller{To: "101", Number: "+4930111", Then: "609"})
	c := a.incoming(1)
	a.do(a.Answer(c.ID))
	if e := a.ends(c.ID, soon); e.Cause != phone.HungUpThere {
		t.Errorf("it ended as %s", e.Cause)
	}
}

func TestAWithheldNumber(t *testing.T) {
	t.Parallel()
	p, a := office(t, "udp")
	p.Call(rig.Caller{To: "101"})
	if c := a.incoming(1); !c.Remote.Withheld || c.Remote.User != "" {
		t.Errorf("it is %+v who calls", c.Remote)
	}
}

func TestTheCallerGivesUp(t *testing.T) {
	t.Parallel()
	p, a := office(t, "udp")
	p.Call(rig.Caller{To: "101", Number: "+4930111", Rings: 3 * time.Second})
	c := a.incoming(1)
	if e := a.ends(c.ID, soon); e.Cause != phone.Missed {
		t.Errorf("it ended as %s", e.Cause)
	}
}

func TestAnotherPhoneAnswers(t *testing.T) {
	t.Parallel()
	p, a := office(t, "udp")
	other := rig.StartBaresip(t, rig.BaresipOptions{User: "102", Password: "two", Registrar: p.Addr()})
	other.Registered(soon)
	p.Call(rig.Caller{To: "610", Number: "+4930111"})
	c := a.incoming(1)
	other.WaitFor("CALL_INCOMING", soon)
	other.Accept()
	if e := a.ends(c.ID, soon); e.Cause != phone.AnsweredElsewhere {
		t.Errorf("it ended as %s", e.Cause)
	}
}

func TestADeclinedCallEndsAtThePBX(t *testing.T) {
	t.Parallel()
	p, a := office(t, "udp")
	p.Call(rig.Caller{To: "101", Number: "+4930111"})
	c := a.incoming(1)
	a.do(a.Decline(c.ID, false))
	if e := a.ends(c.ID, soon); e.Cause != phone.Declined {
		t.Errorf("it ended as %s", e.Cause)
	}
	rig.Eventually(t, soon, "the PBX has no call", func() (bool, string) { return p.Channels() == 0, "some" })
}

func TestASecondCallWaitsWhileWeTalk(t *testing.T) {
	t.Parallel()
	p, a := office(t, "udp")
	p.Call(rig.Caller{To: "101", Number: "+4930111"})
	first := a.incoming(1)
	a.do(a.Answer(first.ID))
	a.reaches(first.ID, phone.Active, soon)
	p.Call(rig.Caller{To: "101", Number: "+4930222"})
	second := a.incoming(2)
	if !second.CallWaiting || second.Remote.User != "+4930222" {
		t.Errorf("the second is %+v, waiting %v", second.Remote, second.CallWaiting)
	}
	if a.sound.Ringing() {
		t.Error("the ringer is loud although a call is up")
	}
	// Whoever answers it holds the first.
	a.do(a.Answer(second.ID))
	a.reaches(second.ID, phone.Active, soon)
	a.reaches(first.ID, phone.HeldHere, soon)
	a.do(a.HangUp(second.ID))
	a.ends(second.ID, soon)
	a.do(a.Hold(first.ID, false))
	a.hears("the first call again", 440)
}

func TestThroughAProxyThatStaysInTheDialog(t *testing.T) {
	t.Parallel()
	k := rig.StartKamailio(t, rig.KamailioOptions{Endpoints: people})
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			a := newAgent(t, account(k, transport))
			a.registration("Office", phone.Registered, soon)
			b := rig.StartBaresip(t, rig.BaresipOptions{User: "102", Password: "two", Registrar: k.Addr(), Says: rig.Tone(8000, 440, 60, 0.3)})
			b.Registered(soon)

			b.Dial("sip:101@" + k.Addr())
			c := a.incoming(1)
			a.do(a.Answer(c.ID))
			a.reaches(c.ID, phone.Active, soon)
			b.WaitFor("CALL_ESTABLISHED", soon)
			a.hears("we hear who called", 440)
			a.do(a.HangUp(c.ID))
			b.WaitFor("CALL_CLOSED", soon)
			hums(t, "who called hears us", b.Heard(), ourTone)

			id := a.dial("102")
			b.WaitFor("CALL_INCOMING", soon)
			a.reaches(id, phone.RingingThere, soon)
			b.Accept()
			a.reaches(id, phone.Active, soon)
			b.HangUp()
			if e := a.ends(id, soon); e.Cause != phone.HungUpThere {
				t.Errorf("it ended as %s", e.Cause)
			}
		})
	}
}
