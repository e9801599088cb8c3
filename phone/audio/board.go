package audio

import (
	"log/slog"
	"runtime/debug"
	"sync"
)

// stateBoard holds the State and tells listeners, in order, from one goroutine.
// A listener that is slow misses states in between, never the last one.
type stateBoard struct {
	log       *slog.Logger
	mu        sync.Mutex
	state     State
	listeners map[int]func(State)
	next      int
	news      chan struct{}
	done      chan struct{}
}

func (b *stateBoard) start(log *slog.Logger) {
	b.log = log
	b.listeners = map[int]func(State){}
	b.news, b.done = make(chan struct{}, 1), make(chan struct{})
	go b.run()
}

func (b *stateBoard) stop() { close(b.done) }

func (b *stateBoard) get() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

func (b *stateBoard) set(r role, u Use) {
	b.mu.Lock()
	use := [...]*Use{&b.state.Microphone, &b.state.Speaker, &b.state.Ringer}[r]
	changed := *use != u
	*use = u
	b.mu.Unlock()
	if changed {
		select {
		case b.news <- struct{}{}:
		default:
		}
	}
}

func (b *stateBoard) listen(tell func(State)) (cancel func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id := b.next
	b.next++
	b.listeners[id] = tell
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, id)
	}
}

func (b *stateBoard) run() {
	var last State
	for {
		select {
		case <-b.done:
			return
		case <-b.news:
		}
		b.mu.Lock()
		now := b.state
		var tell []func(State)
		for _, l := range b.listeners {
			tell = append(tell, l)
		}
		b.mu.Unlock()
		if now == last {
			continue
		}
		last = now
		for _, l := range tell {
			b.tell(l, now)
		}
	}
}

func (b *stateBoard) tell(listener func(State), now State) {
	defer func() {
		if p := recover(); p != nil {
			b.log.Error("audio: a listener failed", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	listener(now)
}
