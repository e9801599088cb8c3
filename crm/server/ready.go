package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"leadline/crm/disk"
	"leadline/crm/store"
	"leadline/crm/wire"
)

// readyPattern names the directories in which a ready file is made.
const readyPattern = "ready-*"

// AddFile makes the ready file of the snapshot of a user's view, if the snapshot has none; made says whether it did. It takes longer
// than the snapshot itself, so no program should wait for it. Where it has failed for a snapshot, it is not tried again for that one.
func (s *Snapshots) AddFile(ctx context.Context, from Sender) (made bool, err error) {
	s.making.Lock()
	defer s.making.Unlock()
	m, _, err := s.Offer(ctx, from)
	if err != nil || m == nil || m.File != nil || s.failed == m.Name {
		return false, err
	}
	s.failed = m.Name
	dir, err := os.MkdirTemp(s.dir, readyPattern)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	plain, packed := filepath.Join(dir, "leadline.db"), filepath.Join(dir, "packed")
	if err := s.makeReady(ctx, plain, *m); err != nil {
		return false, fmt.Errorf("make a ready file: %w", err)
	}
	if m.File, err = pack(plain, packed); err != nil {
		return false, fmt.Errorf("compress a ready file: %w", err)
	}
	if err := disk.Rename(packed, filepath.Join(s.dir, m.Name+wire.ReadySuffix+dataSuffix)); err != nil {
		return false, err
	}
	if err := s.addFile(snapshotFile{*m, from.Workspace}); err != nil {
		return false, err
	}
	s.failed = ""
	return true, nil
}

// addFile offers a ready file, unless its snapshot was replaced or dropped meanwhile.
func (s *Snapshots) addFile(m snapshotFile) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made[m.Workspace][m.View].Name != m.Name {
		s.remove(m.Manifest)
		return nil
	}
	if err := s.describe(m); err != nil {
		return err
	}
	s.made[m.Workspace][m.View] = m.Manifest
	return nil
}

// makeReady makes a ready file from the snapshot's pages.
func (s *Snapshots) makeReady(ctx context.Context, path string, m wire.Manifest) error {
	file, err := os.Open(filepath.Join(s.dir, m.Name+dataSuffix))
	if err != nil {
		return err
	}
	defer file.Close()
	plain, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer plain.Close()
	return store.MakeReady(ctx, path, m, func(apply func([]wire.Row) error) error {
		return wire.EachPage(plain, func(p wire.Page) error { return apply(p.Rows) })
	})
}

// pack compresses a file.
func pack(plain, packed string) (f *wire.ReadyFile, err error) {
	in, err := os.Open(plain)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	out, err := os.OpenFile(packed, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	sum, size := sha256.New(), &counter{}
	compress, err := zstd.NewWriter(io.MultiWriter(out, sum, size), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(compress, in)
	if err = errors.Join(err, compress.Close(), out.Sync()); err != nil {
		return nil, err
	}
	return &wire.ReadyFile{Version: store.FileVersion(), Size: n, Bytes: size.n, SHA256: sum.Sum(nil)}, nil
}
