//go:build !windows

package screen

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Events is where the screen says that something has happened: the connection to the
// X server.
type Events struct {
	file *os.File
	conn syscall.RawConn
}

// eventsOf watches a non-blocking file descriptor, which stays its owner's. It is nil
// where that can't be waited for without a thread.
func eventsOf(fd int) *Events {
	own, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	if nonblock, err := unix.FcntlInt(uintptr(own), unix.F_GETFL, 0); err != nil || nonblock&unix.O_NONBLOCK == 0 {
		_ = unix.Close(own) // making it so would do it to the owner's too
		return nil
	}
	file := os.NewFile(uintptr(own), "screen")
	conn, err := file.SyscallConn()
	if err == nil {
		err = file.SetReadDeadline(time.Time{})
	}
	if err != nil {
		_ = file.Close()
		return nil
	}
	return &Events{file, conn}
}

// Until sets when Wait returns at the latest. From any goroutine, also while another
// waits: a time that has passed ends its waiting.
func (e *Events) Until(t time.Time) { _ = e.file.SetReadDeadline(t) }

// Wait sleeps until something has come from the screen, and tells whether it has. It
// reads nothing.
func (e *Events) Wait() (came bool) {
	err := e.conn.Read(func(fd uintptr) bool {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return n > 0 || err != nil && !errors.Is(err, unix.EINTR)
	})
	return err == nil
}
