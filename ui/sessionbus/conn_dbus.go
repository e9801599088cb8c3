//go:build linux || freebsd || netbsd || openbsd

package sessionbus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// Patience is how long an answer may take: as long as D-Bus's own library waits. Whom the bus has to start first may need some
// seconds.
const Patience = 25 * time.Second

// farewell is how long Close waits.
const farewell = time.Second

// ErrSilent says that the bus, or who was asked on it, did not answer in time.
var ErrSilent = errors.New("the desktop's bus does not answer")

// Conn is a connection to the session bus of its owner's own.
type Conn struct {
	bus      *dbus.Conn
	patience time.Duration
	end      context.CancelFunc // closes bus, sooner or later
	silent   chan struct{}      // is closed when somebody did not answer
	once     sync.Once
}

// Join connects to the session bus. It starts none where there is none. Each answer may take so long as patience says.
func Join(ctx context.Context, patience time.Duration) (*Conn, error) {
	life, end := context.WithCancel(context.Background())
	bus, err := within(ctx, patience, func() (*dbus.Conn, error) {
		bus, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(life))
		if err != nil {
			return nil, err
		}
		if err := bus.Auth(nil); err != nil {
			return nil, err
		}
		return bus, bus.Hello()
	})
	if err != nil {
		end()
		return nil, err
	}
	return &Conn{bus: bus, patience: patience, end: end, silent: make(chan struct{})}, nil
}

// Connected says whether it can be used as yet.
func (c *Conn) Connected() bool { return c.bus.Connected() }

// Silent is closed when somebody did not answer; the connection cannot be used from then on.
func (c *Conn) Silent() <-chan struct{} { return c.silent }

// Signals asks the bus for what matches, and brings it. The channel is closed with the connection.
func (c *Conn) Signals(ctx context.Context, matches ...[]dbus.MatchOption) (<-chan *dbus.Signal, error) {
	signals := make(chan *dbus.Signal, 32)
	c.bus.Signal(signals)
	return signals, c.Tell(ctx, func(bus *dbus.Conn) error {
		for _, match := range matches {
			if err := bus.AddMatchSignal(match...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Close ends the connection. A bus that takes nothing more does not hold it up.
func (c *Conn) Close() {
	c.end()
	_, _ = within(context.Background(), farewell, func() (struct{}, error) { return struct{}{}, c.bus.Close() })
}

// Tell is Ask for what has no answer.
func (c *Conn) Tell(ctx context.Context, what func(*dbus.Conn) error) error {
	_, err := Ask(ctx, c, func(bus *dbus.Conn) (struct{}, error) { return struct{}{}, what(bus) })
	return err
}

// Ask has what speak with the bus on a goroutine of its own, and waits for it so long as an answer may take and ctx lasts. What
// comes later is dropped, and the connection with it.
func Ask[T any](ctx context.Context, c *Conn, what func(*dbus.Conn) (T, error)) (T, error) {
	answer, err := within(ctx, c.patience, func() (T, error) { return what(c.bus) })
	if errors.Is(err, ErrSilent) {
		c.once.Do(func() { close(c.silent) })
		c.end()
	}
	return answer, err
}

func within[T any](ctx context.Context, patience time.Duration, what func() (T, error)) (T, error) {
	type result struct {
		answer T
		err    error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if fault := recover(); fault != nil { // else it would end the program, in a call
				r.err = fmt.Errorf("fault at the desktop's bus: %v", fault)
			}
			done <- r
		}()
		r.answer, r.err = what()
	}()
	late := time.NewTimer(patience)
	defer late.Stop()
	var none T
	select {
	case r := <-done:
		return r.answer, r.err
	case <-late.C:
		return none, ErrSilent
	case <-ctx.Done():
		return none, ctx.Err()
	}
}
