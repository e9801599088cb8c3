package phone_test

import (
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// RFC 3261 §13.2.2.4: whoever answers a hold that was given up is acknowledged, and learns that it didn't come about.
func TestALateAnswerToAHoldIsAcknowledgedAndUndone(t *testing.T) {
	t.Parallel()
	d, caller, c, theirs := talking(t, siptest.SDP(4000))
	speaks(t, theirs)
	d.do(d.Hold(c.ID, true))
	hold := caller.Expect("INVITE")
	d.eventually("it is given up", func() bool { return d.last(c.ID).HoldFailed == phone.HoldUnanswered })
	caller.Repeats()
	for range 2 { // the ACK may be lost
		caller.Reply(hold, 200, "OK", siptest.SDP(4000, "a=recvonly"))
		if ack := caller.Expect("ACK"); ack.CSeq() != hold.CSeq() {
			t.Errorf("ACK for %d, INVITE %d", ack.CSeq(), hold.CSeq())
		}
	}
	back := caller.Expect("INVITE")
	if back.CSeq() != hold.CSeq()+1 {
		t.Errorf("%d follows %d", back.CSeq(), hold.CSeq())
	}
	caller.Reply(back, 200, "OK", siptest.SDP(4000))
	caller.Expect("ACK")
	if got := d.last(c.ID).State; got != phone.Active {
		t.Errorf("the call is %s", got)
	}
	stillWorks(t, d, caller, c)
	if d.last(c.ID).HoldFailed != phone.HoldUnanswered {
		t.Error("that the call was not held is not said any more")
	}
}

// RFC 3261 §14.1: no INVITE follows one that is still under way. What the far end has taken up and does not answer is
// taken back before; an answer that crosses that is one.
func TestAHoldThatIsTakenUpAndNotAnsweredIsTakenBack(t *testing.T) {
	t.Parallel()
	for name, crosses := range map[string]bool{"487": false, "200 crosses the CANCEL": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, caller, c, theirs := talking(t, siptest.SDP(4000))
			speaks(t, theirs)
			d.do(d.Hold(c.ID, true))
			hold := caller.Expect("INVITE")
			caller.Reply(hold, 100, "Trying", "")
			cancel := caller.Expect("CANCEL")
			if cancel.CSeq() != hold.CSeq() || cancel.Get("Via") != hold.Get("Via") || cancel.Get("To") != hold.Get("To") {
				t.Errorf("the CANCEL is not that of the INVITE:\n%+v\n%+v", cancel, hold)
			}
			caller.Reply(cancel, 200, "OK", "")
			if crosses {
				caller.Reply(hold, 200, "OK", siptest.SDP(4000, "a=recvonly"))
				caller.Expect("ACK")
				d.state(phone.HeldHere)
			} else {
				caller.Reply(hold, 487, "Request Terminated", "")
				caller.Expect("ACK")
				d.eventually("it is said", func() bool { return d.last(c.ID).HoldFailed == phone.HoldUnanswered })
			}
			stillWorks(t, d, caller, c)
		})
	}
}

// Whoever answers a call of ours that was given up has nobody to talk to: they are acknowledged and hung up on, once.
func TestALateAnswerToACallIsAcknowledgedAndHungUp(t *testing.T) {
	t.Parallel()
	for name, giveUp := range map[string]func(*desk, *siptest.Peer, phone.CallID, siptest.Message){
		"nobody said anything": func(d *desk, _ *siptest.Peer, _ phone.CallID, _ siptest.Message) { d.ended(phone.Failed) },
		"the CANCEL led to nothing": func(d *desk, pbx *siptest.Peer, id phone.CallID, invite siptest.Message) {
			pbx.Reply(invite, 180, "Ringing", "")
			d.state(phone.RingingThere)
			d.do(d.HangUp(id))
			pbx.Reply(pbx.Expect("CANCEL"), 200, "OK", "")
			time.Sleep(64*20*time.Millisecond + 200*time.Millisecond) // 64·T1, and a little
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pbx := siptest.New(t)
			d := newDesk(t, pbx, calm).registered()
			id, err := d.Dial("", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			giveUp(d, pbx, id, invite)
			pbx.Repeats()
			for range 2 {
				pbx.Reply(invite, 200, "OK", siptest.SDP(4000))
				if ack := pbx.Expect("ACK"); ack.CSeq() != invite.CSeq() || ack.Tag("To") != "peer" {
					t.Errorf("an ACK for %d to %q", ack.CSeq(), ack.Tag("To"))
				}
			}
			byes := map[string]bool{}
			for wait := siptest.Patience; ; wait = 500 * time.Millisecond {
				bye, ok := pbx.Await("BYE", wait)
				if !ok {
					break
				}
				byes[bye.Get("Via")] = true // of each transaction another
				pbx.Reply(bye, 200, "OK", "")
			}
			if len(byes) != 1 {
				t.Errorf("hung up %d times", len(byes))
			}
		})
	}
}

// A caller whose ACK never arrives is not left with a silent call when the phone closes meanwhile.
func TestACallWithoutAnACKIsHungUpWhenThePhoneCloses(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	d.do(d.Answer(d.rings().ID))
	caller.Expect("200 INVITE")
	d.do(d.SetAccounts(nil))
	caller.Reply(caller.Expect("BYE"), 200, "OK", "")
}
