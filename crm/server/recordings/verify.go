package recordings

import (
	"context"
	"errors"
	"fmt"
	"os"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

// Verify checks the recordings that the database says are here: broken has a sentence for each file that is missing, has another length,
// or does not open as what was uploaded; count is how many were checked. With sizesOnly the files are not read. Files without a row, as
// after a restore, are no fault: their programs may still announce them.
func (r *Recordings) Verify(ctx context.Context, sizesOnly bool) (broken []string, count int, err error) {
	err = r.walk(ctx, func(workspace crm.ID, rec database.Recording) error {
		wrong := r.whole(workspace, rec, sizesOnly)
		if wrong != nil && r.stays(ctx, workspace, rec.ID) {
			broken = append(broken, fmt.Sprintf("recording %s of call %s: %v", rec.ID, rec.Call, wrong))
		}
		count++
		return nil
	})
	return broken, count, err
}

// walk calls f for each recording that the database has whole.
func (r *Recordings) walk(ctx context.Context, f func(workspace crm.ID, rec database.Recording) error) error {
	return r.each(ctx, func(workspace crm.ID) error {
		for after := crm.ID(""); ; {
			var some []database.Recording
			err := r.Engine.DB.Read(ctx, string(workspace), func(t *database.Tx) (err error) {
				some, err = t.RecordingsAfter(ctx, after, atOnce)
				return err
			})
			if err != nil || len(some) == 0 {
				return err
			}
			for _, rec := range some {
				if err := errors.Join(f(workspace, rec), ctx.Err()); err != nil {
					return err
				}
			}
			after = some[len(some)-1].ID
		}
	})
}

// whole says what is wrong with a recording's file.
func (r *Recordings) whole(workspace crm.ID, rec database.Recording, sizesOnly bool) error {
	path, s := r.path(workspace, rec.ID), r.sealed(workspace, rec)
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.Size() != s.length():
		return fmt.Errorf("the file has %d bytes, not %d", info.Size(), s.length())
	case sizesOnly:
		return nil
	}
	return r.check(path, s, rec.Hash)
}

// stays says whether a recording was not removed meanwhile.
func (r *Recordings) stays(ctx context.Context, workspace, id crm.ID) bool {
	there := true
	_ = r.Engine.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
		rec, known, err := t.Recording(ctx, id)
		there = err != nil || known && rec.Gone == 0
		return err
	})
	return there
}

// Stock counts recordings, in all workspaces.
type Stock struct {
	Kept, Arriving int64
	Bytes          int64 // of the sound of those kept
}

// Stock counts the recordings.
func (r *Recordings) Stock(ctx context.Context) (all Stock, err error) {
	err = r.each(ctx, func(workspace crm.ID) error {
		return r.Engine.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
			kept, arriving, bytes, err := t.CountRecordings(ctx)
			all.Kept, all.Arriving, all.Bytes = all.Kept+kept, all.Arriving+arriving, all.Bytes+bytes
			return err
		})
	})
	return all, err
}

// Failed is how often an upload failed since the server began: no space, not what was announced, or an error of disk or database. Broken
// connections and refusals for lack of rights do not count.
func (r *Recordings) Failed() int64 { return r.failed.Load() }

// noteFailure counts an error for Failed.
func (r *Recordings) noteFailure(ctx context.Context, err error) {
	var p wire.Problem
	if err == nil || ctx.Err() != nil || errors.As(err, &p) && p.Code != wire.Full && p.Code != wire.Damaged {
		return
	}
	r.failed.Add(1)
}
