package sim

import (
	"context"
	"time"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/crm/wire"
)

// killedAsWritten is how often a program is killed when the replica has written something, before it does what follows.
const killedAsWritten = 0.004

// writes are what the replica writes, each with chances of its own: its loops write at the same time.
var writes = []string{"attach", "greeted", "joined", "fork", "epoch", "sent", "acknowledge", "page", "hint", "rows", "begin", "apply", "end", "purge"}

// written has the program killed now and then. It is, when the world next looks; until then it does nothing more here.
func (f file) written(ctx context.Context, what string, err error) error {
	if err != nil || f.a.w.calm.Load() || !f.a.link.dice[what].chance(killedAsWritten) {
		return err
	}
	f.a.dies.Store(true)
	<-ctx.Done()
	return ctx.Err()
}

// Attach is replica.File's.
func (f file) Attach(ctx context.Context, a store.Attachment) error {
	return f.written(ctx, "attach", f.Store.Attach(ctx, a))
}

// Greeted is replica.File's.
func (f file) Greeted(ctx context.Context, w wire.Welcome, offset time.Duration) error {
	return f.written(ctx, "greeted", f.Store.Greeted(ctx, w, offset))
}

// Joined is replica.File's.
func (f file) Joined(ctx context.Context, epoch uint64, view string) error {
	return f.written(ctx, "joined", f.Store.Joined(ctx, epoch, view))
}

// Fork is replica.File's.
func (f file) Fork(ctx context.Context) error {
	return f.written(ctx, "fork", f.Store.Fork(ctx))
}

// NewEpoch is replica.File's.
func (f file) NewEpoch(ctx context.Context, epoch, fork uint64) (fresh bool, err error) {
	fresh, err = f.Store.NewEpoch(ctx, epoch, fork)
	return fresh, f.written(ctx, "epoch", err)
}

// MarkSent is replica.File's.
func (f file) MarkSent(ctx context.Context, upTo uint64) error {
	return f.written(ctx, "sent", f.Store.MarkSent(ctx, upTo))
}

// Acknowledge is replica.File's.
func (f file) Acknowledge(ctx context.Context, results []wire.Result) error {
	return f.written(ctx, "acknowledge", f.Store.Acknowledge(ctx, results))
}

// ApplyPage is replica.File's.
func (f file) ApplyPage(ctx context.Context, p wire.Page) error {
	return f.written(ctx, "page", f.Store.ApplyPage(ctx, p))
}

// ApplyHint is replica.File's.
func (f file) ApplyHint(ctx context.Context, h wire.Hint, view string) (taken bool, err error) {
	taken, err = f.Store.ApplyHint(ctx, h, view)
	if !taken {
		return false, err
	}
	return taken, f.written(ctx, "hint", err)
}

// ApplyRows is replica.File's.
func (f file) ApplyRows(ctx context.Context, rows []wire.Row) error {
	return f.written(ctx, "rows", f.Store.ApplyRows(ctx, rows))
}

// BeginSnapshot is replica.File's. What a snapshot writes takes a moment, in which people work and programs crash.
func (f file) BeginSnapshot(ctx context.Context) error {
	if err := f.moment(ctx); err != nil {
		return err
	}
	return f.written(ctx, "begin", f.Store.BeginSnapshot(ctx))
}

// ApplySnapshot is replica.File's.
func (f file) ApplySnapshot(ctx context.Context, rows []wire.Row) error {
	if err := f.moment(ctx); err != nil {
		return err
	}
	return f.written(ctx, "apply", f.Store.ApplySnapshot(ctx, rows))
}

// EndSnapshot is replica.File's.
func (f file) EndSnapshot(ctx context.Context, m wire.Manifest) error {
	if err := f.moment(ctx); err != nil {
		return err
	}
	return f.written(ctx, "end", f.Store.EndSnapshot(ctx, m))
}

// Purge is replica.File's.
func (f file) Purge(ctx context.Context, refs []crm.Ref, hung []crm.ID) (clean bool, err error) {
	if f.a.w.o.Mutant == EarlyErased {
		return true, nil
	}
	clean, err = f.Store.Purge(ctx, refs, hung)
	return clean, f.written(ctx, "purge", err)
}
