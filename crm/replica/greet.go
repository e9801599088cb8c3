package replica

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/crm/wire"
)

// greetingsInARow bounds how often both may find that they stand elsewhere than they thought.
const greetingsInARow = 5

var errUnsettled = errors.New("program and server do not find out where they stand")

// Greet finds out where program and server stand, and brings the file there: another client id, epoch or view, rows
// to be fetched by id, people to be erased.
func (r *Replica) Greet(ctx context.Context) error {
	r.mustGreet()
	_, _, err := r.greet(ctx)
	return err
}

func (r *Replica) greet(ctx context.Context) (wire.Welcome, []crm.ID, error) {
	r.session.Lock()
	defer r.session.Unlock()
	for range greetingsInARow {
		if r.greeted {
			r.removeGone(ctx)
			return r.welcome, r.erased, nil
		}
		settled, err := r.hello(ctx)
		if err != nil {
			return r.welcome, nil, err
		}
		r.greeted = settled
	}
	if r.greeted {
		r.removeGone(ctx)
		return r.welcome, r.erased, nil
	}
	return r.welcome, nil, errUnsettled
}

// removeGone removes recordings of erased people, after which the server may be told; what is in use is tried again.
func (r *Replica) removeGone(ctx context.Context) {
	if len(r.purged) == 0 {
		return
	}
	if r.c.Recordings != nil {
		if err := r.c.Recordings.RemoveGone(ctx); err != nil {
			r.c.Log.Warn("recordings of an erased person are left for now", "error", err)
			return
		}
	}
	r.erased, r.purged = append(r.erased, r.purged...), nil
}

// hello says it once; settled is false when it has to be said again, as another client.
func (r *Replica) hello(ctx context.Context) (settled bool, err error) {
	at, err := r.c.File.Standing(ctx)
	if err != nil {
		return false, err
	}
	sent := r.c.Now()
	w, err := r.c.Server.Hello(ctx, wire.Hello{Client: at.Client, Schemas: []int{wire.Schema}, Program: r.c.Program, Last: at.Ack,
		Epoch: at.Epoch, Cursor: at.Cursor, View: at.ViewHash, Sent: sent})
	if err != nil {
		return false, err
	}
	r.compareClocks(sent, r.c.Now(), w.Now)
	r.greetings++
	if at.Server == "" {
		if at, err = r.attach(ctx, w); err != nil {
			return false, err
		}
	}
	if at.User != "" && at.User != w.User {
		return false, OtherUser{at.User}
	}
	// The server has decided a command that this file never gave out: the file is an older copy of itself.
	if w.Forked || w.Last.Seq > at.Issued {
		return false, r.c.File.Fork(ctx)
	}
	if err := r.c.File.Greeted(ctx, w, r.skew); err != nil {
		return false, err
	}
	if settled, err := r.join(ctx, at, w); err != nil || !settled {
		return false, err
	}
	if err := r.fetchWanted(ctx, at.Client, w.View); err != nil {
		return false, err
	}
	r.unclean = false
	for _, e := range w.Erasures {
		if err := r.purge(ctx, e); err != nil {
			return false, err
		}
	}
	r.welcome = w
	if r.c.OnWelcome != nil {
		r.c.OnWelcome(w)
	}
	return true, nil
}

// purge takes an erased person out of the file. The server is told so only once nothing of them can come back: what waits to be sent
// may tell of them, and so does a call until the server's row of it without them is here.
func (r *Replica) purge(ctx context.Context, e wire.Erasure) error {
	var hung []crm.ID
	for b := range slices.Chunk(e.Hung, 16) {
		id, err := crm.IDFromBytes(b)
		if err != nil {
			return fmt.Errorf("read what hung on an erased person: %w", err)
		}
		hung = append(hung, id)
	}
	clean, err := r.c.File.Purge(ctx, e.Refs, hung)
	if err != nil {
		return err
	}
	if err := r.c.File.PurgeRecordings(ctx, e.Recordings); err != nil {
		return err
	}
	at, err := r.c.File.Standing(ctx)
	switch {
	case err != nil:
		return err
	case !clean || at.Cursor < e.Rev:
		r.unclean = true
	case !slices.Contains(r.erased, e.ID) && !slices.Contains(r.purged, e.ID):
		r.purged = append(r.purged, e.ID)
	}
	return nil
}

// attach makes a file that worked alone the server's.
func (r *Replica) attach(ctx context.Context, w wire.Welcome) (at store.Standing, err error) {
	fetched, err := r.c.Server.Rows(ctx, wire.Fetch{IDs: []wire.RowID{{Entity: wire.User, ID: w.User}}})
	if err != nil {
		return at, err
	}
	user := crm.User{ID: w.User}
	for _, row := range fetched.Rows {
		if row.Entity == wire.User && row.ID == w.User && !row.Deleted {
			if err := json.Unmarshal(row.Data, &user); err != nil {
				return at, fmt.Errorf("read who signed in: %w", err)
			}
		}
	}
	if err := r.c.File.Attach(ctx, store.Attachment{Server: r.c.Address, Key: w.WorkspaceKey, User: user}); err != nil {
		return at, err
	}
	return r.c.File.Standing(ctx)
}

// join brings the file to the server's epoch and view.
func (r *Replica) join(ctx context.Context, at store.Standing, w wire.Welcome) (settled bool, err error) {
	switch {
	case at.Epoch == 0 && w.Snapshot != nil:
		return true, r.begin(ctx, w)
	case at.Epoch == 0:
		return true, r.c.File.Joined(ctx, w.Epoch, w.View)
	case at.Epoch != w.Epoch || at.Cursor > w.Head:
		fork := w.Head
		if at.Epoch != w.Epoch {
			fork = forkOf(w.Branches, at.Epoch, w.Epoch)
		}
		r.c.Log.Warn("the server was restored from a backup", "epoch", w.Epoch, "fork", fork, "cursor", at.Cursor)
		fresh, err := r.c.File.NewEpoch(ctx, w.Epoch, fork)
		if err == nil && (fresh || at.ViewHash != w.View) {
			err = r.begin(ctx, w)
		}
		return false, err
	case at.ViewHash != w.View:
		r.c.Log.Info("what may be seen has changed: all of it is loaded anew")
		return true, r.begin(ctx, w)
	}
	return true, nil
}

// forkOf is the last revision that two epochs of the tree share; 0 when none is known.
func forkOf(branches []wire.Branch, ours, theirs uint64) uint64 {
	byEpoch := map[uint64]wire.Branch{}
	for _, b := range branches {
		byEpoch[b.Epoch] = b
	}
	// upTo are the ancestors of an epoch, each with the last revision that it shares with it.
	upTo := func(epoch uint64) map[uint64]uint64 {
		shared, last := map[uint64]uint64{}, ^uint64(0)
		for {
			b, known := byEpoch[epoch]
			if _, seen := shared[epoch]; !known || seen {
				return shared
			}
			shared[epoch] = last
			last, epoch = min(last, b.ForkRev), b.Parent
		}
	}
	mine, yours := upTo(ours), upTo(theirs)
	var fork uint64
	for epoch, rev := range mine {
		if other, both := yours[epoch]; both {
			fork = max(fork, min(rev, other))
		}
	}
	return fork
}

// compareClocks estimates how far the server's clock is ahead, by the quickest answer so far.
func (r *Replica) compareClocks(sent, received, theirs time.Time) {
	trip := max(received.Sub(sent), 0)
	// A clock that was set since is seen by an estimate that the way there and back can't explain.
	skew := theirs.Sub(sent.Add(trip / 2))
	if r.trip == 0 || trip <= r.trip || (skew-r.skew).Abs() > trip+r.trip {
		r.trip, r.skew = trip, skew
	}
}

// fetchWanted fetches rows of which the file may have what the server has not.
func (r *Replica) fetchWanted(ctx context.Context, client crm.ID, view string) error {
	for {
		wanted, err := r.c.File.Wanted(ctx, wire.MostRows)
		if err != nil || len(wanted) == 0 {
			return err
		}
		fetched, err := r.c.Server.Rows(ctx, wire.Fetch{Client: client, View: view, IDs: wanted})
		if err != nil {
			return err
		}
		if err := r.c.File.ApplyRows(ctx, answered(wanted, fetched.Rows)); err != nil {
			return err
		}
	}
}

// answered are rows for all that was asked for: what the server did not answer is gone.
func answered(wanted []wire.RowID, rows []wire.Row) []wire.Row {
	have := map[wire.RowID]bool{}
	for _, row := range rows {
		have[wire.RowID{Entity: row.Entity, ID: row.ID}] = true
	}
	for _, id := range wanted {
		if !have[id] {
			rows = append(rows, wire.Row{Entity: id.Entity, ID: id.ID, Deleted: true})
		}
	}
	return rows
}
