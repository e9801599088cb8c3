package phone

import (
	"net/netip"
	"testing"
	"time"
)

func TestWhomTheSoundIsTakenFrom(t *testing.T) {
	t.Parallel()
	there, nat, stranger := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.7"), netip.MustParseAddr("203.0.113.9")
	now := time.Unix(0, 0)
	var o origin
	hears := func(who string, from netip.Addr, taken, latch bool) {
		t.Helper()
		got := o.takes(from, now)
		latched := got && o.took(from, now)
		if got != taken || latched != latch {
			t.Errorf("%s: taken %v, answered there from now on %v; want %v, %v", who, got, latched, taken, latch)
		}
	}
	o.announce(there, now)
	hears("a stranger who is first", stranger, true, true)
	hears("whom was announced", there, true, true)
	hears("the stranger again", stranger, false, false)
	hears("whom was announced", there, true, false)

	o.announce(there, now) // a private address, which nothing ever comes from
	hears("its NAT", nat, true, true)
	hears("a stranger", stranger, false, false)
	now = now.Add(lull)
	hears("a stranger in a pause", stranger, false, false)
	now = now.Add(time.Millisecond)
	hears("another host after a long silence", stranger, true, false)
	hears("the NAT, which is back", nat, true, false)
	hears("the other host again", stranger, false, false)

	o.announce(netip.Addr{}, now) // a name that is still being looked up
	hears("the first", nat, true, true)
	o.found(there)
	hears("whom the name stands for", there, true, true)
	hears("who was first", nat, false, false)
}
