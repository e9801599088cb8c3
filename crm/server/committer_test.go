package server

import (
	"testing"
	"time"
)

// Those who were answered come together again, but a commit is not made to wait noticeably for them.
func TestACommitWaitsLittleForOthers(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{0: 0, 800 * time.Microsecond: 100 * time.Microsecond, 8 * time.Millisecond: time.Millisecond, time.Minute: mostGathering} {
		if got := gathering(took); got != want {
			t.Errorf("after a commit of %v it is waited for %v, want %v", took, got, want)
		}
	}
}
