package recordings

import "time"

// A clock may be far ahead for a moment: of a machine that starts before it was told the right time, say. By such a clock everything would be
// too old, and what is removed then is gone for good. So what is removed by its age waits until the clock has gone for steadyFor as time
// itself does, which nobody sets: a wrong clock has been put right by then, and shows by that. Nothing is lost by waiting, since what is kept
// for days may be kept for an hour longer.
const (
	steadyFor = time.Hour
	leap      = time.Minute // by which a clock is off that was set; it also stands still where the machine sleeps
)

// watch holds a clock against the time that passes.
type watch struct {
	clock  time.Time     // what it said when it was first looked at, or found to be set
	passed time.Duration // the time that had passed by then
}

// steady says whether the clock has gone evenly for steadyFor, and by how much it was set since the last look. passed is the time since a
// moment that stays the same.
func (w *watch) steady(clock time.Time, passed time.Duration) (steady bool, set time.Duration) {
	clock = clock.Round(0) // else Sub would tell of the time that has passed, and not of the clock
	if w.clock.IsZero() {
		*w = watch{clock, passed}
		return false, 0
	}
	if set = clock.Sub(w.clock) - (passed - w.passed); set.Abs() > leap {
		*w = watch{clock, passed}
		return false, set
	}
	return passed-w.passed >= steadyFor, 0
}
