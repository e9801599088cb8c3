package server

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// schemas are the versions of rows and commands that this server speaks: its own and the two before.
var schemas = []int{wire.Schema, wire.Schema - 1, wire.Schema - 2}

// Hello begins a session of a program, and tells it where it stands. The caller fills in what else a Welcome has: accounts and the
// snapshot. A wire.Problem says why there is no session.
func (e *Engine) Hello(ctx context.Context, from Sender, h wire.Hello) (w wire.Welcome, err error) {
	schema, err := agree(h.Schemas)
	if err != nil {
		return w, err
	}
	if !isID(h.Client) || h.Last.ID != "" && !isID(h.Last.ID) {
		return w, wire.Problem{Code: wire.Malformed, Message: "a program needs a client id"}
	}
	err = e.DB.Write(ctx, string(from.Workspace), func(t *database.Tx) error {
		w = wire.Welcome{Now: e.Now(), Schema: schema, Workspace: from.Workspace, User: from.User}
		return e.welcome(ctx, t, from, h, &w)
	})
	return w, err
}

// agree is the highest version that both sides speak; a wire.Problem says which of them is too old.
func agree(theirs []int) (int, error) {
	best, highest := 0, 0
	for _, v := range theirs {
		highest = max(highest, v)
		if v > 0 && slices.Contains(schemas, v) {
			best = max(best, v)
		}
	}
	switch {
	case best > 0:
		return best, nil
	case highest > wire.Schema:
		return 0, wire.Problem{Code: wire.ServerTooOld, Message: fmt.Sprintf("the server speaks version %d, the program wants %v", wire.Schema, theirs)}
	}
	return 0, wire.Problem{Code: wire.Upgrade, Message: fmt.Sprintf("the server speaks version %d, the program %v", wire.Schema, theirs)}
}

func (e *Engine) welcome(ctx context.Context, t *database.Tx, from Sender, h wire.Hello, w *wire.Welcome) error {
	head, err := t.Head(ctx, false)
	if err != nil {
		return err
	}
	view, _, err := ViewOf(ctx, t, from.User)
	if err != nil {
		return err
	}
	if view.Left {
		return wire.Problem{Code: wire.Forbidden, Message: "the user has no rights here"}
	}
	w.WorkspaceKey, w.View, w.Epoch, w.Head, w.DurableRev = head.Secret, view.Hash(), head.Epoch, head.Rev, head.Durable
	if w.Branches, err = branches(ctx, t); err != nil {
		return err
	}
	client, err := t.Client(ctx, h.Client)
	if err != nil {
		return err
	}
	w.Last = wire.Ack{Seq: client.Seq, ID: client.UUID}
	if w.Forked, err = forked(ctx, t, from, client, h, head.Epoch); err != nil || w.Forked {
		return err
	}
	owe := t.OweErasures
	if client.ID != "" {
		stands := h.Cursor
		if h.Epoch != head.Epoch { // its cursor counts in another branch
			stands = 0
		}
		owe = func(ctx context.Context, client crm.ID) error { return t.OweAgain(ctx, client, stands) }
	}
	if err := owe(ctx, h.Client); err != nil {
		return err
	}
	erasures, err := t.ErasuresOf(ctx, h.Client)
	if err != nil {
		return err
	}
	for _, erased := range erasures {
		told := wire.Erasure{ID: erased.ID, Rev: erased.Rev, Refs: erased.Refs, Recordings: erased.Recordings}
		for _, k := range erased.Hung {
			if !ledger.Hidden(k.Entity) {
				told.Hung = append(told.Hung, k.ID.Bytes()...)
			}
		}
		w.Erasures = append(w.Erasures, told)
	}
	// Only what both agree on is acknowledged: after a restore the server has less than the program.
	client.ID, client.User, client.Acked = h.Client, from.User, min(h.Last.Seq, client.Seq)
	return t.Greeted(ctx, client, from.Device, w.Now.UnixMilli())
}

// forked says whether two programs use the same client id, as after a laptop was restored or cloned: the program's last command is not
// the one that the server has under that number. A number beyond the server's last says so only within the same epoch: after a restore
// the server has fewer.
func forked(ctx context.Context, t *database.Tx, from Sender, client database.Client, h wire.Hello, epoch uint64) (bool, error) {
	if client.User != "" && client.User != from.User {
		return true, nil
	}
	switch {
	case h.Last.Seq == 0:
		return false, nil
	case h.Last.Seq > client.Seq:
		return h.Epoch == epoch, nil
	case h.Last.Seq == client.Seq:
		return h.Last.ID != client.UUID, nil
	}
	answers, err := t.Answers(ctx, []crm.ID{h.Last.ID})
	if err != nil {
		return false, err
	}
	a, ok := answers[h.Last.ID]
	return !ok || a.Client == h.Client && a.Seq != h.Last.Seq, nil
}

func branches(ctx context.Context, t *database.Tx) ([]wire.Branch, error) {
	epochs, err := t.Epochs(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]wire.Branch, 0, len(epochs))
	for _, b := range epochs {
		all = append(all, wire.Branch{Epoch: b.N, Parent: b.Parent, ForkRev: b.ForkRev})
	}
	slices.SortFunc(all, func(a, b wire.Branch) int { return cmp.Compare(a.Epoch, b.Epoch) })
	return all, nil
}

// toWire encodes a change as a program would send it.
func toWire(c crm.Command) (wire.Command, error) {
	args, err := json.Marshal(c.Change)
	return wire.Command{ID: c.ID, Name: c.Change.CommandName(), Args: args, At: c.At}, err
}
