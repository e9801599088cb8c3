package front

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// presenceTime is how long a device counts as connected after it was last heard of.
const presenceTime = 75 * time.Second

// board has the presence of all users. A user with several devices has the state of the one with most weight. It is safe to use from
// several goroutines.
type board struct {
	now func() time.Time

	mu    sync.Mutex
	users map[crm.ID]map[crm.ID]*present // by workspace and user
}

// present is one user.
type present struct {
	devices map[crm.ID]*state
	told    wire.Presence // as the colleagues were told
}

type state struct {
	state wire.Availability
	since time.Time // when the device said so, perhaps to another server
	heard time.Time // when the device was last heard of
	said  time.Time // when other servers were told last
}

func newBoard(now func() time.Time) *board {
	return &board{now: now, users: map[crm.ID]map[crm.ID]*present{}}
}

// weight orders the states of a user's devices: the highest counts for the user.
var weight = map[wire.Availability]int{wire.Offline: 0, wire.Away: 1, wire.Free: 2, wire.Ringing: 3, wire.Talking: 4, wire.DoNotDisturb: 5}

// set takes the state that a device tells, since when it has it, and when the device was last heard of. now is the user's presence;
// changed says whether colleagues do not know it yet.
func (b *board) set(workspace, user, device crm.ID, s wire.Availability, since, heard time.Time) (now wire.Presence, changed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.of(workspace, user)
	d := p.devices[device]
	if d == nil {
		d = &state{said: heard}
		p.devices[device] = d
	}
	if !since.Before(d.since) {
		d.state, d.since = s, since
	}
	if heard.After(d.heard) {
		d.heard = heard
	}
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

// heard notes that a device is still connected. due says that the other servers are to be told so.
func (b *board) heard(workspace, user, device crm.ID) (due bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.users[workspace][user]
	if p == nil || p.devices[device] == nil {
		return false
	}
	d := p.devices[device]
	d.heard = b.now()
	if d.heard.Sub(d.said) < sayEvery {
		return false
	}
	d.said = d.heard
	return true
}

// expire drops devices that were not heard of for presenceTime, and gives the users whose presence changes by that, by workspace.
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

// team is the presence of all users who are not offline, by id.
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

// marked is the team with its Mark. Since is no part of the mark: it may differ between servers.
func (b *board) marked(workspace crm.ID) *wire.Team {
	team := b.team(workspace)
	sum := fnv.New64a()
	for _, p := range team {
		fmt.Fprintf(sum, "%s %s\n", p.User, p.State)
	}
	return &wire.Team{Mark: strconv.FormatUint(sum.Sum64(), 36), Users: team}
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
	at := f.Engine.Now()
	if now, changed := f.board.set(p.Workspace, p.User, p.Device, in.State, at, at); changed {
		f.hub.setPresence(p.Workspace, now)
	}
	if err := f.share(r.Context(), p, in.State, at); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (f *Front) team(w http.ResponseWriter, r *http.Request, p access.Person) error {
	f.learn(r.Context(), p.Workspace)
	f.answer(w, r, http.StatusOK, f.board.team(p.Workspace))
	return nil
}
