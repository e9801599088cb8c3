package database

import "context"

// MarkDurable notes that a backup has all up to a revision.
func (t *Tx) MarkDurable(ctx context.Context, rev uint64) error {
	return t.Exec(ctx, "UPDATE ws SET durable = $2 WHERE id = $1 AND durable < $2", t.Workspace, int64(rev))
}

// DropTombstones deletes tombstones that are older than before (Unix milliseconds), and notes up to which revision; purged is the revision
// noted so far.
func (t *Tx) DropTombstones(ctx context.Context, before int64, purged uint64) error {
	last := int64(purged)
	_, err := t.One(ctx, "SELECT coalesce(max(rev), 0) FROM document WHERE ws = $1 AND deleted > 0 AND deleted < $2", []any{t.Workspace, before}, &last)
	if err != nil {
		return err
	}
	// Tombstones of erased records stay: a laptop that comes back after a year may still send changes to them.
	if err := t.Exec(ctx, `DELETE FROM document WHERE ws = $1 AND deleted > 0 AND deleted < $2 AND stamps NOT LIKE '%"!":%'`, t.Workspace, before); err != nil {
		return err
	}
	return t.Exec(ctx, "UPDATE ws SET purged = $2 WHERE id = $1 AND purged < $2", t.Workspace, last)
}

// DropAnswers deletes answers that are older than before (Unix milliseconds), if a backup has them.
func (t *Tx) DropAnswers(ctx context.Context, before int64, durable uint64) error {
	return t.Exec(ctx, "DELETE FROM cmd_seen WHERE ws = $1 AND at < $2 AND rev <= $3", t.Workspace, before, int64(durable))
}
