package server

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"leadline/crm"
	"leadline/crm/server/database"
)

// Heads is the last revision of every workspace.
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

// Backup writes a consistent copy of the whole database to a file that must not exist yet, while the server goes on. Programs may then
// drop from their journals what the copy has. ErrNotMarked comes with a copy that is whole.
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

// ErrNotMarked means that the backup is whole, but that not every workspace could note it. Keep the file: programs of the workspaces
// that could may already have dropped their journals. Those of the others keep them for longer than they need.
var ErrNotMarked = errors.New("the backup is whole, but could not be noted in the database")

// MarkDurable notes that a backup has all up to these revisions, so that programs may drop their commands up to there from their
// journals. For a copy that PostgreSQL's own tools make, ask for Heads before it.
func (e *Engine) MarkDurable(ctx context.Context, heads map[crm.ID]uint64) error {
	for id, rev := range heads {
		err := e.DB.Write(ctx, string(id), func(t *database.Tx) error { return t.MarkDurable(ctx, rev) })
		if err != nil {
			return err
		}
	}
	return nil
}

// Restored begins a new epoch in each workspace. Call it once after the database was restored from a backup, before anything is
// served: programs that know more than the backup then send it again. erased are the Erasures of the database that was replaced;
// those that the backup lacks are repeated (I4), and EraseRemains removes the rest.
func (e *Engine) Restored(ctx context.Context, erased map[crm.ID][]database.Erasure) error {
	heads, err := e.Heads(ctx)
	if err != nil {
		return err
	}
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
				continue // the backup has it
			}
			if err := e.eraseAgain(ctx, id, erasure); err != nil {
				return err
			}
		}
	}
	return nil
}
