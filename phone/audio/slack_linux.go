package audio

// Each time that a thread comes back from C or from a system call to a program that was asleep,
// the Go runtime's monitor thread (sysmon) looks for work left behind, in sleeps of 20 µs, and
// hardly ever gets to its longer ones: a sound device that called Go some hundred times a second
// made 5,000 wakes a second and 10 % of a core of it. It does not any more (direct_linux.go), but
// windows and the file do. The kernel may put off a sleeper's end by the thread's timer slack,
// 50 µs unless told otherwise. With 5 ms the monitor woke 230 times a second and cost less than 1 %.
//
// Only the monitor may be so slow: others sleep 3 µs before they take over a goroutine
// of a busy processor (measured with 5 ms for all: INVITE → 180 in 3.6 ms instead of
// 0.4). A thread sets its own slack and no other's, and inherits that of the one that
// begins it (prctl(2)). The monitor is the first that Go begins, before any Go code
// runs: hence C, before main, and then every other thread is set back, in a signal that
// it handles.

/*
#define _GNU_SOURCE
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((constructor)) static void leadline_slow(void) {
	prctl(PR_SET_TIMERSLACK, 5000000UL, 0UL, 0UL, 0UL); // ns; when refused, all is as it was
}

static int leadline_set_back;

static void leadline_usual(int number) {
	prctl(PR_SET_TIMERSLACK, 50000UL, 0UL, 0UL, 0UL);
	__atomic_add_fetch(&leadline_set_back, 1, __ATOMIC_SEQ_CST);
}

static struct sigaction leadline_before;

static int leadline_begin(void) {
	struct sigaction usual = {.sa_handler = leadline_usual, .sa_flags = SA_ONSTACK | SA_RESTART};
	sigfillset(&usual.sa_mask);
	return sigaction(SIGRTMAX, &usual, &leadline_before);
}

static int leadline_ask(int thread) { return (int)syscall(SYS_tgkill, getpid(), thread, SIGRTMAX); }
static int leadline_done(void) { return __atomic_load_n(&leadline_set_back, __ATOMIC_SEQ_CST); }
static void leadline_end(void) { sigaction(SIGRTMAX, &leadline_before, 0); }
*/
import "C"

import (
	"os"
	"strconv"
	"time"
)

func init() {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil || C.leadline_begin() != 0 {
		return
	}
	asked := C.int(0)
	for _, id := range inOrder(tasks) {
		if C.leadline_ask(C.int(id)) == 0 {
			asked++
		}
	}
	for end := time.Now().Add(time.Second); C.leadline_done() < asked; time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			return // one is still to come: the handler stays
		}
	}
	C.leadline_end()
}

// inOrder are the threads by their age, without the monitor, which is the second after
// the main thread: their numbers grow, unless the kernel has begun from the bottom again.
func inOrder(tasks []os.DirEntry) (threads []int) {
	main := os.Getpid()
	monitor := 0
	for _, task := range tasks {
		id, err := strconv.Atoi(task.Name())
		if err == nil {
			threads = append(threads, id)
		}
		if after := id - main; after > 0 && (monitor == 0 || id < monitor) {
			monitor = id
		}
	}
	for i, id := range threads {
		if id == monitor {
			return append(threads[:i:i], threads[i+1:]...)
		}
	}
	return threads
}
