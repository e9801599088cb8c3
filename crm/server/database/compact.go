package database

import "context"

// MarkDurable says that a backup has what is up to a revision.
func (t *Tx) MarkDurable(ctx context.Context, rev uint64) error {
	return t.Exec(ctx, "UPDATE ws SET durable = $2 WHERE id = $1 AND durable < $2", t.Workspace, int64(rev))
}

// DropTombstones takes removed rows away for good whose removal was before a time (Unix milliseconds), and remembers
// up to which revision.
func (t *Tx) DropTombstones(ctx context.Context, before int64, purged uint64) error {
	last := int64(purged)
	_, err := t.One(ctx, "SELECT coalesce(max(rev), 0) FROM document WHERE ws = $1 AND deleted > 0 AND deleted < $2", []any{t.Workspace, before}, &last)
	if err != nil {
		return err
	}
	// What was erased stays known: a laptop that comes back after a year still sends what it has of it.
	if err := t.Exec(ctx, `DELETE FROM document WHERE ws = $1 AND deleted > 0 AND deleted < $2 AND stamps NOT LIKE '%"!":%'`, t.Workspace, before); err != nil {
		return err
	}
	return t.Exec(ctx, "UPDATE ws SET purged = $2 WHERE id = $1 AND purged < $2", t.Workspace, last)
}

// DropAnswers forgets answers that were given before a time and that a backup has.
func (t *Tx) DropAnswers(ctx context.Context, before int64, durable uint64) error {
	return t.Exec(ctx, "DELETE FROM cmd_seen WHERE ws = $1 AND at < $2 AND rev <= $3", t.Workspace, before, int64(durable))
}
