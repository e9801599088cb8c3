package sim

import (
	"context"
	"time"

	"leadline/crm/server"
	"leadline/crm/wire"
)

// remote is the server as one program reaches it, over its link.
type remote struct {
	*link
	a *agent
}

func (r remote) sender() server.Sender {
	return server.Sender{Workspace: r.w.workspace, User: r.a.user.ID}
}

// ask carries a message of a program that may come in.
func ask[A any](ctx context.Context, r remote, kind string, do func(context.Context) (A, error)) (A, error) {
	return carry(ctx, r.link, kind, func(ctx context.Context) (answer A, err error) {
		if err := r.a.mayComeIn(); err != nil {
			return answer, err
		}
		return do(ctx)
	})
}

// Hello is replica.Server's.
func (r remote) Hello(ctx context.Context, h wire.Hello) (wire.Welcome, error) {
	h.Schemas = []int{wire.Schema + int(r.a.ahead.Load())}
	return ask(ctx, r, "hello", func(ctx context.Context) (wire.Welcome, error) {
		asked, err := r.w.o.Mutant.hello(ctx, r.w, h)
		if err != nil {
			return wire.Welcome{}, err
		}
		w, err := r.w.engine.Hello(ctx, r.sender(), asked)
		if err == nil {
			w.Snapshot, _, err = r.w.snapshots.Offer(ctx, r.sender())
		}
		return r.w.o.Mutant.welcome(h, w), r.a.orLeft(err)
	})
}

// Push is replica.Server's.
func (r remote) Push(ctx context.Context, p wire.Push) (wire.Pushed, error) {
	r.a.hasErased(p.Erased)
	return ask(ctx, r, "push", func(ctx context.Context) (wire.Pushed, error) {
		return r.w.o.Mutant.push(ctx, r.w, p, func(p wire.Push) (wire.Pushed, error) {
			outcomes, err := r.w.engine.Commit(ctx, r.w.workspace, []server.Pushed{{User: r.a.user.ID, Push: p}})
			if err != nil {
				return wire.Pushed{}, err
			}
			return outcomes[0].Pushed, outcomes[0].Err
		})
	})
}

// Pull is replica.Server's. A server that is to wait for news looks now and then.
func (r remote) Pull(ctx context.Context, p wire.Pull) (wire.Page, error) {
	d := r.dice["pull"]
	if p.Limit == 0 {
		p.Limit = 1 + d.n(7) // small pages, so that there are many
	}
	until := time.Now().Add(p.Wait)
	for {
		page, err := ask(ctx, r, "pull", func(ctx context.Context) (wire.Page, error) {
			page, err := r.w.engine.Pull(ctx, r.sender(), p)
			if err != nil {
				return page, err
			}
			return r.w.o.Mutant.page(ctx, r.a, p, page)
		})
		if err != nil || len(page.Rows) > 0 || !time.Now().Before(until) {
			return page, err
		}
		if err := pause(ctx, d.between(100*time.Millisecond, 3*time.Second)); err != nil {
			return page, err
		}
	}
}

// Rows is replica.Server's.
func (r remote) Rows(ctx context.Context, f wire.Fetch) (wire.Fetched, error) {
	return ask(ctx, r, "rows", func(ctx context.Context) (wire.Fetched, error) {
		return r.w.engine.Fetch(ctx, r.sender(), f)
	})
}

// Watch is replica.Server's: hints come until the network fails.
func (r remote) Watch(ctx context.Context, heard func(wire.Hint)) error {
	hints := r.a.watch()
	defer r.a.unwatch()
	heard(wire.Hint{})
	told := uint64(0)
	for {
		select {
		case <-time.After(r.dice["watch"].between(10*time.Second, 3*time.Minute)):
			if !r.w.calm.Load() {
				return errNetwork
			}
		case rev := <-hints:
			// The server merges hints; and so it is not up to the scheduler of goroutines how many are one.
			if err := pause(ctx, r.dice["watch"].between(time.Millisecond, 50*time.Millisecond)); err != nil {
				return err
			}
			drain(hints)
			if r.lost(r.dice["watch"], replyLost) {
				return errNetwork
			}
			hint, err := served(ctx, r.w, func(ctx context.Context) (wire.Hint, error) {
				epoch, _, err := r.w.engine.Head(ctx, r.w.workspace)
				return r.w.feed.Hint(ctx, r.sender(), epoch, told, rev).Hint, err
			})
			if err != nil {
				return err
			}
			told = hint.Rev
			if hint, err = r.w.o.Mutant.hint(ctx, r.a, hint); err != nil {
				return err
			}
			heard(hint)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Erased is replica.Server's.
func (r remote) Erased(context.Context) error { return nil }
