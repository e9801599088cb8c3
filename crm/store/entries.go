package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"leadline/crm"
)

func (t *tx) addEntries(entries []crm.Entry) error {
	for _, e := range entries {
		data, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO entry(id, list, key, prefix, data) VALUES(?, ?, ?, ?, ?)
			ON CONFLICT(id) DO UPDATE SET data = excluded.data`, e.ID.Bytes(), string(e.List), e.Key, e.Prefix, string(data)); err != nil {
			return err
		}
	}
	t.changed.Lists = true
	return nil
}

func (t *tx) removeEntries(ids []crm.ID) error {
	for _, id := range ids {
		if _, err := t.exec("DELETE FROM entry WHERE id = ?", id.Bytes()); err != nil {
			return err
		}
	}
	t.changed.Lists = true
	return nil
}

// Entries are those of the exceptions or the blacklist, by what they begin with.
func (s *Store) Entries(ctx context.Context, list crm.ListName) (entries []crm.Entry, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	err = each(r, "SELECT data FROM entry WHERE list = ? ORDER BY key, prefix", []any{string(list)}, func(rows *sql.Rows) error {
		var e crm.Entry
		err := rows.Scan(jsonColumn{&e})
		entries = append(entries, e)
		return err
	})
	return entries, err
}

// SetEntries makes a list have exactly these entries, as an administrator edits it.
func (s *Store) SetEntries(ctx context.Context, list crm.ListName, entries []crm.Entry) error {
	was, err := s.Entries(ctx, list)
	if err != nil {
		return err
	}
	keep := map[crm.ID]crm.Entry{}
	for _, e := range entries {
		keep[e.ID] = e
	}
	var gone []crm.ID
	for _, e := range was {
		now, ok := keep[e.ID]
		switch {
		case !ok:
			gone = append(gone, e.ID)
		case now == e:
			delete(keep, e.ID)
		}
	}
	var changes []crm.Change
	if len(gone) > 0 {
		changes = append(changes, crm.RemoveEntries{IDs: gone})
	}
	var add crm.AddEntries
	for _, e := range entries {
		if _, ok := keep[e.ID]; ok {
			add.Entries = append(add.Entries, e)
		}
	}
	if len(add.Entries) > 0 {
		changes = append(changes, add)
	}
	return s.Do(ctx, changes...)
}

// listed is the entry of a list that a party falls under.
func listed(q querier, list crm.ListName, p crm.Party) (e crm.Entry, ok bool, err error) {
	key := crm.EntryKey(p)
	if key == "" {
		return e, false, nil
	}
	err = q.row(`SELECT data FROM entry WHERE list = ?1 AND prefix = 0 AND key = ?2
		UNION ALL SELECT data FROM entry WHERE list = ?1 AND prefix = 1 AND key <= ?2 AND substr(?2, 1, length(key)) = key LIMIT 1`,
		string(list), key).Scan(jsonColumn{&e})
	if errors.Is(err, sql.ErrNoRows) {
		return e, false, nil
	}
	return e, err == nil, explain(err)
}
