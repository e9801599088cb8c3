package phone

import (
	"testing"
	"time"
)

func TestASleepIsToldFromTheClocks(t *testing.T) {
	for _, tt := range []struct {
		wall, monotonic time.Duration
		slept           bool
	}{
		{2 * time.Second, 2 * time.Second, false},
		{30 * time.Second, 30 * time.Second, false}, // a machine that is busy
		{time.Hour, 2 * time.Second, true},
		{-time.Hour, 2 * time.Second, false}, // the clock was put back
	} {
		if got := slept(tt.wall, tt.monotonic); got != tt.slept {
			t.Errorf("wall %v, monotonic %v: %v", tt.wall, tt.monotonic, got)
		}
	}
}
