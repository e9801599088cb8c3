package audio

// While a device runs, its thread goes in and out of Go some hundred times a second.
// Each time the Go runtime's monitor thread (sysmon) looks for work left behind, in
// sleeps of 20 µs, and hardly ever gets to its longer ones: 5,000 wakes a second and
// 10 % of a core, most of what a call costs. The kernel may put off a sleeper's end by
// the thread's timer slack, 50 µs unless told otherwise. With 5 ms the monitor wakes
// 230 times a second and costs less than 1 %.
//
// Only the monitor may be so slow: others sleep 3 µs before they take over a goroutine
// of a busy processor (measured with 5 ms for all: INVITE → 180 in 3.6 ms instead of
// 0.4). Threads inherit the slack from the one that begins them (prctl(2)), and the
// monitor is the first that Go begins, before any Go code runs: hence C, before main,
// and then every other thread is set back.

/*
#include <sys/prctl.h>

__attribute__((constructor)) static void leadline_timer_slack(void) {
	prctl(PR_SET_TIMERSLACK, 5000000UL, 0UL, 0UL, 0UL); // ns; when refused, all is as it was
}
*/
import "C"

import (
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
)

// threads is more than the program ever has busy at once. Those that nobody needs
// sleep; the monitor takes one of them instead of beginning one that would be as
// slow as itself.
const threads = 12

func init() {
	var here, all sync.WaitGroup
	here.Add(threads)
	for range threads {
		all.Go(func() {
			runtime.LockOSThread() // all at once: a thread for each
			defer runtime.UnlockOSThread()
			_, _ = unix.PrctlRetInt(unix.PR_SET_TIMERSLACK, 50_000, 0, 0, 0)
			here.Done()
			here.Wait()
		})
	}
	_, _ = unix.PrctlRetInt(unix.PR_SET_TIMERSLACK, 50_000, 0, 0, 0) // init runs on the main thread
	all.Wait()
}
