package front

import (
	"cmp"

	"net/http"
	"slices"
	"sync"
	"time"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// presenceTime is how long a device counts as there without a word from it.
const presenceTime = 75 * time.Second

// board says how everybody is: the state that the user's devices tell, the least free of them.
type board struct {
	now func() time.Time

	mu    sync.Mutex
	users map[crm.ID]map[crm.ID]*present // by workspace and user
}

// present is one user.
type present struct {
	devices map[crm.ID]*state
	told    wire.Presence // as the others know it
}

type state struct {
	state wire.Availability
	heard time.Time
}

func newBoard(now func() time.Time) *board {
	return &board{now: now, users: map[crm.ID]map[crm.ID]*present{}}
}

// weight orders states: what one device says that weighs more counts for the user.
var weight = map[wire.Availability]int{wire.Offline: 0, wire.Away: 1, wire.Free: 2, wire.Ringing: 3, wire.Talking: 4, wire.DoNotDisturb: 5}

// set is what a device says of its user. changed says whether that is new to others.
func (b *board) set(workspace, user, device crm.ID, s wire.Availability) (now wire.Presence, changed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.of(workspace, user)
	p.devices[device] = &state{s, b.now()}
	return p.settle(user, b.now())
}

func (b *board) of(workspace, user crm.ID) *present {
	users := b.users[workspace]
	if users == nil {
		users = map[crm.ID]*present{}
		b.users[workspace] = users
	}
	p := users[user]
	if p == nil {
		p = &present{devices: map[crm.ID]*state{}, told: wire.Presence{User: user, State: wire.Offline}}
		users[user] = p
	}
	return p
}

func (p *present) settle(user crm.ID, now time.Time) (wire.Presence, bool) {
	best := wire.Offline
	for id, s := range p.devices {
		if now.Sub(s.heard) > presenceTime || s.state == wire.Offline {
			delete(p.devices, id)
			continue
		}
		if weight[s.state] > weight[best] {
			best = s.state
		}
	}
	if best == p.told.State {
		return p.told, false
	}
	p.told = wire.Presence{User: user, State: best, Since: now.UTC()}
	return p.told, true
}

// heard keeps a device's state alive.
func (b *board) heard(workspace, user, device crm.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.users[workspace][user]; p != nil {
		if s := p.devices[device]; s != nil {
			s.heard = b.now()
		}
	}
}

// expire is whose devices have fallen silent, by workspace.
func (b *board) expire() map[crm.ID][]wire.Presence {
	b.mu.Lock()
	defer b.mu.Unlock()
	gone := map[crm.ID][]wire.Presence{}
	for workspace, users := range b.users {
		for id, p := range users {
			if now, changed := p.settle(id, b.now()); changed {
				gone[workspace] = append(gone[workspace], now)
			}
			if len(p.devices) == 0 {
				delete(users, id)
			}
		}
	}
	return gone
}

// team is everybody who is there, by id.
func (b *board) team(workspace crm.ID) []wire.Presence {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make([]wire.Presence, 0, len(b.users[workspace]))
	for id, p := range b.users[workspace] {
		if now, _ := p.settle(id, b.now()); now.State != wire.Offline {
			all = append(all, now)
		}
	}
	slices.SortFunc(all, func(a, b wire.Presence) int { return cmp.Compare(a.User, b.User) })
	return all
}

// free says whether a call can be sent to a user now (D3).
func (b *board) free(workspace, user crm.ID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.users[workspace][user]
	if p == nil {
		return false
	}
	now, _ := p.settle(user, b.now())
	return now.State == wire.Free
}

func (f *Front) setPresence(w http.ResponseWriter, r *http.Request, p access.Person) error {
	var in wire.Presence
	if err := f.read(w, r, mostBody, &in); err != nil {
		return err
	}
	if _, ok := weight[in.State]; !ok {
		return wire.Problem{Code: wire.Malformed, Message: "there is no such state"}
	}
	if now, changed := f.board.set(p.Workspace, p.User, p.Device, in.State); changed {
		f.hub.tell(p.Workspace, now)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (f *Front) team(w http.ResponseWriter, r *http.Request, p access.Person) error {
	f.answer(w, r, http.StatusOK, f.board.team(p.Workspace))
	return nil
}
