package front

import (
	"sync"

	"leadline/crm"
	"leadline/crm/wire"
)

// hub tells those who wait that a workspace has gone on. It keeps the newest news for each only: whoever is slow
// gets them merged, and nobody waits for anybody.
type hub struct {
	mu    sync.Mutex
	rooms map[crm.ID]*room
}

// room is one workspace.
type room struct {
	epoch    uint64 // 0: nobody has asked yet
	rev      uint64
	watchers map[*watcher]struct{}
	devices  map[crm.ID]int // how many watchers each has
}

// mostOfDevice is how many watchers one device may have: a program has one, and for a moment another where its connection broke.
const mostOfDevice = 64

// watcher is one who waits.
type watcher struct {
	workspace crm.ID
	device    crm.ID
	wake      chan struct{} // holds one value when there is something new

	mu       sync.Mutex
	rev      uint64
	presence map[crm.ID]wire.Presence
	doubt    bool // a device was revoked: it may be this one
	branched bool // the database was put back: it is in another epoch
}

func newHub() *hub { return &hub{rooms: map[crm.ID]*room{}} }

// join lets a device wait; nil when it has enough watchers.
func (h *hub) join(workspace, device crm.ID) *watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[workspace]
	if r == nil {
		r = &room{watchers: map[*watcher]struct{}{}, devices: map[crm.ID]int{}}
		h.rooms[workspace] = r
	}
	if r.devices[device] >= mostOfDevice {
		return nil
	}
	w := &watcher{workspace: workspace, device: device, wake: make(chan struct{}, 1)}
	r.watchers[w] = struct{}{}
	r.devices[device]++
	return w
}

func (h *hub) leave(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[w.workspace]
	delete(r.watchers, w)
	if r.devices[w.device]--; r.devices[w.device] == 0 {
		delete(r.devices, w.device)
	}
	if len(r.watchers) == 0 {
		delete(h.rooms, w.workspace)
	}
}

// watched are the workspaces where somebody waits.
func (h *hub) watched() []crm.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]crm.ID, 0, len(h.rooms))
	for id := range h.rooms {
		all = append(all, id)
	}
	return all
}

func (h *hub) advance(workspace crm.ID, rev uint64) {
	h.each(workspace, func(r *room) bool {
		if rev <= r.rev {
			return false
		}
		r.rev = rev
		return true
	}, func(w *watcher) { w.rev = max(w.rev, rev) })
}

// stands is where a workspace is by the database. In another epoch its revisions begin again somewhere before: everybody is to find out
// anew where they stand.
func (h *hub) stands(workspace crm.ID, epoch, rev uint64) {
	branched := false
	h.each(workspace, func(r *room) bool {
		branched = r.epoch != 0 && r.epoch != epoch
		r.epoch = epoch
		if branched {
			r.rev = rev
		}
		return branched
	}, func(w *watcher) { w.branched = true })
	if !branched {
		h.advance(workspace, rev)
	}
}

// tell says how a user is now.
func (h *hub) tell(workspace crm.ID, p wire.Presence) {
	h.each(workspace, func(*room) bool { return true }, func(w *watcher) {
		if w.presence == nil {
			w.presence = map[crm.ID]wire.Presence{}
		}
		w.presence[p.User] = p
	})
}

// doubt has everybody found out whether they may stay.
func (h *hub) doubt(workspace crm.ID) {
	h.each(workspace, func(*room) bool { return true }, func(w *watcher) { w.doubt = true })
}

func (h *hub) each(workspace crm.ID, when func(*room) bool, give func(*watcher)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[workspace]
	if r == nil || !when(r) {
		return
	}
	for w := range r.watchers {
		w.mu.Lock()
		give(w)
		w.mu.Unlock()
		select {
		case w.wake <- struct{}{}:
		default: // it has not taken the last one yet
		}
	}
}

// hasBranched says whether the workspace has begun another epoch since the watcher joined.
func (w *watcher) hasBranched() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.branched
}

// take is what is new since it was last asked.
func (w *watcher) take() (rev uint64, presence []wire.Presence, doubt bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.presence {
		presence = append(presence, p)
	}
	rev, doubt = w.rev, w.doubt
	w.rev, w.presence, w.doubt = 0, nil, false
	return rev, presence, doubt
}
