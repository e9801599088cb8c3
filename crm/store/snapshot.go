package store

import (
	"context"
	"database/sql"
	"strings"

	"leadline/crm"
	"leadline/crm/wire"
)

// BeginSnapshot begins to take over a snapshot: all rows of a view as of a revision, instead of
// what is here. What waits for the server stays, on top. Until it has ended the file is in no view: it has rows of two.
func (s *Store) BeginSnapshot(ctx context.Context) error {
	return s.writeRelaxed(ctx, func(t *tx) error {
		// What a snapshot brought that broke off in an empty file, and the next may not have any more: no sweep finds it.
		if _, err := t.exec("INSERT OR IGNORE INTO row_wanted(entity, id) SELECT entity, id FROM row_seen WHERE (SELECT epoch FROM sync) = 0"); err != nil {
			return err
		}
		// The snapshot brings the aliases that stand. A restored server may have lost a merge, and nobody tells of what was never there.
		if _, err := t.exec("DELETE FROM alias WHERE ((SELECT epoch FROM sync) <> 0 OR ('alias', " + dashed("old") + ") IN (SELECT entity, id FROM row_seen))" +
			" AND (kind, " + dashed("old") + ") NOT IN (SELECT entity, id FROM pending)"); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM row_seen"); err != nil {
			return err
		}
		_, err := t.exec("UPDATE sync SET view_hash = ''")
		return err
	})
}

// ApplySnapshot takes over the next part of a snapshot.
func (s *Store) ApplySnapshot(ctx context.Context, rows []wire.Row) error {
	return s.writeBy(ctx, s.commitBulk, func(t *tx) error {
		if err := t.see(rows); err != nil {
			return err
		}
		rest, err := t.putPlain(rows)
		if err != nil {
			return err
		}
		return t.takeOver(wire.Page{Rows: rest, More: true})
	})
}

// see notes that a snapshot has rows, for what it has not to be found in the end.
func (t *tx) see(rows []wire.Row) error {
	if t.s.making {
		return nil
	}
	seen := inserter{tx: t, insert: "INSERT OR IGNORE INTO row_seen(entity, id) VALUES", width: 2}
	for _, r := range rows {
		if err := seen.add(string(r.Entity), string(r.ID)); err != nil {
			return err
		}
	}
	return seen.flush()
}

// EndSnapshot ends what BeginSnapshot began: what is here and not in the snapshot goes, and the file is in
// its epoch and view at its revision. A program that is killed before it begins anew.
func (s *Store) EndSnapshot(ctx context.Context, m wire.Manifest) error {
	return s.write(ctx, func(t *tx) error {
		y, err := syncOf(t)
		if err != nil {
			return err
		}
		if y.Epoch != 0 {
			err = t.sweep()
		} else { // nothing here is of the server, but for what BeginSnapshot found
			_, err = t.exec("DELETE FROM row_wanted WHERE (entity, id) IN (SELECT entity, id FROM row_seen)")
		}
		if err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM row_seen"); err != nil {
			return err
		}
		return t.standAt(m)
	})
}

// standAt says that the file is what a snapshot is.
func (t *tx) standAt(m wire.Manifest) error {
	_, err := t.exec("UPDATE sync SET epoch = ?1, cursor = ?2, safe_rev = ?2, base_rev = ?2, view_hash = ?3", int64(m.Epoch), int64(m.Rev), m.View)
	return err
}

// sweep takes away what the snapshot has not, but for what the server has not heard of yet.
func (t *tx) sweep() error {
	if err := t.seeWaitingImports(); err != nil {
		return err
	}
	here, err := rowIDs(t, rowsHere)
	if err != nil {
		return err
	}
	// What a pending command has taken away here is known by its shadow only.
	hidden, err := rowIDs(t, "SELECT entity, id FROM shadow WHERE data IS NOT NULL AND (entity, id) NOT IN (SELECT entity, id FROM row_seen)")
	if err != nil {
		return err
	}
	b := t.newRebase()
	var gone []wire.RowID
	for _, r := range append(here, hidden...) {
		pending, err := t.isPending(r)
		if err != nil {
			return err
		}
		if !pending {
			gone = append(gone, r)
			continue
		}
		if err := t.setShadow(r, nil); err != nil {
			return err
		}
		if err := b.add(r); err != nil {
			return err
		}
	}
	if err := b.finish(); err != nil {
		return err
	}
	return t.dropGone(gone)
}

// everyRow are all rows that a snapshot would have; rowsHere are those of them that the last one had not.
var everyRow = `WITH here(entity, raw) AS (
	SELECT 'contact', id FROM contact UNION ALL SELECT 'company', id FROM company UNION ALL SELECT 'lead', id FROM lead
	UNION ALL SELECT 'deal', id FROM deal UNION ALL SELECT 'call', id FROM call UNION ALL SELECT 'note', id FROM note
	UNION ALL SELECT 'followup', id FROM followup UNION ALL SELECT 'user', id FROM user WHERE gone = 0
	UNION ALL SELECT 'line', id FROM line UNION ALL SELECT 'entry', id FROM entry
	UNION ALL SELECT kind, id FROM setup WHERE kind <> 'workspace'),
	named(entity, id) AS (SELECT entity, ` + dashed("raw") + ` FROM here UNION SELECT entity, id FROM row_unknown)
	SELECT entity, id FROM named`

var rowsHere = everyRow + " WHERE (entity, id) NOT IN (SELECT entity, id FROM row_seen)"

// dashed is the id in a column as it is written in text.
func dashed(column string) string {
	var parts []string
	for _, at := range []string{"1, 8", "9, 4", "13, 4", "17, 4", "21"} {
		parts = append(parts, "substr(lower(hex("+column+")), "+at+")")
	}
	return strings.Join(parts, " || '-' || ")
}

// seeWaitingImports counts what imports bring that the server has not decided yet as seen: nobody else can have it.
func (t *tx) seeWaitingImports() error {
	seqs, err := t.numbers("SELECT seq FROM outbox WHERE state IN (?, ?, ?) AND seq NOT IN (SELECT seq FROM pending)", waits, onItsWay, applied)
	if err != nil {
		return err
	}
	for _, seq := range seqs {
		c, err := t.commandOf(seq)
		if err != nil {
			return err
		}
		rows, err := t.untracked(c)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if _, err := t.exec("INSERT OR IGNORE INTO row_seen(entity, id) VALUES(?, ?)", string(r.Entity), string(r.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// untracked are the rows of a command of which nobody kept what the server has.
func (t *tx) untracked(c crm.Command) ([]wire.RowID, error) {
	if c.Change == nil {
		return nil, nil
	}
	rows, err := t.touched(c.Change)
	if i, ok := c.Change.(crm.ImportContacts); ok {
		for _, c := range i.Companies {
			rows = append(rows, wire.RowID{Entity: wire.Company, ID: c.ID})
		}
		for _, c := range i.Contacts {
			rows = append(rows, wire.RowID{Entity: wire.Contact, ID: c.ID})
		}
	}
	return rows, err
}

// Wipe takes everything out of the file: the device may no more. The file can be used again, as an empty one.
func (s *Store) Wipe(ctx context.Context) error {
	err := s.write(ctx, func(t *tx) error {
		if _, err := s.writer.ExecContext(ctx, "PRAGMA defer_foreign_keys=ON"); err != nil {
			return explain(err)
		}
		var tables []string
		if err := each(t, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'sync'", nil,
			func(rows *sql.Rows) error {
				var name string
				err := rows.Scan(&name)
				tables = append(tables, name)
				return err
			}); err != nil {
			return err
		}
		for _, table := range append(tables, derived...) {
			if _, err := t.exec("DELETE FROM " + table); err != nil {
				return err
			}
		}
		client, err := s.makeID()
		if err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM sync"); err != nil {
			return err
		}
		if _, err := t.exec("INSERT INTO sync(one, client_id) VALUES(1, ?)", client.Bytes()); err != nil {
			return err
		}
		t.changed.Lists = true
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.scrub(ctx, "VACUUM"); err != nil {
		return err
	}
	s.writing.Lock()
	s.synced, s.offset = false, 0
	s.writing.Unlock()
	return s.makeWorkspaceKey(ctx)
}
