package sip_test

import (
	"net/netip"
	"testing"
	"time"

	"leadline/phone/lamp"
	"leadline/phone/locate"
	"leadline/phone/sip"
	"leadline/phone/siptest"
)

// What the PBX is told was taken has been: a second NOTIFY, which may come after our 200 only, is told after the first.
func TestWhatComesUnaskedIsToldBeforeItIsAcknowledged(t *testing.T) {
	pbx := siptest.New(t)
	told, taken := make(chan struct{}), make(chan struct{})
	take := func() { told <- struct{}{}; <-taken }
	s, err := sip.Open(t.Context(), sip.Options{Address: "sip:101@" + pbx.Addr(), Bind: "127.0.0.1:0",
		Notified: func(sip.Notice) { take() }, Message: func(sip.Text) { take() }},
		locate.Target{Transport: "udp", Addr: netip.MustParseAddrPort(pbx.Addr())})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	for _, says := range []struct{ method, kind, body, event string }{
		{"NOTIFY", lamp.SummaryType, "Messages-Waiting: no\r\n", "Event: message-summary"},
		{"MESSAGE", "text/plain", "Hello", "Subject: none"},
	} {
		c := &siptest.Call{Peer: pbx, ID: says.method + "@test", Tag: "pbx", To: s.Local().String(), Target: "sip:101@" + s.Local().String(), Branch: "z9hG4bK" + says.method}
		c.Do(says.method, says.body, says.event, "Content-Type: "+says.kind)
		select {
		case <-told:
		case <-time.After(siptest.Patience):
			t.Fatalf("the %s was not told", says.method)
		}
		if _, early := c.AwaitAny(50*time.Millisecond, "200 "+says.method); early {
			t.Errorf("the %s was acknowledged before it was taken", says.method)
		}
		taken <- struct{}{}
		c.Expect("200 " + says.method)
	}
}
