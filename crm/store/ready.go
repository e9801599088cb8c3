package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"

	"leadline/crm"
	"leadline/crm/wire"
)

// A ready file is all of a view as a file of ours. The server makes it once, and on a new device it takes the place of the file
// there, instead of each row and each index being written anew. Only the search index is left to the device.

// FileVersion is the version of the files that this program makes. It brings a ready file of an earlier one to it; of a later one it
// can make nothing.
func FileVersion() int { return len(migrations) }

// MakeReady makes a ready file at a path where none is. rows gives all rows of the snapshot, a thousand or so at a time.
func MakeReady(ctx context.Context, path string, m wire.Manifest, rows func(apply func([]wire.Row) error) error) (err error) {
	s, err := Open(ctx, path, Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	s.indexer.end()
	s.making = true
	if err := s.BeginSnapshot(ctx); err != nil {
		return err
	}
	if err := rows(func(some []wire.Row) error { return s.ApplySnapshot(ctx, some) }); err != nil {
		return err
	}
	if err := s.EndSnapshot(ctx, m); err != nil {
		return err
	}
	if err := s.write(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE sync SET hlc = ?", int64(s.hlc))
		return err
	}); err != nil {
		return err
	}
	if _, err := s.writer.ExecContext(ctx, "VACUUM"); err != nil { // rows came in the order of their changes
		return explain(err)
	}
	// Here, once, and not on each device, which holds what it gets against its hash.
	var verdict string
	if err := s.writer.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil || verdict != "ok" {
		return errors.Join(fmt.Errorf("%w: %s", ErrDamaged, verdict), err)
	}
	return nil
}

var errNotReady = errors.New("it is no ready file of this snapshot")

// IsNew says whether there is nothing in the file that a ready file would not have: no record, no call, and no command.
func (s *Store) IsNew(ctx context.Context) (bool, error) {
	r, err := s.read(ctx)
	if err != nil {
		return false, err
	}
	return isNew(r)
}

func isNew(q querier) (bool, error) {
	var tables []string
	if err := each(q, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'
		AND name NOT IN ('setting', 'sync', 'user', 'colleague')`, nil, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		tables = append(tables, name)
		return err
	}); err != nil {
		return false, err
	}
	for _, table := range tables {
		var any bool
		if err := q.row("SELECT EXISTS(SELECT 1 FROM " + table + ")").Scan(&any); err != nil || any {
			return false, explain(err)
		}
	}
	var others bool
	err := q.row("SELECT count(*) > 1 FROM user").Scan(&others)
	return !others, explain(err)
}

// TakeReady makes the file, which is to be new, the ready one at path, on the same disk: all of it or nothing, also when the program
// is killed meanwhile. What is the device's own stays: its settings, its client id, and who works here. taken is false when the file
// has something of its own by now. The ready file is of no use afterwards.
func (s *Store) TakeReady(ctx context.Context, path string, m wire.Manifest) (taken bool, err error) {
	ready, err := Open(ctx, path, Options{Now: s.now, Random: s.random, Region: s.region, Log: s.log})
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, ready.Close()) }()
	ready.indexer.end()
	if is, err := ready.Standing(ctx); err != nil || ready.salvaged != nil || is.Epoch != m.Epoch || is.Cursor != m.Rev || is.ViewHash != m.View {
		return false, errors.Join(errNotReady, err)
	}
	s.writing.Lock()
	taken, err = s.becomeReady(ctx, ready, path, m)
	s.writing.Unlock()
	if err != nil {
		err = fmt.Errorf("take over a ready file: %w", explain(err))
		s.damage.notice(err)
		return false, err
	}
	if taken {
		s.tell(crm.Changed{Lists: true})
	}
	return taken, nil
}

// becomeReady is TakeReady under writing.
func (s *Store) becomeReady(ctx context.Context, ready *Store, path string, m wire.Manifest) (taken bool, err error) {
	mine := &tx{s: s}
	if fresh, err := isNew(mine); err != nil || !fresh {
		return false, err
	}
	user, err := me(mine)
	if err != nil {
		return false, err
	}
	if err := ready.takeOwn(ctx, s.damage.path, user, m); err != nil {
		return false, err
	}
	switch release, err := s.holdReaders(ctx); {
	case err == nil:
		defer release()
		if err := ready.Close(); err != nil {
			return false, err
		}
		if err := s.takePlace(path); err != nil {
			return false, err
		}
	case ctx.Err() != nil:
		return false, err
	default: // somebody reads and reads: page by page it goes beside them
		if err := s.copyReady(ready); err != nil {
			return false, err
		}
	}
	var left, seen int64
	if err := mine.row("SELECT (SELECT coalesce(sum(last - first + 1), 0) FROM unindexed), hlc FROM sync").Scan(&left, &seen); err != nil {
		return false, err
	}
	s.hlc = max(s.hlc, crm.HLC(seen))
	s.recent.current.Store(false)
	s.indexer.left.Store(left)
	select {
	case s.indexer.more <- struct{}{}:
	default:
	}
	return true, nil
}

// takeOwn puts into a ready file what a device's file has of its own.
func (s *Store) takeOwn(ctx context.Context, from string, user crm.User, m wire.Manifest) error {
	if _, err := s.writer.ExecContext(ctx, "ATTACH ? AS device", connector{path: from}.dsn()); err != nil {
		return err
	}
	err := s.write(ctx, func(t *tx) error {
		var seen int64
		if err := t.row("SELECT hlc FROM sync").Scan(&seen); err != nil {
			return err
		}
		for _, take := range []string{
			"DELETE FROM sync", "INSERT INTO sync SELECT * FROM device.sync",
			"INSERT OR REPLACE INTO setting SELECT * FROM device.setting",
			"DELETE FROM main.sqlite_sequence WHERE name = 'outbox'",
			"INSERT INTO main.sqlite_sequence SELECT * FROM device.sqlite_sequence WHERE name = 'outbox'",
		} {
			if _, err := t.exec(take); err != nil {
				return err
			}
		}
		if _, err := t.exec("UPDATE sync SET hlc = max(hlc, ?)", seen); err != nil {
			return err
		}
		if err := t.standAt(m); err != nil || user.ID == "" {
			return err
		}
		here, err := isHere(t, wire.RowID{Entity: wire.User, ID: user.ID})
		if err != nil || here {
			return err
		}
		return t.saveUser(user) // who came after the snapshot
	})
	s.writes.close() // no statement is to hold the other file
	_, detached := s.writer.ExecContext(ctx, "DETACH device")
	return errors.Join(err, detached)
}

// copyReady makes the file the ready one in one transaction.
func (s *Store) copyReady(ready *Store) (err error) {
	if err := errors.Join(s.relax(true), s.pragmas("wal_autocheckpoint=0")); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, s.pragmas("wal_autocheckpoint="+commitCheckpoint))
		s.checkpointer.wroteMuch()
	}()
	return copyPages(s, ready)
}

func copyPages(to, from *Store) error {
	return to.writer.Raw(func(into any) error {
		return from.writer.Raw(func(out any) error {
			copying, err := into.(*sqlite3.SQLiteConn).Backup("main", out.(*sqlite3.SQLiteConn), "main")
			if err != nil {
				return err
			}
			_, err = copying.Step(-1)
			return errors.Join(err, copying.Finish())
		})
	})
}
