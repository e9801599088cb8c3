package audio

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

func TestOnlyTheMonitorMaySleepLonger(t *testing.T) {
	for range 2 * runtime.NumCPU() {
		got := make(chan int)
		go func() {
			runtime.LockOSThread() // not unlocked: the next one gets a thread of its own
			slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
			if err != nil {
				t.Error(err)
			}
			got <- slack
		}()
		if slack := <-got; slack != 50_000 {
			t.Errorf("the timer slack is %d ns", slack)
		}
	}
}
