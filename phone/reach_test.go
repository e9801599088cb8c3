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

func atDomain(d directory) func(*phone.Config, *phone.Account) {
	return func(c *phone.Config, a *phone.Account) { c.Resolver, a.Address = d, "sip:101@example.test" }
}

func TestTheNextServerIsTakenWhenOneFails(t *testing.T) {
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
	first, second := siptest.New(t), siptest.New(t)
	d := newDesk(t, second, atDomain(directory{first.Addr(), second.Addr()})).registered()
	first.Phone()
	first.Handle(func(siptest.Message) bool { return true })
	second.Phone()
	d.registered()
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

// The machine gets another address in the middle of a call: the account registers from
// there, and the far end is told where the call and its sound are now.
func TestCallFollowsToAnotherAddress(t *testing.T) {
	var second atomic.Bool
	pbx := siptest.New(t)
	d := newDesk(t, pbx, func(c *phone.Config, a *phone.Account) {
		a.Bind = "0.0.0.0:0"
		c.LocalAddr = func(context.Context, string) (netip.Addr, error) {
			if second.Load() {
				return netip.MustParseAddr("127.0.0.2"), nil
			}
			return netip.MustParseAddr("127.0.0.1"), nil
		}
	}).registered()
	caller := pbx.NewCall()
	caller.Invite(siptest.SDP(4000))
	if err := d.Answer(d.rings().ID); err != nil {
		t.Fatal(err, d.history())
	}
	caller.Answered("")
	call := d.state(phone.Active)
	second.Store(true)
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
