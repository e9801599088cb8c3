package ui

import (
	"log/slog"
	"strings"
	"testing"
	"time"
)

// bed is where an idler sleeps in a test: Wait returns when Until says that it is
// time, or when the screen has something.
type bed struct {
	asleep chan struct{} // Wait has begun
	woken  chan struct{}
	screen chan struct{}
}

func newBed() *bed {
	return &bed{make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)}
}

func (b *bed) Until(t time.Time) {
	if t.Before(time.Now()) {
		b.woken <- struct{}{}
	}
}

func (b *bed) Wait() bool {
	b.asleep <- struct{}{}
	select {
	case <-b.woken:
		return false
	case <-b.screen:
		return true
	}
}

func TestTheLoopSleepsUntilSomethingIsToBeDone(t *testing.T) {
	do := &Dispatcher{post: func(f func()) { f() }}
	b := newBed()
	pending := false
	i := &idler{do: do, events: b, pending: func() bool { return pending }}
	do.onWork(i.wake)
	asleep := func() chan time.Duration {
		back := make(chan time.Duration, 1)
		go func() { back <- i.sleep() }()
		<-b.asleep
		return back
	}
	expect := func(what string, got, want time.Duration) {
		t.Helper()
		if got != want {
			t.Errorf("%s: the loop runs for %v, want %v", what, got, want)
		}
	}

	back := asleep()
	do.Do(func() {})
	expect("work wakes it", <-back, afterWork)

	do.Do(func() {})
	expect("there was work just now", i.sleep(), afterWork)

	back = asleep()
	b.screen <- struct{}{}
	expect("the screen wakes it", <-back, afterInput)

	pending = true
	expect("the screen's events are read in already", i.sleep(), afterInput)
	pending = false

	back = asleep()
	b.woken <- struct{}{} // the time that Until set
	expect("nothing has happened", <-back, afterNap)
}

func TestTheLoopSleepsNoMoreWhenItIsToEnd(t *testing.T) {
	posted := 0
	i := &idler{do: &Dispatcher{post: func(func()) { posted++ }}, events: newBed(), pending: func() bool { return true }}
	i.stopped.Store(true)
	i.nap()
	if posted > 0 {
		t.Error("it goes on")
	}
}

// Fyne ends its loop on SIGTERM by itself, and GLFW with it; a nap that is due then is
// run where it was posted.
func TestANapAfterTheEndOfTheLoopDoesNotCloseTheProgramWithAPanic(t *testing.T) {
	var logged strings.Builder
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&logged, nil)))
	defer slog.SetDefault(before)
	posted := 0
	do := &Dispatcher{post: func(f func()) { posted++; f() }}
	i := &idler{do: do, events: newBed(), pending: func() bool { panic("NotInitialized: The GLFW library is not initialized") }}
	i.nap()
	i.nap()
	if !i.stopped.Load() || posted != 0 {
		t.Errorf("stopped %v, posted %d times", i.stopped.Load(), posted)
	}
	if n := strings.Count(logged.String(), "GLFW library is not initialized"); n != 1 {
		t.Errorf("the log has it %d times:\n%s", n, &logged)
	}
}
