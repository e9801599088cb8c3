package phone_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

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
	first := (<-registered).ContactURI()
	second := <-registered
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
	if last := <-registered; last.Get("Expires") != "0" || last.ContactURI() != second.ContactURI() {
		t.Errorf("unregisters %s, Expires %s", last.ContactURI(), last.Get("Expires"))
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
