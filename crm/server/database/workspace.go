package database

import (
	"context"
	"fmt"

	"leadline/crm"
)

// Workspace is one company's data.
type Workspace struct {
	ID      crm.ID
	Name    string
	Region  string // for numbers that were written nationally
	Secret  []byte // from which the ids of leads follow
	Epoch   uint64
	Rev     uint64
	Purged  uint64 // tombstones up to here were taken away
	Durable uint64 // a backup has what is up to here
}

const workspaceColumns = "id, name, region, secret, epoch, rev, purged, durable"

func (w *Workspace) into() []any {
	return []any{&w.ID, &w.Name, &w.Region, &w.Secret, &w.Epoch, &w.Rev, &w.Purged, &w.Durable}
}

// Head is the workspace as it is. In a transaction that writes, nobody else changes it
// until that one is over: so the order of revisions is the order of commits.
func (t *Tx) Head(ctx context.Context, write bool) (w Workspace, err error) {
	err = t.session.ask(ctx, []question{t.head(write, &w)})
	return w, t.opened(w, err)
}

func (t *Tx) head(write bool, into *Workspace) question {
	query := "SELECT " + workspaceColumns + ", " + logEndColumns + " FROM ws WHERE id = $1"
	if write {
		query += t.lock()
	}
	return question{query, []any{t.Workspace}, func(scan func(...any) error) error {
		return scan(append(into.into(), &t.log.n, &t.log.hash)...)
	}}
}

// opened takes note of the workspace that the transaction is on, unless it was not found.
func (t *Tx) opened(w Workspace, err error) error {
	if err == nil && w.ID == "" {
		err = fmt.Errorf("workspace %q is not there", t.Workspace)
	}
	t.here = w
	return err
}

// Advance gives out n revisions, and keeps the end of the audit log.
func (t *Tx) Advance(ctx context.Context, n int) error {
	switch {
	case t.log.written:
		return t.Exec(ctx, "UPDATE ws SET rev = rev + $2, log_n = $3, log_hash = $4 WHERE id = $1", t.Workspace, n, int64(t.log.n), t.log.hash)
	case n == 0:
		return nil
	}
	return t.Exec(ctx, "UPDATE ws SET rev = rev + $2 WHERE id = $1", t.Workspace, n)
}

// AddWorkspace makes a workspace without any user.
func (t *Tx) AddWorkspace(ctx context.Context, w Workspace) error {
	err := t.Exec(ctx, "INSERT INTO ws("+workspaceColumns+") VALUES("+placeholders(1, 8)+")",
		string(w.ID), w.Name, w.Region, w.Secret, int64(w.Epoch), int64(w.Rev), int64(w.Purged), int64(w.Durable))
	if err != nil {
		return err
	}
	return t.addEpoch(ctx, w.Epoch, 0, 0)
}

// Workspaces are all of the server, by name.
func (t *Tx) Workspaces(ctx context.Context) (all []Workspace, err error) {
	err = t.Each(ctx, "SELECT "+workspaceColumns+" FROM ws ORDER BY name, id", nil, func(scan func(...any) error) error {
		var w Workspace
		err := scan(w.into()...)
		all = append(all, w)
		return err
	})
	return all, err
}

// Epoch is a branch of the workspace's history: it has what its parent had up to ForkRev.
type Epoch struct{ N, Parent, ForkRev uint64 }

func (t *Tx) addEpoch(ctx context.Context, n, parent, fork uint64) error {
	return t.Exec(ctx, "INSERT INTO epoch(ws, n, parent, fork_rev) VALUES($1, $2, $3, $4)", t.Workspace, int64(n), int64(parent), int64(fork))
}

// Branch begins a new epoch where the workspace stands now, as after a restore.
func (t *Tx) Branch(ctx context.Context, n uint64) error {
	w, err := t.Head(ctx, true)
	if err != nil {
		return err
	}
	if err := t.addEpoch(ctx, n, w.Epoch, w.Rev); err != nil {
		return err
	}
	return t.Exec(ctx, "UPDATE ws SET epoch = $2 WHERE id = $1", t.Workspace, int64(n))
}

// Epochs are all branches that this one has come from, itself included.
func (t *Tx) Epochs(ctx context.Context) (all map[uint64]Epoch, err error) {
	all = map[uint64]Epoch{}
	err = t.Each(ctx, "SELECT n, parent, fork_rev FROM epoch WHERE ws = $1", []any{t.Workspace}, func(scan func(...any) error) error {
		var e Epoch
		err := scan(&e.N, &e.Parent, &e.ForkRev)
		all[e.N] = e
		return err
	})
	return all, err
}

// Client is a program on a device, and what the server has of it.
type Client struct {
	ID    crm.ID
	User  crm.ID
	Seq   uint64 // of the last command that it has answered
	UUID  crm.ID // of the same
	Acked uint64 // the last that the program has said it knows to be answered
}

const clientColumns = "id, user_id, last_seq, last_uuid, acked"

// Clients are programs by their ids; those that the server does not know are left out.
func (t *Tx) Clients(ctx context.Context, ids []crm.ID) (map[crm.ID]Client, error) {
	found := map[crm.ID]Client{}
	return found, t.session.ask(ctx, []question{t.clientsAmong(ids, found)})
}

func (t *Tx) clientsAmong(ids []crm.ID, into map[crm.ID]Client) question {
	return question{t.among(clientColumns, "client", "ws = $1", "id", 2), []any{t.Workspace, t.list(texts(ids))}, func(scan func(...any) error) error {
		var c Client
		err := scan(&c.ID, &c.User, &c.Seq, &c.UUID, &c.Acked)
		into[c.ID] = c
		return err
	}}
}

// Client is a program; the zero Client when the server does not know it.
func (t *Tx) Client(ctx context.Context, id crm.ID) (Client, error) {
	found, err := t.Clients(ctx, []crm.ID{id})
	return found[id], err
}

var clients = newBulk("client", 1, true, "id text", "user_id text", "last_seq bigint", "last_uuid text", "acked bigint", "seen bigint")

// Greeted keeps that a program was there, whose it is and what it knows to be answered. What was answered stays: a push of the program's,
// which nobody waits for any more, may be doing its part beside this one. device is the one that it was on.
func (t *Tx) Greeted(ctx context.Context, c Client, device crm.ID, seen int64) error {
	return t.Exec(ctx, `INSERT INTO client(ws, id, user_id, last_seq, last_uuid, acked, seen, device) VALUES($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT(ws, id) DO UPDATE SET user_id = excluded.user_id, acked = excluded.acked, seen = excluded.seen, device = excluded.device`,
		t.Workspace, string(c.ID), string(c.User), int64(c.Seq), string(c.UUID), int64(c.Acked), seen, string(device))
}

// SaveClients keeps what the server has of programs; seen is in Unix milliseconds.
func (t *Tx) SaveClients(ctx context.Context, all []Client, seen int64) error {
	n := len(all)
	return t.inserts(ctx, t, clients, n, columns{
		column(n, func(i int) string { return string(all[i].ID) }), column(n, func(i int) string { return string(all[i].User) }),
		column(n, func(i int) int64 { return int64(all[i].Seq) }), column(n, func(i int) string { return string(all[i].UUID) }),
		column(n, func(i int) int64 { return int64(all[i].Acked) }), column(n, func(int) int64 { return seen })})
}
