package phone

import (
	"testing"
	"time"
)

func TestASleepIsToldFromTheClocks(t *testing.T) {
	for _, tt := range []struct {
		set   time.Duration // by how much more than the machine's uptime the wall clock has gone on
		slept bool
	}{
		{0, false}, {2 * time.Second, false}, {time.Hour, true},
		{-time.Hour, false}, // the clock was put back
	} {
		var ahead time.Duration
		c := newClocks(func() time.Time { return time.Now().Add(ahead) })
		ahead = tt.set
		got := c.slept()
		if (got > 0) != tt.slept || tt.slept && (got-tt.set).Abs() > time.Minute {
			t.Errorf("%v ahead: slept for %v", tt.set, got)
		}
		if again := c.slept(); again != 0 {
			t.Errorf("%v ahead: told again, %v", tt.set, again)
		}
	}
}
