package audio

// While a device runs, its thread goes in and out of Go some hundred times a second.
// Each time the Go runtime's monitor thread (sysmon) looks for work left behind, in
// sleeps of 20 µs, and hardly ever gets to its longer ones: 5,000 wakes a second and
// 10 % of a core, half of what a call costs. The kernel may put off a sleeper's end by
// the thread's timer slack, 50 µs unless told otherwise. With half a millisecond it is
// 1,500 wakes and 4 %, and frames of 10 ms do not notice.
//
// Threads inherit the slack from the one that begins them (prctl(2)), and the monitor
// is begun before any Go code runs: hence C, before main.

/*
#include <sys/prctl.h>

__attribute__((constructor)) static void leadline_timer_slack(void) {
	prctl(PR_SET_TIMERSLACK, 500000UL, 0UL, 0UL, 0UL); // ns; when refused, all is as it was
}
*/
import "C"
