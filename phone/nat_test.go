package phone_test

import (
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// behindNAT answers REGISTERs as a PBX that sees the phone at another address (RFC 3581).
func behindNAT(pbx *siptest.Peer, seen string) (registered <-chan siptest.Message) {
	host, port, _ := strings.Cut(seen, ":")
	got := make(chan siptest.Message, 100)
	registrar(pbx, func(_ int, m siptest.Message) {
		got <- m
		answer := m.Response(200, "OK", "r", "", "Contact: "+m.Get("Contact"), "Expires: 300")
		pbx.Send(m.From, strings.Replace(answer, ";rport", ";received="+host+";rport="+port, 1))
	})
	return got
}

func TestContactIsWhereThePBXSeesUs(t *testing.T) {
	pbx := siptest.New(t)
	registered := behindNAT(pbx, "203.0.113.5:40000")
	d := newDesk(t, pbx)
	next := func(than string) (m siptest.Message) { // what is sent once more, since its answer is late, has the contact of before
		t.Helper()
		d.eventually("a REGISTER with another contact than "+than, func() bool {
			select {
			case m = <-registered:
				return m.ContactURI() != than
			default:
				return false
			}
		})
		return m
	}
	first := next("").ContactURI()
	second := next(first)
	if second.ContactURI() != "sip:101@203.0.113.5:40000" {
		t.Errorf("the Contact is %s", second.ContactURI())
	}
	gone := ""
	for _, h := range second.Headers {
		if h.Name == "Contact" && strings.Contains(h.Value, "expires=0") {
			gone = h.Value
		}
	}
	if !strings.Contains(gone, "<"+first+">") {
		t.Errorf("%s is not unregistered: %q", first, gone)
	}
	d.registered()
	_, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	if invite.ContactURI() != second.ContactURI() {
		t.Errorf("the call's Contact is %s", invite.ContactURI())
	}
	pbx.Reply(invite, 486, "Busy Here", "")
	pbx.Expect("ACK")
	d.ended(phone.Busy)
	d.do(d.SetAccounts(nil))
	unregistered := func() bool {
		select {
		case last := <-registered:
			if last.ContactURI() != second.ContactURI() {
				t.Errorf("REGISTER of %s, Expires %s", last.ContactURI(), last.Get("Expires"))
			}
			return last.Get("Expires") == "0"
		default:
			return false
		}
	}
	for deadline := time.Now().Add(siptest.Patience); !unregistered(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not unregistered")
		}
	}
}

// A router that has started anew gives us another port; the next question to the PBX
// tells, and it learns where calls find us.
func TestContactFollowsTheNAT(t *testing.T) {
	pbx := siptest.New(t)
	var port atomic.Int64
	port.Store(40000)
	contacts := make(chan string, 100)
	pbx.Handle(func(m siptest.Message) bool {
		if m.Method() != "REGISTER" && m.Method() != "OPTIONS" {
			return false
		}
		answer := m.Response(200, "OK", "r", "", "Contact: "+m.Get("Contact"), "Expires: 300")
		pbx.Send(m.From, strings.Replace(answer, ";rport", fmt.Sprintf(";received=203.0.113.5;rport=%d", port.Load()), 1))
		if m.Method() == "REGISTER" {
			contacts <- m.ContactURI()
		}
		return true
	})
	d := newDesk(t, pbx).registered()
	registered := <-contacts // a request that is sent once more, since its answer is late, has the contact of the last one
	follows := func(contact string) {
		t.Helper()
		d.eventually("registered at "+contact, func() bool {
			select {
			case at := <-contacts:
				if at != registered && at != contact {
					t.Errorf("registered at %s", at)
				}
				return at == contact
			default:
				return false
			}
		})
		registered = contact
	}
	follows("sip:101@203.0.113.5:40000")
	port.Store(50000)
	follows("sip:101@203.0.113.5:50000")
}

// A router gets another address of its provider's in the middle of a call: the far end is told where the signalling is
// now, and the sound with it, which only the STUN server knows.
func TestACallFollowsTheNAT(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	var moved atomic.Bool
	public := func() net.IP {
		if moved.Load() {
			return net.IPv4(203, 0, 113, 10)
		}
		return net.IPv4(203, 0, 113, 9)
	}
	pbx.Handle(func(m siptest.Message) bool {
		if m.Method() != "REGISTER" && m.Method() != "OPTIONS" {
			return false
		}
		answer := m.Response(200, "OK", "r", "", "Contact: "+m.Get("Contact"), "Expires: 300")
		pbx.Send(m.From, strings.Replace(answer, ";rport", fmt.Sprintf(";received=%s;rport=40000", public()), 1))
		return true
	})
	server := stunServerSaying(t, public)
	d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.STUN = server }).registered()
	id, err := d.Dial("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	if !strings.Contains(invite.Body, "c=IN IP4 203.0.113.9\r\n") {
		t.Errorf("offered\n%s", invite.Body)
	}
	pbx.Reply(invite, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	d.eventually("talking", func() bool { return d.last(id).State == phone.Active })
	moved.Store(true)
	again := pbx.Expect("INVITE")
	if again.Get("Call-ID") != invite.Get("Call-ID") || again.ContactURI() != "sip:101@203.0.113.10:40000" ||
		!strings.Contains(again.Body, "c=IN IP4 203.0.113.10\r\n") {
		t.Errorf("%s, Contact %s\n%s", again.Start, again.ContactURI(), again.Body)
	}
	pbx.Reply(again, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	d.do(d.HangUp(id))
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
	d.ended(phone.HungUpHere)
}
