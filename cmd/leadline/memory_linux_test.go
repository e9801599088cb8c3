package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestOnlyWhatIsInFilesIsForgotten(t *testing.T) {
	for line, want := range map[string]mapping{
		"00400000-0040b000 r-xp 00001000 fe:00 123   /usr/bin/leadline": {0x400000, 0x40b000, true},
		"00400000-0040b000 r--p 00001000 fe:00 123   /usr/bin/leadline": {0x400000, 0x40b000, true},
		"00400000-0040b000 rwxp 00001000 fe:00 123   /usr/bin/leadline": {0x400000, 0x40b000, false},
		"00400000-0040b000 rw-p 00001000 fe:00 123   /usr/bin/leadline": {0x400000, 0x40b000, false},
		"7f0000000000-7f0000001000 r-xp 00000000 00:00 0":               {0x7f0000000000, 0x7f0000001000, false}, // made by a compiler, in memory only
		"7f0000000000-7f0000001000 r-xp 00000000 00:00 0 [vdso]":        {0x7f0000000000, 0x7f0000001000, false},
		"7f0000000000 r-xp 00000000 00:00 0 /x":                         {},
		"Anonymous:             0 kB":                                   {},
		"VmFlags: rd ex mr mw me sd":                                    {},
		"":                                                              {},
	} {
		if got, ok := mappingOf(line); got != want || ok != (want.end != 0) {
			t.Errorf("%q: %+v %v", line, got, ok)
		}
	}
}

// What was forgotten is mapped again when it is needed, this test first of all.
func TestTheProgramGoesOnWithoutItsFiles(t *testing.T) {
	before := filesInMemory(t)
	if err := forgetFiles(); err != nil {
		t.Fatal(err)
	}
	if after := filesInMemory(t); after >= before {
		t.Errorf("%d kB of code and constants in memory before, %d after", before, after)
	}
}

// filesInMemory is how much code and constants are mapped, in kB.
func filesInMemory(t *testing.T) (kb int) {
	t.Helper()
	b, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	var at mapping
	for line := range strings.Lines(string(b)) {
		if m, ok := mappingOf(line); ok {
			at = m
		}
		var n int
		if rest, is := strings.CutPrefix(line, "Rss:"); is && at.unwritten {
			if _, err := fmt.Sscan(rest, &n); err != nil {
				t.Fatal(err)
			}
			kb += n
		}
	}
	return kb
}
