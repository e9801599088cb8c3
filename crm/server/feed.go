package server

import (
	"context"
	"sync"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

// Feed has the rows that go along with a hint, so that a program whose file stands where they begin need not pull. They are
// read and written once for all who see the same. Its methods are safe to call from several goroutines.
type Feed struct {
	engine *Engine

	mu    sync.Mutex
	rooms map[crm.ID]*feedRoom
}

// NewFeed makes one for an engine.
func NewFeed(e *Engine) *Feed { return &Feed{engine: e, rooms: map[crm.ID]*feedRoom{}} }

// What goes along with a hint; more is pulled.
const (
	mostHintRows  = 200
	mostHintBytes = 128 << 10
	mostSteps     = 8 // that are kept, since programs stand at different revisions
)

// feedRoom is one workspace.
type feedRoom struct {
	mu    sync.Mutex
	epoch uint64
	steps map[uint64]*step  // by the revision that they begin after
	seen  uint64            // the views are as they were up to here
	views map[crm.ID]onView // by user
}

type onView struct {
	View
	hash string
}

// step is what changed between two revisions.
type step struct {
	after, upTo uint64
	rows        []database.Stored
	plain       bool             // too much for a hint, or the views have changed: programs are to pull
	hints       map[string]*Told // by view
}

// Told is a hint that many get.
type Told struct {
	wire.Hint

	mu sync.Mutex
	as map[string][]byte // by type
}

// As is the hint as a message of a type, which is made once for all who get it; it is not to be changed.
func (t *Told) As(kind string, message func(wire.Hint) ([]byte, error)) (data []byte, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if data, ok := t.as[kind]; ok {
		return data, nil
	}
	if data, err = message(t.Hint); err != nil {
		return nil, err
	}
	if t.as == nil {
		t.as = map[string][]byte{}
	}
	t.as[kind] = data
	return data, nil
}

// Hint is what a user's program is told that was told of a revision before, and of none since: that there is another one, and
// what has changed in the user's view, if that is little.
func (f *Feed) Hint(ctx context.Context, from Sender, epoch, told, rev uint64) *Told {
	if told == 0 || rev <= told {
		return plainHint(epoch, rev)
	}
	r := f.room(from.Workspace)
	r.mu.Lock()
	defer r.mu.Unlock()
	s, view, err := f.step(ctx, r, from, told, rev)
	switch {
	case err != nil:
		f.engine.Log.Debug("a hint goes without rows", "error", err)
		return plainHint(epoch, rev)
	case r.epoch != epoch || s.plain || view.Left || s.upTo < rev:
		return plainHint(epoch, rev)
	}
	hint := s.hints[view.hash]
	if hint == nil {
		hint = &Told{Hint: wire.Hint{Epoch: epoch, Rev: s.upTo, PrevRev: s.after, Rows: view.filter(s.rows)}}
		s.hints[view.hash] = hint
	}
	return hint
}

// plainHint says that there is another revision, and not what changed.
func plainHint(epoch, rev uint64) *Told { return &Told{Hint: wire.Hint{Epoch: epoch, Rev: rev}} }

func (f *Feed) room(workspace crm.ID) *feedRoom {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := f.rooms[workspace]
	if r == nil {
		r = &feedRoom{steps: map[uint64]*step{}, views: map[crm.ID]onView{}}
		f.rooms[workspace] = r
	}
	return r
}

// step is what came after a revision, up to another one at least, and the user's view.
func (f *Feed) step(ctx context.Context, r *feedRoom, from Sender, after, upTo uint64) (*step, onView, error) {
	s, view := r.steps[after], r.views[from.User]
	fresh := s != nil && s.upTo >= upTo
	if fresh && (view.hash != "" || s.plain) {
		return s, view, nil
	}
	err := f.engine.DB.Read(ctx, string(from.Workspace), func(t *database.Tx) error {
		if !fresh {
			var err error
			if s, err = r.read(ctx, t, after); err != nil {
				return err
			}
			view = r.views[from.User]
		}
		if view.hash != "" || s.plain {
			return nil
		}
		v, _, err := ViewOf(ctx, t, from.User)
		view = onView{v, v.Hash()}
		if err == nil {
			r.views[from.User] = view
		}
		return err
	})
	return s, view, err
}

// read reads a step. The views are forgotten when they may have changed in it, or since they were last looked at.
func (r *feedRoom) read(ctx context.Context, t *database.Tx, after uint64) (*step, error) {
	head, err := t.Head(ctx, false)
	if err != nil {
		return nil, err
	}
	s := &step{after: after, upTo: head.Rev, hints: map[string]*Told{}}
	if s.rows, s.plain, err = t.Page(ctx, after, mostHintRows); err != nil {
		return nil, err
	}
	size := 0
	for _, row := range s.rows {
		size += len(row.Data)
		s.plain = s.plain || row.Entity == wire.User || row.Entity == wire.Role
	}
	s.plain = s.plain || size > mostHintBytes
	if s.plain || after > r.seen || head.Epoch != r.epoch {
		clear(r.views)
	}
	if head.Epoch != r.epoch || len(r.steps) >= mostSteps {
		clear(r.steps)
	}
	r.epoch, r.seen, r.steps[after] = head.Epoch, head.Rev, s
	return s, nil
}
