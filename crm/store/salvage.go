package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"leadline/crm"
	"leadline/crm/disk"
)

// Salvage says what was saved of a damaged file.
type Salvage struct {
	Kept  string         // where the damaged file lies now
	Saved map[string]int // rows by table: "contact", "company", "lead", "deal", "call"
}

// salvage makes a new file of what can be read of a damaged one, keeps the
// damaged one beside it, and leaves everything as it is when nothing can be
// read or the disk has no room. The order of its steps lets a program that is killed
// between two finish at its next start: a file named -salvaged is whole.
func (s *Store) salvage(ctx context.Context, path string) error {
	s.log.Warn("the file is damaged; saving what can be read of it", "file", path)
	part := path + "-salvaging"
	for _, f := range []string{part, part + "-wal", part + "-shm", part + "-journal"} {
		if err := os.Remove(f); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("salvage %s: %w", path, err)
		}
	}
	err := copyReadable(ctx, path, part)
	if err == nil {
		err = s.rebuild(ctx, part)
	}
	if err == nil {
		err = disk.Rename(part, path+"-salvaged")
	}
	if err != nil {
		_ = os.Remove(part)
		return fmt.Errorf("salvage %s: %w", path, err)
	}
	return s.finishSalvage(path)
}

// finishSalvage puts a salvaged file in the place of the damaged one, if there is one.
func (s *Store) finishSalvage(path string) error {
	salvaged := path + "-salvaged"
	info, err := os.Stat(salvaged)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("open %s: %w", salvaged, err)
	}
	kept := path + "-damaged-" + info.ModTime().UTC().Format("20060102-150405")
	// The log must be gone before the new file is there, which it does not belong to.
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(path+suffix, kept+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("keep the damaged file: %w", err)
		}
	}
	if err := os.Remove(path + "-damaged"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("take the mark of damage away: %w", err)
	}
	if err := disk.SyncFolder(filepath.Dir(path)); err != nil { // also after a power cut
		return fmt.Errorf("keep the damaged file: %w", err)
	}
	if err := disk.Rename(salvaged, path); err != nil {
		return fmt.Errorf("put the salvaged file in its place: %w", err)
	}
	s.salvaged = &Salvage{Kept: kept}
	return nil
}

// countSaved counts what the salvaged file has.
func (s *Store) countSaved(ctx context.Context) error {
	s.salvaged.Saved = map[string]int{}
	for _, table := range []string{"contact", "company", "lead", "deal", "call"} {
		var n int
		if err := s.writer.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			return explain(err)
		}
		s.salvaged.Saved[table] = n
	}
	s.log.Warn("saved what could be read", "rows", s.salvaged.Saved, "damaged file", s.salvaged.Kept)
	return nil
}

// copyReadable makes a file of the damaged one's version with all its rows that can be read.
func copyReadable(ctx context.Context, damaged, into string) error {
	file, err := os.Open(damaged)
	if err != nil {
		return err
	}
	defer file.Close() // as the last: it takes SQLite's locks off
	db := sql.OpenDB(connector{path: into, write: true})
	defer db.Close()
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return explain(err)
	}
	defer conn.Close()
	c := copier{ctx: ctx, conn: conn, pages: innerPages{file: file}}
	var version int
	for _, step := range []func() error{
		func() error { return c.exec("PRAGMA foreign_keys=OFF") },
		func() error { return c.exec("PRAGMA synchronous=OFF") }, // made durable by rebuild
		func() error { return c.exec("ATTACH ? AS old", connector{path: damaged}.dsn()) },
		func() error { return explain(conn.QueryRowContext(ctx, "PRAGMA old.user_version").Scan(&version)) },
		func() error {
			if version > len(migrations) {
				return ErrLaterVersion
			}
			return migrate(ctx, conn, max(version, 1))
		},
		// So that pages have what the log has, as they would when the file is closed. They show ways only.
		func() error { _ = c.exec("PRAGMA old.wal_checkpoint(TRUNCATE)"); return ctx.Err() },
		func() error { return explain(conn.QueryRowContext(ctx, "PRAGMA old.page_size").Scan(&c.pages.size)) },
		c.tables,
		func() error { return c.exec("DETACH old") },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	if c.saved > 0 {
		return nil
	}
	return fmt.Errorf("%w, and nothing of it can be read; put a copy in its place, or move it away", ErrDamaged)
}

// copier copies what can be read from the database old to main.
type copier struct {
	ctx   context.Context
	conn  *sql.Conn
	pages innerPages // of old
	saved int        // rows
}

func (c *copier) exec(query string, args ...any) error {
	_, err := c.conn.ExecContext(c.ctx, query, args...)
	return explain(err)
}

func (c *copier) strings(query string, args ...any) (all []string, err error) {
	rows, err := c.conn.QueryContext(c.ctx, query, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, explain(err)
		}
		all = append(all, s)
	}
	return all, explain(rows.Err())
}

// tables copies every table of ours that is not made of others.
func (c *copier) tables() error {
	names, err := c.strings("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql LIKE 'CREATE TABLE%' ORDER BY rootpage")
	if err != nil {
		return err
	}
	for _, name := range names {
		if isDerived(name) {
			continue
		}
		if err := c.table(name); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	return nil
}

// dropOrphans takes away what points to rows that are gone.
func (t *tx) dropOrphans() error {
	var changes []string
	err := each(t, `SELECT t.name, f."from", f."table", f."to", (SELECT i."notnull" FROM pragma_table_info(t.name) i WHERE i.name = f."from")
		FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) f WHERE t.schema = 'main'`, nil, func(rows *sql.Rows) error {
		var table, column, parent, to string
		var required bool
		err := rows.Scan(&table, &column, &parent, &to, &required)
		change := fmt.Sprintf("UPDATE %s SET %s = NULL", table, column)
		if required {
			change = "DELETE FROM " + table
		}
		changes = append(changes, fmt.Sprintf("%s WHERE %s IS NOT NULL AND %s NOT IN (SELECT %s FROM %s)", change, column, column, to, parent))
		return err
	})
	for _, table := range []string{"call_link", "note", "followup"} { // what hangs on records of all kinds
		for i, kind := range kinds {
			changes = append(changes, fmt.Sprintf("DELETE FROM %s WHERE key & 3 = %d AND key >> 2 NOT IN (SELECT rid FROM %s)", table, i, kind))
		}
	}
	for _, change := range changes {
		if err != nil {
			return err
		}
		_, err = t.exec(change)
	}
	return err
}

// Salvaged says what Open saved of a file that it found damaged; ok is false when it was whole.
func (s *Store) Salvaged() (saved Salvage, ok bool) {
	if s.salvaged == nil {
		return Salvage{}, false
	}
	return *s.salvaged, true
}

// String tells it in a sentence.
func (s Salvage) String() string {
	return fmt.Sprintf("the file was damaged; what could be read was saved: %d contacts, %d companies, %d leads, %d deals and %d calls; the damaged file is kept as %s",
		s.Saved[string(crm.KindContact)], s.Saved[string(crm.KindCompany)], s.Saved[string(crm.KindLead)], s.Saved[string(crm.KindDeal)], s.Saved["call"], s.Kept)
}

// rebuild brings a file of copied rows to this version, makes its derived tables, and has it on the disk.
func (s *Store) rebuild(ctx context.Context, path string) error {
	o := &Store{now: s.now, random: s.random, region: s.region, log: s.log, listeners: map[int]func(Changed){}}
	defer o.Close()
	if err := o.connect(ctx, path); err != nil {
		return err
	}
	o.indexer.end() // it would write between the steps below
	if _, err := o.writer.ExecContext(ctx, "PRAGMA foreign_keys=OFF"); err != nil {
		return explain(err)
	}
	if err := o.write(ctx, func(t *tx) error { return errors.Join(t.deriveAll(), t.dropOrphans()) }); err != nil {
		return err
	}
	// On the disk as a whole, and in one file.
	_, err := o.writer.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return explain(err)
}
