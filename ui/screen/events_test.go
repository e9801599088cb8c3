//go:build !windows

package screen

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// connection is what stands for the one to the X server.
func connection(t *testing.T) (events *Events, server *os.File) {
	t.Helper()
	ends := make([]int, 2)
	if err := unix.Pipe2(ends, unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(ends[0]) })
	server = os.NewFile(uintptr(ends[1]), "server")
	t.Cleanup(func() { server.Close() })
	events = eventsOf(ends[0])
	if events == nil {
		t.Fatal("a pipe can't be waited for")
	}
	t.Cleanup(func() { events.file.Close() })
	return events, server
}

func TestWaitingEndsWithAnEvent(t *testing.T) {
	events, server := connection(t)
	events.Until(time.Now().Add(time.Minute))
	woke := make(chan bool)
	go func() { woke <- events.Wait() }()
	if _, err := server.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	if !<-woke {
		t.Error("an event came, and Wait says that none did")
	}
	// It was not read: whoever it is for finds it, and so does the next to wait.
	if !events.Wait() {
		t.Error("the event is gone")
	}
}

func TestWaitingCanBeEndedFromElsewhere(t *testing.T) {
	events, _ := connection(t)
	events.Until(time.Now().Add(time.Minute))
	woke := make(chan bool)
	go func() { woke <- events.Wait() }()
	events.Until(time.Unix(1, 0))
	if <-woke {
		t.Error("nothing came, and Wait says that something did")
	}
	if events.Wait() {
		t.Error("the time is up, and Wait waits")
	}
}

func TestAFileThatBlocksIsLeftAlone(t *testing.T) {
	ends := make([]int, 2)
	if err := unix.Pipe2(ends, unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ends[0])
	defer unix.Close(ends[1])
	if eventsOf(ends[0]) != nil {
		t.Error("it is watched")
	}
	if flags, err := unix.FcntlInt(uintptr(ends[0]), unix.F_GETFL, 0); err != nil || flags&unix.O_NONBLOCK != 0 {
		t.Errorf("its flags are %#x (%v)", flags, err)
	}
}
