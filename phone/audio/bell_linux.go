package audio

import (
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"
)

// bell wakes the pump. Anybody may ring it, a device's real-time thread too: it is an
// eventfd(2) in the poller of the Go runtime, so that the one thread that waits there for
// packets does the pump's work as well, and none has to be woken for it first.
//
// Its file is closed when nobody holds the bell any more: a device that hangs may still ring.
type bell struct {
	rung atomic.Uint32 // and not heard yet
	fd   uintptr
	file *os.File
	wait syscall.RawConn
	hear func(fd uintptr) bool
}

func newBell() (*bell, error) {
	fd, _, errno := syscall.Syscall(syscall.SYS_EVENTFD2, 0, syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	if errno != 0 {
		return nil, fmt.Errorf("make an eventfd: %w", errno)
	}
	b := &bell{fd: fd, file: os.NewFile(fd, "bell")}
	var err error
	if b.wait, err = b.file.SyscallConn(); err != nil {
		return nil, fmt.Errorf("wait for an eventfd: %w", err)
	}
	// Nobody reads what was written: the poller tells of each write, and 2^64 never come.
	b.hear = func(uintptr) bool { return b.rung.Swap(0) != 0 }
	return b, nil
}

// ring wakes the pump, unless it has not heard the last ring yet. Raw, since a write that
// can't block needs no help of the scheduler.
func (b *bell) ring() {
	if b.rung.Swap(1) == 0 {
		one := uint64(1)
		_, _, _ = syscall.RawSyscall(syscall.SYS_WRITE, b.fd, uintptr(unsafe.Pointer(&one)), 8)
		runtime.KeepAlive(b)
	}
}

// sleep waits for the next ring.
func (b *bell) sleep() { _ = b.wait.Read(b.hear) } // fails when it is closed
