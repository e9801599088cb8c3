package server

import (
	"context"

	"leadline/crm/server/database"
	"leadline/crm/wire"
)

// Changes are the rows in the user's view that changed after a revision, in the order in which they did, and
// up to which revision they go. A revision that does not exist, as after a restore, counts as the last one.
func (e *Engine) Changes(ctx context.Context, from Sender, after uint64, limit int) (rows []wire.Row, upTo uint64, err error) {
	err = e.DB.Read(ctx, string(from.Workspace), func(t *database.Tx) error {
		head, err := t.Head(ctx, false)
		if err != nil {
			return err
		}
		if after >= head.Rev {
			rows, upTo = nil, head.Rev
			return nil
		}
		view, _, err := ViewOf(ctx, t, from.User)
		if err != nil {
			return err
		}
		page, more, err := t.Page(ctx, after, limit)
		if err != nil {
			return err
		}
		rows, upTo = view.filter(page), head.Rev
		if more {
			upTo = page[len(page)-1].Rev
		}
		return nil
	})
	return rows, upTo, err
}
