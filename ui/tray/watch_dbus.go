//go:build linux || freebsd || netbsd || openbsd

package tray

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/godbus/dbus/v5"

	"leadline/ui/sessionbus"
)

const (
	watcher     = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

const patience = sessionbus.Patience

// watch follows the session bus until Shut, or until the session is over. One that does not answer is asked again after a while.
func (t *Tray) watch() {
	for {
		err := t.follow()
		if t.life.Err() != nil {
			return
		}
		if !errors.Is(err, sessionbus.ErrSilent) {
			if err != nil {
				slog.Debug("no tray", "error", err)
			}
			return
		}
		slog.Warn("the icon in the tray is given up for now", "error", err)
		t.set(false)
		select {
		case <-t.life.Done():
		case <-time.After(t.again):
		}
	}
}

// follow follows whether a watcher is on the session bus, and a host that shows what it
// watches over, as long as the bus answers. The item is registered anew with each.
func (t *Tray) follow() error {
	conn, signals, err := join(t.life, t.patience)
	if err != nil {
		return err
	}
	defer conn.Close()
	t.icon.forget()
	for {
		there, err := hosted(t.life, conn)
		if there {
			if err = t.icon.register(t, conn); err != nil {
				slog.Warn("put the icon into the tray", "error", err)
				there = false
			}
		}
		if errors.Is(err, sessionbus.ErrSilent) {
			return err
		}
		t.set(there)
		select {
		case <-t.life.Done():
			return nil
		case <-conn.Silent():
			return sessionbus.ErrSilent
		case _, more := <-signals:
			if more {
				continue
			}
		}
		select {
		case <-conn.Silent(): // which ended the connection
			return sessionbus.ErrSilent
		default: // the session is over
			return nil
		}
	}
}

// join is a connection that hears of watchers. It does not start a bus where there is none.
func join(ctx context.Context, patience time.Duration) (*sessionbus.Conn, <-chan *dbus.Signal, error) {
	conn, err := sessionbus.Join(ctx, patience)
	if err != nil {
		return nil, nil, err
	}
	signals, err := conn.Signals(ctx,
		[]dbus.MatchOption{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcher)},
		[]dbus.MatchOption{dbus.WithMatchInterface(watcher), dbus.WithMatchMember("StatusNotifierHostRegistered")},
		[]dbus.MatchOption{dbus.WithMatchInterface(watcher), dbus.WithMatchMember("StatusNotifierHostUnregistered")})
	if err != nil {
		conn.Close()
		return nil, nil, fmt.Errorf("join the session bus for the tray: %w", err)
	}
	return conn, signals, nil
}

// hosted asks whether an icon would be seen now. The watcher isn't started for it.
func hosted(ctx context.Context, conn *sessionbus.Conn) (bool, error) {
	return sessionbus.Ask(ctx, conn, func(bus *dbus.Conn) (bool, error) {
		var has bool
		if err := bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, watcher).Store(&has); err != nil || !has {
			return false, err
		}
		v, err := bus.Object(watcher, watcherPath).GetProperty(watcher + ".IsStatusNotifierHostRegistered")
		if err != nil {
			slog.Debug("ask for the host of the tray", "error", err)
			return false, err
		}
		shown, ok := v.Value().(bool)
		return ok && shown, nil
	})
}

// busName is what the item is called on the bus.
func busName() string { return fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", os.Getpid()) }
