package ui

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
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
	a.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	a.cancel = cancel
	gen := a.gen
	answer(ctx, a.do, q, a.ask, func(got A, err error) {
		if gen == a.gen {
			cancel()
			a.cancel = nil
			take(got, err)
		}
	})
}

// Stop drops the question that is on its way.
func (a *asker[Q, A]) Stop() {
	a.gen++
	if a.cancel != nil {
		a.cancel()
		a.cancel = nil
	}
}
