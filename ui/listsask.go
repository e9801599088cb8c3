package ui

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// guardedAsk asks on the calling goroutine and turns a fault of the answerer into
// an error: it works on what strangers sent and imported.
func guardedAsk[Q, A any](ctx context.Context, q Q, ask func(context.Context, Q) (A, error)) (a A, err error) {
	defer func() {
		if r := recover(); r != nil {
			slog.Error("fault while answering a window", "fault", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("answer a window: %v", r)
		}
	}()
	return ask(ctx, q)
}

// answer answers a question on a goroutine of its own and has take called with it on
// the goroutine of the windows, in every case once.
func answer[Q, A any](ctx context.Context, do *Dispatcher, q Q, ask func(context.Context, Q) (A, error), take func(A, error)) {
	do.asking.Add(1)
	go func() {
		a, err := guardedAsk(ctx, q, ask)
		do.Do(func() { take(a, err) })
		do.asking.Add(-1)
	}()
}

// framePatience is how long what is chosen or typed waits to be painted together with what is read for it: as long as
// nearly every search takes among a million contacts, and half as long as one waits for the next frame of a screen. A list
// and the record of its row have it together.
const framePatience = 8 * time.Millisecond

// patience is what is left of it, or less, for another wait of the same frame: one that begins within a frame's time of the first.
func (d *Dispatcher) patience(want time.Duration, now time.Time) time.Duration {
	if now.Sub(d.since) > 2*framePatience {
		d.waited, d.since = 0, now
	}
	return max(0, want-d.waited)
}

// answerSoon is answer that waits for the answer for as long as patience says, a few milliseconds. It says whether take was
// called meanwhile; else that comes later, as with answer. What is chosen or typed is then painted together with its answer: the
// window is painted once for it, which takes longer than any patience, and not twice.
func answerSoon[Q, A any](ctx context.Context, do *Dispatcher, q Q, patience time.Duration, ask func(context.Context, Q) (A, error), take func(A, error)) bool {
	soon, late := make(chan func()), make(chan struct{})
	do.asking.Add(1)
	go func() {
		defer do.asking.Add(-1)
		a, err := guardedAsk(ctx, q, ask)
		reply := func() { take(a, err) }
		select {
		case soon <- reply:
		case <-late:
			do.Do(reply)
		}
	}()
	begun := time.Now()
	enough := time.NewTimer(do.patience(patience, begun))
	defer enough.Stop()
	select {
	case reply := <-soon:
		do.waited += time.Since(begun)
		reply()
		return true
	case <-enough.C:
		do.waited += time.Since(begun)
		close(late)
		return false
	}
}

// asker asks for one thing at a time: a new question cancels the one before, and
// an answer that comes too late is dropped. It lives on the goroutine of the windows.
type asker[Q, A any] struct {
	do     *Dispatcher
	ask    func(context.Context, Q) (A, error)
	gen    int
	cancel context.CancelFunc
}

// Ask has take called with the answer, on the goroutine of the windows, unless
// another question comes first.
func (a *asker[Q, A]) Ask(q Q, take func(A, error)) {
	ctx, take := a.begin(take)
	answer(ctx, a.do, q, a.ask, take)
}

// begin drops the question that is on its way for another, whose answer is taken unless it is dropped too.
func (a *asker[Q, A]) begin(take func(A, error)) (context.Context, func(A, error)) {
	a.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	a.cancel = cancel
	gen := a.gen
	return ctx, func(got A, err error) {
		if gen == a.gen {
			cancel()
			a.cancel = nil
			take(got, err)
		}
	}
}

// AskSoon is Ask that waits for the answer for as long as patience says. It says whether take was called meanwhile.
func (a *asker[Q, A]) AskSoon(q Q, patience time.Duration, take func(A, error)) bool {
	ctx, take := a.begin(take)
	return answerSoon(ctx, a.do, q, patience, a.ask, take)
}

// Stop drops the question that is on its way.
func (a *asker[Q, A]) Stop() {
	a.gen++
	if a.cancel != nil {
		a.cancel()
		a.cancel = nil
	}
}
