package audio

import "time"

// reserve decides how many samples are still to be in the speaker's ring when the
// device has taken its share: as few as this machine can keep up with. Each time
// the speaker was starved it grows by a step; after a quiet while it tries one
// less, and waits longer before the next try when that was a mistake. A machine
// that was busy once is forgotten in seconds, one that always is is not tried for
// minutes.
type reserve struct {
	now     int // samples
	starved uint64
	quiet   time.Time     // since when nothing starved
	patient time.Duration // how long it must be quiet before it tries less
	tried   bool          // it has become less since it was starved last
}

const (
	reserveStep  = FrameSamples / 2
	minReserve   = 0
	startReserve = reserveStep
	maxReserve   = 9 * FrameSamples

	minPatience = 10 * time.Second
	maxPatience = 10 * time.Minute
)

func newReserve() reserve { return reserve{now: startReserve, patient: minPatience} }

// samples is how many should be left now. starved counts the speaker's shortages
// so far; woke says that the device has just begun, when shortages mean nothing.
func (r *reserve) samples(starved uint64, woke bool, now time.Time) int {
	switch {
	case woke || r.quiet.IsZero():
		r.quiet = now
	case starved != r.starved:
		r.now = min(r.now+reserveStep, maxReserve)
		if r.tried {
			r.patient = min(2*r.patient, maxPatience)
		}
		r.quiet, r.tried = now, false
	case now.Sub(r.quiet) > r.patient:
		r.now = max(r.now-reserveStep, minReserve)
		r.quiet, r.tried = now, true
	}
	r.starved = starved
	return r.now
}

// A share is the most that the speaker's device takes at once: of the last seconds,
// since a sound server that was held up asks for more than it usually does.
type share struct {
	most, before int // samples, of this stretch of time and of the one before
	since        time.Time
}

const shareTime = 2 * time.Second

// samples learns what the device has asked for, at most, since the last call.
func (s *share) samples(asked int, now time.Time) int {
	if now.Sub(s.since) > shareTime {
		s.before, s.most, s.since = s.most, 0, now
	}
	s.most = max(s.most, asked)
	return max(s.most, s.before)
}
