package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Setting is a value kept on this machine; "" when there is none.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	r, err := s.read(ctx)
	if err != nil {
		return "", err
	}
	return setting(r, name)
}

func setting(q querier, name string) (value string, err error) {
	err = q.row("SELECT value FROM setting WHERE name = ?", name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, explain(err)
}

// SetSetting keeps a value on this machine.
func (s *Store) SetSetting(ctx context.Context, name, value string) error {
	return s.write(ctx, func(t *tx) error { return t.setSetting(name, value) })
}

func (t *tx) setSetting(name, value string) error {
	_, err := t.exec("INSERT INTO setting(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value", name, value)
	if err != nil {
		return fmt.Errorf("keep setting %s: %w", name, err)
	}
	return nil
}

// Sources are the lead sources to choose from: the standard list and the company's own (A4).
func (s *Store) Sources(ctx context.Context) ([]string, error) {
	w, err := s.Workspace(ctx)
	return w.Sources(), err
}
