package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"leadline/crm"
)

// Remove takes records away with their notes and follow-ups, all of them or none, and says how to take that back. Their
// calls stay in the call log, and what pointed to them stays without.
func (s *Store) Remove(ctx context.Context, refs ...crm.Ref) (u crm.Undo, err error) {
	err = s.write(ctx, func(t *tx) error {
		var back wayBack
		title := crm.Say(crm.UndoRemovals, "n", strconv.Itoa(len(refs)))
		for _, r := range refs {
			create, hung, err := t.unremove(r)
			if err != nil {
				return err
			}
			if len(refs) == 1 {
				name, err := nameOf(t, r)
				if err != nil {
					return err
				}
				title = crm.Say(crm.UndoRemoval, "name", name)
			}
			if err := t.do(crm.RemoveRecord{Ref: r}); err != nil {
				return err
			}
			back.first = append([]crm.Change{create}, back.first...) // a company before its people, who went first
			back.hung = back.hung.and(hung)
		}
		u, err = t.keepUndo(title, back, nil)
		return err
	})
	return u, err
}

// unremove is the change that makes a record anew with its id, and all that hangs on it and points to it.
func (t *tx) unremove(r crm.Ref) (create crm.Change, hung hanging, err error) {
	if r.Kind == crm.KindDeal {
		k, err := keyOf(t, r)
		if err != nil {
			return nil, hung, err
		}
		d, err := dealByRid(t, k.rid())
		if err != nil {
			return nil, hung, err
		}
		create = crm.CreateDeal{Deal: d.Deal}
	} else if create, _, err = t.asItIs(r); err != nil {
		return nil, hung, err
	}
	if hung, err = t.hangingOn(r); err != nil {
		return nil, hung, err
	}
	err = t.pointingTo(&hung, r)
	return create, hung, err
}

// removeRecord takes a record away. Its calls, notes, follow-ups, deals and people
// go to the one instead; without one they stay on what else they are on.
func (t *tx) removeRecord(r crm.RemoveRecord) error {
	k, err := keyOf(t, r.Ref)
	if err != nil {
		return err
	}
	if now, err := refOf(t, k); err != nil || now.ID != r.Ref.ID {
		return errors.Join(err, fmt.Errorf("%s %s was merged: %w", r.Ref.Kind, r.Ref.ID, ErrNotFound))
	}
	var instead key
	if !r.Instead.None() {
		if instead, err = keyOf(t, r.Instead); err != nil {
			return err
		}
	}
	numbers, sip, err := waysTo(t, k)
	if err != nil {
		return err
	}
	if err := t.unindexNumbers(k, numbers, sip); err != nil {
		return err
	}
	if err := t.moveActivities(k, instead); err != nil {
		return err
	}
	if err := t.movePointers(k, instead); err != nil {
		return err
	}
	for _, gone := range []string{"DELETE FROM search WHERE rowid = ?",
		"DELETE FROM note_search WHERE rowid IN (SELECT rid << 1 FROM note WHERE key = ?)", "DELETE FROM note WHERE key = ?", "DELETE FROM followup WHERE key = ?",
		"DELETE FROM call_link WHERE key = ?"} {
		if _, err := t.exec(gone, int64(k)); err != nil {
			return err
		}
	}
	if _, err := t.exec("DELETE FROM "+string(k.kind())+" WHERE rid = ?", k.rid()); err != nil {
		return err
	}
	t.touch(r.Ref)
	t.touch(r.Instead)
	t.changed.Lists = true
	if instead == 0 || r.Instead.Kind != r.Ref.Kind { // its own alias, if the server just told of one, stays: what hung on it follows
		_, err := t.exec("DELETE FROM alias WHERE kind = ? AND new = ?", string(r.Ref.Kind), r.Ref.ID.Bytes())
		return err
	}
	// Who still knows the old id is sent to the new one; the survivor is always the root.
	if _, err := t.exec("UPDATE alias SET new = ? WHERE kind = ? AND new = ?", r.Instead.ID.Bytes(), string(r.Ref.Kind), r.Ref.ID.Bytes()); err != nil {
		return err
	}
	_, err = t.exec("INSERT OR REPLACE INTO alias(kind, old, new) VALUES(?, ?, ?)", string(r.Ref.Kind), r.Ref.ID.Bytes(), r.Instead.ID.Bytes())
	return err
}

// waysTo are the numbers and SIP addresses of a record.
func waysTo(q querier, k key) ([]crm.Number, []string, error) {
	switch k.kind() {
	case crm.KindContact:
		c, err := contactByRid(q, k.rid())
		return c.Numbers, c.SIP, err
	case crm.KindCompany:
		c, err := companyByRid(q, k.rid())
		return c.Numbers, c.SIP, err
	case crm.KindLead:
		l, err := leadByRid(q, k.rid())
		return l.Numbers, l.SIP, err
	}
	return nil, nil, nil
}

// moveActivities puts calls, notes and follow-ups of one record on another.
func (t *tx) moveActivities(from, to key) error {
	if to == 0 {
		return nil
	}
	err := each(t, "SELECT c.id FROM call_link k JOIN call c ON c.rid = k.call WHERE k.key = ?", []any{int64(from)}, func(rows *sql.Rows) error {
		var id crm.ID
		err := rows.Scan(idBlob{&id})
		t.changed.Calls = append(t.changed.Calls, id)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := t.exec("INSERT OR IGNORE INTO call_link(key, began, call, pos, spoken) SELECT ?, began, call, pos, spoken FROM call_link WHERE key = ?",
		int64(to), int64(from)); err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM call_link WHERE key = ?", int64(from)); err != nil {
		return err
	}
	return t.moveNotes(from, to)
}

// moveNotes puts the notes and follow-ups of one record on another.
func (t *tx) moveNotes(from, to key) error {
	r, err := refOf(t, to)
	if err != nil {
		return err
	}
	for _, table := range []string{"note", "followup"} {
		if _, err := t.exec("UPDATE "+table+" SET key = ?, data = json_set(data, '$.ref.kind', ?, '$.ref.id', ?) WHERE key = ?",
			int64(to), string(r.Kind), string(r.ID), int64(from)); err != nil {
			return err
		}
	}
	return nil
}

// refOf is the ref of a key.
func refOf(q querier, k key) (crm.Ref, error) {
	r := crm.Ref{Kind: k.kind()}
	err := q.row("SELECT id FROM "+string(k.kind())+" WHERE rid = ?", k.rid()).Scan(idBlob{&r.ID})
	return r, explain(err)
}

// movePointers has people and deals of one record point to another of its kind, or to none.
func (t *tx) movePointers(from, to key) error {
	var rid any
	if to != 0 && to.kind() == from.kind() {
		rid = to.rid()
	}
	var updates []string
	var of []key
	switch from.kind() {
	case crm.KindContact:
		updates = []string{"UPDATE deal SET contact = ? WHERE contact = ?"}
	case crm.KindCompany:
		updates = []string{"UPDATE deal SET company = ? WHERE company = ?", "UPDATE contact SET company = ? WHERE company = ?"}
		var err error
		if of, err = ofCompany(t, from.rid()); err != nil {
			return err
		}
	}
	for _, update := range updates {
		if _, err := t.exec(update, rid, from.rid()); err != nil {
			return err
		}
	}
	return t.reword(of)
}
