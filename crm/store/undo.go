package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"leadline/crm"
)

// undoData is what the file keeps to take something back.
type undoData struct {
	Title   crm.Text       `json:"title"`
	Changes []storedChange `json:"changes"`
	Hung    hanging        `json:"hung,omitzero"`
	Then    []storedChange `json:"then,omitempty"`
	Expect  []expected     `json:"expect"`
}

// wayBack is how something is taken back: first changes, then everything is hung where it hung, then more changes.
type wayBack struct {
	first []crm.Change
	hung  hanging
	then  []crm.Change
}

type storedChange struct {
	Name string          `json:"name"`
	Args json.RawMessage `json:"args"`
}

// expected is a record that must not have been changed since.
type expected struct {
	Ref     crm.Ref `json:"ref"`
	Updated int64   `json:"updated"`
}

// keepUndo remembers for a while how something just done is taken back. refs are the records
// that must stay as they are now until then.
func (t *tx) keepUndo(title crm.Text, back wayBack, refs []crm.Ref) (u crm.Undo, err error) {
	now := t.s.now()
	u = crm.Undo{Title: title, At: now, Refs: refs}
	if err := t.left(&back.hung); err != nil {
		return u, err
	}
	data := undoData{Title: title, Hung: back.hung}
	if data.Changes, err = stored(back.first); err != nil {
		return u, err
	}
	if data.Then, err = stored(back.then); err != nil {
		return u, err
	}
	for _, r := range refs {
		updated, err := updatedAt(t, r)
		if err != nil {
			return u, err
		}
		data.Expect = append(data.Expect, expected{r, updated})
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return u, err
	}
	if _, err := t.exec("DELETE FROM undo WHERE at < ?", now.Add(-crm.UndoFor).UnixMilli()); err != nil {
		return u, err
	}
	u.ID, err = t.insert("INSERT INTO undo(at, data) VALUES(?, ?)", now.UnixMilli(), string(raw))
	return u, err
}

func stored(changes []crm.Change) (all []storedChange, err error) {
	for _, change := range changes {
		args, err := json.Marshal(change)
		if err != nil {
			return nil, err
		}
		all = append(all, storedChange{change.CommandName(), args})
	}
	return all, nil
}

func updatedAt(q querier, r crm.Ref) (updated int64, err error) {
	k, err := keyOf(q, r)
	if err != nil {
		return 0, err
	}
	err = q.row("SELECT updated FROM "+string(k.kind())+" WHERE rid = ?", k.rid()).Scan(&updated)
	return updated, explain(err)
}

// Undos are what can still be taken back, the newest first.
func (s *Store) Undos(ctx context.Context) (undos []crm.Undo, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	err = each(r, "SELECT rid, at, data FROM undo WHERE at >= ? ORDER BY rid DESC", []any{s.now().Add(-crm.UndoFor).UnixMilli()}, func(rows *sql.Rows) error {
		var u crm.Undo
		var data undoData
		err := rows.Scan(&u.ID, unixMilli{&u.At}, jsonColumn{&data})
		u.Title = data.Title
		for _, e := range data.Expect {
			u.Refs = append(u.Refs, e.Ref)
		}
		undos = append(undos, u)
		return err
	})
	return undos, err
}

// Undo takes a conversion, a merge, a removal or the move of a number back, all of it in one
// transaction; what has been written or moved since stays. An error of type crm.Invalid says why it cannot be taken back.
func (s *Store) Undo(ctx context.Context, id int64) error {
	return s.write(ctx, func(t *tx) error {
		var at time.Time
		var data undoData
		err := t.row("SELECT at, data FROM undo WHERE rid = ?", id).Scan(unixMilli{&at}, jsonColumn{&data})
		if errors.Is(err, sql.ErrNoRows) || err == nil && s.now().Sub(at) > crm.UndoFor {
			return crm.Invalid{Text: crm.Say(crm.UndoTooLate)}
		}
		if err != nil {
			return explain(err)
		}
		if err := t.unchanged(data.Expect); err != nil {
			return err
		}
		if err := t.doStored(data.Changes); err != nil {
			return err
		}
		if err := t.rehang(data.Hung); err != nil {
			return err
		}
		if err := t.doStored(data.Then); err != nil {
			return err
		}
		if err := t.mayBeOpen(append(data.Changes, data.Then...)); err != nil {
			return err
		}
		_, err = t.exec("DELETE FROM undo WHERE rid = ?", id)
		return err
	})
}

func (t *tx) doStored(changes []storedChange) error {
	for _, stored := range changes {
		change, err := crm.DecodeChange(stored.Name, stored.Args)
		if err != nil {
			return err
		}
		err = t.doAsIs(change)
		if errors.Is(err, ErrNotFound) { // it leads back to a record that is gone: an earlier step was taken back first
			return crm.Invalid{Text: crm.Say(crm.UndoTooLate)}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// mayBeOpen refuses leads that are open again through the changes and may not be: another one with the number was opened since (B4),
// or there are no leads any more (F2).
func (t *tx) mayBeOpen(changes []storedChange) error {
	w, err := workspace(t)
	if err != nil {
		return err
	}
	for _, stored := range changes {
		change, err := crm.DecodeChange(stored.Name, stored.Args)
		if err != nil {
			return err
		}
		r := changedRecord(change)
		if r.None() {
			r = madeRecord(change)
		}
		if r.Kind != crm.KindLead {
			continue
		}
		l, err := leadByID(t, r.ID)
		if err != nil {
			return err
		}
		if !l.Status.Open() {
			continue
		}
		if w.Mode == crm.Simple {
			return crm.Invalid{Text: crm.Say(crm.UndoTooLate)}
		}
		if err := t.oneOpenLead(crm.Lead{Status: crm.LeadJunk}, l.Lead); err != nil {
			return err
		}
	}
	return nil
}

// unchanged says which record was changed since, or is gone.
func (t *tx) unchanged(records []expected) error {
	for _, e := range records {
		updated, err := updatedAt(t, e.Ref)
		if errors.Is(err, ErrNotFound) {
			return crm.Invalid{Text: crm.Say(crm.UndoTooLate)}
		}
		if err != nil {
			return err
		}
		if updated != e.Updated {
			name, err := nameOf(t, e.Ref)
			if err != nil {
				return err
			}
			return crm.Invalid{Text: crm.Say(crm.UndoChanged, "name", name)}
		}
	}
	return nil
}
