package audio

import (
	"log/slog"
	"slices"
	"sync"
	"time"
)

// How often devices are looked for: while sound is in use, so that a headset
// that is plugged in is found at once; while idle; and while there is nothing.
const (
	lookBusy  = time.Second
	lookIdle  = 10 * time.Second
	lookEmpty = 20 * time.Second
)

// scout keeps the list of devices. It asks a connection of its own, from a
// goroutine of its own, so that a slow answer delays nothing else.
type scout struct {
	log  *slog.Logger
	open func() (card, error)
	busy func() bool
	tell func() // the list has changed
	wake chan struct{}

	mu    sync.Mutex
	list  []Device
	known bool // the first answer is there
}

// devices is the list now; known is false until the server has answered once.
func (s *scout) devices() (list []Device, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list), s.known
}

// look asks for a look soon.
func (s *scout) look() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *scout) run(done <-chan struct{}) {
	var c card
	defer func() {
		if c != nil {
			c.close()
		}
	}()
	for {
		var list []Device
		var err error
		if c == nil {
			c, err = s.open()
		}
		if err == nil {
			list, err = c.devices()
		}
		// A connection that shows nothing may be to a server that is gone, or from
		// the time before the server was started.
		if c != nil && (err != nil || len(list) == 0) {
			c.close()
			c = nil
		}
		s.keep(list, err)

		wait := lookIdle
		switch {
		case s.busy():
			wait = lookBusy
		case len(list) == 0:
			wait = lookEmpty
		}
		timer := time.NewTimer(wait)
		select {
		case <-done:
			timer.Stop()
			return
		case <-s.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

func (s *scout) keep(list []Device, err error) {
	s.mu.Lock()
	news := !s.known || !slices.Equal(list, s.list)
	s.list, s.known = list, true
	s.mu.Unlock()
	if news {
		if err != nil {
			s.log.Warn("audio: no devices can be listed", "error", err)
		}
		s.tell()
	}
}
