package main

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// forgetCode gives back the pages of code that were read in so far: the program's own
// and its libraries'. Most of it was for the start alone, like the compiler of
// shaders. What runs again is mapped again from the kernel's cache, a microsecond for
// 64 KB.
//
// It is for pages that may be run and not written: they are as they are in the file.
// Data that may only be read is not, once the linker has filled in addresses.
func forgetCode() error {
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if begin, end, ok := codeOf(lines.Text()); ok {
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, begin, end-begin, unix.MADV_DONTNEED) // refused: it stays
		}
	}
	return nil
}

// codeOf reads a line of proc_pid_maps(5), and tells whether it is of code in a file.
func codeOf(line string) (begin, end uintptr, ok bool) {
	fields := strings.Fields(line)
	if len(fields) != 6 || fields[1] != "r-xp" || !strings.HasPrefix(fields[5], "/") {
		return 0, 0, false
	}
	from, to, _ := strings.Cut(fields[0], "-")
	const bits = int(8 * unsafe.Sizeof(begin))
	b, err1 := strconv.ParseUint(from, 16, bits)
	e, err2 := strconv.ParseUint(to, 16, bits)
	return uintptr(b), uintptr(e), err1 == nil && err2 == nil && b < e
}
