package crm

import "time"

// HLC is a hybrid logical clock's moment: 48 bits of Unix milliseconds and 16
// bits of a counter, so that it sorts as a number. Of two changes of a field the
// later wins, also when the clocks of two machines disagree a little.
type HLC uint64

// Next is the moment of a change made at now, later than all seen before.
func (h HLC) Next(now time.Time) HLC {
	if wall := HLC(now.UnixMilli()) << 16; wall > h {
		return wall
	}
	return h + 1
}

// Time is the wall clock's part.
func (h HLC) Time() time.Time { return time.UnixMilli(int64(h >> 16)) }
