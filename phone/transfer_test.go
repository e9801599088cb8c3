package phone_test

import (
	"errors"
	"fmt"
	"strings"
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

// A transfer fails while the agent waits for somebody else to answer: the call is back, and waits, too.
func TestATransferThatFailsWhileTheAgentCallsSomebodyElseStaysOnHold(t *testing.T) {
	t.Parallel()
	d, caller, c, _ := talking(t, siptest.SDP(4000))
	d.do(d.Transfer(c.ID, "102"))
	holds(t, caller)
	refer := caller.Expect("REFER")
	id, err := d.Dial("", "103")
	d.do(err)
	invite := caller.Expect("INVITE")
	caller.Peer.Reply(invite, 180, "Ringing", "")
	d.eventually("it rings there", func() bool { return d.last(id).State == phone.RingingThere })
	caller.Reply(refer, 403, "Forbidden", "")
	transferState(d, c, phone.TransferFailed)
	if m, ok := caller.Await("INVITE", 200*time.Millisecond); ok {
		t.Errorf("it is taken back:\n%s", m.Body)
	}
	if got := d.last(c.ID).State; got != phone.HeldHere {
		t.Errorf("it is %s", got)
	}
	stillWorks(t, d, caller, c)
}

// Whoever never says how it went does not keep the call waiting for ever; what is said later is too late.
func TestATransferThatNobodySpeaksOfBringsTheCallBack(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	// It is how long calls ring, too.
	d := newDesk(t, pbx, func(c *phone.Config, _ *phone.Account) { c.Timing.NoAnswer = 2 * time.Second }).registered()
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

// Whom a call was to be joined with hangs up before the far end was asked: nobody is passed on to them, and they have not
// been passed on either (requirements.md D2).
func TestWhoHangsUpBeforeTheyAreJoinedIsNotPassedOn_D2(t *testing.T) {
	t.Parallel()
	d, colleague, second, _ := talking(t, siptest.SDP(4000))
	customer := colleague.NewCall()
	customer.Invite(siptest.SDP(4002))
	first := d.rings()
	d.do(d.Answer(first.ID))
	customer.Answered("")
	holds(t, colleague)
	d.eventually("the colleague waits", func() bool { return d.last(second.ID).State == phone.HeldHere })
	d.do(d.Join(first.ID, second.ID))
	hold := customer.Expect("INVITE")
	colleague.Do("BYE", "")
	d.eventually("the colleague has gone", func() bool { return d.last(second.ID).State == phone.Ended })
	if end := d.last(second.ID); end.Cause != phone.HungUpThere || end.Transfer.State != phone.NoTransfer {
		t.Errorf("the colleague's call ended as %s, transfer %s", end.Cause, end.Transfer.State)
	}
	customer.Reply(hold, 200, "OK", siptest.SDP(4002, "a=recvonly"))
	if m, ok := customer.AwaitAny(siptest.Patience, "REFER", "INVITE"); !ok || m.Method() != "INVITE" {
		t.Fatalf("then comes %q", m.Start)
	} else {
		customer.Reply(m, 200, "OK", siptest.SDP(4002))
	}
	d.eventually("the customer is back", func() bool { return d.last(first.ID).State == phone.Active })
	if got := d.last(first.ID).Transfer; got.State != phone.TransferFailed || got.Reason == "" {
		t.Errorf("told %+v", got)
	}
	stillWorks(t, d, customer, first)
}

// Whom a call is to be joined with hangs up while the far end has not answered yet whether it does it: if not, they have not been
// passed on.
func TestWhoHangsUpBeforeTheReferIsAnsweredIsPassedOnIfItIsTaken_D2(t *testing.T) {
	t.Parallel()
	for code, cause := range map[int]phone.Cause{202: phone.Transferred, 403: phone.HungUpThere} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			d, customer, first, _ := talking(t, siptest.SDP(4000))
			colleague := customer.NewCall()
			colleague.Invite(siptest.SDP(4002))
			second := d.rings()
			d.do(d.Answer(second.ID))
			colleague.Answered("")
			holds(t, customer)
			d.eventually("the customer waits", func() bool { return d.last(first.ID).State == phone.HeldHere })
			d.do(d.Join(first.ID, second.ID))
			refer := customer.Expect("REFER")
			colleague.Do("BYE", "")
			colleague.Expect("200 BYE")
			time.Sleep(50 * time.Millisecond)
			customer.Reply(refer, code, "So or so", "")
			d.eventually("the colleague has gone", func() bool { return d.last(second.ID).State == phone.Ended })
			if end := d.last(second.ID); end.Cause != cause || (end.Transfer.State == phone.TransferDone) != (cause == phone.Transferred) {
				t.Errorf("the colleague's call ended as %s, transfer %s", end.Cause, end.Transfer.State)
			}
			if code == 202 {
				notify(customer, "terminated;reason=noresource", "SIP/2.0 200 OK")
				d.call("transferred", func(x phone.Call) bool { return x.ID == first.ID && x.Cause == phone.Transferred })
				return
			}
			customer.Reply(customer.Expect("INVITE"), 200, "OK", siptest.SDP(4000))
			d.eventually("the customer is back", func() bool { return d.last(first.ID).State == phone.Active })
			stillWorks(t, d, customer, first)
		})
	}
}

// Some PBXs hang up as soon as they have taken the REFER. They are not hung up on then.
func TestHangingUpAfterTheReferIsATransfer(t *testing.T) {
	t.Parallel()
	for name, talks := range map[string]func(*testing.T) (*desk, *siptest.Call, phone.Call){
		"their call": func(t *testing.T) (*desk, *siptest.Call, phone.Call) {
			d, caller, c, _ := talking(t, siptest.SDP(4000))
			return d, caller, c
		},
		"our call": func(t *testing.T) (*desk, *siptest.Call, phone.Call) {
			pbx := siptest.New(t)
			d := newDesk(t, pbx).registered()
			_, invite := dialled(t, d, pbx, "103")
			pbx.Reply(invite, 200, "OK", siptest.SDP(4000))
			pbx.Expect("ACK")
			return d, &siptest.Call{Peer: pbx, ID: invite.Get("Call-ID"), Tag: "peer", Theirs: invite.Tag("From"),
				To: invite.From, Target: invite.ContactURI(), Branch: "z9hG4bKfar"}, d.state(phone.Active)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, caller, c := talks(t)
			d.do(d.Transfer(c.ID, "102"))
			holds(t, caller)
			caller.Reply(caller.Expect("REFER"), 202, "Accepted", "")
			transferState(d, c, phone.TransferTrying)
			caller.Do("BYE", "")
			d.ended(phone.Transferred)
			if _, ok := caller.Await("BYE", 200*time.Millisecond); ok {
				t.Error("whoever has hung up is hung up on")
			}
		})
	}
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
