package phone

import (
	"net/netip"
	"sync"
	"time"
)

// origin knows from which hosts the sound of a call is taken while nothing proves whose it is: in the clear,
// anybody who finds the port could speak in the far end's name, or have our voice sent to them. Any goroutine.
type origin struct {
	mu        sync.Mutex
	announced netip.Addr // what the far end's description says
	latched   netip.Addr // where we send to; invalid until something has come
	source    netip.Addr // whom we hear now
	heard     time.Time  // when that was; before, when it was announced
}

// lull is for how long the far end has to be silent before a host is heard that it has not announced: its
// media server has failed over, or a NAT on the way has another address, and nobody has told us.
const lull = 3 * time.Second

// announce begins anew with what the far end announces; an invalid address is still to be found out.
func (o *origin) announce(a netip.Addr, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.announced, o.latched, o.source, o.heard = a, netip.Addr{}, netip.Addr{}, now
}

// found is what the host name that the far end has announced stands for.
func (o *origin) found(a netip.Addr) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.announced = a
}

// takes says whether a packet from there may be the far end's.
func (o *origin) takes(from netip.Addr, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch from {
	case o.announced, o.latched, o.source:
		return true
	}
	return !o.source.IsValid() || now.Sub(o.heard) > lull
}

// took notes that a packet of sound from there was one of this call, and says whether ours are to be sent back
// there (symmetric RTP, RFC 4961): to the first one who is heard, and to whom was announced, whoever was heard
// before; nobody else can take the call over later.
func (o *origin) took(from netip.Addr, now time.Time) (latch bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.source, o.heard = from, now
	if o.latched.IsValid() && (from != o.announced || o.latched == o.announced) {
		return false
	}
	o.latched = from
	return true
}

// known says whether anything has come since the far end announced where it is.
func (o *origin) known() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.latched.IsValid()
}

// silent is for how long no sound has come.
func (o *origin) silent(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	return now.Sub(o.heard)
}
