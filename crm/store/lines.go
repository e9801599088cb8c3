package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"leadline/crm"
)

func (t *tx) saveLine(l crm.Line) error {
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	t.changed.Lists = true
	_, err = t.exec(`INSERT INTO line(id, name, peer, data) VALUES(?, ?, ?, ?)
		ON CONFLICT(id) DO UPDATE SET name = excluded.name, peer = excluded.peer, data = excluded.data`,
		l.ID.Bytes(), l.Name, l.Number.Party().Key(), string(data))
	return err
}

// Lines are all lines, by name.
func (s *Store) Lines(ctx context.Context) (lines []crm.Line, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	err = each(r, "SELECT data FROM line ORDER BY name", nil, func(rows *sql.Rows) error {
		var l crm.Line
		err := rows.Scan(jsonColumn{&l})
		lines = append(lines, l)
		return err
	})
	return lines, err
}

// LineByNumber is the line called by that number, however it is written, or by
// that name; ok is false when none is.
func (s *Store) LineByNumber(ctx context.Context, written string) (l crm.Line, ok bool, err error) {
	r, err := s.read(ctx)
	if err != nil || written == "" {
		return l, false, err
	}
	peer := crm.Parse(written, s.region).Key()
	err = r.row("SELECT data FROM line WHERE name = ? OR (peer = ? AND peer <> '') ORDER BY name = ? DESC LIMIT 1",
		written, peer, written).Scan(jsonColumn{&l})
	if errors.Is(err, sql.ErrNoRows) {
		return l, false, nil
	}
	return l, err == nil, explain(err)
}

// lineByID is the line of that id; the zero Line when there is none.
func lineByID(q querier, id crm.ID) (l crm.Line, err error) {
	if id == "" {
		return l, nil
	}
	err = q.row("SELECT data FROM line WHERE id = ?", id.Bytes()).Scan(jsonColumn{&l})
	if errors.Is(err, sql.ErrNoRows) {
		return l, nil
	}
	return l, explain(err)
}
