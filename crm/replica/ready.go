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
	compressed, err := r.load(ctx, packed)
	var p wire.Problem
	switch {
	case errors.Is(err, errSnapshot), errors.As(err, &p) && p.Code == wire.NotFound:
		r.c.Log.Warn("the ready file cannot be loaded: its rows are, instead", "error", err)
		return false, nil
	case err != nil:
		return false, fmt.Errorf("load the ready file of snapshot %s: %w", m.Name, err)
	}
	dir := filepath.Join(r.c.Snapshots, readyDir)
	defer func() { err = errors.Join(err, compressed.Close(), os.Remove(compressed.Name()), os.RemoveAll(dir)) }()
	path, err := unpack(compressed, dir, m.File.Size)
	if err == nil {
		taken, err = r.c.File.TakeReady(ctx, path, m)
	}
	if err != nil && ctx.Err() == nil {
		r.c.Log.Warn("the ready file cannot be taken over: its rows are, instead", "error", err)
		return false, nil
	}
	return taken, err
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
	plain, err := zstd.NewReader(compressed, zstd.WithDecoderMaxMemory(mostPage), zstd.WithDecoderConcurrency(1))
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
	n, err := io.Copy(file, io.LimitReader(plain, size+1))
	if err == nil && n != size {
		err = fmt.Errorf("%w: %d bytes, not %d", errSnapshot, n, size)
	}
	return path, err
}
