package ui

import (
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
)

// Dispatcher brings work to the goroutine of the windows. It is the only place
// that calls fyne.Do, so that tests can hold the queue and pump it themselves.
//
// It never waits for the work to be done: a goroutine of the telephone that
// waited for a window would hang with it.
type Dispatcher struct {
	post   func(func())
	asking atomic.Int64 // questions of answer that are on their way

	choices inOrder // what is chosen in the settings and not saved yet

	// For answerSoon, on the goroutine of the windows.
	waited time.Duration // for the frame that is being made
	since  time.Time     // when the first wait for it began

	mu    sync.Mutex
	queue []func()
	armed bool // a drain is on its way to the goroutine of the windows
	ended bool // the loop has ended: what is handed in is dropped
	wake  func()
}

// NewDispatcher posts to the goroutine of the running Fyne application.
func NewDispatcher() *Dispatcher { return &Dispatcher{post: toLoop} }

// toLoop hands f to Fyne's loop. When that ends, Fyne closes its queue under whoever hands something in at that
// moment, who would panic; there is no window left that it could be about.
func toLoop(f func()) {
	defer func() {
		if r := recover(); r != nil {
			slog.Debug("the loop of the windows has ended", "said", r)
		}
	}()
	fyne.Do(f)
}

// NewQueue keeps the work until Pump is called: for tests.
func NewQueue() *Dispatcher { return &Dispatcher{} }

// Do has f run on the goroutine of the windows, after everything that was handed
// in before. It returns at once and may be called from any goroutine.
func (d *Dispatcher) Do(f func()) {
	d.mu.Lock()
	if d.ended {
		d.mu.Unlock()
		return
	}
	d.queue = append(d.queue, f)
	arm := d.post != nil && !d.armed
	if arm {
		d.armed = true
	}
	wake := d.wake
	d.mu.Unlock()
	if arm {
		d.post(d.drain)
		if wake != nil {
			wake()
		}
	}
}

// end drops what is handed in from now on: Fyne would run it where it was handed in, and the windows are gone.
func (d *Dispatcher) end() {
	d.mu.Lock()
	d.queue, d.ended = nil, true
	d.mu.Unlock()
}

// onWork has wake called whenever work is handed in for a loop that may sleep.
func (d *Dispatcher) onWork(wake func()) {
	d.mu.Lock()
	d.wake = wake
	d.mu.Unlock()
}

// drain runs what had been handed in when it began. What f's hand in meanwhile
// comes with the next drain, so that a chain of them can't starve the drawing.
func (d *Dispatcher) drain() {
	d.mu.Lock()
	work := d.queue
	d.queue, d.armed = nil, false
	d.mu.Unlock()
	for _, f := range work {
		guarded(f)
	}
}

// guarded keeps a fault in a window from ending the program in the middle of a
// call. It is logged with its stack, and the next snapshot draws the window anew.
func guarded(f func()) {
	defer func() {
		if r := recover(); r != nil {
			slog.Error("fault in a window", "fault", r, "stack", string(debug.Stack()))
		}
	}()
	f()
}

// Pump runs everything in the queue of NewQueue on the calling goroutine, also what
// is handed in meanwhile, and returns how much it was. Faults are not caught: a
// test shall see them.
func (d *Dispatcher) Pump() int {
	n := 0
	for {
		d.mu.Lock()
		work := d.queue
		d.queue = nil
		d.mu.Unlock()
		if len(work) == 0 {
			return n
		}
		for _, f := range work {
			f()
			n++
		}
	}
}

// Latest returns a function that hands its value to f on the goroutine of the
// windows. Values that come in faster than they are drawn are merged: only the
// newest reaches f, so that a burst of snapshots doesn't queue frames.
func Latest[T any](d *Dispatcher, f func(T)) func(T) {
	var (
		mu      sync.Mutex
		newest  T
		waiting bool
	)
	return func(v T) {
		mu.Lock()
		newest = v
		first := !waiting
		waiting = true
		mu.Unlock()
		if !first {
			return
		}
		d.Do(func() {
			mu.Lock()
			v := newest
			waiting = false
			mu.Unlock()
			f(v)
		})
	}
}
