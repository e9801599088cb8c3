package sip

import (
	"net/netip"
	"testing"
	"time"

	"leadline/phone/locate"
	"leadline/phone/siptest"
)

// brusque takes a REFER, and the call ends in this moment.
type brusque struct {
	Events
	call *Dialog
}

func (b brusque) Confirmed(Body) {}
func (b brusque) HungUp(string)  {}
func (b brusque) Referred(r *ReferRequest) {
	r.Accept()
	b.call.finish()
}

func TestAReferIsAnsweredOnceThoughTheCallEndsInThisMoment(t *testing.T) {
	pbx := siptest.New(t)
	pbx.Repeats()
	made := make(chan *Dialog, 1)
	s, err := Open(t.Context(), Options{Address: "sip:101@" + pbx.Addr(), Bind: "127.0.0.1:0",
		Incoming: func(d *Dialog) Events { made <- d; return brusque{call: d} }},
		locate.Target{Transport: "udp", Addr: netip.MustParseAddrPort(pbx.Addr())})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	for range 8 {
		id := time.Now().Format("150405.000000000")
		c := &siptest.Call{Peer: pbx, ID: id, Tag: "caller", To: s.Local().String(), Target: "sip:101@" + s.Local().String(), Branch: "z9hG4bK" + id}
		c.Invite(siptest.SDP(4000))
		(<-made).Answer([]byte(siptest.SDP(4002)))
		c.Answered("")
		refer := c.Request("REFER", "", "Refer-To: <sip:103@"+pbx.Addr()+">", "Refer-Sub: false")
		for range 2 { // the first answer may be lost
			c.Send(c.To, refer)
			if m, ok := c.AwaitAny(siptest.Patience, "202 REFER", "481 REFER"); !ok || m.Code() != 202 {
				t.Fatalf("it is answered with %q", m.Start)
			}
		}
	}
}
