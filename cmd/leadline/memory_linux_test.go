package main

import (
	"database/sql"
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

// What C has freed stays at hand, for the next frame, until it is given back.
func TestCKeepsWhatItHasFreedForTheNextFrame(t *testing.T) {
	if !keepC(keptByC) {
		t.Fatal("C does not take how much it is to keep")
	}
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const frame = 12 << 20
	held := func() (kb int) {
		t.Helper()
		b, err := os.ReadFile("/proc/self/statm")
		if err != nil {
			t.Fatal(err)
		}
		var size, resident int
		if _, err := fmt.Sscan(string(b), &size, &resident); err != nil {
			t.Fatal(err)
		}
		return resident * os.Getpagesize() / 1024
	}
	var kept, left int
	for range 5 { // Go's own memory comes and goes beside it
		trimC()
		before := held()
		var n int
		if err := db.QueryRow("SELECT length(randomblob(?))", frame).Scan(&n); err != nil || n != frame { // C allocates it, fills it and frees it
			t.Fatal(n, err)
		}
		kept = held() - before
		trimC()
		if left = held() - before; kept >= frame/1024/2 && left <= kept/2 {
			return
		}
	}
	t.Errorf("of %d kB freed %d are at hand, %d after they were given back", frame/1024, kept, left)
}
