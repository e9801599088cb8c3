package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"leadline/crm/store"
	"leadline/crm/wire"
)

// readyDir is where a ready file is while it is taken over.
const readyDir = "leadline-ready"

// beginReady has a new file begin with the snapshot's ready file, if it has one. An error is the network's or the disk's: what is
// wrong with the ready file itself is logged, and the rows are taken over instead.
func (r *Replica) beginReady(ctx context.Context, m wire.Manifest) (taken bool, err error) {
	if m.File == nil || m.File.Version > store.FileVersion() {
		return false, nil
	}
	if fresh, err := r.c.File.IsNew(ctx); err != nil || !fresh {
		return false, err
	}
	packed := m
	packed.Name, packed.Bytes, packed.SHA256 = m.Name+wire.ReadySuffix, m.File.Bytes, m.File.SHA256
	dir := filepath.Join(r.c.Snapshots, readyDir)
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path, err := r.loadReady(ctx, packed, dir)
	var p wire.Problem
	switch {
	case errors.Is(err, errSnapshot), errors.Is(err, errUnpack), errors.As(err, &p) && p.Code == wire.NotFound:
		r.c.Log.Warn("the ready file cannot be loaded: its rows are, instead", "error", err)
		return false, nil
	case err != nil:
		return false, fmt.Errorf("load the ready file of snapshot %s: %w", m.Name, err)
	}
	taken, err = r.c.File.TakeReady(ctx, path, m)
	if err != nil && ctx.Err() == nil {
		r.c.Log.Warn("the ready file cannot be taken over: its rows are, instead", "error", err)
		return false, nil
	}
	return taken, err
}

var errUnpack = errors.New("the ready file cannot be unpacked")

// loadReady unpacks a ready file as it arrives. Whether all of it is what the server has is known before anybody opens it.
func (r *Replica) loadReady(ctx context.Context, packed wire.Manifest, dir string) (path string, err error) {
	a, err := r.arrive(ctx, packed)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	path, unpacked := unpack(a, dir, packed.File.Size)
	if err := a.whole(); err != nil || unpacked == nil {
		return path, err
	}
	return "", fmt.Errorf("%w: %w", errUnpack, unpacked)
}

// removeReady removes what a program left that was killed as it took a ready file over.
func (r *Replica) removeReady() error { return os.RemoveAll(filepath.Join(r.c.Snapshots, readyDir)) }

// removeLoaded removes all that was loaded to begin with, also what is not whole.
func (r *Replica) removeLoaded() error {
	parts, err := filepath.Glob(filepath.Join(r.c.Snapshots, partPattern))
	for _, part := range parts {
		err = errors.Join(err, os.Remove(part))
	}
	return errors.Join(err, r.removeReady())
}

// unpack writes a ready file into a directory of its own, which may be there from a try before.
func unpack(compressed io.Reader, dir string, size int64) (path string, err error) {
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	plain, err := zstd.NewReader(compressed, zstd.WithDecoderMaxMemory(mostPage)) // by several goroutines: one reads, one decodes
	if err != nil {
		return "", err
	}
	defer plain.Close()
	path = filepath.Join(dir, "leadline.db")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	s := newSyncing(file)
	n, err := io.Copy(s, io.LimitReader(plain, size+1))
	if err = errors.Join(err, s.end()); err == nil && n != size {
		err = fmt.Errorf("%w: %d bytes, not %d", errSnapshot, n, size)
	}
	return path, err
}

// syncEvery is how many bytes are written before they are sent on to the disk.
const syncEvery = 4 << 20

// syncing sends a file to the disk while more of it is written, so that little is left to wait for in the end.
type syncing struct {
	io.Writer
	written int
	due     chan struct{} // has a value when there is something to send
	done    chan error
}

func newSyncing(f *os.File) *syncing {
	s := &syncing{Writer: f, due: make(chan struct{}, 1), done: make(chan error, 1)}
	go func() {
		var err error
		for range s.due {
			err = errors.Join(err, f.Sync())
		}
		s.done <- err
	}()
	return s
}

// Write is io.Writer's.
func (s *syncing) Write(p []byte) (int, error) {
	n, err := s.Writer.Write(p)
	if s.written += n; s.written >= syncEvery {
		s.written = 0
		signal(s.due)
	}
	return n, err
}

// end waits until all is on the disk.
func (s *syncing) end() error {
	signal(s.due)
	close(s.due)
	return <-s.done
}
