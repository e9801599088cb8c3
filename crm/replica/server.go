package replica

import (
	"context"
	"io"
	"time"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/crm/wire"
)

// Server is the shared server as a program speaks with it. An error is a wire.Problem when the server
// said it, else the network's. Safe for several goroutines.
type Server interface {
	Hello(ctx context.Context, h wire.Hello) (wire.Welcome, error)
	Push(ctx context.Context, p wire.Push) (wire.Pushed, error)
	Pull(ctx context.Context, p wire.Pull) (wire.Page, error)
	Rows(ctx context.Context, f wire.Fetch) (wire.Fetched, error)
	// Snapshot gives the bytes of a snapshot, or of its ready file by that name, from an offset on, compressed as they are.
	Snapshot(ctx context.Context, m wire.Manifest, offset int64) (io.ReadCloser, error)
	// Watch gives hints to heard until the connection breaks; it returns why. The first hint comes
	// as the connection stands.
	Watch(ctx context.Context, heard func(wire.Hint)) error
	// Erased tells that the copy of a device that may no more is gone.
	Erased(ctx context.Context) error
}

// File is what the replica does with the agent's file; *store.Store has it.
type File interface {
	Standing(ctx context.Context) (store.Standing, error)
	Queued() <-chan struct{}
	Attach(ctx context.Context, a store.Attachment) error
	Greeted(ctx context.Context, w wire.Welcome, offset time.Duration) error
	Joined(ctx context.Context, epoch uint64, view string) error
	Fork(ctx context.Context) error
	NewEpoch(ctx context.Context, epoch, fork uint64) (fresh bool, err error)
	Outbox(ctx context.Context, limit, size int) ([]wire.Command, error)
	MarkSent(ctx context.Context, upTo uint64) error
	Split(ctx context.Context, seq uint64) (ok bool, err error)
	Acknowledge(ctx context.Context, results []wire.Result) error
	ApplyPage(ctx context.Context, p wire.Page) error
	ApplyHint(ctx context.Context, h wire.Hint, view string) (taken bool, err error)
	Wanted(ctx context.Context, limit int) ([]wire.RowID, error)
	ApplyRows(ctx context.Context, rows []wire.Row) error
	BeginSnapshot(ctx context.Context) error
	ApplySnapshot(ctx context.Context, rows []wire.Row) error
	EndSnapshot(ctx context.Context, m wire.Manifest) error
	IsNew(ctx context.Context) (bool, error)
	TakeReady(ctx context.Context, path string, m wire.Manifest) (taken bool, err error)
	Purge(ctx context.Context, refs []crm.Ref, hung []crm.ID) (clean bool, err error)
	PurgeRecordings(ctx context.Context, ids []crm.ID) error
	Wipe(ctx context.Context) error
}

// Recordings are the files of recordings.
type Recordings interface {
	// RemoveGone removes those that no call names any more, as the agent's file knows.
	RemoveGone(ctx context.Context) error
	// RemoveAll removes all of them.
	RemoveAll(ctx context.Context) error
}

var _ File = (*store.Store)(nil)
