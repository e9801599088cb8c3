package ui

import (
	"context"
	"sync"

	"leadline/ui/text"
)

// keepChoice saves what was chosen in the settings on another goroutine, since the disk and the sound card are waited for, and has
// done called on the windows'. Choices are saved one after the other as they were made: save reads what the last one
// left, and changes its own part of it.
func keepChoice(opt MainOptions, save func() error, done func(error)) {
	opt.Do.asking.Add(1)
	opt.Do.choices.do(func() {
		_, err := guardedAsk(context.Background(), struct{}{}, func(context.Context, struct{}) (struct{}, error) { return struct{}{}, save() })
		opt.Do.Do(func() { done(err) })
		opt.Do.asking.Add(-1)
	})
}

// notKept says why a choice was not saved; "" where it was.
func notKept(err error) string {
	if err == nil {
		return ""
	}
	return text.T("The choice could not be kept: {reason}", "reason", reasonOf(err))
}

// inOrder does one thing after the other on a goroutine that lives as long as there is something to do. The zero value is ready.
type inOrder struct {
	mu    sync.Mutex
	queue []func()
	works sync.WaitGroup // the goroutine
	busy  bool           // there is one
}

func (o *inOrder) do(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.queue = append(o.queue, f)
	if !o.busy {
		o.busy = true
		o.works.Go(o.work)
	}
}

func (o *inOrder) work() {
	for f := o.next(); f != nil; f = o.next() {
		f()
	}
}

// next is nil, and ends the goroutine, when there is nothing left to do.
func (o *inOrder) next() (f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) == 0 {
		o.busy = false
		return nil
	}
	f, o.queue = o.queue[0], o.queue[1:]
	return f
}

// wait waits until all is done that was handed in before.
func (o *inOrder) wait() { o.works.Wait() }
