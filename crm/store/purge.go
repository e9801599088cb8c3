package store

import (
	"context"
	"fmt"

	"leadline/crm"
)

// Purge takes what is left of erased people out of the file (requirement I4): their records, and what waits, is kept for taking
// back or is found by search of them or of what hung on them. clean is false while something of theirs waits to be sent: only the
// server can say what becomes of it.
func (s *Store) Purge(ctx context.Context, refs []crm.Ref, hung []crm.ID) (clean bool, err error) {
	clean = true
	err = s.write(ctx, func(t *tx) error {
		for _, r := range refs {
			for _, gone := range []string{"DELETE FROM shadow WHERE id = ?", "DELETE FROM row_unknown WHERE id = ?", "DELETE FROM pending WHERE id = ?"} {
				if _, err := t.exec(gone, string(r.ID)); err != nil {
					return err
				}
			}
			if err := t.dropRow(rowOf(r)); err != nil {
				return err
			}
			hung = append(hung, r.ID)
		}
		for _, id := range hung {
			left, err := t.unmention(id)
			if err != nil {
				return err
			}
			clean = clean && !left
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	return clean, s.scrub(ctx, optimize...)
}

// optimize has the search forget what its older parts still have of deleted rows.
var optimize = []string{"INSERT INTO search(search) VALUES('optimize')", "INSERT INTO note_search(note_search) VALUES('optimize')",
	"INSERT INTO digits(digits) VALUES('optimize')"}

// unmention forgets commands that name a row, but for those that the server has not decided for good; left says that there are such.
func (t *tx) unmention(id crm.ID) (left bool, err error) {
	if _, err := t.exec("DELETE FROM draft WHERE call = ?", id.Bytes()); err != nil {
		return false, err
	}
	for _, gone := range []string{"DELETE FROM journal WHERE instr(args, ?1) AND uuid NOT IN (SELECT uuid FROM outbox)", "DELETE FROM undo WHERE instr(data, ?1)",
		"UPDATE outbox SET state = 4, args = '{}', error = NULL, subject = NULL WHERE state = 2 AND instr(args, ?1)"} {
		if _, err := t.exec(gone, string(id)); err != nil {
			return false, err
		}
	}
	var n int
	err = t.row("SELECT count(*) FROM outbox WHERE instr(args, ?)", string(id)).Scan(&n)
	return n > 0, explain(err)
}

// scrub overwrites what was deleted, and cuts the log off.
func (s *Store) scrub(ctx context.Context, statements ...string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.writes.close()
	for _, statement := range statements {
		if _, err := s.writer.ExecContext(ctx, statement); err != nil {
			return explain(err)
		}
	}
	if err := s.overwriteFree(ctx); err != nil {
		return explain(err)
	}
	_, err := s.writer.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return explain(err)
}

// mostZeros is what a blob of zeros may have, in bytes: SQLite takes no larger ones.
const mostZeros = 900 << 20

// overwriteFree has a table of zeros take all pages that are free, and drops it: secure_delete=FAST blanks what is deleted within a
// page, but a page that is freed as a whole keeps all that was in it.
func (s *Store) overwriteFree(ctx context.Context) error {
	var pages, size int64
	for pragma, into := range map[string]*int64{"freelist_count": &pages, "page_size": &size} {
		if err := s.writer.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(into); err != nil {
			return err
		}
	}
	if pages == 0 {
		return nil
	}
	if pages*size > mostZeros {
		_, err := s.writer.ExecContext(ctx, "VACUUM")
		return err
	}
	t, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback() }()
	zeros := (pages + 1) * size // an overflow page holds a little less than its size, so that all are taken
	for _, statement := range []string{"CREATE TABLE zeros(zeros BLOB)", fmt.Sprintf("INSERT INTO zeros VALUES(zeroblob(%d))", zeros), "DROP TABLE zeros"} {
		if _, err := t.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return t.Commit()
}
