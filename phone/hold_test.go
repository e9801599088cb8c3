package phone_test

import (
	"net"
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

// holdDescriptions are the session descriptions by which PBXs hold a call, or agree to be held: with that direction (RFC 3264 §8.4), in none,
// with the address of RFC 2543, or without the stream.
func holdDescriptions(direction string) map[string]string {
	return map[string]string{
		direction:  siptest.SDP(4000, "a="+direction),
		"inactive": siptest.SDP(4000, "a=inactive"),
		"0.0.0.0":  strings.Replace(siptest.SDP(4000), "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0", 1),
		"port 0":   siptest.SDP(0),
	}
}

func TestTheFarEndHoldsInEveryForm(t *testing.T) {
	for name, offer := range holdDescriptions("sendonly") {
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
	for name, answer := range holdDescriptions("recvonly") {
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
	d.eventually("it is said", func() bool { return d.last(c.ID).HoldFailed == phone.HoldRefused })
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

// speaks sends sound to an RTP port until the test ends.
func speaks(t *testing.T, to int) {
	keepsSending(t, to, func(seq uint16) []byte { return rtp(seq, 8, nil) })
}

// reports sends receiver reports (RFC 3550 §6.4.2) to the port above an RTP port until the test ends, as a far end does that is held.
func reports(t *testing.T, to int) {
	keepsSending(t, to+1, func(uint16) []byte { return []byte{0x80, 201, 0, 1, 0, 0, 0, 1} })
}

// keepsSending sends a packet every 20 ms until the test ends.
func keepsSending(t *testing.T, to int, packet func(seq uint16) []byte) {
	conn, _ := rtpPort(t)
	go func() {
		for seq := uint16(0); ; seq++ {
			if _, err := conn.WriteToUDP(packet(seq), &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: to}); err != nil {
				return // closed
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
}

// Who is heard is there: no conversation is cut off since a PBX loses what we ask for. The agent has to know, for what
// is said now is heard.
func TestAHoldThatNobodyAnswersIsSaid(t *testing.T) {
	t.Parallel()
	d, caller, c, theirs := talking(t, siptest.SDP(4000))
	speaks(t, theirs)
	d.do(d.Hold(c.ID, true))
	caller.Expect("INVITE")
	d.eventually("it is said", func() bool { return d.last(c.ID).HoldFailed == phone.HoldUnanswered })
	if got := d.last(c.ID).State; got != phone.Active {
		t.Errorf("the call is %s", got)
	}
	d.do(d.Hold(c.ID, true))
	d.eventually("a new wish, nothing is said", func() bool { return d.last(c.ID).HoldFailed == phone.HoldNotFailed })
	caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(4000, "a=recvonly"))
	caller.Expect("ACK")
	d.state(phone.HeldHere)
	stillWorks(t, d, caller, c)
}

func TestACallThatNobodyAnswersWhenItIsTakenBackStaysOnHoldWhileTheFarEndReports(t *testing.T) {
	t.Parallel()
	d, caller, c, theirs := talking(t, siptest.SDP(4000))
	d.do(d.Hold(c.ID, true))
	caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(4000, "a=recvonly"))
	caller.Expect("ACK")
	d.state(phone.HeldHere)
	reports(t, theirs)
	d.do(d.Hold(c.ID, false))
	caller.Expect("INVITE")
	d.eventually("it is said", func() bool { return d.last(c.ID).HoldFailed == phone.HoldUnanswered })
	if got := d.last(c.ID).State; got != phone.HeldHere {
		t.Errorf("the call is %s", got)
	}
	stillWorks(t, d, caller, c)
}

// RFC 3261 §14.1: a call whose far end answers nothing and is not heard ends, though the PBX itself is there (it answers
// REGISTER and OPTIONS).
func TestACallWhoseFarEndIsGoneEndsWithTheHoldThatNobodyAnswers(t *testing.T) {
	t.Parallel()
	for name, held := range map[string]bool{"hold": false, "back": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, caller, c, _ := talking(t, siptest.SDP(4000))
			if held {
				d.do(d.Hold(c.ID, true))
				caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(4000, "a=recvonly"))
				caller.Expect("ACK")
				d.state(phone.HeldHere)
			}
			d.do(d.Hold(c.ID, !held))
			caller.Expect("INVITE")
			caller.Reply(caller.Expect("BYE"), 200, "OK", "")
			if end := d.ended(phone.MediaLost); end.SIPCode != 408 {
				t.Errorf("ended with %d %s", end.SIPCode, end.SIPReason)
			}
			d.eventually("gone", func() bool { return len(d.Calls()) == 0 && d.sound.Voices() == 0 })
		})
	}
}
