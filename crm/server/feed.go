package server

import (
	"context"
	"sync"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

// Feed makes hints that carry the rows that have changed: a program that stands at Hint.PrevRev takes them and need not pull. The
// rows are read and encoded once for all programs with the same view. Its methods are safe to call from several goroutines.
type Feed struct {
	engine *Engine

	mu         sync.Mutex
	workspaces map[crm.ID]*feedWorkspace
}

// NewFeed makes one for an engine.
func NewFeed(e *Engine) *Feed { return &Feed{engine: e, workspaces: map[crm.ID]*feedWorkspace{}} }

// A hint with more than this carries no rows: the program pulls them.
const (
	mostHintRows  = 200
	mostHintBytes = 128 << 10
)

// mostSpans are kept of a workspace. There are several, since programs stand at different revisions.
const mostSpans = 8

// feedWorkspace is what the feed has read of one workspace.
type feedWorkspace struct {
	mu      sync.Mutex
	epoch   uint64           // of spans
	spans   map[uint64]*span // by the revision that they follow
	views   map[crm.ID]View  // by user, as of viewRev
	viewRev uint64           // no user or role has changed up to here since the views were read
}

// span is what has changed after one revision, up to and with another.
type span struct {
	after, upTo uint64
	rows        []database.Stored
	noRows      bool                   // its hints carry none: there are too many, or users or roles have changed, and with them views
	hints       map[string]*SharedHint // by the hash of the view
}

// SharedHint is one hint for all programs with the same view.
type SharedHint struct {
	wire.Hint

	mu      sync.Mutex
	encoded map[string][]byte // by content type
}

// Encoded is the hint as encode writes it for a content type. encode is called once for each; the bytes belong to all who asked,
// and are not to be changed.
func (h *SharedHint) Encoded(contentType string, encode func(wire.Hint) ([]byte, error)) (data []byte, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if data, ok := h.encoded[contentType]; ok {
		return data, nil
	}
	if data, err = encode(h.Hint); err != nil {
		return nil, err
	}
	if h.encoded == nil {
		h.encoded = map[string][]byte{}
	}
	h.encoded[contentType] = data
	return data, nil
}

// Hint is the hint for a program that was last told of revision told, 0 for none, now that its workspace is at rev. With it come
// the rows of the user's view that have changed in between, where they are few and the workspace is still in that epoch. An error
// of the database is logged; the hint then carries no rows.
func (f *Feed) Hint(ctx context.Context, from Sender, epoch, told, rev uint64) *SharedHint {
	if told == 0 || rev <= told {
		return bareHint(epoch, rev)
	}
	w := f.workspace(from.Workspace)
	w.mu.Lock()
	defer w.mu.Unlock()
	s, view, err := f.span(ctx, w, from, told, rev)
	switch {
	case err != nil:
		f.engine.Log.Debug("a hint goes without rows", "error", err)
		return bareHint(epoch, rev)
	case w.epoch != epoch || s.noRows || view.Left || s.upTo < rev:
		return bareHint(epoch, rev)
	}
	hint := s.hints[view.hash]
	if hint == nil {
		hint = &SharedHint{Hint: wire.Hint{Epoch: epoch, Rev: s.upTo, PrevRev: s.after, Rows: view.filter(s.rows)}}
		s.hints[view.hash] = hint
	}
	return hint
}

// bareHint says that there is another revision, and not what has changed.
func bareHint(epoch, rev uint64) *SharedHint {
	return &SharedHint{Hint: wire.Hint{Epoch: epoch, Rev: rev}}
}

func (f *Feed) workspace(id crm.ID) *feedWorkspace {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := f.workspaces[id]
	if w == nil {
		w = &feedWorkspace{spans: map[uint64]*span{}, views: map[crm.ID]View{}}
		f.workspaces[id] = w
	}
	return w
}

// span is what has changed after a revision, up to upTo at least, and the user's view; both are read where they are not known. The
// zero View comes with a span without rows.
func (f *Feed) span(ctx context.Context, w *feedWorkspace, from Sender, after, upTo uint64) (*span, View, error) {
	s, view := w.spans[after], w.views[from.User]
	fresh := s != nil && s.upTo >= upTo
	if fresh && (view.hash != "" || s.noRows) {
		return s, view, nil
	}
	err := f.engine.DB.Read(ctx, string(from.Workspace), func(t *database.Tx) error {
		if !fresh {
			var err error
			if s, err = w.read(ctx, t, after); err != nil {
				return err
			}
			view = w.views[from.User]
		}
		if view.hash != "" || s.noRows {
			return nil
		}
		var err error
		if view, _, err = ViewOf(ctx, t, from.User); err == nil {
			w.views[from.User] = view
		}
		return err
	})
	return s, view, err
}

// read reads a span up to the head. Views are forgotten where they may have changed since they were read: in the span, or in a gap
// between viewRev and the span.
func (w *feedWorkspace) read(ctx context.Context, t *database.Tx, after uint64) (*span, error) {
	head, err := t.Head(ctx, false)
	if err != nil {
		return nil, err
	}
	s := &span{after: after, upTo: head.Rev, hints: map[string]*SharedHint{}}
	if s.rows, s.noRows, err = t.Page(ctx, after, mostHintRows); err != nil {
		return nil, err
	}
	size := 0
	for _, row := range s.rows {
		size += len(row.Data)
		s.noRows = s.noRows || row.Entity == wire.User || row.Entity == wire.Role
	}
	s.noRows = s.noRows || size > mostHintBytes
	if s.noRows || after > w.viewRev || head.Epoch != w.epoch {
		clear(w.views)
	}
	if head.Epoch != w.epoch || len(w.spans) >= mostSpans {
		clear(w.spans)
	}
	w.epoch, w.viewRev, w.spans[after] = head.Epoch, head.Rev, s
	return s, nil
}
