package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"leadline/crm"
)

// SaveRecordings saves in which files a call was recorded, all of them, oldest first.
func (s *Store) SaveRecordings(ctx context.Context, call crm.ID, files []string) error {
	return s.Do(ctx, crm.SaveRecordings{Call: call, Files: files})
}

// RecordingsGone are the names of files that were recordings of a call and are no more, because a person
// was erased (requirement I4) or the recordings were deleted. Whoever has them removes them and says so with ForgetRecordings.
func (s *Store) RecordingsGone(ctx context.Context) (names []string, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	// A change that is taken back and done again on top of another's takes the name away for a moment.
	err = each(r, `SELECT name FROM recording_gone g WHERE NOT EXISTS
		(SELECT 1 FROM call c, json_each(c.recordings) j WHERE c.id = g.call AND j.value = g.name)`, nil, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	return names, err
}

// PurgeRecordings takes recordings of erased people from their calls, also where the server's rows have not come yet:
// their files are among RecordingsGone then.
func (s *Store) PurgeRecordings(ctx context.Context, ids []crm.ID) error {
	if len(ids) == 0 {
		return nil
	}
	return s.write(ctx, func(t *tx) error {
		var calls []crm.Call
		err := each(t, "SELECT "+callColumns+callTables+"WHERE c.recordings IS NOT NULL", nil, func(rows *sql.Rows) error {
			c, err := scanCall(rows)
			if slices.ContainsFunc(c.Recordings, func(name string) bool { return slices.Contains(ids, crm.RecordingID(c.ID, name)) }) {
				calls = append(calls, c.Call)
			}
			return err
		})
		for _, c := range calls {
			if err == nil {
				err = t.removeRecordings(crm.RemoveRecordings{Call: c.ID, Recordings: ids})
			}
		}
		return err
	})
}

// RecordingsBefore are the calls of whoever works here that began before a time and name recordings.
func (s *Store) RecordingsBefore(ctx context.Context, began time.Time) (all []crm.RemoveRecordings, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	who, err := me(r)
	if err != nil {
		return nil, err
	}
	err = each(r, "SELECT "+callColumns+callTables+"WHERE c.recordings IS NOT NULL AND c.began < ? AND u.id = ?", []any{began.UnixMilli(), who.ID.Bytes()},
		func(rows *sql.Rows) error {
			c, err := scanCall(rows)
			remove := crm.RemoveRecordings{Call: c.ID}
			for _, name := range c.Recordings {
				remove.Recordings = append(remove.Recordings, crm.RecordingID(c.ID, name))
			}
			all = append(all, remove)
			return err
		})
	return all, err
}

// ForgetRecordings takes note that files of RecordingsGone have been removed.
func (s *Store) ForgetRecordings(ctx context.Context, names []string) error {
	return s.write(ctx, func(t *tx) error {
		for _, name := range names {
			if _, err := t.exec("DELETE FROM recording_gone WHERE name = ?", name); err != nil {
				return err
			}
		}
		return nil
	})
}

// Unsent is a call of whose recordings the server lacks some.
type Unsent struct {
	Call  crm.ID
	Names []string // of the files that it lacks
}

// UnsentRecordings are the calls of whoever works here that have ended, and of whose recordings the server lacks some, the
// oldest first. The calls of who has worked here before wait until they are back: nobody brings them in another's name.
func (s *Store) UnsentRecordings(ctx context.Context) (all []Unsent, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	who, err := me(r)
	if err != nil {
		return nil, err
	}
	err = each(r, "SELECT "+callColumns+callTables+`WHERE c.recordings IS NOT NULL AND json_array_length(c.recordings) > coalesce(json_array_length(c.uploaded), 0)
		AND c.ended IS NOT NULL AND u.id = ? ORDER BY c.began`, []any{who.ID.Bytes()}, func(rows *sql.Rows) error {
		c, err := scanCall(rows)
		u := Unsent{Call: c.ID}
		for _, name := range c.Recordings {
			if !slices.Contains(c.Uploaded, crm.RecordingID(c.ID, name)) {
				u.Names = append(u.Names, name)
			}
		}
		all = append(all, u)
		return err
	})
	return all, err
}

// SaveQuality saves how a call sounded.
func (s *Store) SaveQuality(ctx context.Context, call crm.ID, q crm.SoundQuality) error {
	return s.Do(ctx, crm.SaveQuality{Call: call, Quality: q})
}

func (t *tx) saveRecordings(r crm.SaveRecordings) error {
	return t.setOfCall(r.Call, "UPDATE call SET recordings = ? WHERE id = ?", toJSON(r.Files))
}

// recordingUploaded and removeRecordings are what the server, or who may delete, makes of a call's recordings.
func (t *tx) recordingUploaded(u crm.RecordingUploaded) error {
	c, err := callByID(t, u.Call)
	if err != nil || slices.Contains(c.Uploaded, u.Recording) {
		return err
	}
	return t.setOfCall(u.Call, "UPDATE call SET uploaded = ? WHERE id = ?", toJSON(append(c.Uploaded, u.Recording)))
}

func (t *tx) removeRecordings(r crm.RemoveRecordings) error {
	c, err := callByID(t, r.Call)
	if err != nil {
		return err
	}
	left := c.WithoutRecordings(r.Recordings)
	if err := t.setOfCall(r.Call, "UPDATE call SET uploaded = ? WHERE id = ?", toJSON(left.Uploaded)); err != nil {
		return err
	}
	return t.setOfCall(r.Call, "UPDATE call SET recordings = ? WHERE id = ?", toJSON(left.Recordings))
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
