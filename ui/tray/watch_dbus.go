//go:build linux || freebsd || netbsd || openbsd

package tray

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/godbus/dbus/v5"
)

const (
	watcher     = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// watch follows whether a watcher is on the session bus, and a host that shows what it
// watches over, until Shut. The item is registered anew with each.
func (t *Tray) watch() {
	conn, err := join()
	if err != nil {
		slog.Debug("no tray", "error", err)
		return
	}
	defer conn.Close()
	signals := make(chan *dbus.Signal, 32)
	conn.Signal(signals)
	for {
		there := hosted(conn)
		if there {
			if err := t.icon.register(t, conn); err != nil {
				slog.Warn("put the icon into the tray", "error", err)
				there = false
			}
		}
		t.set(there)
		select {
		case <-t.closed:
			return
		case _, more := <-signals:
			if !more { // the session is over
				return
			}
		}
	}
}

// join is a connection that hears of watchers. It does not start a bus where there is none.
func join() (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, err
	}
	if err = conn.Auth(nil); err == nil {
		err = conn.Hello()
	}
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcher)},
		{dbus.WithMatchInterface(watcher), dbus.WithMatchMember("StatusNotifierHostRegistered")},
		{dbus.WithMatchInterface(watcher), dbus.WithMatchMember("StatusNotifierHostUnregistered")},
	} {
		if err == nil {
			err = conn.AddMatchSignal(match...)
		}
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("join the session bus for the tray: %w", err)
	}
	return conn, nil
}

// hosted asks whether an icon would be seen now. The watcher isn't started for it.
func hosted(conn *dbus.Conn) bool {
	var has bool
	if err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, watcher).Store(&has); err != nil || !has {
		return false
	}
	v, err := conn.Object(watcher, watcherPath).GetProperty(watcher + ".IsStatusNotifierHostRegistered")
	if err != nil {
		slog.Debug("ask for the host of the tray", "error", err)
		return false
	}
	shown, ok := v.Value().(bool)
	return ok && shown
}

// busName is what the item is called on the bus.
func busName() string { return fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", os.Getpid()) }
