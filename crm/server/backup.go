package server

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"leadline/crm"
	"leadline/crm/server/database"
)

// Heads are the revisions of all workspaces.
func (e *Engine) Heads(ctx context.Context) (map[crm.ID]uint64, error) {
	heads := map[crm.ID]uint64{}
	err := e.DB.Read(ctx, "", func(t *database.Tx) error {
		all, err := t.Workspaces(ctx)
		for _, w := range all {
			heads[w.ID] = w.Rev
		}
		return err
	})
	return heads, err
}

// Backup writes a consistent copy of the whole database while it serves, and lets programs forget what the copy
// has. The file must not exist yet.
func (e *Engine) Backup(ctx context.Context, file string) error {
	heads, err := e.Heads(ctx) // before the copy: it has at least this
	if err != nil {
		return err
	}
	if err := e.DB.Backup(ctx, file); err != nil {
		return err
	}
	if err := e.MarkDurable(ctx, heads); err != nil {
		return fmt.Errorf("%w: %w", ErrNotMarked, err)
	}
	return nil
}

// ErrNotMarked tells of a backup that is whole, but which not every workspace knows of: programs keep longer what they would have to
// send again. It is not to be thrown away, since other workspaces count on it.
var ErrNotMarked = errors.New("the backup is whole, but could not be noted in the database")

// MarkDurable says that a backup has what is up to these revisions: programs may take their commands up to there
// out of their journals. Who copies a PostgreSQL by its own tools asks for Heads before.
func (e *Engine) MarkDurable(ctx context.Context, heads map[crm.ID]uint64) error {
	for id, rev := range heads {
		err := e.DB.Write(ctx, string(id), func(t *database.Tx) error { return t.MarkDurable(ctx, rev) })
		if err != nil {
			return err
		}
	}
	return nil
}

// Restored begins a new epoch in each workspace: it is to be called once after the database was put
// back from a backup, before anything is served. Programs that have seen more than the backup has then push it again.
// erased are the erasures that were asked for before the restore; they are done again (I4).
func (e *Engine) Restored(ctx context.Context, erased map[crm.ID][]database.Erasure) error {
	heads, err := e.Heads(ctx)
	if err != nil {
		return err
	}
	again := false
	for id := range heads {
		n, err := e.newEpoch()
		if err != nil {
			return err
		}
		var has []database.Erasure
		err = e.DB.Write(ctx, string(id), func(t *database.Tx) error {
			has, err = t.Erasures(ctx)
			return errors.Join(err, t.Branch(ctx, n))
		})
		if err != nil {
			return err
		}
		for _, erasure := range erased[id] {
			if slices.ContainsFunc(has, func(o database.Erasure) bool { return o.ID == erasure.ID }) {
				continue // the backup is younger
			}
			if err := e.eraseAgain(ctx, id, erasure); err != nil {
				return err
			}
			again = true
		}
	}
	if again {
		return e.shred(ctx)
	}
	return nil
}
