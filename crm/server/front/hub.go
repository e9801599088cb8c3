package front

import (
	"sync"

	"leadline/crm"
	"leadline/crm/wire"
)

// hub wakes the connections that wait for news of a workspace: WebSockets and long polls. For each of them it keeps the newest
// state only, so that a slow one gets several changes as one, and none waits for another.
type hub struct {
	mu         sync.Mutex
	workspaces map[crm.ID]*hubWorkspace // those with a watcher
}

// hubWorkspace is one workspace with the connections that wait for its news.
type hubWorkspace struct {
	epoch    uint64 // 0: not read from the database yet
	rev      uint64
	watchers map[*watcher]struct{}
	devices  map[crm.ID]int // how many watchers each has
}

// mostOfDevice is how many watchers one device may have: a program has one, and for a moment another where its connection broke.
const mostOfDevice = 64

// watcher is one connection that waits for news.
type watcher struct {
	workspace crm.ID
	device    crm.ID
	wake      chan struct{} // holds one value when there is something new

	mu       sync.Mutex
	rev      uint64                   // the newest revision that was not taken yet; 0 for none
	presence map[crm.ID]wire.Presence // by user, not taken yet
	recheck  bool                     // a device was signed out: the connection has to ask whether it is its own
	branched bool                     // the database was restored from a backup: the workspace is in another epoch
}

func newHub() *hub { return &hub{workspaces: map[crm.ID]*hubWorkspace{}} }

// join adds a watcher for a device; nil when the device has mostOfDevice already.
func (h *hub) join(workspace, device crm.ID) *watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	in := h.workspaces[workspace]
	if in == nil {
		in = &hubWorkspace{watchers: map[*watcher]struct{}{}, devices: map[crm.ID]int{}}
		h.workspaces[workspace] = in
	}
	if in.devices[device] >= mostOfDevice {
		return nil
	}
	w := &watcher{workspace: workspace, device: device, wake: make(chan struct{}, 1)}
	in.watchers[w] = struct{}{}
	in.devices[device]++
	return w
}

// leave removes a watcher that join has added.
func (h *hub) leave(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	in := h.workspaces[w.workspace]
	delete(in.watchers, w)
	if in.devices[w.device]--; in.devices[w.device] == 0 {
		delete(in.devices, w.device)
	}
	if len(in.watchers) == 0 {
		delete(h.workspaces, w.workspace)
	}
}

// watched are the workspaces with a watcher.
func (h *hub) watched() []crm.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]crm.ID, 0, len(h.workspaces))
	for id := range h.workspaces {
		all = append(all, id)
	}
	return all
}

// advance tells of a new revision; one that is not newer is passed over.
func (h *hub) advance(workspace crm.ID, rev uint64) {
	h.notify(workspace, func(in *hubWorkspace) bool {
		if rev <= in.rev {
			return false
		}
		in.rev = rev
		return true
	}, func(w *watcher) { w.rev = max(w.rev, rev) })
}

// setHead tells where the database says that a workspace stands. In another epoch revisions go on from an earlier one: the
// connections are to end, and their programs to say hello again.
func (h *hub) setHead(workspace crm.ID, epoch, rev uint64) {
	branched := false
	h.notify(workspace, func(in *hubWorkspace) bool {
		branched = in.epoch != 0 && in.epoch != epoch
		in.epoch = epoch
		if branched {
			in.rev = rev
		}
		return branched
	}, func(w *watcher) { w.branched = true })
	if !branched {
		h.advance(workspace, rev)
	}
}

// setPresence tells how a user can be reached now.
func (h *hub) setPresence(workspace crm.ID, p wire.Presence) {
	h.notify(workspace, always, func(w *watcher) {
		if w.presence == nil {
			w.presence = map[crm.ID]wire.Presence{}
		}
		w.presence[p.User] = p
	})
}

// recheckDevices has every connection ask whether its device is still signed in.
func (h *hub) recheckDevices(workspace crm.ID) {
	h.notify(workspace, always, func(w *watcher) { w.recheck = true })
}

func always(*hubWorkspace) bool { return true }

// notify does give with each watcher of a workspace and wakes it, if when says that there is something to tell.
func (h *hub) notify(workspace crm.ID, when func(*hubWorkspace) bool, give func(*watcher)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	in := h.workspaces[workspace]
	if in == nil || !when(in) {
		return
	}
	for w := range in.watchers {
		w.mu.Lock()
		give(w)
		w.mu.Unlock()
		select {
		case w.wake <- struct{}{}:
		default: // it was woken before, and has not looked yet
		}
	}
}

// hasBranched says whether the workspace has begun another epoch since the watcher joined.
func (w *watcher) hasBranched() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.branched
}

// take is what is new since it was last asked: rev is 0 and presence nil for nothing, recheck says that the device may be signed out.
func (w *watcher) take() (rev uint64, presence []wire.Presence, recheck bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.presence {
		presence = append(presence, p)
	}
	rev, recheck = w.rev, w.recheck
	w.rev, w.presence, w.recheck = 0, nil, false
	return rev, presence, recheck
}
