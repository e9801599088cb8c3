package door

import (
	"runtime"
	"testing"
	"time"
)

// The time that the windows' thread ran is told apart from that in which it slept.
func TestTimeOfTheWindowsThread(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer uiThread.Store(uiThread.Load())
	noteThread()
	before, begun := windowsTime(), time.Now()
	for time.Since(begun) < 30*time.Millisecond {
	}
	worked := time.Since(begun)
	time.Sleep(60 * time.Millisecond)
	after := windowsTime()
	ran, waited := after.ran-before.ran, after.waited-before.waited
	if ran <= 0 || ran > worked+20*time.Millisecond {
		t.Errorf("the thread ran for %v of %v, then slept for 60ms", ran, worked)
	}
	if waited < 0 || waited > 2*time.Since(begun) {
		t.Errorf("it waited for a processor for %v of %v", waited, time.Since(begun))
	}
}
