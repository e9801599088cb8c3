package server

import (
	"context"
	"fmt"
	"strings"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Pull gives one page of what has changed after the program's cursor, read from one snapshot of the database. It does not wait for
// something to change. A wire.Problem says why the program cannot go on from its cursor.
func (e *Engine) Pull(ctx context.Context, from Sender, p wire.Pull) (page wire.Page, err error) {
	err = e.DB.Read(ctx, string(from.Workspace), func(t *database.Tx) error {
		page, err = pull(ctx, t, from, p)
		return err
	})
	return page, err
}

func pull(ctx context.Context, t *database.Tx, from Sender, p wire.Pull) (page wire.Page, err error) {
	head, err := t.Head(ctx, false)
	if err != nil {
		return page, err
	}
	view, _, err := ViewOf(ctx, t, from.User)
	if err != nil {
		return page, err
	}
	if problem := standing(head, view, p); problem != nil {
		return page, problem
	}
	limit := wire.MostRows
	if p.Limit > 0 {
		limit = min(p.Limit, limit)
	}
	rows, more, err := t.Page(ctx, p.Cursor, limit)
	if err != nil {
		return page, err
	}
	page = wire.Page{Epoch: head.Epoch, Rows: view.filter(rows), Rev: head.Rev, More: more}
	if more {
		page.Rev = rows[len(rows)-1].Rev
		return page, nil
	}
	return page, acknowledge(ctx, t, from, p.Client, &page)
}

var otherView = wire.Problem{Code: wire.OtherView, Message: "the user's roles let see something else than before"}

// standing checks epoch, view and cursor of a pull: a wire.Problem, or nil when the program can go on from there.
func standing(head database.Workspace, view View, p wire.Pull) error {
	switch {
	case p.Epoch != head.Epoch:
		return wire.Problem{Code: wire.OtherEpoch, Message: fmt.Sprintf("the server is in epoch %d, the program in %d", head.Epoch, p.Epoch)}
	case p.View != view.Hash():
		return otherView
	case p.Cursor > head.Rev:
		return wire.Problem{Code: wire.OtherEpoch, Message: fmt.Sprintf("revision %d does not exist, the last is %d", p.Cursor, head.Rev)}
	case p.Cursor > 0 && p.Cursor < head.Purged:
		return wire.Problem{Code: wire.TooOld, Message: fmt.Sprintf("removals up to revision %d are forgotten", head.Purged)}
	}
	return nil
}

// acknowledge adds to a page that reaches the head which of the program's commands are decided, and which were refused: with this page
// the program's file has all that they did.
func acknowledge(ctx context.Context, t *database.Tx, from Sender, id crm.ID, page *wire.Page) error {
	if !isID(id) {
		return nil
	}
	client, owes, err := t.Standing(ctx, id)
	if err != nil || client.ID == "" || client.User != from.User {
		return err
	}
	page.Ack, page.Greet = &wire.Ack{Seq: client.Seq, ID: client.UUID}, owes
	refused, err := t.AnswersOf(ctx, id, client.Acked, "code <> ''", wire.MostCommands)
	for _, a := range refused {
		page.Refused = append(page.Refused, resultOf(a, false))
	}
	return err
}

// Fetch gives rows as they are now, in the order in which they were asked for. One that is not there, or not in the user's view, comes
// as deleted. A wire.Problem refuses too many rows, or another view.
func (e *Engine) Fetch(ctx context.Context, from Sender, f wire.Fetch) (fetched wire.Fetched, err error) {
	if len(f.IDs) > wire.MostRows {
		return fetched, wire.Problem{Code: wire.TooLarge, Message: fmt.Sprintf("%d rows, more than %d", len(f.IDs), wire.MostRows)}
	}
	err = e.DB.Read(ctx, string(from.Workspace), func(t *database.Tx) error {
		fetched, err = fetch(ctx, t, from, f)
		return err
	})
	return fetched, err
}

func fetch(ctx context.Context, t *database.Tx, from Sender, f wire.Fetch) (fetched wire.Fetched, err error) {
	head, err := t.Head(ctx, false)
	if err != nil {
		return fetched, err
	}
	view, _, err := ViewOf(ctx, t, from.User)
	if err != nil {
		return fetched, err
	}
	if f.View != "" && f.View != view.Hash() { // rows outside of another view would come as deleted, and be lost to the program
		return fetched, otherView
	}
	keys := make([]ledger.Key, len(f.IDs))
	for i, id := range f.IDs {
		if isID(id.ID) && !strings.ContainsRune(string(id.Entity), 0) {
			keys[i] = ledger.Key(id)
		}
	}
	rows := t.Rows(ctx)
	if err := rows.Prefetch(keys); err != nil {
		return fetched, err
	}
	fetched.Epoch = head.Epoch
	for i, k := range keys {
		r, err := rows.Row(k)
		if err != nil {
			return fetched, err
		}
		row := wire.Row{Entity: f.IDs[i].Entity, ID: f.IDs[i].ID, Deleted: true}
		if r != nil {
			if shown := view.filter([]database.Stored{database.StoredOf(r)}); len(shown) > 0 {
				row = shown[0]
			}
		}
		fetched.Rows = append(fetched.Rows, row)
	}
	return fetched, nil
}
