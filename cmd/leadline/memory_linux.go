package main

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// forgetFiles gives back the pages of code and constants that were read in so far: the program's own
// and its libraries'. Most of it was for the start alone, like the compiler of
// shaders. What is needed again is mapped again from the kernel's cache, a microsecond for
// 64 KB.
//
// It is for pages that are as they are in the file. Where the linker has filled in addresses, the kernel counts
// pages of the mapping's own ("Anonymous", proc_pid_smaps(5)), and it is left alone.
func forgetFiles() error {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return err
	}
	defer f.Close()
	var at mapping
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if m, ok := mappingOf(lines.Text()); ok {
			at = m
			continue
		}
		if kb, is := strings.CutPrefix(lines.Text(), "Anonymous:"); is && at.unwritten && strings.TrimSpace(kb) == "0 kB" {
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, at.begin, at.end-at.begin, unix.MADV_DONTNEED) // refused: it stays
		}
	}
	return nil
}

// mapping is a range of the program's memory.
type mapping struct {
	begin, end uintptr
	unwritten  bool // of a file, to be run or read and not to be written
}

// mappingOf reads the first line of a mapping in proc_pid_smaps(5).
func mappingOf(line string) (m mapping, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 5 {
		return m, false
	}
	from, to, dashed := strings.Cut(fields[0], "-")
	const bits = int(8 * unsafe.Sizeof(m.begin))
	b, err1 := strconv.ParseUint(from, 16, bits)
	e, err2 := strconv.ParseUint(to, 16, bits)
	if !dashed || err1 != nil || err2 != nil || b >= e {
		return m, false
	}
	m.begin, m.end = uintptr(b), uintptr(e)
	m.unwritten = len(fields) == 6 && (fields[1] == "r-xp" || fields[1] == "r--p") && strings.HasPrefix(fields[5], "/")
	return m, true
}
