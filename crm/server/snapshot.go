package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"leadline/crm"
	"leadline/crm/disk"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

// Snapshots are the files from which new devices start: all rows of a view in one file, instead of page by page from the database. Each
// server makes its own. Its methods are safe to call from several goroutines.
type Snapshots struct {
	engine *Engine
	dir    string

	making sync.Mutex // held while a ready file is made
	failed string     // the name of the snapshot for which making one failed; guarded by making

	mu   sync.Mutex
	made map[crm.ID]map[string]wire.Manifest // by workspace and view
}

// OpenSnapshots opens a directory, which must exist, with the snapshots that are in it.
func OpenSnapshots(e *Engine, dir string) (*Snapshots, error) {
	s := &Snapshots{engine: e, dir: dir, made: map[crm.ID]map[string]wire.Manifest{}}
	for _, unfinished := range []string{readyPattern, partPattern, ".*" + manifestSuffix + ".*"} {
		left, err := filepath.Glob(filepath.Join(dir, unfinished))
		for _, path := range left {
			err = errors.Join(err, os.RemoveAll(path))
		}
		if err != nil {
			return nil, err
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"+manifestSuffix))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var m snapshotFile
		if json.Unmarshal(b, &m) != nil || !s.has(m.Name+dataSuffix) {
			continue // after a power cut
		}
		if !s.has(m.Name + wire.ReadySuffix + dataSuffix) {
			m.File = nil
		}
		// Of two snapshots of a view the newer one counts: the server ended before it had removed the older.
		if was := s.add(m); was.Rev > m.Rev {
			s.add(snapshotFile{was, m.Workspace})
			s.remove(m.Manifest)
		} else {
			s.remove(was)
		}
	}
	return s, s.removeStrange()
}

// removeStrange removes data files without a manifest: the server ended before it was written, or while they were removed.
func (s *Snapshots) removeStrange() error {
	files, err := filepath.Glob(filepath.Join(s.dir, "*"+dataSuffix))
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		if !s.has(name + manifestSuffix) {
			err = errors.Join(err, os.Remove(file))
		}
	}
	return err
}

func (s *Snapshots) has(name string) bool {
	_, err := os.Stat(filepath.Join(s.dir, name))
	return err == nil
}

const (
	manifestSuffix = ".json"
	dataSuffix     = ".zst"
	partPattern    = "*.part"
)

// snapshotFile is the JSON file beside a snapshot.
type snapshotFile struct {
	wire.Manifest
	Workspace crm.ID `json:"workspace"`
}

// add makes a snapshot the one of its view; was is the one before, the zero Manifest for none.
func (s *Snapshots) add(m snapshotFile) (was wire.Manifest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made[m.Workspace] == nil {
		s.made[m.Workspace] = map[string]wire.Manifest{}
	}
	was = s.made[m.Workspace][m.View]
	s.made[m.Workspace][m.View] = m.Manifest
	return was
}

// staleAfter: a snapshot is replaced once a staleAfter-th as many revisions have followed it as went before it.
const staleAfter = 10

// fewRows is from which revision on a snapshot is worth making: fewer rows are pulled as quickly.
const fewRows = 5000

// Offer is the snapshot for a user's view; nil when there is none to start from. build says that a new one is worth making; the caller
// decides when, and calls Build.
func (s *Snapshots) Offer(ctx context.Context, from Sender) (m *wire.Manifest, build bool, err error) {
	err = s.engine.DB.Read(ctx, string(from.Workspace), func(t *database.Tx) error {
		view, _, err := ViewOf(ctx, t, from.User)
		if err != nil {
			return err
		}
		head, err := t.Head(ctx, false)
		if err != nil || view.Left {
			return err
		}
		have, valid, err := s.valid(ctx, t, head, view)
		if err != nil {
			return err
		}
		build = head.Rev >= fewRows && (!valid || head.Rev-have.Rev > have.Rev/staleAfter)
		if valid {
			m = &have
		}
		return nil
	})
	return m, build, err
}

// valid is the snapshot of a view, and whether a program can go on from it.
func (s *Snapshots) valid(ctx context.Context, t *database.Tx, head database.Workspace, view View) (wire.Manifest, bool, error) {
	s.mu.Lock()
	m, ok := s.made[head.ID][view.Hash()]
	s.mu.Unlock()
	if !ok {
		return m, false, nil
	}
	good, err := stillGood(ctx, t, head, m)
	return m, good, err
}

// stillGood says whether a program can go on from a snapshot: it is of this epoch, no tombstone was dropped since, and nobody was erased.
func stillGood(ctx context.Context, t *database.Tx, head database.Workspace, m wire.Manifest) (bool, error) {
	if m.Epoch != head.Epoch || m.Rev < head.Purged || m.Schema != wire.Schema {
		return false, nil
	}
	erasures, err := t.Erasures(ctx)
	good := true
	for _, e := range erasures {
		good = good && m.Rev >= e.Rev
	}
	return good, err
}

// Tidy removes snapshots from which no program can go on any more. A newer one would replace them, but not where no user has that view
// now; and an erased person may still be in them (I4).
func (s *Snapshots) Tidy(ctx context.Context) error {
	s.mu.Lock()
	all := map[crm.ID]map[string]wire.Manifest{}
	for workspace, made := range s.made {
		all[workspace] = maps.Clone(made)
	}
	s.mu.Unlock()
	for workspace, made := range all {
		err := s.engine.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
			head, err := t.Head(ctx, false)
			if err != nil {
				return err
			}
			maps.DeleteFunc(made, func(_ string, m wire.Manifest) bool {
				good, failed := stillGood(ctx, t, head, m)
				err = errors.Join(err, failed)
				return good || failed != nil
			})
			return err
		})
		if err != nil {
			return err
		}
		for _, m := range made {
			s.drop(workspace, m)
		}
	}
	return nil
}

// drop removes a snapshot that Tidy has found; one that has replaced it meanwhile stays.
func (s *Snapshots) drop(workspace crm.ID, m wire.Manifest) {
	s.mu.Lock()
	if s.made[workspace][m.View].Name == m.Name {
		delete(s.made[workspace], m.View)
	}
	s.mu.Unlock()
	s.remove(m)
}

// Open opens a snapshot, or with wire.ReadySuffix its ready file, that was offered to the user. os.ErrNotExist says that it was replaced
// or removed, or is of another view. The caller closes the file.
func (s *Snapshots) Open(ctx context.Context, from Sender, name string) (file *os.File, err error) {
	err = s.engine.DB.Read(ctx, string(from.Workspace), func(t *database.Tx) error {
		view, _, err := ViewOf(ctx, t, from.User)
		if err != nil {
			return err
		}
		head, err := t.Head(ctx, false)
		if err != nil {
			return err
		}
		m, valid, err := s.valid(ctx, t, head, view)
		if err != nil {
			return err
		}
		if view.Left || !valid || m.Name != strings.TrimSuffix(name, wire.ReadySuffix) {
			return os.ErrNotExist
		}
		file, err = os.Open(filepath.Join(s.dir, name+dataSuffix))
		return err
	})
	return file, err
}

// Build makes the snapshot of a user's view as it is now, and replaces the one before.
func (s *Snapshots) Build(ctx context.Context, from Sender) (m wire.Manifest, err error) {
	var name [16]byte
	if _, err := io.ReadFull(s.engine.Random, name[:]); err != nil {
		return m, fmt.Errorf("read randomness for a snapshot's name: %w", err)
	}
	part, err := os.CreateTemp(s.dir, partPattern)
	if err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, part.Close(), os.Remove(part.Name()))
		}
	}()
	if m, err = s.write(ctx, from, part); err != nil {
		return m, fmt.Errorf("make a snapshot: %w", err)
	}
	m.Name = hex.EncodeToString(name[:])
	if err = errors.Join(part.Sync(), part.Close()); err != nil {
		return m, err
	}
	if err = disk.Rename(part.Name(), filepath.Join(s.dir, m.Name+dataSuffix)); err != nil {
		return m, err
	}
	if err = s.describe(snapshotFile{m, from.Workspace}); err != nil {
		return m, err
	}
	s.remove(s.add(snapshotFile{m, from.Workspace}))
	return m, nil
}

// describe writes the JSON file beside a snapshot, by which OpenSnapshots finds it.
func (s *Snapshots) describe(m snapshotFile) error {
	beside, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return disk.WriteFile(filepath.Join(s.dir, m.Name+manifestSuffix), beside)
}

// remove removes a snapshot's files. A download that has one open goes on.
func (s *Snapshots) remove(m wire.Manifest) {
	if m.Name == "" || strings.ContainsAny(m.Name, `/\.`) {
		return
	}
	for _, suffix := range []string{manifestSuffix, dataSuffix, wire.ReadySuffix + dataSuffix} {
		if err := os.Remove(filepath.Join(s.dir, m.Name+suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
			s.engine.Log.Warn("an old snapshot stays", "error", err)
		}
	}
}

// write writes the pages of a view, compressed, from one snapshot of the database.
func (s *Snapshots) write(ctx context.Context, from Sender, to io.Writer) (m wire.Manifest, err error) {
	sum, size := sha256.New(), &counter{}
	compress, err := zstd.NewWriter(io.MultiWriter(to, sum, size), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return m, err
	}
	err = s.engine.DB.Read(ctx, string(from.Workspace), func(t *database.Tx) error {
		view, _, err := ViewOf(ctx, t, from.User)
		if err != nil {
			return err
		}
		head, err := t.Head(ctx, false)
		if err != nil {
			return err
		}
		m = wire.Manifest{Epoch: head.Epoch, Rev: head.Rev, View: view.Hash(), Schema: wire.Schema}
		m.Rows, err = writePages(ctx, t, view, head, compress)
		return err
	})
	if err = errors.Join(err, compress.Close()); err != nil {
		return m, err
	}
	m.Bytes, m.SHA256 = size.n, sum.Sum(nil)
	return m, nil
}

func writePages(ctx context.Context, t *database.Tx, view View, head database.Workspace, to io.Writer) (written uint64, err error) {
	page := wire.Page{Epoch: head.Epoch, More: true}
	for page.More {
		var rows []database.Stored
		if rows, page.More, err = t.Page(ctx, page.Rev, wire.MostRows); err != nil {
			return written, err
		}
		page.Rev = head.Rev
		if page.More {
			page.Rev = rows[len(rows)-1].Rev
		}
		page.Rows = page.Rows[:0]
		for _, r := range view.filter(rows) {
			if !r.Deleted { // a new device has nothing to remove
				page.Rows = append(page.Rows, r)
			}
		}
		written += uint64(len(page.Rows))
		b, err := wire.Encode(wire.TypeCBOR, page)
		if err != nil {
			return written, err
		}
		if _, err := to.Write(b); err != nil {
			return written, err
		}
	}
	return written, nil
}

// counter counts bytes.
type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}
