package ui

import (
	"fmt"
	"os"
	"testing"
)

// programs are what the test binary can be instead of tests: Fyne's real windows
// want the first goroutine of a process, which tests don't have. A test starts its
// own binary again with LEADLINE_TEST_PROGRAM set.
var programs = map[string]func(){}

func TestMain(m *testing.M) {
	if name := os.Getenv("LEADLINE_TEST_PROGRAM"); name != "" {
		run, ok := programs[name]
		if !ok {
			fmt.Fprintf(os.Stderr, "there is no test program %q\n", name)
			os.Exit(2)
		}
		run()
		os.Exit(0)
	}
	os.Exit(m.Run())
}
