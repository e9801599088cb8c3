package hotkey

import (
	"errors"
	"sync"
)

var (
	// ErrTaken is that another program has the key.
	ErrTaken = errors.New("another program has this key")
	// ErrSame is that two actions have the same key.
	ErrSame = errors.New("another action has this key")
	// ErrSystem is that this system gives no keys to programs.
	ErrSystem = errors.New("this system gives no keys to programs")
)

// Keys are the keys that the program has.
type Keys struct {
	fired func(Action)

	mu   sync.Mutex
	stop func() // gives the keys back; nil when there are none
}

// New makes Keys; fired is called for each press, from a goroutine of its own.
func New(fired func(Action)) *Keys { return &Keys{fired: fired} }

// Set takes these keys instead of those from before, and tells of each that it could not have
// why: ErrTaken, ErrSame, or ErrSystem.
func (k *Keys) Set(wanted map[Action]Combo) map[Action]error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.release()
	failed, take := map[Action]error{}, map[Combo]Action{}
	for _, a := range Actions {
		c := wanted[a]
		if c == (Combo{}) {
			continue
		}
		if _, same := take[c]; same {
			failed[a] = ErrSame
			continue
		}
		take[c] = a
	}
	if len(take) == 0 {
		return failed
	}
	refused, stop, err := grab(take, k.fired)
	for c, a := range take {
		switch {
		case err != nil:
			failed[a] = err
		case refused[c]:
			failed[a] = ErrTaken
		}
	}
	k.stop = stop
	return failed
}

// Close gives all keys back.
func (k *Keys) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.release()
}

func (k *Keys) release() {
	if k.stop != nil {
		k.stop()
		k.stop = nil
	}
}
