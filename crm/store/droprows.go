package store

import (
	"database/sql"
	"encoding/json"
	"errors"

	"leadline/crm"
	"leadline/crm/wire"
)

// dropRow takes a row away that the server has no more, or that left what may be seen here.
// What points to it stays, and points to it again should it come back. So does its revision: a server that is restored may have it again.
func (t *tx) dropRow(r wire.RowID) error {
	for _, forget := range []string{"DELETE FROM row_unknown WHERE entity = ? AND id = ?", "DELETE FROM dangling WHERE entity = ? AND id = ?"} {
		if _, err := t.exec(forget, r.Entity, string(r.ID)); err != nil {
			return err
		}
	}
	switch {
	case isRecord(r):
		return t.dropRecord(r)
	case r.Entity == wire.Call:
		return t.dropCall(r.ID)
	case r.Entity == wire.Note:
		if _, err := t.exec("DELETE FROM note_search WHERE rowid = (SELECT rid << 1 FROM note WHERE id = ?)", r.ID.Bytes()); err != nil {
			return err
		}
		fallthrough
	case r.Entity == wire.FollowUp:
		return t.dropFrom(r.Entity, r.ID)
	case r.Entity == wire.User: // much points to users
		_, err := t.exec("UPDATE user SET gone = 1 WHERE id = ?", r.ID.Bytes())
		t.changed.Lists = true
		return err
	case r.Entity == wire.Line, r.Entity == wire.Entry:
		return t.dropFrom(r.Entity, r.ID)
	case r.Entity == wire.Workspace:
		_, err := t.exec("DELETE FROM setup WHERE kind = ? AND id = ?", r.Entity, theWorkspace)
		return err
	}
	t.changed.Lists = true
	_, err := t.exec("DELETE FROM setup WHERE kind = ? AND id = ?", r.Entity, r.ID.Bytes())
	return err
}

// dropFrom deletes a row of a table of its entity's name.
func (t *tx) dropFrom(table wire.Entity, id crm.ID) error {
	_, err := t.exec("DELETE FROM "+string(table)+" WHERE id = ?", id.Bytes())
	t.changed.Lists = true
	return err
}

func (t *tx) dropRecord(r wire.RowID) error {
	rid, err := ridOf(t, string(r.Entity), r.ID)
	if errors.Is(err, ErrNotFound) || rid == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	pointing, err := t.rowsAt(makeKey(wire.KindOf(r.Entity), rid))
	if err != nil {
		return err
	}
	data := make([]json.RawMessage, len(pointing))
	for i, p := range pointing {
		if data[i], err = rowData(t, p); err != nil {
			return err
		}
	}
	if err := t.removeRecord(crm.RemoveRecord{Ref: refOfRow(r)}); err != nil {
		return err
	}
	for i, p := range pointing {
		if err := t.putRow(p, data[i]); err != nil {
			return err
		}
	}
	return nil
}

// rowsAt are the rows that point to a record: its calls, notes and follow-ups, people and deals.
func (t *tx) rowsAt(k key) (rows []wire.RowID, err error) {
	add := func(entity wire.Entity, query string, arg int64) {
		err = errors.Join(err, each(t, query, []any{arg}, func(r *sql.Rows) error {
			row := wire.RowID{Entity: entity}
			err := r.Scan(idBlob{&row.ID})
			rows = append(rows, row)
			return err
		}))
	}
	add(wire.Call, "SELECT c.id FROM call_link l JOIN call c ON c.rid = l.call WHERE l.key = ?", int64(k))
	add(wire.Note, "SELECT id FROM note WHERE key = ?", int64(k))
	add(wire.FollowUp, "SELECT id FROM followup WHERE key = ?", int64(k))
	switch k.kind() {
	case crm.KindContact:
		add(wire.Deal, "SELECT id FROM deal WHERE contact = ?", k.rid())
	case crm.KindCompany:
		add(wire.Contact, "SELECT id FROM contact WHERE company = ?", k.rid())
		add(wire.Deal, "SELECT id FROM deal WHERE company = ?", k.rid())
	}
	return rows, err
}

func (t *tx) dropCall(id crm.ID) error {
	rid, err := ridOf(t, "call", id)
	if errors.Is(err, ErrNotFound) || rid == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	t.changed.Calls = append(t.changed.Calls, id)
	for _, gone := range []string{"DELETE FROM call_link WHERE call = ?", "UPDATE call SET closed_by = NULL WHERE closed_by = ?",
		"DELETE FROM note_search WHERE rowid = ?1 << 1 | 1", "DELETE FROM call WHERE rid = ?"} {
		if _, err := t.exec(gone, rid); err != nil {
			return err
		}
	}
	return nil
}
