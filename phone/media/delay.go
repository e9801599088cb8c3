package media

import "time"

// The playout delay, between the fastest packets' arrival and their turn.
const (
	minDelay     = 20 * time.Millisecond
	maxDelay     = 200 * time.Millisecond
	initialDelay = 30 * time.Millisecond
)

const (
	latenessBin  = 5 * time.Millisecond
	latenessBins = 44    // up to 220 ms
	forget       = 0.998 // per packet: half of it forgotten after 350 packets, 7 s
	inTime       = 0.99  // share of packets that should be there when their turn comes
	pullMargin   = 10 * time.Millisecond
	enough       = 50 // packets before the histogram counts for more than initialDelay
)

// An estimator learns from arrivals how long packets must wait to be there in time.
//
// A packet's transit is its arrival minus its timestamp; clocks of two machines
// have nothing in common, so only differences count. The smallest of the last seconds
// is the network without jitter, and follows clock drift and changes of route;
// what a packet has more than that is its lateness.
type estimator struct {
	buckets [8]time.Duration // smallest transit of a second each, newest at index at
	at      int
	filled  int
	turn    time.Duration // when the newest bucket began

	lateness  [latenessBins]float64
	packets   int
	reference time.Duration // the base that lateness counts from
}

// reset forgets the network, keeps what is known of its jitter.
func (e *estimator) reset() { e.filled = 0 }

// arrived takes a packet's transit.
func (e *estimator) arrived(now, transit time.Duration) {
	switch {
	case e.filled == 0 || now-e.turn > time.Duration(len(e.buckets))*time.Second:
		e.filled, e.at, e.turn = 1, 0, now
		e.buckets[0] = transit
	case now-e.turn >= time.Second:
		e.at = (e.at + 1) % len(e.buckets)
		e.filled = min(e.filled+1, len(e.buckets))
		e.turn = now
		e.buckets[e.at] = transit
	default:
		e.buckets[e.at] = min(e.buckets[e.at], transit)
	}
	e.follow()
	late := transit - e.base()
	bin := min(int(late/latenessBin), latenessBins-1)
	// Until there is enough to forget, each packet counts the same: a hitch while the
	// call begins must not hold the delay up for longer than one later on.
	weight := max(1-forget, 1/float64(e.packets+2))
	for i := range e.lateness {
		e.lateness[i] *= 1 - weight
	}
	e.lateness[bin] += weight
	e.packets++
}

// follow moves the histogram when the base has risen: what seemed late while the old,
// faster way was still remembered was in time for the new one.
func (e *estimator) follow() {
	base := e.base()
	if base < e.reference || e.filled == 1 {
		e.reference = base
	}
	if base-e.reference > latenessBins*latenessBin { // all of it would move out
		e.lateness = [latenessBins]float64{}
		e.packets, e.reference = 0, base
	}
	for base-e.reference >= latenessBin {
		e.reference += latenessBin
		e.lateness[0] += e.lateness[1]
		copy(e.lateness[1:], e.lateness[2:])
		e.lateness[latenessBins-1] = 0
	}
}

// base is the transit of the fastest packets of late.
func (e *estimator) base() time.Duration {
	base := e.buckets[e.at]
	for i := range e.filled {
		base = min(base, e.buckets[(e.at-i+len(e.buckets))%len(e.buckets)])
	}
	return base
}

// target is the playout delay to aim for.
func (e *estimator) target() time.Duration {
	sum, want := 0.0, time.Duration(0)
	total := 0.0
	for _, share := range e.lateness {
		total += share
	}
	for i, share := range e.lateness {
		sum += share
		if sum >= inTime*total {
			want = time.Duration(i+1)*latenessBin + pullMargin
			break
		}
	}
	if e.packets < enough {
		want = max(want, initialDelay)
	}
	return min(max(want, minDelay), maxDelay)
}
