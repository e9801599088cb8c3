package audio

import (
	"os"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// In a process of its own: after other tests with many threads the monitor may have
// begun one, which is then as slow as itself.
func TestOnlyTheMonitorMaySleepLonger(t *testing.T) {
	const fresh = "LEADLINE_TEST_SLACK"
	if os.Getenv(fresh) == "" {
		cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), fresh+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
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
