package main

import (
	"fmt"
	"path/filepath"

	"github.com/gofrs/flock"

	"leadline/crm/server"
)

// lock keeps a restore, and a second server, away from an embedded database that is served: the agents of one would not hear what those
// of the other do. busy is what is said then.
func (p place) lock(busy error) (unlock func(), err error) {
	file, embedded := p.sqliteFile()
	if !embedded || file == ":memory:" {
		return func() {}, nil
	}
	if err := makeFolder(filepath.Dir(file)); err != nil {
		return nil, err
	}
	l := flock.New(file+"-serving", flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the database: %w", err)
	}
	if !ok {
		return nil, fmt.Errorf("%s: %w", file, busy)
	}
	return func() { _ = l.Unlock() }, nil
}

const snapshotsFolder = "snapshots"

// snapshots opens those of the server's folder.
func (p place) snapshots(o opened) (*server.Snapshots, error) {
	dir, err := p.folder()
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, snapshotsFolder)
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	return server.OpenSnapshots(o.engine, dir)
}
