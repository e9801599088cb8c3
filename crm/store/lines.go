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
	_, err = t.exec(`INSERT INTO line(id, name, peer, queue, data) VALUES(?, ?, ?, ?, ?)
		ON CONFLICT(id) DO UPDATE SET name = excluded.name, peer = excluded.peer, queue = excluded.queue, data = excluded.data`,
		l.ID.Bytes(), l.Name, l.Number.Party().Key(), l.Queue.Bytes(), string(data))
	return err
}

// scanLine reads a line's data with the name of its queue.
func scanLine(row interface{ Scan(...any) error }) (l crm.Line, err error) {
	err = row.Scan(jsonColumn{&l}, &l.QueueName)
	return l, err
}

// lineColumns are what scanLine reads.
const lineColumns = `l.data, coalesce((SELECT s.name FROM setup s WHERE s.kind = 'queue' AND s.id = l.queue), '')`

// Lines are all lines, by name.
func (s *Store) Lines(ctx context.Context) (lines []crm.Line, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	err = each(r, "SELECT "+lineColumns+" FROM line l ORDER BY l.name", nil, func(rows *sql.Rows) error {
		l, err := scanLine(rows)
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
	l, err = scanLine(r.row("SELECT "+lineColumns+" FROM line l WHERE l.name = ? OR (l.peer = ? AND l.peer <> '') ORDER BY l.name = ? DESC LIMIT 1",
		written, peer, written))
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
	l, err = scanLine(q.row("SELECT "+lineColumns+" FROM line l WHERE l.id = ?", id.Bytes()))
	if errors.Is(err, sql.ErrNoRows) {
		return l, nil
	}
	return l, explain(err)
}
