package phone_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/locate"
	"leadline/phone/siptest"
)

// directory is a Resolver that knows one domain's servers, in order, for every transport.
type directory []string

func (d directory) LookupNAPTR(context.Context, string) ([]locate.NAPTR, error) { return nil, nil }

func (d directory) LookupSRV(_ context.Context, _, proto, _ string) (string, []*net.SRV, error) {
	var records []*net.SRV
	for i, at := range d {
		addr := netip.MustParseAddrPort(at)
		records = append(records, &net.SRV{Target: addr.Addr().String(), Port: addr.Port(), Priority: uint16(i)})
	}
	return "", records, nil
}

func (d directory) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	ip, err := netip.ParseAddr(host)
	return []netip.Addr{ip}, err
}

// fickle is a Resolver that fails while it is told to.
type fickle struct {
	directory
	fails *atomic.Bool
}

func (f fickle) LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error) {
	if f.fails.Load() {
		return "", nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	}
	return f.directory.LookupSRV(ctx, service, proto, name)
}

func (f fickle) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if f.fails.Load() {
		return nil, &net.DNSError{Err: "server misbehaving", Name: host, IsTemporary: true}
	}
	return f.directory.LookupNetIP(ctx, network, host)
}

// DNS fails for a while: what is registered stays so; a PBX that is gone, too, and comes back is found where it was, and
// the call goes on.
func TestNamesThatAreNotFoundForAWhile(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	var fails, silent atomic.Bool
	var renewed atomic.Int64
	pbx.Handle(func(m siptest.Message) bool {
		switch method := m.Method(); {
		case method != "REGISTER" && method != "OPTIONS":
			return false
		case silent.Load():
		case method == "REGISTER":
			renewed.Add(1)
			accept(pbx, m, "1")
		default:
			return false
		}
		return true
	})
	d := newDesk(t, pbx, calm, func(c *phone.Config, a *phone.Account) {
		c.Resolver, a.Address = fickle{directory{pbx.Addr()}, &fails}, "sip:101@example.test"
	}).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.rings()
	d.do(d.Answer(c.ID))
	caller.Answered("")
	d.state(phone.Active)
	fails.Store(true)
	before := renewed.Load()
	d.eventually("registered anew all the same", func() bool { return renewed.Load() >= before+2 })
	for _, r := range d.registrations() {
		if r.State == phone.Retrying {
			t.Errorf("the account lost its place: %+v", r)
		}
	}
	silent.Store(true)
	d.eventually("retrying", func() bool { return d.Registrations()[0].State == phone.Retrying })
	if got := d.last(c.ID).State; got != phone.Active {
		t.Errorf("the call is %s", got)
	}
	silent.Store(false)
	d.registered()
	stillWorks(t, d, caller, c)
}

func atDomain(d directory) func(*phone.Config, *phone.Account) {
	return func(c *phone.Config, a *phone.Account) { c.Resolver, a.Address = d, "sip:101@example.test" }
}

func TestTheNextServerIsTakenWhenOneFails(t *testing.T) {
	t.Parallel()
	for name, ill := range map[string]func(p *siptest.Peer){
		"silent": func(p *siptest.Peer) { p.Handle(func(siptest.Message) bool { return true }) },
		"overloaded": func(p *siptest.Peer) {
			registrar(p, func(_ int, m siptest.Message) { p.Send(m.From, m.Response(503, "No", "r", "")) })
		},
		"switchedOff": func(p *siptest.Peer) { p.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			first, second := siptest.New(t), siptest.New(t)
			ill(first)
			d := newDesk(t, second, atDomain(directory{first.Addr(), second.Addr()})).registered()
			second.Phone()
			_, err := d.Dial("", "102")
			d.do(err)
			invite := second.Expect("INVITE") // the domain's requests go there too
			if !strings.HasPrefix(invite.Start, "INVITE sip:102@example.test ") {
				t.Errorf("dialled %s", invite.Start)
			}
			second.Reply(invite, 603, "Decline", "")
			second.Expect("ACK")
			d.ended(phone.DeclinedThere)
		})
	}
}

// RFC 3263 §4.3: a call that the registrar's machine can't place is tried at the next one,
// with the registration staying where it is.
func TestCallIsTriedAtTheNextServer(t *testing.T) {
	t.Parallel()
	first, second := siptest.New(t), siptest.New(t)
	d := newDesk(t, second, atDomain(directory{first.Addr(), second.Addr()})).registered()
	for _, refusal := range []struct {
		name   string
		refuse func(siptest.Message)
	}{
		{"503", func(m siptest.Message) { first.Reply(m, 503, "Service Unavailable", "") }},
		{"silence", func(siptest.Message) {}},
	} {
		id, err := d.Dial("", "102")
		d.do(err)
		tried := first.Expect("INVITE")
		refusal.refuse(tried)
		invite := second.Expect("INVITE")
		if invite.Get("Call-ID") != tried.Get("Call-ID") || invite.CSeq() <= tried.CSeq() || invite.Get("Via") == tried.Get("Via") {
			t.Errorf("%s: it is another call: %+v", refusal.name, invite)
		}
		second.Reply(invite, 180, "Ringing", "")
		d.call("ringing there", func(c phone.Call) bool { return c.ID == id && c.State == phone.RingingThere })
		d.do(d.HangUp(id))
		second.Reply(second.Expect("CANCEL"), 200, "OK", "")
		second.Reply(invite, 487, "Request Terminated", "")
		second.Expect("ACK")
		d.call("cancelled", func(c phone.Call) bool { return c.ID == id && c.Cause == phone.Cancelled })
	}
}

func TestARefusalIsFinalWhoeverGivesIt(t *testing.T) {
	first, second := siptest.New(t), siptest.New(t)
	d := newDesk(t, second, atDomain(directory{first.Addr(), second.Addr()})).registered()
	_, err := d.Dial("", "102")
	d.do(err)
	first.Reply(first.Expect("INVITE"), 486, "Busy Here", "")
	first.Expect("ACK")
	d.ended(phone.Busy)
	if m, again := second.Await("INVITE", 100*time.Millisecond); again {
		t.Errorf("a busy one is called again: %+v", m)
	}
}

func TestServerThatFailsLaterIsLeft(t *testing.T) {
	t.Parallel()
	first, second := siptest.New(t), siptest.New(t)
	d := newDesk(t, second, atDomain(directory{first.Addr(), second.Addr()})).registered()
	first.Phone()
	first.Handle(func(siptest.Message) bool { return true })
	second.Phone()
	d.registered()
}

// RFC 2782, RFC 3263 §4.3: the domain's first server is gone back to when it is there again
// and nobody is talking.
func TestTheFirstServerIsGoneBackTo(t *testing.T) {
	t.Parallel()
	first, second := siptest.New(t), siptest.New(t)
	first.Handle(func(siptest.Message) bool { return true })
	kept := registrar(second, func(_ int, m siptest.Message) { accept(second, m, "1") })
	d := newDesk(t, second, atDomain(directory{first.Addr(), second.Addr()})).registered()
	caller := second.NewCall()
	caller.Invite(siptest.SDP(4000))
	call := d.rings()
	back := registrar(first, func(_ int, m siptest.Message) { accept(first, m, "300") })
	before := kept()
	d.eventually("the registration is refreshed", func() bool { return kept() >= before+2 })
	if back() != 0 {
		t.Error("the account moves while a call rings")
	}
	d.do(d.Decline(call.ID, false))
	caller.Refused(603)
	d.eventually("registered at the first again", func() bool { return back() > 0 })
	_, err := d.Dial("", "102")
	d.do(err)
	first.Reply(first.Expect("INVITE"), 603, "Decline", "")
	d.ended(phone.DeclinedThere)
}

func TestAnAnswerIsFinalWhoeverGivesIt(t *testing.T) {
	first, second := siptest.New(t), siptest.New(t)
	registrar(first, func(_ int, m siptest.Message) { first.Send(m.From, m.Response(403, "Forbidden", "r", "")) })
	asked := registrar(second, func(_ int, m siptest.Message) { accept(second, m, "300") })
	d := newDesk(t, second, atDomain(directory{first.Addr(), second.Addr()}))
	d.eventually("refused", func() bool { return d.Registrations()[0].Cause == phone.RegForbidden })
	if asked() != 0 {
		t.Error("the other server was asked what the first has refused")
	}
}

// movesWhileTalking is a phone at 127.0.0.1 that gets the address 127.0.0.2 in the middle of a call.
func movesWhileTalking(t *testing.T) (*siptest.Peer, *desk, *siptest.Call, phone.Call) {
	t.Helper()
	pbx := siptest.New(t)
	d, move := movable(t, pbx, 0)
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	if err := d.Answer(d.rings().ID); err != nil {
		t.Fatal(err, d.history())
	}
	caller.Answered("")
	call := d.state(phone.Active)
	move()
	return pbx, d, caller, call
}

// A far end that is busy with an offer of its own for long learns our new address all the same.
func TestCallFollowsToAnotherAddressAfterAGlare(t *testing.T) {
	t.Parallel()
	pbx, _, _, _ := movesWhileTalking(t)
	for range 6 { // one more than the signalling tries by itself
		again := pbx.Expect("INVITE")
		pbx.Reply(again, 491, "Request Pending", "")
		pbx.Expect("ACK")
	}
	again := pbx.Expect("INVITE")
	if !strings.Contains(again.Body, "c=IN IP4 127.0.0.2\r\n") {
		t.Errorf("offered\n%s", again.Body)
	}
	pbx.Reply(again, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
}

// The machine gets another address in the middle of a call: the account registers from
// there, and the far end is told where the call and its sound are now.
func TestCallFollowsToAnotherAddress(t *testing.T) {
	pbx, d, caller, call := movesWhileTalking(t)
	again := pbx.Expect("INVITE")
	if !strings.HasPrefix(again.From, "127.0.0.2:") || !strings.Contains(again.ContactURI(), "@"+again.From) ||
		!strings.Contains(again.Body, "c=IN IP4 127.0.0.2\r\n") {
		t.Errorf("from %s, Contact %s\n%s", again.From, again.ContactURI(), again.Body)
	}
	hear, port := rtpPort(t)
	pbx.Reply(again, 200, "OK", siptest.SDP(port))
	pbx.Expect("ACK")
	if addr, _ := pbx.Phone(); addr != again.From {
		t.Errorf("registered from %s, the call is at %s", addr, again.From)
	}
	stop := d.sound.Run(func() []int16 { return make([]int16, 960) }, func([]int16) {})
	defer stop()
	buf := make([]byte, 1500)
	_ = hear.SetReadDeadline(time.Now().Add(siptest.Patience))
	if _, from, err := hear.ReadFromUDP(buf); err != nil || from.IP.String() != "127.0.0.2" {
		t.Errorf("sound comes from %v, %v", from, err)
	}
	caller.To = again.From
	caller.Do("BYE", "")
	caller.Expect("200 BYE")
	d.ended(phone.HungUpThere)
	if now := d.last(call.ID); now.Cause != phone.HungUpThere {
		t.Errorf("%+v", now)
	}
}

// A call is answered, and the machine gets another address before the ACK is there. Nobody repeats it to the new one.
func TestTheACKThatIsOnItsWayToTheAddressBeforeIsTaken(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d, move := movable(t, pbx, 0)
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	c := d.rings()
	d.do(d.Answer(c.ID))
	answer := caller.Expect("200 INVITE")
	move()
	d.eventually("registered from the other address", func() bool {
		addr, _ := pbx.Phone()
		return strings.HasPrefix(addr, "127.0.0.2:")
	})
	caller.Theirs = answer.Tag("To")
	caller.Do("ACK", "")
	again := pbx.Expect("INVITE")
	pbx.Reply(again, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	d.do(d.HangUp(c.ID))
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
	d.ended(phone.HungUpHere)
}

// The ACK went to an address that is gone, and nobody repeats it to the new one: it is not waited for 64·T1.
func TestACallWhoseACKCanNotComeAnyMoreIsToldOfTheNewAddressAndHungUp(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	pbx.Repeats()
	var repeated atomic.Int64
	pbx.Handle(func(m siptest.Message) bool {
		if m.Code() == 200 && m.CSeqMethod() == "INVITE" {
			repeated.Add(1)
		}
		return false
	})
	d, move := movable(t, pbx, 50*time.Millisecond)
	answered := func() (*siptest.Call, phone.CallID) {
		caller := pbx.NewCall()
		caller.Invite(siptest.SDP(4000))
		c := d.rings()
		d.do(d.Answer(c.ID))
		caller.Expect("200 INVITE")
		return caller, c.ID
	}
	caller, id := answered()
	move()
	again := pbx.Expect("INVITE")
	if !strings.HasPrefix(again.From, "127.0.0.2:") || !strings.Contains(again.ContactURI(), "@"+again.From) {
		t.Errorf("from %s, Contact %s", again.From, again.ContactURI())
	}
	pbx.Reply(again, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	if _, one := caller.Await("200 INVITE", 200*time.Millisecond); one {
		if _, more := caller.Await("200 INVITE", 400*time.Millisecond); more {
			t.Error("the answer is still repeated, though it has arrived")
		}
	}
	d.do(d.HangUp(id))
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
	d.ended(phone.HungUpHere)

	repeated.Store(0)
	caller, id = answered()
	move()
	d.do(d.HangUp(id))
	bye := pbx.Expect("BYE")
	for bye.Get("Call-ID") != caller.ID { // the first call's again: its reply took longer than T1
		bye = pbx.Expect("BYE")
	}
	if n := repeated.Load(); n > 7 || !strings.HasPrefix(bye.From, "127.0.0.1:") {
		t.Errorf("hung up from %s when the answer had been sent %d times", bye.From, n)
	}
	pbx.Reply(bye, 200, "OK", "")
}

// movable is a phone at 127.0.0.1 that moves to 127.0.0.2, and back. What is sent to an address of before is taken for linger;
// 0 is the usual time.
func movable(t *testing.T, pbx *siptest.Peer, linger time.Duration) (d *desk, move func()) {
	var second atomic.Bool
	d = newDesk(t, pbx, func(c *phone.Config, a *phone.Account) {
		a.Bind, c.Timing.Linger = "0.0.0.0:0", linger
		c.LocalAddr = func(context.Context, string) (netip.Addr, error) {
			if second.Load() {
				return netip.MustParseAddr("127.0.0.2"), nil
			}
			return netip.MustParseAddr("127.0.0.1"), nil
		}
	}).registered()
	return d, func() { second.Store(!second.Load()) }
}

func TestAnUnansweredCallIsPlacedAnewAfterAMove(t *testing.T) {
	for name, progress := range map[string]func(*siptest.Peer, siptest.Message){
		"ringing": func(pbx *siptest.Peer, m siptest.Message) { pbx.Reply(m, 180, "Ringing", "") },
		"early sound": func(pbx *siptest.Peer, m siptest.Message) {
			pbx.Reply(m, 183, "Session Progress", siptest.SDP(4000))
		},
	} {
		t.Run(name, func(t *testing.T) {
			pbx := siptest.New(t)
			d, move := movable(t, pbx, 0)
			id, err := d.Dial("", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			progress(pbx, invite)
			d.eventually("progress", func() bool { s := d.last(id).State; return s == phone.RingingThere || s == phone.Early })
			move()
			cancel := pbx.Expect("CANCEL")
			again := pbx.Expect("INVITE")
			if cancel.Get("Call-ID") != invite.Get("Call-ID") || again.Get("Call-ID") == invite.Get("Call-ID") {
				t.Errorf("CANCEL of %s, INVITE %s after %s", cancel.Get("Call-ID"), again.Get("Call-ID"), invite.Get("Call-ID"))
			}
			if !strings.HasPrefix(again.From, "127.0.0.2:") || !strings.HasPrefix(again.Start, "INVITE sip:102@") ||
				!strings.Contains(again.Body, "c=IN IP4 127.0.0.2\r\n") {
				t.Errorf("%s from %s\n%s", again.Start, again.From, again.Body)
			}
			pbx.Reply(cancel, 200, "OK", "")
			pbx.Send(again.From, invite.Response(487, "Request Terminated", "peer", ""))
			pbx.Reply(again, 200, "OK", siptest.SDP(4000))
			pbx.Expect("ACK")
			d.eventually("talking", func() bool { return d.last(id).State == phone.Active })
			d.do(d.HangUp(id))
			pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
		})
	}
}

func TestARingingCallIsAnsweredFromTheNewAddress(t *testing.T) {
	pbx := siptest.New(t)
	d, move := movable(t, pbx, 0)
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	call := d.rings()
	move()
	d.eventually("registered from there", func() bool { at, _ := pbx.Phone(); return strings.HasPrefix(at, "127.0.0.2:") })
	d.do(d.Answer(call.ID))
	ok := caller.Answered("")
	if !strings.HasPrefix(ok.From, "127.0.0.2:") || !strings.Contains(ok.ContactURI(), "@"+ok.From) || !strings.Contains(ok.Body, "c=IN IP4 127.0.0.2\r\n") {
		t.Errorf("from %s, Contact %s\n%s", ok.From, ok.ContactURI(), ok.Body)
	}
	d.state(phone.Active)
}

func TestARingingCallEndsWithItsConnection(t *testing.T) {
	pbx := siptest.NewTCP(t, nil)
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.Transport = "tcp" }).registered()
	pbx.NewCall().Invite(siptest.SDP(4000))
	d.rings()
	pbx.Cut()
	if end := d.ended(phone.Missed); !strings.Contains(end.SIPReason, "connection") {
		t.Errorf("%q", end.SIPReason)
	}
}
