package store

import (
	"context"
	"errors"
	"fmt"

	"leadline/crm"
)

// SaveRecordings saves in which files a call was recorded, all of them, oldest first.
func (s *Store) SaveRecordings(ctx context.Context, call crm.ID, files []string) error {
	return s.Do(ctx, crm.SaveRecordings{Call: call, Files: files})
}

// SaveQuality saves how a call sounded.
func (s *Store) SaveQuality(ctx context.Context, call crm.ID, q crm.SoundQuality) error {
	return s.Do(ctx, crm.SaveQuality{Call: call, Quality: q})
}

func (t *tx) saveRecordings(r crm.SaveRecordings) error {
	return t.setOfCall(r.Call, "UPDATE call SET recordings = ? WHERE id = ?", toJSON(r.Files))
}

func (t *tx) saveQuality(q crm.SaveQuality) error {
	return t.setOfCall(q.Call, "UPDATE call SET quality = ? WHERE id = ?", toJSON(q.Quality))
}

// setOfCall changes a column of a call, and tells whoever shows the call or its records.
func (t *tx) setOfCall(id crm.ID, update string, value any) error {
	r, err := t.exec(update, value, id.Bytes())
	if err != nil {
		return err
	}
	if rows, err := r.RowsAffected(); err != nil || rows == 0 {
		return errors.Join(err, fmt.Errorf("call %s: %w", id, ErrNotFound))
	}
	rid, err := ridOf(t, "call", id)
	if err != nil {
		return err
	}
	refs, err := refsOf(t, rid)
	if err != nil {
		return err
	}
	t.changed.Calls = append(t.changed.Calls, id)
	t.changed.Refs = append(t.changed.Refs, refs...)
	return nil
}
