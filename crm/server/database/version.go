package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// Version counts the migrations of a database.
type Version struct {
	Known int64 // the last migration that this program has
	Here  int64 // the last one that was done: a higher one is of a newer program
}

// Newer says whether a newer program has changed the database since.
func (v Version) Newer() bool { return v.Here > v.Known }

// Version is that of the database.
func (db *DB) Version() Version { return db.version }

// ErrNewer tells of a database on which a newer program has done something that this one does not go with.
var ErrNewer = errors.New("the database is of a newer leadline-server, which this one would do harm to: install the newer one, or go back to a backup from before")

// migrateBy brings a database to this program's version, and leaves one of a newer program as it is.
func migrateBy(ctx context.Context, d goose.Dialect, db *sql.DB, migrations fs.FS, options ...goose.ProviderOption) (v Version, err error) {
	p, err := goose.NewProvider(d, db, migrations, append(options, goose.WithDisableGlobalRegistry(true))...)
	if err != nil {
		return v, err
	}
	if _, err := p.Up(ctx); err != nil {
		return v, err
	}
	if v.Here, v.Known, err = p.GetVersions(ctx); err != nil {
		return v, err
	}
	var least int64
	if err := db.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM least").Scan(&least); err != nil {
		return v, err
	}
	if least > v.Known {
		return v, fmt.Errorf("%w (the database has version %d and takes servers from version %d on, this one has version %d)", ErrNewer, v.Here, least, v.Known)
	}
	return v, nil
}
