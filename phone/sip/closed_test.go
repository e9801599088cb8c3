package sip_test

import (
	"net/netip"
	"os"
	"testing"
	"time"

	"leadline/phone/locate"
	"leadline/phone/sip"
	"leadline/phone/siptest"
)

// A request that is made or comes while the stack closes opens no socket that nobody closes.
func TestWhatIsSentWhileAStackClosesLeavesNoSocket(t *testing.T) {
	files := func() int {
		all, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("what is open can't be counted here:", err)
		}
		return len(all)
	}
	pbx := siptest.New(t)
	before := files()
	for range 100 {
		s, err := sip.Open(t.Context(), sip.Options{Address: "sip:101@" + pbx.Addr(), Bind: "127.0.0.1:0"},
			locate.Target{Transport: "udp", Addr: netip.MustParseAddrPort(pbx.Addr())})
		if err != nil {
			t.Fatal(err)
		}
		c := &siptest.Call{Peer: pbx, ID: "options", Tag: "peer", To: s.Local().String(), Target: "sip:101@" + s.Local().String(), Branch: "z9hG4bKoptions"}
		for range 20 {
			c.Do("OPTIONS", "")
		}
		s.Close(t.Context())
		_ = s.Ping(t.Context())
	}
	for deadline := time.Now().Add(siptest.Patience); files() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d sockets are left of 100 stacks", files()-before)
		}
	}
}
