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

// neighbours are the other servers on the database: what this server tells them, and whether it hears them.
type neighbours struct {
	listening atomic.Bool
	due       chan struct{} // holds one value when there is something to tell

	mu      sync.Mutex
	waiting map[database.News]uint64 // revisions by workspace, and by which kind of news, without the revision
}

// committed is told by the engine.
func (f *Front) committed(workspace crm.ID, rev uint64) {
	f.hub.advance(workspace, rev)
	f.tellNeighbours(database.News{Workspace: string(workspace), Rev: rev})
}

// doubt has every connected program find out whether it may stay, wherever it is connected.
func (f *Front) doubt(workspace crm.ID) {
	f.hub.doubt(workspace)
	f.tellNeighbours(database.News{Workspace: string(workspace), Doubt: true})
}

// tellNeighbours has the other servers told soon. It does not wait.
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

// take is all that is to be told, of each kind the newest.
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

// tellOthers tells the other servers what there is. What comes while it does is merged.
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

// listen hears the other servers, and goes back to asking the database often whenever it can't.
func (f *Front) listen(ctx context.Context) {
	pause := pollEvery
	for {
		err := f.Engine.DB.Listen(ctx, func() {
			pause = pollEvery
			f.neighbours.listening.Store(true)
			f.poll(ctx) // what was committed before it listened
			for _, workspace := range f.hub.watched() {
				f.hub.doubt(workspace) // and who was signed out
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
	case n.Doubt:
		f.hub.doubt(workspace)
	case n.Rev > 0:
		f.hub.advance(workspace, n.Rev)
	default:
		f.readPresence(ctx, workspace)
	}
}
