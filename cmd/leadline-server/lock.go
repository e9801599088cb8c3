package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/gofrs/flock"

	"leadline/crm/server"
)

var errServing = errors.New("a server is running on this database; stop it first")

// lock keeps a restore away from an embedded database that is served. Who serves shares it.
func (p place) lock(alone bool) (unlock func(), err error) {
	file, embedded := p.sqliteFile()
	if !embedded || file == ":memory:" {
		return func() {}, nil
	}
	if err := makePrivate(file); err != nil {
		return nil, err
	}
	l := flock.New(file+"-serving", flock.SetPermissions(0o600))
	ok := false
	if alone {
		ok, err = l.TryLock()
	} else {
		ok, err = l.TryRLock()
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("lock the database: %w", err)
	case !ok && alone:
		return nil, errServing
	case !ok:
		return nil, errors.New("the database is being restored")
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
