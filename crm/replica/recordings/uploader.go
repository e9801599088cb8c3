package recordings

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/crm/wire"
)

// Server is the shared server, as recordings.Client has it.
type Server interface {
	Announce(ctx context.Context, up wire.Upload) (wire.Uploaded, error)
	Bring(ctx context.Context, id crm.ID, offset int64, piece []byte, pace func(io.Reader) io.Reader) (wire.Uploaded, error)
	Recording(ctx context.Context, id crm.ID, offset int64) (body io.ReadCloser, hash []byte, err error)
}

// File is the agent's file; *store.Store has it.
type File interface {
	UnsentRecordings(ctx context.Context) ([]store.Unsent, error)
}

// Config is what an uploader needs; all but Now and After.
type Config struct {
	File   File
	Server Server
	Folder string                 // where the recordings are
	Whole  func(path string) bool // whether a file has been written to its end
	InCall func() bool            // whether somebody talks: then less is sent
	Log    *slog.Logger
	// OnFull is called when the server has no space left for recordings, once until it has again. Those that wait are kept.
	OnFull func()
	Now    func() time.Time
	After  func(time.Duration) <-chan time.Time
}

const (
	pieceSize = 256 << 10 // bytes in one request
	look      = 20 * time.Second
	retry     = time.Minute
)

// Uploader brings recordings one after the other. Its methods are for one goroutine, but for Wake.
type Uploader struct {
	c    Config
	wake chan struct{}
	sums map[string]summed
	pace pace
	full bool
}

// New makes one; it panics when something is missing.
func New(c Config) *Uploader {
	if c.File == nil || c.Server == nil || c.Folder == "" || c.Whole == nil || c.InCall == nil || c.Log == nil || c.OnFull == nil {
		panic("recordings: New needs all of its Config")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.After == nil {
		c.After = time.After
	}
	u := &Uploader{c: c, wake: make(chan struct{}, 1), sums: map[string]summed{}}
	u.pace = newPace(c.InCall, c.Now, c.After)
	return u
}

// Wake has it look at once, unless it waits after an error.
func (u *Uploader) Wake() {
	select {
	case u.wake <- struct{}{}:
	default:
	}
}

// Run brings what there is until ctx ends.
func (u *Uploader) Run(ctx context.Context) {
	for ctx.Err() == nil {
		pause, wake := look, u.wake
		if err := u.Upload(ctx); err != nil && ctx.Err() == nil {
			pause, wake = pauseAfter(err), nil
			u.c.Log.Info("recordings wait to be brought to the server", "error", err, "again in", pause)
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-u.c.After(pause):
		}
	}
}

func problem(err error) (p wire.Problem) {
	errors.As(err, &p)
	return p
}

// pauseAfter is how long nothing is tried.
func pauseAfter(err error) time.Duration { return max(retry, problem(err).Retry) }

// Upload brings all that can be brought now. An error says why the rest waits: no network, or no space at the server. A recording that the
// server does not take (it does not know its call yet) waits alone.
func (u *Uploader) Upload(ctx context.Context) error {
	unsent, err := u.c.File.UnsentRecordings(ctx)
	if err != nil {
		return err
	}
	for _, call := range unsent {
		for _, name := range call.Names {
			err := u.bring(ctx, call.Call, name)
			switch problem(err).Code {
			case wire.NotFound, wire.Forbidden, wire.Damaged, wire.Malformed, wire.Gap:
				u.c.Log.Info("a recording waits", "call", call.Call, "error", err)
				continue
			case wire.Full:
				if !u.full {
					u.full = true
					u.c.OnFull()
				}
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// bring brings one recording, from where the server has it.
func (u *Uploader) bring(ctx context.Context, call crm.ID, name string) error {
	path := filepath.Join(u.c.Folder, filepath.Base(name)) // the name may come from another program
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 || !u.c.Whole(path) {
		return nil // recorded elsewhere, removed, or written just now
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum, err := u.sum(ctx, f, path, info)
	if err != nil {
		return err
	}
	at, err := u.c.Server.Announce(ctx, wire.Upload{Call: call, Name: name, Size: info.Size(), SHA256: sum})
	if err != nil {
		return err
	}
	u.full = false
	for !at.Done {
		if at, err = u.piece(ctx, f, at, info.Size()); err != nil {
			if problem(err).Code == wire.Damaged {
				delete(u.sums, path)
			}
			return err
		}
	}
	delete(u.sums, path)
	u.c.Log.Info("a recording was brought to the server", "call", call, "bytes", info.Size())
	return nil
}

func (u *Uploader) piece(ctx context.Context, f io.ReaderAt, at wire.Uploaded, size int64) (wire.Uploaded, error) {
	piece := make([]byte, min(pieceSize, size-at.Have))
	if _, err := f.ReadAt(piece, at.Have); err != nil {
		return at, err
	}
	next, err := u.c.Server.Bring(ctx, at.ID, at.Have, piece, func(r io.Reader) io.Reader { return u.pace.of(ctx, r) })
	if err == nil && !next.Done && next.Have <= at.Have {
		err = errStuck
	}
	return next, err
}

var errStuck = errors.New("the server has no more of a recording than before")
