package ui

import (
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"leadline/ui/screen"
)

// idler lets the loop of the windows sleep while nothing happens. Fyne's looks for
// events, animations and what is to be painted 60 times a second, all day, which costs
// 1 % of a core. The idler holds the loop up, in a function that it was given to run,
// until the Dispatcher has work, the screen has an event, or napTime is over.
type idler struct {
	do      *Dispatcher
	events  waiter
	pending func() bool

	work    atomic.Bool // came since the last look
	napping atomic.Bool
	stopped atomic.Bool
}

// waiter is screen.Events.
type waiter interface {
	Until(time.Time)
	Wait() (came bool)
}

const (
	// napTime is how long what nobody tells the idler of may wait: a caret that blinks.
	napTime = 400 * time.Millisecond
	// afterNap gives the loop a turn of its own, 17 ms, for that.
	afterNap = 25 * time.Millisecond
	// afterWork is enough to paint what the work has changed.
	afterWork = 100 * time.Millisecond
	// afterInput is enough for all that moves when a person does something.
	afterInput = time.Second
)

// startIdler is called on the goroutine of the windows, once there are any; so is
// stop, before the loop ends.
func startIdler(do *Dispatcher) (stop func()) {
	i := &idler{do: do, pending: screen.Pending}
	if events := screen.OpenEvents(); events != nil {
		i.events = events
		do.onWork(i.wake)
		i.after(afterInput)
	}
	return func() { i.stopped.Store(true) }
}

// wake tells that there is work for the loop. From any goroutine.
func (i *idler) wake() {
	i.work.Store(true)
	if i.napping.Load() {
		i.events.Until(time.Unix(1, 0))
	}
}

func (i *idler) after(d time.Duration) {
	time.AfterFunc(d, func() { i.do.post(i.nap) })
}

// nap runs on the goroutine of the windows. When Fyne has ended the loop by itself, as it
// does on SIGTERM, fyne.Do calls it where it was posted, and GLFW panics: there is nothing
// left to be held up.
func (i *idler) nap() {
	defer func() {
		if r := recover(); r != nil {
			i.stopped.Store(true)
			slog.Warn("the loop of the windows is not held up any more", "fault", r, "stack", string(debug.Stack()))
		}
	}()
	if !i.stopped.Load() {
		i.after(i.sleep())
	}
}

// sleep sleeps if nothing is to be done, and tells when to try again.
func (i *idler) sleep() time.Duration {
	if i.work.Swap(false) {
		return afterWork
	}
	if i.pending() {
		return afterInput
	}
	i.events.Until(time.Now().Add(napTime))
	i.napping.Store(true)
	// What comes from now on ends the waiting; what came just before is seen here.
	came := false
	if !i.work.Load() {
		came = i.events.Wait()
	}
	i.napping.Store(false)
	switch {
	case i.work.Swap(false):
		return afterWork
	case came:
		return afterInput
	}
	return afterNap
}
