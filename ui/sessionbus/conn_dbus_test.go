//go:build linux

package sessionbus

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"leadline/ui/rig"
)

// soon is much more than the patience of these tests, and much less than for ever.
const soon = 10 * time.Second

func quick(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(soon):
		t.Fatalf("%s takes longer than %v", what, soon)
	}
}

func TestABusThatNeverSpeaksIsGivenUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
	quick(t, "Join", func() {
		if _, err := Join(context.Background(), 50*time.Millisecond); !errors.Is(err, ErrSilent) {
			t.Errorf("it says %v", err)
		}
	})
	ctx, end := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, end)
	quick(t, "Join that is no longer wanted", func() {
		if _, err := Join(ctx, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("it says %v", err)
		}
	})
	// What was given up is closed, too.
	for range 2 {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetReadDeadline(time.Now().Add(soon))
		for err == nil {
			_, err = c.Read(make([]byte, 512))
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("the connection stays open")
		}
		c.Close()
	}
}

func TestABusThatHangsHoldsNobodyUp(t *testing.T) {
	d, _ := rig.StartBus(t)
	c, err := Join(context.Background(), soon)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	names := func(bus *dbus.Conn) (names []string, err error) {
		err = bus.BusObject().Call("org.freedesktop.DBus.ListNames", 0).Store(&names)
		return names, err
	}
	if all, err := Ask(context.Background(), c, names); err != nil || len(all) == 0 {
		t.Fatalf("the bus has %q, %v", all, err)
	}
	if _, err := Ask(context.Background(), c, func(*dbus.Conn) (int, error) { panic("no") }); err == nil || !c.Connected() {
		t.Errorf("a fault gives %v, connected %v", err, c.Connected())
	}
	d.Freeze()
	c.patience = 50 * time.Millisecond
	quick(t, "an answer that does not come", func() {
		if _, err := Ask(context.Background(), c, names); !errors.Is(err, ErrSilent) {
			t.Errorf("it says %v", err)
		}
	})
	select {
	case <-c.Silent():
	default:
		t.Error("it does not say that nobody answers")
	}
	quick(t, "what comes after it", func() { _, _ = Ask(context.Background(), c, names) })
}

// A bus that reads nothing takes nothing either once what lies between is full: a signal, which has no answer, then waits, too.
func TestABusThatTakesNothingHoldsNobodyUp(t *testing.T) {
	d, _ := rig.StartBus(t)
	c, err := Join(context.Background(), soon)
	if err != nil {
		t.Fatal(err)
	}
	d.Freeze()
	c.patience = 50 * time.Millisecond
	full := false
	quick(t, "filling the socket", func() {
		large := make([]byte, 1<<20)
		for !full {
			full = errors.Is(c.Tell(context.Background(), func(bus *dbus.Conn) error { return bus.Emit("/org/leadline", "org.leadline.Large", large) }), ErrSilent)
		}
	})
	quick(t, "Close", c.Close)
}
