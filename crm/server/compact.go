package server

import (
	"context"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
)

// How long the server keeps tombstones and the answers to commands.
const (
	tombstonesFor = 90 * 24 * time.Hour
	answersFor    = 400 * 24 * time.Hour // longer than any journal: a command that is sent again must be recognised
)

// Compact deletes tombstones that are older than tombstonesFor and answers that are older than answersFor. A program that was away for
// longer starts from a snapshot.
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
