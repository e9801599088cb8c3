package database

import (
	"context"

	"leadline/crm"
)

// Recording is a recording that a program uploads, or has uploaded.
type Recording struct {
	ID    crm.ID
	Call  crm.ID
	User  crm.ID // who uploads it
	Size  int64  // bytes of the sound
	Hash  []byte // SHA-256 of it
	Began int64  // when the call began; all times are in Unix milliseconds
	Made  int64
	Done  int64 // when it was whole; 0: it is being uploaded
	Gone  int64 // since when no call names it; 0: one does
}

const recordingColumns = "id, call_id, user_id, size, hash, began, made, done, gone"

// Recording is the recording with an id; ok is false when there is none.
func (t *Tx) Recording(ctx context.Context, id crm.ID) (r Recording, ok bool, err error) {
	found, err := t.recordings(ctx, "id = $2", string(id))
	if err != nil || len(found) == 0 {
		return r, false, err
	}
	return found[0], true, nil
}

// RecordingsGone are the recordings that no call names, whose files are to be removed.
func (t *Tx) RecordingsGone(ctx context.Context) ([]Recording, error) {
	return t.recordings(ctx, "gone > 0 ORDER BY id")
}

// RecordingsBefore are the recordings of calls that began before a time (Unix milliseconds), oldest first.
func (t *Tx) RecordingsBefore(ctx context.Context, began int64, limit int) ([]Recording, error) {
	return t.recordings(ctx, "gone = 0 AND began < $2 ORDER BY began, id LIMIT $3", began, limit)
}

// RecordingsAfter are the whole recordings with a greater id, in the order of their ids.
func (t *Tx) RecordingsAfter(ctx context.Context, id crm.ID, limit int) ([]Recording, error) {
	return t.recordings(ctx, "gone = 0 AND done > 0 AND id > $2 ORDER BY id LIMIT $3", string(id), limit)
}

// CountRecordings is how many recordings are whole, how many are being uploaded, and how many bytes the whole ones have.
func (t *Tx) CountRecordings(ctx context.Context) (here, arriving, bytes int64, err error) {
	_, err = t.One(ctx, `SELECT CAST(coalesce(sum(CASE WHEN done > 0 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN done > 0 THEN 0 ELSE 1 END), 0) AS BIGINT),
		CAST(coalesce(sum(CASE WHEN done > 0 THEN size ELSE 0 END), 0) AS BIGINT) FROM recording WHERE ws = $1 AND gone = 0`, []any{t.Workspace}, &here, &arriving, &bytes)
	return here, arriving, bytes, err
}

// RecordingsStuck are the recordings whose upload began before a time (Unix milliseconds) and has not ended.
func (t *Tx) RecordingsStuck(ctx context.Context, made int64) ([]Recording, error) {
	return t.recordings(ctx, "gone = 0 AND done = 0 AND made < $2 ORDER BY id", made)
}

func (t *Tx) recordings(ctx context.Context, where string, args ...any) (all []Recording, err error) {
	err = t.Each(ctx, "SELECT "+recordingColumns+" FROM recording WHERE ws = $1 AND "+where, append([]any{t.Workspace}, args...),
		func(scan func(...any) error) error {
			var r Recording
			err := scan(&r.ID, &r.Call, &r.User, &r.Size, &r.Hash, &r.Began, &r.Made, &r.Done, &r.Gone)
			all = append(all, r)
			return err
		})
	return all, err
}

// SaveRecording adds a recording, or sets its row. Gone is never set back.
func (t *Tx) SaveRecording(ctx context.Context, r Recording) error {
	return t.Exec(ctx, "INSERT INTO recording(ws, "+recordingColumns+") VALUES("+placeholders(1, 10)+`) ON CONFLICT(ws, id) DO UPDATE SET
		user_id = excluded.user_id, size = excluded.size, hash = excluded.hash, began = excluded.began, made = excluded.made, done = excluded.done`,
		t.Workspace, string(r.ID), string(r.Call), string(r.User), r.Size, r.Hash, r.Began, r.Made, r.Done, r.Gone)
}

// KeepRecordings sets Gone of a call's recordings other than keep; now is in Unix milliseconds.
func (t *Tx) KeepRecordings(ctx context.Context, call crm.ID, keep []crm.ID, now int64) error {
	all, err := t.recordings(ctx, "gone = 0 AND call_id = $2", string(call))
	if err != nil {
		return err
	}
	kept := map[crm.ID]bool{}
	for _, id := range keep {
		kept[id] = true
	}
	for _, r := range all {
		if kept[r.ID] {
			continue
		}
		if err := t.Exec(ctx, "UPDATE recording SET gone = $3 WHERE ws = $1 AND id = $2", t.Workspace, string(r.ID), now); err != nil {
			return err
		}
	}
	return nil
}

// ForgetRecording deletes the row of a recording whose file is removed.
func (t *Tx) ForgetRecording(ctx context.Context, id crm.ID) error {
	return t.Exec(ctx, "DELETE FROM recording WHERE ws = $1 AND id = $2", t.Workspace, string(id))
}

// RecordedBytes is how many bytes the workspace's recordings have, those that are being uploaded included.
func (t *Tx) RecordedBytes(ctx context.Context) (n int64, err error) {
	_, err = t.One(ctx, "SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM recording WHERE ws = $1 AND gone = 0", []any{t.Workspace}, &n)
	return n, err
}
