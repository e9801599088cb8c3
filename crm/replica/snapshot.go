package replica

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"leadline/crm/wire"
)

// mostPage bounds one page of a snapshot: a thousand rows, each of what a push may hold.
const mostPage = 64 << 20

// begin takes over everything of the server's view: by a snapshot, or page by page where there is none.
func (r *Replica) begin(ctx context.Context, w wire.Welcome) error {
	r.tell(Bootstrap, nil)
	if w.Snapshot == nil || w.Snapshot.View != w.View || w.Snapshot.Epoch != w.Epoch {
		return r.pullAll(ctx, w)
	}
	if taken, err := r.beginReady(ctx, *w.Snapshot); err != nil || taken {
		return err
	}
	if err := r.beginRows(ctx, *w.Snapshot); err != nil {
		return fmt.Errorf("begin with the snapshot %s: %w", w.Snapshot.Name, err)
	}
	return nil
}

// beginRows takes over a snapshot's rows. They are read again when it breaks off, but not loaded again.
func (r *Replica) beginRows(ctx context.Context, m wire.Manifest) (err error) {
	a, err := r.arrive(ctx, m)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.whole(); err != nil {
		return err
	}
	a.over = false
	if _, err := a.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := r.takeOver(ctx, a.file); err != nil {
		return err
	}
	a.over = true
	return r.c.File.EndSnapshot(ctx, m)
}

// pullAll is begin without a snapshot.
func (r *Replica) pullAll(ctx context.Context, w wire.Welcome) error {
	at, err := r.c.File.Standing(ctx)
	if err != nil {
		return err
	}
	if err := r.c.File.BeginSnapshot(ctx); err != nil {
		return err
	}
	pull := wire.Pull{Client: at.Client, Epoch: w.Epoch, View: w.View}
	for {
		page, err := r.c.Server.Pull(ctx, pull)
		if err != nil {
			return err
		}
		if err := r.c.File.ApplySnapshot(ctx, page.Rows); err != nil {
			return err
		}
		pull.Cursor = page.Rev
		if !page.More {
			return r.c.File.EndSnapshot(ctx, wire.Manifest{Epoch: w.Epoch, Rev: page.Rev, View: w.View})
		}
	}
}

// takeOver reads the pages of a snapshot into the file.
func (r *Replica) takeOver(ctx context.Context, compressed io.Reader) error {
	plain, err := zstd.NewReader(compressed, zstd.WithDecoderMaxMemory(mostPage), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer plain.Close()
	if err := r.c.File.BeginSnapshot(ctx); err != nil {
		return err
	}
	return wire.EachPage(plain, func(p wire.Page) error { return r.c.File.ApplySnapshot(ctx, p.Rows) })
}
