package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestOnlyCodeInFilesIsForgotten(t *testing.T) {
	for line, want := range map[string][2]uintptr{
		"00400000-0040b000 r-xp 00001000 fe:00 123   /usr/bin/leadline": {0x400000, 0x40b000},
		"00400000-0040b000 r--p 00001000 fe:00 123   /usr/bin/leadline": {}, // may have been filled in
		"00400000-0040b000 rwxp 00001000 fe:00 123   /usr/bin/leadline": {},
		"7f0000000000-7f0000001000 r-xp 00000000 00:00 0":               {}, // made by a compiler, in memory only
		"7f0000000000-7f0000001000 r-xp 00000000 00:00 0 [vdso]":        {},
		"7f0000000000 r-xp 00000000 00:00 0 /x":                         {},
		"":                                                              {},
	} {
		begin, end, ok := codeOf(line)
		if !ok {
			begin, end = 0, 0
		}
		if [2]uintptr{begin, end} != want {
			t.Errorf("%q: %x to %x", line, begin, end)
		}
	}
}

// What was forgotten is mapped again when it is run, this test first of all.
func TestTheProgramGoesOnWithoutItsCode(t *testing.T) {
	before := codeInMemory(t)
	if err := forgetCode(); err != nil {
		t.Fatal(err)
	}
	if after := codeInMemory(t); after >= before {
		t.Errorf("%d kB of code in memory before, %d after", before, after)
	}
}

// codeInMemory is how much of the program's own code is mapped, in kB.
func codeInMemory(t *testing.T) (kb int) {
	t.Helper()
	b, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	code := false
	for line := range strings.Lines(string(b)) {
		if _, _, ok := codeOf(line); ok {
			code = true
		} else if strings.Contains(line, "-") && len(strings.Fields(line)) >= 5 {
			code = false
		}
		var n int
		if rest, is := strings.CutPrefix(line, "Rss:"); is && code {
			if _, err := fmt.Sscan(rest, &n); err != nil {
				t.Fatal(err)
			}
			kb += n
		}
	}
	return kb
}
