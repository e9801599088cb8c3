package server

import (
	"context"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
)

// How long the server remembers what is no more.
const (
	tombstonesFor = 90 * 24 * time.Hour
	answersFor    = 400 * 24 * time.Hour // longer than any journal: a command that comes again must be known
)

// Compact forgets removals of 90 days ago and the answers to commands of more than a year ago. A program that
// was away for longer starts from a snapshot.
func (e *Engine) Compact(ctx context.Context, workspace crm.ID) error {
	now := e.Now()
	return e.DB.Write(ctx, string(workspace), func(t *database.Tx) error {
		head, err := t.Head(ctx, true)
		if err != nil {
			return err
		}
		if err := t.DropTombstones(ctx, now.Add(-tombstonesFor).UnixMilli(), head.Purged); err != nil {
			return err
		}
		return t.DropAnswers(ctx, now.Add(-answersFor).UnixMilli(), head.Durable)
	})
}
