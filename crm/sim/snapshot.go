package sim

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"time"

	"leadline/crm/server"
	"leadline/crm/wire"
)

// makeSnapshot has the server make a snapshot of what one of the users sees.
func (w *World) makeSnapshot(ctx context.Context) error { return w.snapshotFor(ctx, w.anyone()) }

// snapshotFor makes one of what a user sees, now and then without a ready file.
func (w *World) snapshotFor(ctx context.Context, a *agent) error {
	if w.engine == nil {
		return nil
	}
	from := server.Sender{Workspace: w.workspace, User: a.user.ID}
	if _, err := w.snapshots.Build(ctx, from); err != nil || w.dice.chance(0.3) {
		return err
	}
	_, err := w.snapshots.AddFile(ctx, from)
	return err
}

// newDevice gives an agent another machine, which begins with nothing. What only the one before had is lost with it.
func (w *World) newDevice(ctx context.Context) error {
	a := w.anyone()
	a.stop()
	for _, file := range []string{a.path, a.path + "-wal", a.path + "-shm"} {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := os.RemoveAll(a.parts); err != nil {
		return err
	}
	a.signIn()
	w.release(func(p promise) bool { return p.by == a })
	if w.dice.chance(0.7) { // else there is the one of before, or none
		if err := w.snapshotFor(ctx, a); err != nil {
			return err
		}
	}
	return a.start(ctx)
}

// Snapshot is replica.Server's: it comes in pieces, and may break off before any of them.
func (r remote) Snapshot(ctx context.Context, m wire.Manifest, offset int64) (io.ReadCloser, error) {
	all, err := ask(ctx, r, "snapshot", func(ctx context.Context) ([]byte, error) {
		file, err := r.w.snapshots.Open(ctx, r.sender(), m.Name)
		if errors.Is(err, os.ErrNotExist) {
			return nil, wire.Problem{Code: wire.NotFound, Message: "there is no such snapshot any more"}
		}
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return io.ReadAll(file)
	})
	if err != nil {
		return nil, err
	}
	// Always as many pieces: how long the same file is compressed to is not the same in each run.
	return &pieces{ctx: ctx, link: r.link, size: len(all)/pieceCount + 1, left: all[min(offset, int64(len(all))):]}, nil
}

const pieceCount = 4

// pieces is a snapshot on its way.
type pieces struct {
	ctx  context.Context
	link *link
	size int
	now  bytes.Reader // the piece that is here
	left []byte       // those that are not
}

// Read is io.Reader's.
func (p *pieces) Read(to []byte) (int, error) {
	if p.now.Len() == 0 && len(p.left) > 0 {
		d := p.link.dice["snapshot"]
		if err := pause(p.ctx, p.link.delay(d)); err != nil {
			return 0, err
		}
		if p.link.lost(d, replyLost) {
			return 0, errNetwork
		}
		n := min(p.size, len(p.left))
		p.now.Reset(p.left[:n])
		p.left = p.left[n:]
	}
	return p.now.Read(to)
}

// Close is io.Closer's.
func (p *pieces) Close() error { return nil }

// TakeReady is replica.File's. Now and then the program is killed as it is done, before the replica knows.
func (f file) TakeReady(ctx context.Context, path string, m wire.Manifest) (taken bool, err error) {
	if err := f.moment(ctx); err != nil {
		return false, err
	}
	if taken, err = f.Store.TakeReady(ctx, path, m); err != nil {
		if ctx.Err() == nil { // the replica would go on without
			f.a.w.fail(err)
		}
		return false, err
	}
	if !f.a.w.calm.Load() && f.a.link.dice["taken"].chance(killedAsTaken) {
		f.a.dies.Store(true)
		<-ctx.Done()
		return false, ctx.Err()
	}
	return taken, nil
}

const killedAsTaken = 0.2

// moment passes before something is written.
func (f file) moment(ctx context.Context) error {
	return pause(ctx, f.a.link.dice["taken"].between(time.Millisecond, 200*time.Millisecond))
}

// revive starts programs again that were killed, and those of people who may come in again and sign in anew.
func (w *World) revive(ctx context.Context) error {
	for _, a := range w.agents {
		killed, back := a.dies.Swap(false), a.wiped.Load() && !a.user.Left
		if !killed && !back {
			continue
		}
		a.stop()
		if back {
			a.signIn()
		}
		if err := a.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// signIn lets a device in that was locked out.
func (a *agent) signIn() {
	a.wiped.Store(false)
	a.lockedOut.Store(false)
}
