package phone_test

import (
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

func TestReinviteWithoutSDPGetsOurOffer(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	caller.Do("INVITE", "")
	ok := caller.Expect("200 INVITE")
	if !strings.Contains(ok.Body, "m=audio") {
		t.Errorf("no offer in\n%s", ok.Body)
	}
	caller.Do("ACK", siptest.SDP(4010, "a=sendonly"))
	d.state(phone.HeldThere)
	stillWorks(t, d, caller, c)
}

func TestHeldByTheFarEnd(t *testing.T) {
	for name, offer := range map[string]string{
		"sendonly": siptest.SDP(4000, "a=sendonly"),
		"inactive": siptest.SDP(4000, "a=inactive"),
		"0.0.0.0":  strings.Replace(siptest.SDP(4000), "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0", 1),
		"port 0":   siptest.SDP(0),
	} {
		for _, method := range []string{"INVITE", "UPDATE"} {
			t.Run(name+" by "+method, func(t *testing.T) {
				d, caller, c, _ := talking(t, siptest.SDP(4000))
				change := func(body string) {
					caller.Do(method, body)
					ok := caller.Expect("200 " + method)
					if none := strings.Contains(body, "m=audio 0 "); none != (audioPort(t, ok.Body) == 0) { // RFC 3264 §6
						t.Errorf("answered with\n%s", ok.Body)
					}
					if method == "INVITE" {
						caller.Do("ACK", "")
					}
				}
				change(offer)
				d.state(phone.HeldThere)
				change(siptest.SDP(4000))
				d.eventually("active again", func() bool { return d.last(c.ID).State == phone.Active })
				stillWorks(t, d, caller, c)
			})
		}
	}
}

func TestHoldHereAndBackMergesWishes(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	d.do(d.Hold(c.ID, true))
	first := caller.Expect("INVITE")
	if !strings.Contains(first.Body, "a=sendonly") {
		t.Errorf("hold:\n%s", first.Body)
	}
	d.do(d.Hold(c.ID, false)) // while the first is on its way
	d.do(d.Hold(c.ID, true))
	d.do(d.Hold(c.ID, false))
	caller.Reply(first, 200, "OK", siptest.SDP(4000, "a=recvonly"))
	second := caller.Expect("INVITE")
	if strings.Contains(second.Body, "a=sendonly") {
		t.Errorf("back:\n%s", second.Body)
	}
	caller.Reply(second, 200, "OK", siptest.SDP(4000))
	d.eventually("active", func() bool { return d.last(c.ID).State == phone.Active })
	d.state(phone.HeldHere)
	if _, third := caller.Await("INVITE", 100*time.Millisecond); third {
		t.Error("the wishes weren't merged")
	}
	stillWorks(t, d, caller, c)
}

// Some PBXs answer a hold by taking the stream away, or by closing it in both directions; it is a hold all the same.
func TestAHoldMayBeAnsweredInEveryForm(t *testing.T) {
	for name, answer := range map[string]string{
		"recvonly": siptest.SDP(4000, "a=recvonly"),
		"inactive": siptest.SDP(4000, "a=inactive"),
		"0.0.0.0":  strings.Replace(siptest.SDP(4000), "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0", 1),
		"port 0":   siptest.SDP(0),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, caller, c, _ := talking(t, siptest.SDP(4000))
			d.do(d.Hold(c.ID, true))
			caller.Reply(caller.Expect("INVITE"), 200, "OK", answer)
			caller.Expect("ACK")
			d.eventually("held", func() bool { return d.last(c.ID).State == phone.HeldHere })
			d.do(d.Hold(c.ID, false))
			back := caller.Expect("INVITE")
			if audioPort(t, back.Body) == 0 || !strings.Contains(back.Body, "a=sendrecv") {
				t.Errorf("taken back with\n%s", back.Body)
			}
			caller.Reply(back, 200, "OK", siptest.SDP(4000))
			caller.Expect("ACK")
			d.eventually("active again", func() bool { return d.last(c.ID).State == phone.Active })
			stillWorks(t, d, caller, c)
		})
	}
}

// A far end that gives the stream back to nobody, when we take the call back, holds us.
func TestACallThatIsTakenBackToNoSoundIsHeldThere(t *testing.T) {
	t.Parallel()
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	d.do(d.Hold(c.ID, true))
	caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(0))
	d.eventually("held", func() bool { return d.last(c.ID).State == phone.HeldHere })
	d.do(d.Hold(c.ID, false))
	caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(0))
	d.eventually("held there", func() bool { return d.last(c.ID).State == phone.HeldThere })
	stillWorks(t, d, caller, c)
}

func TestHoldThatIsRefusedLeavesTheCallAsItWas(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	d.do(d.Hold(c.ID, true))
	caller.Reply(caller.Expect("INVITE"), 488, "Not Acceptable Here", "")
	caller.Expect("ACK")
	if got := d.Calls()[0].State; got != phone.Active {
		t.Errorf("state %s", got)
	}
	stillWorks(t, d, caller, c)
}

func TestLost200OfAReinviteIsRepeatedAndItsAckToo(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	caller.Repeats()
	d.do(d.Hold(c.ID, true))
	m := caller.Expect("INVITE")
	for range 3 {
		caller.Reply(m, 200, "OK", siptest.SDP(4000, "a=recvonly"))
		if ack := caller.Expect("ACK"); ack.CSeq() != m.CSeq() {
			t.Errorf("ACK for %d, INVITE %d", ack.CSeq(), m.CSeq())
		}
	}
	// And theirs: our 200 until the ACK.
	caller.Do("INVITE", siptest.SDP(4000))
	caller.Expect("200 INVITE")
	caller.Expect("200 INVITE")
	caller.Do("ACK", "")
	stillWorks(t, d, caller, c)
}

// A fax in place of the sound is no hold: refused, so that the far end goes on with what there is.
func TestAFaxInPlaceOfTheSoundIsRefused(t *testing.T) {
	t.Parallel()
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	caller.Do("INVITE", siptest.SDP(0, "m=image 4002 udptl t38"))
	caller.Expect("488 INVITE")
	caller.Do("ACK", "")
	if got := d.last(c.ID).State; got != phone.Active {
		t.Errorf("the call is %s", got)
	}
	stillWorks(t, d, caller, c)
}
