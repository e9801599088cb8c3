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
	go func() {
		answer, err := guardedAsk(ctx, q, a.ask)
		a.do.Do(func() {
			if gen == a.gen {
				cancel()
				a.cancel = nil
				take(answer, err)
			}
		})
	}()
}

// Stop drops the question that is on its way.
func (a *asker[Q, A]) Stop() {
	a.gen++
	if a.cancel != nil {
		a.cancel()
		a.cancel = nil
	}
}
