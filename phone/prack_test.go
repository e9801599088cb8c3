package phone_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// reliably is a provisional answer that wants a PRACK (RFC 3262).
func reliably(pbx *siptest.Peer, invite siptest.Message, code int, tag, body string, rseq int) {
	pbx.Send(invite.From, invite.Response(code, "Progress", tag, body, "Require: 100rel", fmt.Sprintf("RSeq: %d", rseq),
		"Allow: INVITE, UPDATE, PRACK", "Contact: <sip:"+tag+"@"+pbx.Addr()+">"))
}

func TestReliableProvisionalAnswersAreAcknowledged(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	if !strings.Contains(invite.Get("Supported"), "100rel") {
		t.Errorf("Supported: %s", invite.Get("Supported"))
	}
	reliably(pbx, invite, 180, "peer", "", 700)
	first := pbx.Expect("PRACK")
	if want := fmt.Sprintf("700 %d INVITE", invite.CSeq()); first.Get("RAck") != want || first.Tag("To") != "peer" {
		t.Errorf("RAck %q to %s, want %q", first.Get("RAck"), first.Get("To"), want)
	}
	if first.CSeq() <= invite.CSeq() || !strings.HasPrefix(first.Start, "PRACK sip:peer@"+pbx.Addr()) {
		t.Errorf("%s, CSeq %d", first.Start, first.CSeq())
	}
	pbx.Reply(first, 200, "OK", "")
	reliably(pbx, invite, 180, "peer", "", 700)                // repeated: nothing to do
	reliably(pbx, invite, 183, "peer", siptest.SDP(4000), 704) // out of order: never to be acknowledged
	reliably(pbx, invite, 183, "peer", siptest.SDP(4000), 701)
	second := pbx.Expect("PRACK")
	if !strings.HasPrefix(second.Get("RAck"), "701 ") || second.CSeq() != first.CSeq()+1 {
		t.Errorf("RAck %q, CSeq %d after %d", second.Get("RAck"), second.CSeq(), first.CSeq())
	}
	pbx.Reply(second, 200, "OK", "")
	d.state(phone.Early)
	pbx.Reply(invite, 200, "OK", "") // the answer was in the 183
	ack := pbx.Expect("ACK")
	if ack.CSeq() != invite.CSeq() {
		t.Errorf("the ACK has CSeq %d, the INVITE %d", ack.CSeq(), invite.CSeq())
	}
	c := d.state(phone.Active)
	d.do(d.HangUp(c.ID))
	bye := pbx.Expect("BYE")
	if bye.CSeq() <= second.CSeq() {
		t.Errorf("the BYE has CSeq %d, the last PRACK %d", bye.CSeq(), second.CSeq())
	}
	pbx.Reply(bye, 200, "OK", "")
}

// RFC 3311 §5.1: an offer between the early answer and the final one.
func TestAnUpdateBeforeTheAnswerChangesTheEarlySound(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	reliably(pbx, invite, 183, "peer", siptest.SDP(4000), 1)
	pbx.Reply(pbx.Expect("PRACK"), 200, "OK", "")
	d.state(phone.Early)
	theirs := &siptest.Call{Peer: pbx, ID: invite.Get("Call-ID"), Tag: "peer", Theirs: invite.Tag("From"),
		To: invite.From, Target: invite.ContactURI(), Branch: "z9hG4bKupdate"}
	theirs.Do("UPDATE", siptest.SDP(4444))
	if m := pbx.Expect("200 UPDATE"); !strings.Contains(m.Body, "m=audio") {
		t.Errorf("no answer in\n%s", m.Body)
	}
	if got := d.Calls()[0].State; got != phone.Early {
		t.Errorf("it is %s", got)
	}
	pbx.Reply(invite, 200, "OK", "")
	pbx.Expect("ACK")
	d.state(phone.Active)
}

// Two phones ring, both play something; the one that answers is heard (RFC 3261 §13.2.2.4).
func TestOfForkedEarlyDialogsTheOneThatAnswersIsHeard(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	_, portA := rtpPort(t)
	_, portB := rtpPort(t)
	reliably(pbx, invite, 183, "one", siptest.SDP(portA), 10)
	one := pbx.Expect("PRACK")
	pbx.Reply(one, 200, "OK", "")
	reliably(pbx, invite, 183, "two", strings.Replace(siptest.SDP(portB), "RTP/AVP 8 0", "RTP/AVP 0 8", 1), 900)
	two := pbx.Expect("PRACK")
	pbx.Reply(two, 200, "OK", "")
	if one.Tag("To") != "one" || two.Tag("To") != "two" || !strings.HasPrefix(two.Get("RAck"), "900 ") {
		t.Errorf("PRACKs to %s and %s, RAck %s", one.Tag("To"), two.Tag("To"), two.Get("RAck"))
	}
	d.call("the second one's sound", func(c phone.Call) bool { return c.Codec == "PCMU" })
	pbx.Send(invite.From, invite.Response(200, "OK", "one", "", "Contact: <sip:one@"+pbx.Addr()+">"))
	ack := pbx.Expect("ACK")
	if ack.Tag("To") != "one" || !strings.HasPrefix(ack.Start, "ACK sip:one@") {
		t.Errorf("%s to %s", ack.Start, ack.Get("To"))
	}
	if c := d.state(phone.Active); c.Codec != "PCMA" {
		t.Errorf("we hear %s, which the other phone speaks", c.Codec)
	}
}

// The same without PRACK, of phones that leave their description out of the answer.
func TestOfForkedPreviewsTheOneOfWhoAnswersCounts(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	says := func(code int, reason, tag, body string) {
		pbx.Send(invite.From, invite.Response(code, reason, tag, body, "Contact: <sip:"+tag+"@"+pbx.Addr()+">"))
	}
	says(183, "Session Progress", "one", siptest.SDP(4000))
	d.call("the first one's sound", func(c phone.Call) bool { return c.State == phone.Early && c.Codec == "PCMA" })
	says(180, "Ringing", "three", "")
	says(183, "Session Progress", "two", strings.Replace(siptest.SDP(4002), "RTP/AVP 8 0", "RTP/AVP 0 8", 1))
	d.call("the second one's sound", func(c phone.Call) bool { return c.State == phone.Early && c.Codec == "PCMU" })
	says(200, "OK", "one", "")
	if ack := pbx.Expect("ACK"); ack.Tag("To") != "one" {
		t.Errorf("%s to %s", ack.Start, ack.Get("To"))
	}
	if c := d.state(phone.Active); c.Codec != "PCMA" {
		t.Errorf("we hear %s, which the other phone speaks", c.Codec)
	}
}

func TestACallerWhoInsistsGetsAReliable180(t *testing.T) {
	pbx := siptest.New(t)
	pbx.Repeats()
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	ringing := caller.Invite(siptest.SDP(4000), "Require: 100rel")
	rseq := ringing.Get("RSeq")
	if rseq == "" || !strings.Contains(ringing.Get("Require"), "100rel") {
		t.Fatalf("RSeq %q, Require %q", rseq, ringing.Get("Require"))
	}
	if again := caller.Expect("180"); again.Get("RSeq") != rseq {
		t.Errorf("repeated with RSeq %s, not %s", again.Get("RSeq"), rseq)
	}
	caller.Do("PRACK", "", "RAck: "+rseq+" 77 INVITE") // another INVITE's
	caller.Expect("481 PRACK")
	caller.Do("PRACK", "")
	caller.Expect("481 PRACK")
	caller.Do("PRACK", "", "RAck: "+rseq+" 1 INVITE")
	caller.Expect("200 PRACK")
	caller.Do("PRACK", "", "RAck: "+rseq+" 1 INVITE") // it isn't waited for any more
	caller.Expect("481 PRACK")
	d.do(d.Answer(d.rings().ID))
	ok := caller.Expect("200 INVITE")
	caller.Theirs = ok.Tag("To")
	ack := caller.Request("ACK", "")
	caller.Send(caller.To, strings.Replace(ack, "CSeq: 5 ACK", "CSeq: 1 ACK", 1))
	d.state(phone.Active)
}

func TestACallerWhoInsistsAndNeverAcknowledgesIsRefused(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000), "Require: 100rel")
	caller.Refused(504)
	d.ended(phone.Failed)
	if _, ok := pbx.Await("180", 50*time.Millisecond); ok {
		t.Error("it is still repeated")
	}
}

// RFC 3262 §5: a caller without an offer who insists has ours in the 180, and answers it in
// the PRACK; the 200 has no body then.
func TestAReliable180CarriesOurOffer(t *testing.T) {
	for _, tt := range []struct {
		name    string
		hurried bool // answered here before the PRACK
	}{{"answered after the PRACK", false}, {"answered before the PRACK", true}} {
		t.Run(tt.name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			caller := pbx.NewCall()
			ringing := caller.Invite("", "Require: 100rel")
			if !strings.Contains(ringing.Body, "m=audio") || ringing.Get("RSeq") == "" {
				t.Fatalf("no offer in\n%+v", ringing)
			}
			call := d.rings()
			if tt.hurried {
				d.do(d.Answer(call.ID))
			}
			caller.Do("PRACK", siptest.SDP(4000), "RAck: "+ringing.Get("RSeq")+" 1 INVITE")
			caller.Expect("200 PRACK")
			if !tt.hurried {
				d.call("the sound is agreed on", func(c phone.Call) bool { return c.Codec == "PCMA" && c.State == phone.Ringing })
				d.do(d.Answer(call.ID))
			}
			ok := caller.Expect("200 INVITE")
			if ok.Body != "" {
				t.Errorf("another description in the 200:\n%s", ok.Body)
			}
			ack := caller.Request("ACK", "")
			caller.Send(caller.To, strings.Replace(ack, "CSeq: 2 ACK", "CSeq: 1 ACK", 1))
			if c := d.state(phone.Active); c.Codec != "PCMA" {
				t.Errorf("we speak %s", c.Codec)
			}
			caller.Do("BYE", "")
			caller.Expect("200 BYE")
			d.ended(phone.HungUpThere)
		})
	}
}

// RFC 3311 §5.1, RFC 6337 §2.2: once the PRACK has answered our offer, either side may make
// another by UPDATE, though the call still rings; not before.
func TestAnUpdateAfterAnEarlyAgreementIsTaken(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	ringing := caller.Invite("", "Require: 100rel")
	caller.Do("UPDATE", siptest.SDP(4004))
	caller.Expect("491 UPDATE") // our offer has no answer yet
	caller.Do("PRACK", siptest.SDP(4000), "RAck: "+ringing.Get("RSeq")+" 1 INVITE")
	caller.Expect("200 PRACK")
	caller.Do("UPDATE", strings.Replace(siptest.SDP(4002), "AVP 8 0", "AVP 0", 1))
	if m := caller.Expect("200 UPDATE"); !strings.Contains(m.Body, "m=audio") {
		t.Errorf("no answer in\n%+v", m)
	}
	call := d.call("it rings on, with the codec of the UPDATE", func(c phone.Call) bool { return c.Codec == "PCMU" && c.State == phone.Ringing })
	d.do(d.Answer(call.ID))
	if ok := caller.Expect("200 INVITE"); ok.Body != "" {
		t.Errorf("another description in the 200:\n%s", ok.Body)
	}
	ack := caller.Request("ACK", "")
	caller.Send(caller.To, strings.Replace(ack, "CSeq: 4 ACK", "CSeq: 1 ACK", 1))
	if c := d.state(phone.Active); c.Codec != "PCMU" {
		t.Errorf("we speak %s", c.Codec)
	}
	caller.Do("BYE", "")
	caller.Expect("200 BYE")
	d.ended(phone.HungUpThere)
}

func TestAPRACKThatLeavesOurOfferUnansweredEndsTheCall(t *testing.T) {
	for name, body := range map[string]string{"nothing": "", "of no use": "v=0\r\n"} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			caller := pbx.NewCall()
			ringing := caller.Invite("", "Require: 100rel")
			caller.Do("PRACK", body, "RAck: "+ringing.Get("RSeq")+" 1 INVITE")
			caller.Expect("200 PRACK")
			caller.Expect("488 INVITE")
			if end := d.ended(phone.Failed); !strings.Contains(end.SIPReason, "PRACK") {
				t.Errorf("%q", end.SIPReason)
			}
		})
	}
}

// RFC 3264 §4: their first offer has no answer yet.
func TestAPRACKWithASecondOfferIsRefused(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	caller := pbx.NewCall()
	ringing := caller.Invite(siptest.SDP(4000), "Require: 100rel")
	caller.Do("PRACK", siptest.SDP(4002), "RAck: "+ringing.Get("RSeq")+" 1 INVITE")
	if m := caller.Expect("500 PRACK"); m.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	caller.Do("PRACK", "", "RAck: "+ringing.Get("RSeq")+" 1 INVITE")
	caller.Expect("200 PRACK")
	d.rings()
}

// What is said finally stands, though nobody has acknowledged the 180 before: the 180 is not repeated after it, or in its place.
func TestARefusalOfACallWhose180IsNotAcknowledgedIsTheLastWord(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	pbx.Repeats()
	d := newDesk(t, pbx, calm).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000), "Require: 100rel")
	d.do(d.Decline(d.rings().ID, false))
	caller.Expect("603 INVITE")
	for range 3 { // without an ACK
		if m, ok := caller.AwaitAny(siptest.Patience, "180", "603"); !ok || m.Code() != 603 {
			t.Fatalf("after 603 comes %s", m.Start)
		}
	}
	caller.Refused(603)
}
