//go:build linux || freebsd || netbsd || openbsd

package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	fdo "github.com/esiqveland/notify"
	"github.com/gen2brain/beeep"
	"github.com/godbus/dbus/v5"

	"leadline/ui/sessionbus"
)

const (
	busPath      = "/org/freedesktop/Notifications"
	busInterface = "org.freedesktop.Notifications"
)

// bus is the freedesktop.org notification service on the session bus.
//
// The library's own listener isn't used: it asserts the types of signals that any
// program on the bus can send, and a wrong one would end the program in a call.
type bus struct {
	app      string
	pressed  func(tag, key string)
	patience time.Duration
	life     context.Context // ends with Shut
	end      context.CancelFunc

	mu      sync.Mutex
	conn    *sessionbus.Conn
	buttons bool // the service has action buttons
	markup  bool // the service reads the body as markup
	shown   map[string]uint32
}

// Open returns the notifications of this desktop. app is the program's name;
// pressed gets the tag and the key of a button, on a goroutine of this package.
func Open(app string, pressed func(tag, key string)) Desktop {
	b := &bus{app: app, pressed: pressed, patience: sessionbus.Patience, shown: map[string]uint32{}}
	b.life, b.end = context.WithCancel(context.Background())
	return b
}

// connected connects when there is no connection: the bus may appear, and go away,
// while the program runs. b.mu is held.
func (b *bus) connected() (*sessionbus.Conn, error) {
	if b.conn != nil && b.conn.Connected() {
		return b.conn, nil
	}
	b.conn = nil
	clear(b.shown)
	conn, err := sessionbus.Join(b.life, b.patience)
	if err != nil {
		return nil, fmt.Errorf("%w: no session bus: %w", ErrNone, err)
	}
	signals, err := conn.Signals(b.life, []dbus.MatchOption{dbus.WithMatchObjectPath(busPath), dbus.WithMatchInterface(busInterface)})
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("join the session bus for notifications: %w", err)
	}
	caps, err := sessionbus.Ask(b.life, conn, fdo.GetCapabilities)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("ask the desktop what its notifications can do: %w", err)
	}
	b.buttons = slices.Contains(caps, "actions")
	b.markup = slices.Contains(caps, "body-markup")
	b.conn = conn
	go b.listen(signals)
	return conn, nil
}

// listen ends when the connection is closed.
func (b *bus) listen(signals <-chan *dbus.Signal) {
	for s := range signals {
		b.heard(s)
	}
}

func (b *bus) heard(s *dbus.Signal) {
	defer func() {
		if r := recover(); r != nil {
			slog.Error("fault at a notification signal", "fault", r)
		}
	}()
	if s == nil || len(s.Body) < 2 {
		return
	}
	id, ok := s.Body[0].(uint32)
	if !ok {
		return
	}
	tag, ours := b.tag(id)
	if !ours {
		return
	}
	switch s.Name {
	case busInterface + ".ActionInvoked":
		if key, ok := s.Body[1].(string); ok {
			b.pressed(tag, key)
		}
	case busInterface + ".NotificationClosed":
		b.mu.Lock()
		if b.shown[tag] == id {
			delete(b.shown, tag)
		}
		b.mu.Unlock()
	}
}

func (b *bus) tag(id uint32) (string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for tag, n := range b.shown {
		if n == id {
			return tag, true
		}
	}
	return "", false
}

// Show implements Desktop.
func (b *bus) Show(n Notification) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	conn, err := b.connected()
	if err != nil {
		return err
	}
	note := fdo.Notification{
		AppName:       b.app,
		ReplacesID:    b.shown[n.Tag],
		AppIcon:       "call-start",
		Summary:       plain(n.Title),
		Body:          b.body(n.Body),
		ExpireTimeout: fdo.ExpireTimeoutSetByNotificationServer,
	}
	if n.Urgent {
		note.SetUrgency(fdo.UrgencyCritical)
		note.ExpireTimeout = fdo.ExpireTimeoutNever
	}
	note.AddHint(fdo.Hint{ID: "desktop-entry", Variant: dbus.MakeVariant(strings.ToLower(b.app))})
	if b.buttons {
		for _, a := range n.Actions {
			note.Actions = append(note.Actions, fdo.Action{Key: a.Key, Label: a.Label})
		}
	}
	id, err := sessionbus.Ask(b.life, conn, func(bus *dbus.Conn) (uint32, error) { return fdo.SendNotification(bus, note) })
	if err != nil {
		if refused := new(dbus.Error); errors.As(err, refused) && b.otherwise(conn, n) == nil {
			return nil
		}
		return fmt.Errorf("show a notification: %w", err)
	}
	b.shown[n.Tag] = id
	return nil
}

// otherwise shows n in a way that another desktop may have, which speaks with a bus of its own.
func (b *bus) otherwise(conn *sessionbus.Conn, n Notification) error {
	beeep.AppName = b.app
	return conn.Tell(b.life, func(*dbus.Conn) error { return beeep.Notify(plain(n.Title), plain(n.Body), "") })
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (b *bus) body(s string) string {
	s = plain(s)
	if b.markup {
		s = escaper.Replace(s)
	}
	return s
}

// Close implements Desktop.
func (b *bus) Close(tag string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id, ok := b.shown[tag]
	if !ok || b.conn == nil {
		return
	}
	delete(b.shown, tag)
	if err := b.conn.Tell(b.life, func(bus *dbus.Conn) error { return closing(bus, id) }); err != nil && b.conn.Connected() {
		// It may have been closed by hand a moment ago: some services call that an error.
		slog.Debug("close a notification", "error", err)
	}
}

func closing(bus *dbus.Conn, id uint32) error {
	return bus.Object(busInterface, busPath).Call(busInterface+".CloseNotification", 0, id).Err
}

// farewell is how long Shut waits for the desktop.
const farewell = time.Second

// Shut implements Desktop.
func (b *bus) Shut() {
	b.end() // what waits for the desktop now waits no longer
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conn == nil {
		return
	}
	ctx, end := context.WithTimeout(context.Background(), farewell)
	defer end()
	for _, id := range b.shown {
		_ = b.conn.Tell(ctx, func(bus *dbus.Conn) error { return closing(bus, id) })
	}
	clear(b.shown)
	b.conn.Close()
	b.conn = nil
}
