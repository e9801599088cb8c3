package front

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
)

// neighbours are the other servers on the database. This server tells them of its commits, presence and sign-outs, and hears theirs.
type neighbours struct {
	listening atomic.Bool
	due       chan struct{} // holds one value when there is something to tell

	mu      sync.Mutex
	waiting map[database.News]uint64 // what is still to be told: the newest revision by the news without one
}

// committed is Engine.Committed.
func (f *Front) committed(workspace crm.ID, rev uint64) {
	f.hub.advance(workspace, rev)
	f.tellNeighbours(database.News{Workspace: string(workspace), Rev: rev})
}

// recheckDevices has every connected program ask whether it is still signed in, on this server and the others.
func (f *Front) recheckDevices(workspace crm.ID) {
	f.hub.recheckDevices(workspace)
	f.tellNeighbours(database.News{Workspace: string(workspace), SignedOut: true})
}

// tellNeighbours has tellOthers pass news on. It does not wait.
func (f *Front) tellNeighbours(n database.News) {
	if !f.Shared {
		return
	}
	kind := n
	kind.Rev = min(n.Rev, 1)
	f.neighbours.mu.Lock()
	if f.neighbours.waiting == nil {
		f.neighbours.waiting = map[database.News]uint64{}
	}
	f.neighbours.waiting[kind] = max(f.neighbours.waiting[kind], n.Rev)
	f.neighbours.mu.Unlock()
	select {
	case f.neighbours.due <- struct{}{}:
	default:
	}
}

// take is all that waits to be told, the newest of each kind.
func (n *neighbours) take() (all []database.News) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for kind, rev := range n.waiting {
		kind.Rev = rev
		all = append(all, kind)
	}
	clear(n.waiting)
	return all
}

// tellOthers passes what waits on to the other servers, until ctx ends. News that come meanwhile are merged.
func (f *Front) tellOthers(ctx context.Context) {
	for {
		select {
		case <-f.neighbours.due:
		case <-ctx.Done():
			return
		}
		if err := f.Engine.DB.Tell(ctx, f.neighbours.take()); err != nil && ctx.Err() == nil && f.neighbours.listening.Load() {
			f.Log.Warn("other servers were not told of a commit, they will find it", "error", err)
		}
	}
}

const mostListenPause = 15 * time.Second

// listen hears the other servers until ctx ends, and connects again when that breaks. Meanwhile Run polls the database more often.
func (f *Front) listen(ctx context.Context) {
	pause := pollEvery
	for {
		err := f.Engine.DB.Listen(ctx, func() {
			pause = pollEvery
			f.neighbours.listening.Store(true)
			f.poll(ctx) // for what was committed before it listened
			for _, workspace := range f.hub.watched() {
				f.hub.recheckDevices(workspace) // somebody may have been signed out
			}
		}, func(n database.News) { f.hear(ctx, n) })
		f.neighbours.listening.Store(false)
		if ctx.Err() != nil || errors.Is(err, database.ErrNoNews) {
			return
		}
		f.Log.Warn("other servers are not heard, so the database is asked for what is new", "error", err)
		if !rest(ctx, pause) {
			return
		}
		pause = min(2*pause, mostListenPause)
	}
}

func (f *Front) hear(ctx context.Context, n database.News) {
	workspace := crm.ID(n.Workspace)
	switch {
	case n.SignedOut:
		f.hub.recheckDevices(workspace)
	case n.Rev > 0:
		f.hub.advance(workspace, n.Rev)
	default:
		f.readPresence(ctx, workspace)
	}
}
