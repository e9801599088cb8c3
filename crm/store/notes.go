package store

import (
	"context"
	"database/sql"
	"errors"

	"leadline/crm"
)

// noteRow is the row of a note in note_search: of a call, or of a record itself.
func noteRow(rid int64, ofCall bool) int64 {
	if ofCall {
		return rid<<1 | 1
	}
	return rid << 1
}

// indexNote makes a note found by its words.
func (t *tx) indexNote(row int64, text string) error {
	if text == "" {
		_, err := t.exec("DELETE FROM note_search WHERE rowid = ?", row)
		return err
	}
	_, err := t.exec("INSERT OR REPLACE INTO note_search(rowid, text) VALUES(?, ?)", row, indexed(text))
	return err
}

// notesByWords finds the records that newest notes with the typed words are on.
func (s *Store) notesByWords(ctx context.Context, q querier, text string, limit int, seen map[key]bool) (found []crm.Found, err error) {
	typed, err := matchExpression(q, "note_search", text)
	if err != nil || typed == "" {
		return nil, err
	}
	stmt, err := s.reads.get(`SELECT n.rowid, CASE n.rowid & 1
			WHEN 1 THEN (SELECT key FROM call_link WHERE call = n.rowid >> 1 ORDER BY pos LIMIT 1)
			ELSE (SELECT key FROM note WHERE rid = n.rowid >> 1) END,
		CASE n.rowid & 1 WHEN 1 THEN (SELECT note FROM call WHERE rid = n.rowid >> 1) ELSE (SELECT data ->> '$.text' FROM note WHERE rid = n.rowid >> 1) END
		FROM (SELECT rowid FROM note_search WHERE note_search MATCH ? ORDER BY rowid DESC LIMIT ?) n`)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, typed, limit)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var row int64
		var k sql.NullInt64
		var text sql.NullString
		if err := rows.Scan(&row, &k, &text); err != nil {
			return nil, explain(err)
		}
		if !k.Valid || seen[key(k.Int64)] { // not valid: a call that is on no record
			continue
		}
		seen[key(k.Int64)] = true
		f, err := foundOf(q, key(k.Int64), "")
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.Note = firstLine(text.String)
		found = append(found, f)
	}
	return found, explain(rows.Err())
}
