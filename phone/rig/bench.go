package rig

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Bench skips a test that only measures, unless that is wanted.
func Bench(t testing.TB) {
	t.Helper()
	if os.Getenv("LEADLINE_BENCH") != "1" {
		t.Skip("measures only with LEADLINE_BENCH=1: make bench")
	}
}

// Row prints one measured row of the README's table, and adds it to the file of
// LEADLINE_BENCH_FILE.
func Row(t testing.TB, what, ours, others, wanted string) {
	t.Helper()
	line := fmt.Sprintf("| %s | %s | %s | %s |", what, ours, others, wanted)
	t.Log(line)
	name := os.Getenv("LEADLINE_BENCH_FILE")
	if name == "" {
		return
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fmt.Fprintln(f, line)
}

// ProcessorTime is what a program and its children have used since they began, in user mode and in
// the kernel.
func (p *Process) ProcessorTime() (all time.Duration) {
	for _, pid := range p.Group() {
		n, err := strconv.Atoi(pid)
		if err != nil {
			continue
		}
		// clock_getcpuclockid(3): all threads of a process, CPUCLOCK_SCHED.
		var t unix.Timespec
		if unix.ClockGettime(int32(^n<<3|2), &t) == nil {
			all += time.Duration(t.Nano())
		}
	}
	return all
}

// Median is the middle one of a few measured values.
func Median(x []float64) float64 { return median(x) }

// Busy is the share of one core, in percent, that used grows by while time passes.
func Busy(used func() time.Duration, during time.Duration) float64 {
	before, began := used(), time.Now()
	time.Sleep(during)
	return 100 * float64(used()-before) / float64(time.Since(began))
}
