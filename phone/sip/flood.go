package sip

import (
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// What a request costs is kept for 64·T1, so that its answer can be repeated (RFC 3261 §17.2), and scanners try thousands of
// names a second. Whoever isn't the PBX is heard this often, all together; that is more than those need who talk with us
// beside it.
const (
	strangersBurst = 200
	strangersRate  = 50 // a second
)

// strangers counts the datagrams of all hosts that are not the PBX.
type strangers struct {
	mu   sync.Mutex
	left float64
	at   time.Time // of the last one
}

// admits reports whether one more is heard.
func (f *strangers) admits(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at.IsZero() {
		f.left = strangersBurst
	}
	f.left = min(strangersBurst, f.left+strangersRate*max(0, now.Sub(f.at).Seconds()))
	f.at = now
	if f.left < 1 {
		return false
	}
	f.left--
	return true
}

// floods reports whether a datagram is one too many.
func (s *Stack) floods(at sip.TransportReadProps) bool {
	s.mu.Lock()
	known := s.isPBX(at.RemoteAddr.String())
	s.mu.Unlock()
	return !known && !s.strangers.admits(time.Now())
}
