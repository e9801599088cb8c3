package front

import (
	"context"
	"errors"
	"net/http"
	"os"
	"time"

	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// downloadTime is how long one download of a snapshot may take; the device asks for the rest by Range.
const downloadTime = time.Hour

// offer is the snapshot that a program may start from; nil for none. A new device waits until one is made; other programs do not.
func (f *Front) offer(ctx context.Context, from server.Sender, h wire.Hello) (*wire.Manifest, error) {
	if f.Snapshots == nil {
		return nil, nil
	}
	m, build, err := f.Snapshots.Offer(ctx, from)
	switch {
	case err != nil || m == nil && !build:
		return m, err
	case !build && m.File != nil:
		return m, nil
	case m != nil || h.Cursor > 0:
		f.builder.later(func(ctx context.Context) {
			f.builder.now(ctx, func() { f.build(ctx, from) })
			f.addFile(ctx, from)
		})
		return m, nil
	}
	if !f.builder.now(ctx, func() { f.build(ctx, from) }) {
		return nil, nil
	}
	f.builder.later(func(ctx context.Context) { f.addFile(ctx, from) })
	m, _, err = f.Snapshots.Offer(ctx, from)
	return m, err
}

// addFile makes the ready file of a snapshot for the next new device; the one that asks now starts from the rows.
func (f *Front) addFile(ctx context.Context, from server.Sender) {
	began := time.Now()
	switch made, err := f.Snapshots.AddFile(ctx, from); {
	case err != nil:
		f.Log.Error("a ready file for new devices could not be made", "error", err)
	case made:
		f.Log.Info("new devices have a ready file to begin with", "ms", time.Since(began).Milliseconds())
	}
}

func (f *Front) build(ctx context.Context, from server.Sender) {
	if _, build, err := f.Snapshots.Offer(ctx, from); err != nil || !build {
		return // somebody has made it meanwhile
	}
	began := time.Now()
	m, err := f.Snapshots.Build(ctx, from)
	if err != nil {
		f.Log.Error("a snapshot could not be made", "error", err)
		return
	}
	f.Log.Info("a snapshot was made", "rows", m.Rows, "bytes", m.Bytes, "ms", time.Since(began).Milliseconds())
}

// snapshot sends a snapshot, or the part of it that a Range asks for (RFC 9110 §14).
func (f *Front) snapshot(w http.ResponseWriter, r *http.Request, p access.Person) error {
	if f.Snapshots == nil {
		return wire.Problem{Code: wire.NotFound, Message: "this server makes no snapshots"}
	}
	file, err := f.Snapshots.Open(r.Context(), sender(p), r.PathValue("name"))
	if errors.Is(err, os.ErrNotExist) {
		return wire.Problem{Code: wire.NotFound, Message: "there is no such snapshot any more"}
	}
	if err != nil {
		return err
	}
	defer file.Close()
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(downloadTime))
	w.Header().Set("Content-Type", "application/zstd")
	http.ServeContent(w, r, "", time.Time{}, file)
	return nil
}

// builder does one costly job at a time.
type builder struct {
	turn chan struct{}
	jobs chan func(context.Context)
}

func newBuilder() *builder {
	return &builder{turn: make(chan struct{}, 1), jobs: make(chan func(context.Context), 1)}
}

// now does a job when it is its turn; false when ctx ended before.
func (b *builder) now(ctx context.Context, job func()) bool {
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
		job()
		return true
	case <-ctx.Done():
		return false
	}
}

// later has Front.Run do a job, unless another one waits already.
func (b *builder) later(job func(context.Context)) {
	select {
	case b.jobs <- job:
	default:
	}
}
