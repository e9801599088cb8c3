package door

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// uiThread is the thread that the goroutine of the windows is locked to; 0 until it is known.
var uiThread atomic.Int64

// noteThread runs on the goroutine of the windows.
func noteThread() { uiThread.Store(int64(unix.Gettid())) }

// machineWait is how long each of our threads was ready to run while others ran, so far (proc(5), schedstat).
func machineWait() map[string]time.Duration {
	waits := map[string]time.Duration{}
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return nil
	}
	for _, thread := range threads {
		b, err := os.ReadFile("/proc/self/task/" + thread.Name() + "/schedstat")
		if err != nil {
			continue // it has ended
		}
		var ran, waited int64
		if _, err := fmt.Sscan(string(b), &ran, &waited); err == nil {
			waits[thread.Name()] = time.Duration(waited)
		}
	}
	return waits
}

// waitedFor is how long the windows' thread waited for the machine since then, itself and for one of the threads that
// paint or collect for it.
func waitedFor(since map[string]time.Duration) (wait time.Duration) {
	windows := strconv.FormatInt(uiThread.Load(), 10)
	var other time.Duration
	for thread, now := range machineWait() {
		if thread == windows {
			wait = now - since[thread]
		} else {
			other = max(other, now-since[thread])
		}
	}
	return wait + other
}

// machineFull is for how long so far somebody on the machine has waited for a processor; 0 where the system does not count it.
func machineFull() time.Duration {
	b, err := os.ReadFile("/proc/pressure/cpu")
	if err != nil {
		return 0
	}
	var short [3]string // of 10, 60 and 300 seconds
	var total int64
	if _, err := fmt.Sscanf(string(b), "some %s %s %s total=%d", &short[0], &short[1], &short[2], &total); err != nil {
		return 0
	}
	return time.Duration(total) * time.Microsecond
}
