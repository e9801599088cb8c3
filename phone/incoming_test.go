package phone_test

import (
	"strings"
	"testing"

	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/siptest"
)

func TestIncomingCallRingsIsAnsweredAndHungUpHere(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.state(phone.Ringing)
	if c.Remote.User != "+493020948812" || c.Remote.Display != "Erika Meier" || c.Direction != phone.Incoming {
		t.Errorf("remote party: %+v", c.Remote)
	}
	d.eventually("the ring", d.sound.Ringing)
	d.do(d.Answer(c.ID))
	ok := caller.Answered("")
	if !strings.Contains(ok.Body, "m=audio") || !strings.Contains(ok.Body, "PCMA") {
		t.Errorf("answer:\n%s", ok.Body)
	}
	d.state(phone.Active)
	d.eventually("sound attached, ring stopped", func() bool { return d.sound.Voices() == 1 && !d.sound.Ringing() })
	d.do(d.HangUp(c.ID))
	bye := pbx.Expect("BYE")
	pbx.Reply(bye, 200, "OK", "")
	if end := d.ended(phone.HungUpHere); end.Answered.IsZero() || end.Ended.Before(end.Answered) || end.Codec != "PCMA" {
		t.Errorf("ended: %+v", end)
	}
	d.eventually("silence", func() bool { return d.sound.Voices() == 0 && d.sound.Warmed() == 0 })
	if len(d.Calls()) != 0 {
		t.Error("the call is still listed")
	}
}

func TestTheEndsOfIncomingCallsAreToldApart_C4(t *testing.T) {
	for name, tt := range map[string]struct {
		do    func(*desk, phone.CallID, *siptest.Call)
		cause phone.Cause
		code  int // what the caller must get to its INVITE
	}{
		"caller gives up": {func(d *desk, _ phone.CallID, c *siptest.Call) { c.Do("CANCEL", "") }, phone.Missed, 487},
		"answered elsewhere": {func(d *desk, _ phone.CallID, c *siptest.Call) {
			c.Do("CANCEL", "", `Reason: SIP;cause=200;text="Call completed elsewhere"`)
		}, phone.AnsweredElsewhere, 487},
		"declined": {func(d *desk, id phone.CallID, _ *siptest.Call) { d.do(d.Decline(id, false)) }, phone.Declined, 603},
		"busy":     {func(d *desk, id phone.CallID, _ *siptest.Call) { d.do(d.Decline(id, true)) }, phone.Declined, 486},
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			caller := pbx.NewCall()
			caller.Invite(siptest.SDP(4000))
			c := d.state(phone.Ringing)
			tt.do(d, c.ID, caller)
			caller.Refused(tt.code)
			end := d.ended(tt.cause)
			if !end.Answered.IsZero() {
				t.Errorf("answered: %+v", end)
			}
			d.eventually("no ring", func() bool { return !d.sound.Ringing() && d.sound.Warmed() == 0 })
		})
	}
}

// RFC 3261 §9.2: a CANCEL that crosses our answer has no effect. The caller, who gets the answer now, talks.
func TestACancelThatCrossesOurAnswerChangesNothing(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.rings()
	d.do(d.Answer(c.ID))
	ok := caller.Expect("200 INVITE")
	caller.Send(caller.To, strings.Replace(caller.Request("CANCEL", ""), ";tag="+caller.Theirs, "", 1))
	caller.Expect("200 CANCEL")
	caller.Theirs = ok.Tag("To")
	caller.Do("ACK", "")
	caller.Do("UPDATE", siptest.SDP(4000))
	caller.Expect("200 UPDATE") // not before the ACK has been read
	if got := d.last(c.ID).State; got != phone.Active {
		t.Errorf("the call is %s", got)
	}
	stillWorks(t, d, caller, c)
}

func TestSecondCallWaitsAndAnsweringItHoldsTheFirst(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	first := pbx.NewCall()
	first.Invite(siptest.SDP(4000))
	one := d.state(phone.Ringing)
	d.do(d.Answer(one.ID))
	first.Answered("")
	d.state(phone.Active)

	second := pbx.NewCall()
	second.Invite(siptest.SDP(4002))
	two := d.call("the second rings", func(c phone.Call) bool { return c.ID != one.ID && c.State == phone.Ringing })
	if !two.CallWaiting {
		t.Error("not marked as call waiting")
	}
	d.eventually("knocks, doesn't ring", func() bool {
		tones := d.sound.Tones()
		return !d.sound.Ringing() && len(tones) == 1 && tones[0] == audio.ToneWaiting
	})
	d.do(d.Answer(two.ID))
	second.Answered("")
	reinvite := pbx.Expect("INVITE")
	if reinvite.Get("Call-ID") != first.ID || !strings.Contains(reinvite.Body, "a=sendonly") {
		t.Errorf("the first isn't put on hold:\n%s\n%s", reinvite.Get("Call-ID"), reinvite.Body)
	}
	pbx.Reply(reinvite, 200, "OK", siptest.SDP(4000, "a=recvonly"))
	pbx.Expect("ACK")
	d.call("the first is held here", func(c phone.Call) bool { return c.ID == one.ID && c.State == phone.HeldHere })
}

// RFC 3261 §15: a caller may give up with a BYE, too. The INVITE gets its answer.
func TestACallerWhoGivesUpWithABye(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.rings()
	bye := caller.Request("BYE", "")
	caller.Send(caller.To, bye)
	caller.Expect("200 BYE")
	if m := caller.Expect("487 INVITE"); m.CSeq() != 1 {
		t.Errorf("CSeq %d", m.CSeq())
	}
	d.call("missed", func(x phone.Call) bool { return x.ID == c.ID && x.Cause == phone.Missed })
}
