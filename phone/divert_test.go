package phone_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// moved waits for the 302 to a call and checks where it leads.
func moved(t *testing.T, caller *siptest.Call, to string) {
	t.Helper()
	m := caller.Refused(302)
	if got := m.Get("Contact"); !strings.Contains(got, "sip:"+to+"@") {
		t.Errorf("Contact: %s, want %s", got, to)
	}
	if got := m.Get("Diversion"); !strings.Contains(got, "sip:101@") {
		t.Errorf("Diversion: %s", got)
	}
}

// RFC 3261 §21.3.3.
func TestACallIsSentOnByHand(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.state(phone.Ringing)
	if err := d.Redirect(c.ID, "<>"); err == nil {
		t.Error("a target that can't be dialled was taken")
	}
	d.do(d.Redirect(c.ID, "112"))
	moved(t, caller, "112")
	if got := d.ended(phone.Redirected); got.Transfer.To != "112" {
		t.Errorf("told %+v", got.Transfer)
	}
	if err := d.Redirect(c.ID, "112"); err == nil {
		t.Error("a call that is over was sent on")
	}
}

func TestEveryCallIsForwardedWhateverItsAccountSays(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	if err := d.ForwardAll(phone.Forward{NoAnswer: "<bad>"}); err == nil {
		t.Error("a bad target was taken")
	}
	d.do(d.SetForward("Office", phone.Forward{Always: "112"}))
	d.do(d.ForwardAll(phone.Forward{Always: "111"}))
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	moved(t, caller, "111")
	d.do(d.ForwardAll(phone.Forward{}))
	caller = pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	moved(t, caller, "112")
	d.do(d.SetForward("Office", phone.Forward{NoAnswer: "112", After: time.Hour}))
	d.do(d.ForwardAll(phone.Forward{NoAnswer: "113", After: 50 * time.Millisecond}))
	caller = pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	moved(t, caller, "113")
	d.eventually("it is gone", func() bool { return len(d.Calls()) == 0 })
	d.do(d.ForwardAll(phone.Forward{}))
	d.do(d.SetForward("Office", phone.Forward{}))
	pbx.NewCall().Invite(siptest.SDP(4000))
	d.state(phone.Ringing)
}

// Two who forward to each other, or one to itself, would have the PBX send a call round and round.
func TestACallIsNotSentRound(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	for _, own := range []string{"101", "sip:101@" + pbx.Addr()} {
		if err := d.SetForward("Office", phone.Forward{Busy: own}); err == nil {
			t.Errorf("calls go on to %s, which is here", own)
		}
		if err := d.ForwardAll(phone.Forward{Always: own}); err == nil {
			t.Errorf("all calls go on to %s, which is here", own)
		}
	}
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.rings()
	if err := d.Redirect(c.ID, "101"); err == nil {
		t.Error("it is sent back to where it is")
	}
	d.do(d.Decline(c.ID, false))
	caller.Refused(603)
	d.do(d.SetForward("Office", phone.Forward{Always: "112"}))
	caller = pbx.NewCall()
	caller.Invite(siptest.SDP(4000), "Diversion: <sip:112@pbx.example>;reason=unconditional, <sip:101@pbx.example>;reason=deflection")
	d.do(d.Decline(d.rings().ID, false)) // it has been at 112
	caller.Refused(603)
	caller = pbx.NewCall()
	caller.Invite(siptest.SDP(4000), "Diversion: <sip:112@pbx.example>;reason=unconditional, <sip:101@pbx.example>;reason=no-answer")
	moved(t, caller, "112") // a queue that comes back is no circle
}

func TestForwardAlwaysBusyAndNoAnswer(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	if err := d.SetForward("Office", phone.Forward{Always: "<bad>"}); err == nil {
		t.Error("a bad target was taken")
	}
	if err := d.SetForward("Nowhere", phone.Forward{}); err == nil {
		t.Error("an account that isn't there was taken")
	}
	d.do(d.SetForward("Office", phone.Forward{Always: "111", Busy: "112", NoAnswer: "113"}))
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	moved(t, caller, "111")
	if d.sound.Ringing() {
		t.Error("it rang all the same")
	}

	d.do(d.SetForward("", phone.Forward{Busy: "112", NoAnswer: "113", After: 50 * time.Millisecond}))
	second := pbx.NewCall()
	second.Invite(siptest.SDP(4000))
	moved(t, second, "113")
	d.eventually("it is gone", func() bool { return len(d.Calls()) == 0 })

	d.do(d.SetForward("Office", phone.Forward{Busy: "112"}))
	talks := pbx.NewCall()
	talks.Invite(siptest.SDP(4000))
	c := d.rings()
	d.do(d.Answer(c.ID))
	talks.Answered("")
	third := pbx.NewCall()
	third.Invite(siptest.SDP(4000))
	moved(t, third, "112")
	stillWorks(t, d, talks, c)
}

func TestDoNotDisturbUntilATime(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	d.DoNotDisturb(time.Now().Add(time.Hour))
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	caller.Refused(486)
	if got := d.ended(phone.Declined); got.SIPReason != "do not disturb" {
		t.Errorf("told %q", got.SIPReason)
	}
	// Who does not want to be disturbed may be reached elsewhere.
	d.do(d.SetForward("Office", phone.Forward{Busy: "112"}))
	second := pbx.NewCall()
	second.Invite(siptest.SDP(4000))
	moved(t, second, "112")
	d.do(d.SetForward("Office", phone.Forward{}))
	d.DoNotDisturb(time.Now().Add(-time.Second)) // the time has come
	third := pbx.NewCall()
	third.Invite(siptest.SDP(4000))
	ringing := d.rings()
	d.DoNotDisturb(phone.Forever) // what rings goes on ringing
	if got := d.last(ringing.ID); got.State != phone.Ringing || !slices.ContainsFunc(d.Calls(), func(c phone.Call) bool { return c.ID == ringing.ID }) {
		t.Errorf("the call that rang is gone: %+v", got)
	}
}
