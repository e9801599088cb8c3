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

// threadTime is what the system has given a thread so far.
type threadTime struct {
	ran    time.Duration
	waited time.Duration // ready to run while others ran
}

// windowsTime is that of the windows' thread (proc(5), schedstat).
func windowsTime() threadTime {
	b, err := os.ReadFile("/proc/self/task/" + strconv.FormatInt(uiThread.Load(), 10) + "/schedstat")
	if err != nil {
		return threadTime{}
	}
	var ran, waited int64
	if _, err := fmt.Sscan(string(b), &ran, &waited); err != nil {
		return threadTime{}
	}
	return threadTime{time.Duration(ran), time.Duration(waited)}
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
