package phone_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// holds answers the re-INVITE by which a call is put on hold.
func holds(t *testing.T, caller *siptest.Call) {
	t.Helper()
	m := caller.Expect("INVITE")
	if !strings.Contains(m.Body, "a=sendonly") {
		t.Errorf("no hold:\n%s", m.Body)
	}
	caller.Reply(m, 200, "OK", siptest.SDP(4000, "a=recvonly"))
	caller.Expect("ACK")
}

func notify(caller *siptest.Call, state, fragment string) {
	notifyOf(caller, "refer", state, fragment)
}

func notifyOf(caller *siptest.Call, event, state, fragment string) {
	caller.Do("NOTIFY", fragment, "Event: "+event, "Subscription-State: "+state, "Content-Type: message/sipfrag;version=2.0")
	caller.Expect("200 NOTIFY")
}

func transferState(d *desk, c phone.Call, s phone.TransferState) phone.Call {
	d.t.Helper()
	return d.call("transfer "+s.String(), func(x phone.Call) bool { return x.ID == c.ID && x.Transfer.State == s })
}

// RFC 5589 §6, requirements.md D2.
func TestBlindTransferIsFollowedToItsEnd(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	d.do(d.Transfer(c.ID, "102"))
	holds(t, caller)
	refer := caller.Expect("REFER")
	if got := refer.Get("Refer-To"); !strings.HasPrefix(got, "<sip:102@127.0.0.1") {
		t.Errorf("Refer-To: %s", got)
	}
	if got := refer.Get("Referred-By"); !strings.Contains(got, "sip:101@") {
		t.Errorf("Referred-By: %s", got)
	}
	caller.Reply(refer, 407, "Proxy Authentication Required", "", `Proxy-Authenticate: Digest realm="pbx", nonce="1"`)
	if refer = caller.Expect("REFER"); !strings.Contains(refer.Get("Proxy-Authorization"), `username="101"`) {
		t.Errorf("asked for a password: %s", refer.Get("Proxy-Authorization"))
	}
	caller.Reply(refer, 202, "Accepted", "")
	transferState(d, c, phone.TransferTrying)
	notify(caller, "active;expires=60", "SIP/2.0 180 Ringing\r\n")
	transferState(d, c, phone.TransferRinging)
	notify(caller, "terminated;reason=noresource", "SIP/2.0 200 OK\r\n")
	ended := d.ended(phone.Transferred)
	if ended.Transfer.State != phone.TransferDone || ended.Transfer.To != "102" {
		t.Errorf("told %+v", ended.Transfer)
	}
	caller.Expect("BYE")
}

func TestATransferThatFailsBringsTheCallBack(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*siptest.Call, siptest.Message){
		"refused at once": func(caller *siptest.Call, refer siptest.Message) { caller.Reply(refer, 403, "Forbidden", "") },
		"busy there": func(caller *siptest.Call, refer siptest.Message) {
			caller.Reply(refer, 202, "Accepted", "")
			notify(caller, "terminated;reason=noresource", "SIP/2.0 486 Busy Here")
		},
		"ended while it rings": func(caller *siptest.Call, refer siptest.Message) {
			notify(caller, "active;expires=60", "SIP/2.0 180 Ringing") // overtakes the answer
			caller.Reply(refer, 202, "Accepted", "")
			notify(caller, "terminated;reason=noresource", "SIP/2.0 180 Ringing")
		},
		"ended without a word": func(caller *siptest.Call, refer siptest.Message) {
			caller.Reply(refer, 202, "Accepted", "")
			notify(caller, "terminated;reason=timeout", "nonsense")
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, caller, c, _ := talking(t, siptest.SDP(4000))
			d.do(d.Transfer(c.ID, "102"))
			holds(t, caller)
			fail(caller, caller.Expect("REFER"))
			if got := transferState(d, c, phone.TransferFailed).Transfer; got.Reason == "" || got.Reason == "Ringing" || got.Code == 180 {
				t.Errorf("no reason: %+v", got)
			}
			back := caller.Expect("INVITE")
			caller.Reply(back, 200, "OK", siptest.SDP(4000))
			d.eventually("active again", func() bool { return d.last(c.ID).State == phone.Active })
			stillWorks(t, d, caller, c)
		})
	}
}

// Whoever never says how it went does not keep the call waiting for ever; what is said later is too late.
func TestATransferThatNobodySpeaksOfBringsTheCallBack(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx, func(c *phone.Config, _ *phone.Account) { c.Timing.NoAnswer = 200 * time.Millisecond }).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.rings()
	d.do(d.Answer(c.ID))
	caller.Answered("")
	d.state(phone.Active)
	d.do(d.Transfer(c.ID, "102"))
	holds(t, caller)
	caller.Reply(caller.Expect("REFER"), 202, "Accepted", "")
	transferState(d, c, phone.TransferFailed)
	caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(4000))
	d.eventually("active again", func() bool { return d.last(c.ID).State == phone.Active })
	notify(caller, "terminated;reason=noresource", "SIP/2.0 200 OK")
	stillWorks(t, d, caller, c)
}

// RFC 3515 §2.4.6: what is said late of a transfer that has failed is not said of the next.
func TestOfTwoTransfersEachIsSpokenOf(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	d.do(d.Transfer(c.ID, "102"))
	holds(t, caller)
	first := caller.Expect("REFER")
	caller.Reply(first, 202, "Accepted", "")
	notify(caller, "active;expires=60", "SIP/2.0 486 Busy Here")
	transferState(d, c, phone.TransferFailed)
	caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(4000))
	caller.Expect("ACK")
	d.eventually("active again", func() bool { return d.last(c.ID).State == phone.Active })
	d.do(d.Transfer(c.ID, "103"))
	holds(t, caller)
	second := caller.Expect("REFER")
	caller.Reply(second, 202, "Accepted", "")
	d.eventually("on its way", func() bool { return d.last(c.ID).Transfer.State == phone.TransferTrying })
	of := func(refer siptest.Message) string { return fmt.Sprintf("refer;id=%d", refer.CSeq()) }
	notifyOf(caller, of(first), "terminated;reason=noresource", "SIP/2.0 200 OK")
	notifyOf(caller, of(second), "active;expires=60", "SIP/2.0 180 Ringing")
	d.eventually("ringing", func() bool { return d.last(c.ID).Transfer.State == phone.TransferRinging })
	notifyOf(caller, of(second), "terminated;reason=noresource", "SIP/2.0 200 OK")
	if ended := d.ended(phone.Transferred); ended.Transfer.To != "103" {
		t.Errorf("told %+v", ended.Transfer)
	}
	caller.Expect("BYE")
}

// The call that was to be passed on ends before the far end has said a word of it, by either side. Whom it was to be
// joined with is not passed on to anybody then.
func TestACallThatEndsWhileItIsPassedOnIsNot(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*desk, *siptest.Call, phone.Call){
		"there": func(_ *desk, customer *siptest.Call, _ phone.Call) { customer.Do("BYE", "") },
		"here":  func(d *desk, _ *siptest.Call, c phone.Call) { d.do(d.HangUp(c.ID)) },
	} {
		t.Run(name, func(t *testing.T) {
			d, customer, first, _ := talking(t, siptest.SDP(4000))
			colleague := customer.NewCall()
			colleague.Invite(siptest.SDP(4002))
			second := d.rings()
			d.do(d.Answer(second.ID))
			colleague.Answered("")
			customer.Reply(customer.Expect("INVITE"), 200, "OK", siptest.SDP(4000, "a=recvonly"))
			d.eventually("the customer waits", func() bool { return d.last(first.ID).State == phone.HeldHere })
			d.do(d.Join(first.ID, second.ID))
			customer.Expect("REFER")
			end(d, customer, first)
			d.eventually("the customer is gone", func() bool { return d.last(first.ID).State == phone.Ended })
			if got := d.last(first.ID); got.Cause == phone.Transferred || got.Transfer.State != phone.TransferFailed || got.Transfer.Reason == "" {
				t.Errorf("the customer's call ended as %s, transfer %+v", got.Cause, got.Transfer)
			}
			stillWorks(t, d, colleague, second)
		})
	}
}

// Some PBXs hang up as soon as they have taken the REFER.
func TestHangingUpAfterTheReferIsATransfer(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	d.do(d.Transfer(c.ID, "102"))
	holds(t, caller)
	caller.Reply(caller.Expect("REFER"), 202, "Accepted", "")
	transferState(d, c, phone.TransferTrying)
	caller.Do("BYE", "")
	d.ended(phone.Transferred)
}

func TestATransferGoesOnWhenTheHoldIsRefused(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	d.do(d.Transfer(c.ID, "102"))
	caller.Reply(caller.Expect("INVITE"), 488, "Not Acceptable Here", "")
	caller.Reply(caller.Expect("REFER"), 202, "Accepted", "")
	notify(caller, "terminated", "SIP/2.0 200 OK")
	d.ended(phone.Transferred)
}

func TestATransferIsOnlyForAnsweredCallsAndRealTargets(t *testing.T) {
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	if err := d.Transfer(c.ID, "  "); err == nil {
		t.Error("an empty target was taken")
	}
	if err := d.Join(c.ID, c.ID); !errors.Is(err, phone.ErrWrongState) {
		t.Errorf("joined with itself: %v", err)
	}
	if err := d.Join(c.ID, "call-99"); !errors.Is(err, phone.ErrNoSuchCall) {
		t.Errorf("joined with nobody: %v", err)
	}
	stillWorks(t, d, caller, c)
}

// RFC 5589 §7, RFC 3891 §3: the tags are named as the other end knows them.
func TestAttendedTransferJoinsTwoCalls(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	up := func() (*siptest.Call, phone.Call) {
		caller := pbx.NewCall()
		caller.Invite(siptest.SDP(4000))
		return caller, d.rings()
	}
	customer, first := up()
	d.do(d.Answer(first.ID))
	customer.Answered("")
	colleague, second := up()
	d.do(d.Answer(second.ID))
	ok := colleague.Answered("")
	held := customer.Expect("INVITE")
	customer.Reply(held, 200, "OK", siptest.SDP(4000, "a=recvonly"))
	d.eventually("the customer waits", func() bool { return d.last(first.ID).State == phone.HeldHere })

	d.do(d.Join(first.ID, second.ID))
	refer := customer.Expect("REFER")
	replaces := ok.Get("Call-ID") + "%3Bto-tag%3D" + ok.Tag("From") + "%3Bfrom-tag%3D" + ok.Tag("To")
	if got := refer.Get("Refer-To"); !strings.Contains(got, "?Replaces="+strings.ReplaceAll(replaces, "@", "%40")) {
		t.Errorf("Refer-To: %s\nwant Replaces=%s", got, replaces)
	}
	customer.Reply(refer, 202, "Accepted", "")
	// Asterisk frees the call that was joined first, and says how it went afterwards.
	colleague.Do("BYE", "")
	d.call("joined", func(x phone.Call) bool { return x.ID == second.ID && x.Cause == phone.Transferred })
	notify(customer, "terminated;reason=noresource", "SIP/2.0 200 OK")
	for _, id := range []phone.CallID{first.ID, second.ID} {
		d.call("transferred", func(x phone.Call) bool { return x.ID == id && x.Cause == phone.Transferred })
	}
	customer.Expect("BYE")
}

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
		for d.last(c.ID).State != phone.Active {
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
	waiting.Reply(waiting.Expect("INVITE"), 200, "OK", siptest.SDP(4004))
	waiting.Expect("ACK")
	holds(t, waiting)
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

// The target of an attended transfer: RFC 3891 §3.
func TestACallTakesThePlaceOfAnother(t *testing.T) {
	d, colleague, old, _ := talking(t, siptest.SDP(4000))
	theirs, ours := colleague.Tag, colleague.Theirs
	customer := &siptest.Call{}
	*customer = *colleague.NewCall()
	customer.Invite(siptest.SDP(4002), "Require: replaces", "Referred-By: <sip:colleague@example.org>",
		"Replaces: "+colleague.ID+";to-tag="+ours+";from-tag="+theirs)
	customer.Answered("")
	c := d.call("the customer is here", func(x phone.Call) bool { return x.ID != old.ID && x.State == phone.Active })
	if c.ReferredBy != "sip:colleague@example.org" {
		t.Errorf("referred by %q", c.ReferredBy)
	}
	d.call("the old call is over", func(x phone.Call) bool { return x.ID == old.ID && x.State == phone.Ended })
	if d.sound.Ringing() {
		t.Error("it rings for a call that is answered already")
	}
}

func TestAReplacesThatFitsNothingIsRefused(t *testing.T) {
	t.Parallel()
	d, colleague, c, _ := talking(t, siptest.SDP(4000))
	fits := colleague.ID + ";to-tag=" + colleague.Theirs + ";from-tag=" + colleague.Tag
	for name, tt := range map[string]struct {
		code    int
		headers []string
	}{
		"of an unknown call":     {481, []string{"Replaces: nobody;to-tag=1;from-tag=2"}},
		"without tags":           {400, []string{"Replaces: nobody"}},
		"two of them":            {400, []string{"Replaces: " + fits, "Replaces : " + fits}},
		"for early calls only":   {486, []string{"Replaces: " + fits + ";early-only"}},
		"tags the wrong way":     {481, []string{"Replaces: " + colleague.ID + ";to-tag=" + colleague.Tag + ";from-tag=" + colleague.Theirs}},
		"with another extension": {420, []string{"Replaces: " + fits, "Require: replaces, teleport"}},
	} {
		x := colleague.NewCall()
		x.Do("INVITE", siptest.SDP(4002), tt.headers...)
		if m := x.Refused(tt.code); tt.code == 420 && m.Get("Unsupported") != "teleport" {
			t.Errorf("%s: Unsupported: %s", name, m.Get("Unsupported"))
		}
	}
	stillWorks(t, d, colleague, c)
}

// A call of ours that rings at a colleague is picked up there by another: RFC 3891 §3. Whom it rang has missed nothing.
func TestACallOfOursThatRingsIsPickedUp(t *testing.T) {
	t.Parallel()
	for name, ring := range map[string]func(*siptest.Peer, siptest.Message){
		"ringing": func(pbx *siptest.Peer, m siptest.Message) { pbx.Reply(m, 180, "Ringing", "") },
		"early":   func(pbx *siptest.Peer, m siptest.Message) { pbx.Reply(m, 183, "Session Progress", siptest.SDP(4000)) },
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			id, err := d.Dial("", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			ring(pbx, invite)
			d.eventually("it rings there", func() bool { s := d.last(id).State; return s == phone.RingingThere || s == phone.Early })
			other := pbx.NewCall()
			other.Invite(siptest.SDP(4002), "Require: replaces", "Replaces: "+namesOurs(invite, "peer")+";early-only")
			other.Answered("")
			cancel := pbx.Expect("CANCEL")
			if got := cancel.Get("Reason"); got != `SIP;cause=200;text="Call completed elsewhere"` {
				t.Errorf("the CANCEL gives the reason %q", got)
			}
			pbx.Reply(cancel, 200, "OK", "")
			pbx.Reply(invite, 487, "Request Terminated", "")
			c := d.call("who picked it up is here", func(x phone.Call) bool { return x.ID != id && x.State == phone.Active })
			d.eventually("the old call is over", func() bool { return d.last(id).State == phone.Ended })
			if old := d.last(id); old.Cause != phone.AnsweredElsewhere {
				t.Errorf("the old call ended as %s", old.Cause)
			}
			stillWorks(t, d, other, c)
		})
	}
}

// namesOurs is how a Replaces names a call that we make, before or after that tag has answered.
func namesOurs(invite siptest.Message, theirs string) string {
	return invite.Get("Call-ID") + ";to-tag=" + invite.Tag("From") + ";from-tag=" + theirs
}

// Who has answered meanwhile is not replaced by whom only a ringing call would do (486), and those whom the same call
// rang and who didn't answer are nobody's any more. Only the PBX can take a call of ours that rings: that opens the microphone.
func TestWhatOfACallOfOursCanNotBeReplaced(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	id, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	pbx.Send(invite.From, invite.Response(180, "Ringing", "first", "", "Contact: <sip:first@"+pbx.Addr()+">"))
	pbx.Send(invite.From, invite.Response(180, "Ringing", "second", "", "Contact: <sip:second@"+pbx.Addr()+">"))
	d.state(phone.RingingThere)
	refused := func(code int, peer *siptest.Peer, replaces string) {
		t.Helper()
		x := pbx.NewCall()
		x.Peer = peer
		x.Do("INVITE", siptest.SDP(4002), "Replaces: "+replaces)
		x.Refused(code)
	}
	refused(403, siptest.NewAt(t, "127.0.0.2:0"), namesOurs(invite, "first"))
	refused(481, pbx, namesOurs(invite, "nobody"))
	pbx.Send(invite.From, invite.Response(200, "OK", "second", siptest.SDP(4000), "Contact: <sip:second@"+pbx.Addr()+">"))
	pbx.Expect("ACK")
	d.state(phone.Active)
	refused(486, pbx, namesOurs(invite, "second")+";early-only")
	refused(481, pbx, namesOurs(invite, "first"))
	if got := d.last(id).State; got != phone.Active {
		t.Errorf("the call is %s", got)
	}
	other := pbx.NewCall()
	other.Invite(siptest.SDP(4002), "Replaces: "+namesOurs(invite, "second"))
	other.Answered("")
	d.call("the old call is over", func(x phone.Call) bool { return x.ID == id && x.Cause == phone.HungUpThere })
}

// Whoever passed us on to somebody who rings, and is picked up elsewhere, is told that we are connected.
func TestWhoPassedUsOnIsToldWhenTheCallIsPickedUp(t *testing.T) {
	t.Parallel()
	d, caller, _, _ := talking(t, siptest.SDP(4000))
	caller.Do("REFER", "", "Refer-To: <sip:103@"+caller.Addr()+">", "Referred-By: <sip:chief@example.org>")
	caller.Expect("202 REFER")
	invite := caller.Expect("INVITE")
	for invite.Get("Referred-By") == "" { // the other INVITE is the hold
		caller.Reply(invite, 200, "OK", siptest.SDP(4000, "a=recvonly"))
		invite = caller.Expect("INVITE")
	}
	caller.Reply(invite, 180, "Ringing", "")
	d.state(phone.RingingThere)
	other := caller.NewCall()
	other.Invite(siptest.SDP(4002), "Replaces: "+namesOurs(invite, "peer"))
	other.Answered("")
	for {
		m := caller.Expect("NOTIFY")
		caller.Reply(m, 200, "OK", "")
		if strings.HasPrefix(m.Get("Subscription-State"), "terminated") {
			if !strings.HasPrefix(m.Body, "SIP/2.0 200") {
				t.Errorf("told %q", m.Body)
			}
			return
		}
	}
}
