package sip_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"leadline/phone/locate"
	"leadline/phone/sip"
	"leadline/phone/siptest"
)

// hasty answers the call as soon as it has taken an offer.
type hasty struct {
	sip.Events
	call *sip.Dialog
}

func (h hasty) EarlyAnswer(sip.Body) {}
func (h hasty) Confirmed(sip.Body)   {}
func (h hasty) HungUp(string)        {}
func (h hasty) Offered(o *sip.Offer) {
	o.Accept([]byte(siptest.SDP(4002)))
	h.call.Answer(nil)
}

// The 200 to an UPDATE and the one to the INVITE leave side by side: what ends with the first doesn't
// end the wait for the ACK of the second (RFC 3261 §14.2, RFC 3311 §5.2).
func TestNoOfferIsTakenBeforeTheACKOfACallThatWasAnsweredBesideAnUpdate(t *testing.T) {
	pbx := siptest.New(t)
	made := make(chan *sip.Dialog, 1)
	s, err := sip.Open(t.Context(), sip.Options{Address: "sip:101@" + pbx.Addr(), Bind: "127.0.0.1:0",
		Incoming: func(d *sip.Dialog) sip.Events { made <- d; return hasty{call: d} }},
		locate.Target{Transport: "udp", Addr: netip.MustParseAddrPort(pbx.Addr())})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	c := &siptest.Call{Peer: pbx, ID: "early@test", Tag: "caller", To: s.Local().String(), Target: "sip:101@" + s.Local().String(), Branch: "z9hG4bKearly"}
	c.Do("INVITE", "", "Require: 100rel")
	var d *sip.Dialog
	select {
	case d = <-made:
	case <-time.After(siptest.Patience):
		t.Fatal("the call did not arrive")
	}
	if err := d.Ring([]byte(siptest.SDP(4000))); err != nil {
		t.Fatal(err)
	}
	ringing := c.Expect("180")
	c.Theirs = ringing.Tag("To")
	c.Do("PRACK", siptest.SDP(4004), "RAck: "+ringing.Get("RSeq")+" 1 INVITE")
	c.Expect("200 PRACK")
	c.Do("UPDATE", siptest.SDP(4004))
	for range 2 { // in either order
		if _, ok := c.AwaitAny(siptest.Patience, "200 UPDATE", "200 INVITE"); !ok {
			t.Fatal("the UPDATE or the INVITE was not answered")
		}
	}
	c.Do("UPDATE", siptest.SDP(4006))
	if m := c.Expect("500 UPDATE"); m.Get("Retry-After") == "" {
		t.Error("nothing says when to try again")
	}
	c.Send(c.To, strings.Replace(c.Request("ACK", ""), "CSeq: 4 ACK", "CSeq: 1 ACK", 1))
	c.Do("BYE", "")
	c.Expect("200 BYE")
}
