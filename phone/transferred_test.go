package phone_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// The transferee of RFC 5589 §6.1; Referred-By is passed on (RFC 3892).
func TestBeingTransferredCallsTheOther(t *testing.T) {
	t.Parallel()
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	caller.Do("REFER", "", "Refer-To: <sip:103@"+caller.Addr()+"?Replaces=abc%40x%3Bto-tag%3D1%3Bfrom-tag%3D2>", "Referred-By: <sip:chief@example.org>")
	caller.Expect("202 REFER")
	fragment := func(want string) {
		t.Helper()
		for {
			m := caller.Expect("NOTIFY")
			caller.Reply(m, 200, "OK", "")
			if strings.Contains(m.Body, want) {
				return
			}
		}
	}
	invite := caller.Expect("INVITE")
	for invite.Get("Referred-By") == "" { // the other INVITE is the hold
		caller.Reply(invite, 200, "OK", siptest.SDP(4000, "a=recvonly"))
		invite = caller.Expect("INVITE")
	}
	if got := invite.Get("Referred-By"); got != "<sip:chief@example.org>" {
		t.Errorf("Referred-By: %s", got)
	}
	if got := invite.Get("Replaces"); got != "abc@x;to-tag=1;from-tag=2" {
		t.Errorf("Replaces: %s", got)
	}
	n := d.call("the new call", func(x phone.Call) bool { return x.Direction == phone.Outgoing })
	if n.ReferredBy != "sip:chief@example.org" {
		t.Errorf("referred by %q", n.ReferredBy)
	}
	caller.Reply(invite, 180, "Ringing", "")
	fragment("180 Ringing")
	caller.Reply(invite, 200, "OK", siptest.SDP(4002))
	fragment("200 OK")
	caller.Do("BYE", "")
	d.call("the old call is over", func(x phone.Call) bool { return x.ID == c.ID && x.Cause == phone.HungUpThere })
	d.eventually("the new one is talked on", func() bool { return d.last(n.ID).State == phone.Active })
}

// Who wants to hear nothing of a transfer is told nothing (RFC 4488); a number may be named as such.
func TestBeingTransferredWithoutAWord(t *testing.T) {
	t.Parallel()
	_, caller, _, _ := talking(t, siptest.SDP(4000))
	var told atomic.Value
	caller.Handle(func(m siptest.Message) bool {
		if m.Method() == "NOTIFY" {
			told.Store(m.Body)
		}
		return false
	})
	caller.Do("REFER", "", "Refer-To: <tel:+49-30-123456;phone-context=x>", "Refer-Sub: false", "Require: norefersub", "Referred-By: <sip:chief@example.org>")
	if got := caller.Expect("202 REFER").Get("Refer-Sub"); got != "false" {
		t.Errorf("Refer-Sub: %q", got)
	}
	invite := caller.Expect("INVITE")
	for invite.Get("Referred-By") == "" { // the other INVITE is the hold
		caller.Reply(invite, 200, "OK", siptest.SDP(4000, "a=recvonly"))
		invite = caller.Expect("INVITE")
	}
	if !strings.HasPrefix(invite.Start, "INVITE sip:+4930123456@"+caller.Addr()+" ") {
		t.Error(invite.Start)
	}
	caller.Reply(invite, 486, "Busy Here", "")
	caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(4000)) // back
	caller.Expect("ACK")
	if said := told.Load(); said != nil {
		t.Errorf("we say %q", said)
	}
}

// The transferee is told why it failed, and talks again; when who passed it on has gone meanwhile, the new call goes on alone.
func TestBeingTransferredToSomebodyWhoDoesNotAnswer(t *testing.T) {
	t.Parallel()
	referred := func(t *testing.T) (*desk, *siptest.Call, phone.Call, siptest.Message) {
		d, caller, c, _ := talking(t, siptest.SDP(4000))
		caller.Do("REFER", "", "Refer-To: <sip:103@"+caller.Addr()+">")
		caller.Expect("202 REFER")
		var invite siptest.Message
		for range 2 { // the hold and the new call, in any order
			m := caller.Expect("INVITE")
			if m.Tag("To") == "" {
				invite = m
				continue
			}
			caller.Reply(m, 200, "OK", siptest.SDP(4000, "a=recvonly"))
		}
		d.eventually("it waits", func() bool { return d.last(c.ID).State == phone.HeldHere })
		return d, caller, c, invite
	}
	t.Run("busy", func(t *testing.T) {
		d, caller, c, invite := referred(t)
		caller.Reply(invite, 486, "Busy Here", "")
		for told, back := false, false; !told || !back; { // in any order
			m, ok := caller.AwaitAny(siptest.Patience, "NOTIFY", "INVITE")
			switch {
			case !ok:
				t.Fatalf("told %v, taken back %v", told, back)
			case m.Method() == "INVITE":
				back = true
				caller.Reply(m, 200, "OK", siptest.SDP(4000))
			default:
				caller.Reply(m, 200, "OK", "")
				told = told || strings.HasPrefix(m.Body, "SIP/2.0 486 Busy Here") && strings.HasPrefix(m.Get("Subscription-State"), "terminated")
			}
		}
		d.eventually("active again", func() bool { return d.last(c.ID).State == phone.Active })
		stillWorks(t, d, caller, c)
	})
	t.Run("the caller has gone", func(t *testing.T) {
		d, caller, c, invite := referred(t)
		caller.Do("BYE", "")
		d.eventually("the old call is over", func() bool { return d.last(c.ID).State == phone.Ended })
		caller.Reply(invite, 200, "OK", siptest.SDP(4002))
		d.call("the new one is talked on", func(x phone.Call) bool { return x.ID != c.ID && x.State == phone.Active })
	})
}

// One call has us place one other at a time: a far end that asks again and again has nobody called by us.
func TestBeingTransferredIsForOneAtATime(t *testing.T) {
	t.Parallel()
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	refer := func(answer string) {
		t.Helper()
		caller.Do("REFER", "", "Refer-To: <sip:103@"+caller.Addr()+">")
		caller.Expect(answer + " REFER")
	}
	refer("202")
	var invite siptest.Message
	for range 2 { // the hold and the new call, in any order
		m := caller.Expect("INVITE")
		if m.Tag("To") == "" {
			invite = m
			continue
		}
		caller.Reply(m, 200, "OK", siptest.SDP(4000, "a=recvonly"))
	}
	refer("491")
	caller.Reply(invite, 486, "Busy Here", "")
	caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(4000)) // back
	d.eventually("active again", func() bool { return d.last(c.ID).State == phone.Active })
	d.eventually("the call that was busy is gone", func() bool { return len(d.Calls()) == 1 })
	for n := range 31 {
		caller.NewCall().Invite(siptest.SDP(4100))
		d.eventually("one call more", func() bool { return len(d.Calls()) == n+2 })
	}
	refer("486") // no more calls than there can be
}

// RFC 3515 §2.4.6: from the second REFER of a call on, what we say of it names it.
func TestOfTwoRefersEachIsSpokenOf(t *testing.T) {
	t.Parallel()
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	for _, named := range []bool{false, true} {
		caller.Do("REFER", "", "Refer-To: <sip:103@"+caller.Addr()+">")
		accepted := caller.Expect("202 REFER")
		want := "refer"
		if named {
			want = fmt.Sprintf("refer;id=%d", accepted.CSeq())
		}
		for said := ""; !strings.Contains(said, "486"); {
			m, ok := caller.AwaitAny(siptest.Patience, "NOTIFY", "INVITE")
			switch {
			case !ok:
				t.Fatal("nothing is said of it")
			case m.Method() == "NOTIFY":
				if m.Get("Event") != want {
					t.Errorf("Event: %s, want %s", m.Get("Event"), want)
				}
				said = m.Body
				caller.Reply(m, 200, "OK", "")
			case m.Tag("To") == "": // of the new call
				caller.Reply(m, 486, "Busy Here", "")
			case strings.Contains(m.Body, "a=sendonly"):
				caller.Reply(m, 200, "OK", siptest.SDP(4000, "a=recvonly"))
			default:
				caller.Reply(m, 200, "OK", siptest.SDP(4000))
			}
		}
		for deadline := time.Now().Add(siptest.Patience); d.last(c.ID).State != phone.Active; {
			if time.Now().After(deadline) {
				t.Fatalf("the call is never talked on again: %s", d.history())
			}
			m, ok := caller.AwaitAny(100*time.Millisecond, "INVITE")
			if ok && m.Tag("To") != "" {
				answer := siptest.SDP(4000)
				if strings.Contains(m.Body, "a=sendonly") {
					answer = siptest.SDP(4000, "a=recvonly")
				}
				caller.Reply(m, 200, "OK", answer)
			}
		}
		d.eventually("the call that was busy is gone", func() bool { return len(d.Calls()) == 1 })
	}
}

// Who waits on hold and passes us on does not throw the agent out of the conversation meanwhile.
func TestBeingTransferredWhileWeTalkToAnother(t *testing.T) {
	t.Parallel()
	d, waiting, first, _ := talking(t, siptest.SDP(4000))
	other := waiting.NewCall()
	other.Invite(siptest.SDP(4002))
	second := d.rings()
	d.do(d.Answer(second.ID))
	other.Answered("")
	holds(t, waiting)
	d.eventually("the first waits", func() bool { return d.last(first.ID).State == phone.HeldHere })
	waiting.Do("REFER", "", "Refer-To: <sip:103@"+waiting.Addr()+">")
	waiting.Expect("202 REFER")
	invite := waiting.Expect("INVITE")
	anew := &siptest.Call{Peer: waiting.Peer, ID: invite.Get("Call-ID")}
	anew.Reply(invite, 200, "OK", siptest.SDP(4004))
	anew.Expect("ACK")
	holds(t, anew)
	d.call("the new one waits, too", func(x phone.Call) bool { return x.Direction == phone.Outgoing && x.State == phone.HeldHere })
	if got := d.last(second.ID).State; got != phone.Active {
		t.Errorf("the agent's call is %s", got)
	}
}

// Whoever passes a call on does not make this telephone talk to a host of their choice: numbers are dialled at the PBX,
// names are led through it.
func TestBeingTransferredElsewhereGoesThroughThePBX(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ to, start, route string }{
		{"<sip:0900123456@elsewhere.example>", "INVITE sip:0900123456@PBX SIP/2.0", ""},
		{"<sip:bob@elsewhere.example>", "INVITE sip:bob@elsewhere.example SIP/2.0", "<sip:PBX;lr>"},
		{"<sip:103@elsewhere.example?Replaces=a%3Bto-tag%3D1%3Bfrom-tag%3D2>", "INVITE sip:103@elsewhere.example SIP/2.0", "<sip:PBX;lr>"},
		{"<sip:103@PBX>", "INVITE sip:103@PBX SIP/2.0", ""},
	} {
		t.Run(c.to, func(t *testing.T) {
			_, caller, _, _ := talking(t, siptest.SDP(4000))
			at := func(s string) string { return strings.ReplaceAll(s, "PBX", caller.Addr()) }
			caller.Do("REFER", "", "Refer-To: "+at(c.to), "Referred-By: <sip:chief@example.org>")
			caller.Expect("202 REFER")
			invite := caller.Expect("INVITE")
			for invite.Get("Referred-By") == "" { // the other INVITE is the hold
				caller.Reply(invite, 200, "OK", siptest.SDP(4000, "a=recvonly"))
				invite = caller.Expect("INVITE")
			}
			if invite.Start != at(c.start) || invite.Get("Route") != at(c.route) {
				t.Errorf("%s, Route %q, want %s, %q", invite.Start, invite.Get("Route"), at(c.start), at(c.route))
			}
		})
	}
}

func TestGarbageInTransfersIsRefused(t *testing.T) {
	t.Parallel()
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	for _, to := range []string{"<>", "", "mailto:chief@example.org", "<mailto:chief@example.org>", "<tel:>", "nonsense<", "<sip:>", "<sip:a@b?Replaces=%ZZ>"} {
		caller.Do("REFER", "", "Refer-To: "+to)
		if m, ok := caller.AwaitAny(siptest.Patience, "400 REFER"); !ok {
			t.Errorf("%s: %v", to, m)
		}
	}
	caller.Do("REFER", "")
	caller.Expect("400 REFER")
	for _, body := range []string{"", "SIP/2.0", "SIP/2.0 999 Never", "SIP/2.0 -1 x", strings.Repeat("x", 5000)} {
		notify(caller, "active", body)
	}
	stillWorks(t, d, caller, c)
}
