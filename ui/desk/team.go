package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"leadline/crm"
)

// TeamState is how a colleague is to be reached.
type TeamState int

const (
	TeamUntold  TeamState = iota // nobody tells
	TeamOffline                  // no program of theirs is connected
	TeamAway                     // has said not to be there
	TeamQuiet                    // do not disturb
	TeamFree                     // a call would ring there
	TeamRinging                  // a call rings there
	TeamTalking                  // in a call
)

// Teammate is a colleague: a user of the company other than the agent, or a watched extension that
// belongs to no user.
type Teammate struct {
	User       string // the user's id; "" for an extension only
	Name       string
	Department string
	Extension  string
	Queues     []string
	Dial       string // the extension, else a number; "" when there is neither
	Account    string // by which Dial is to be dialled; "" for the agent's first
	State      TeamState
	Since      time.Time // of State; zero when it isn't known
}

// UserState is how the shared server says that a user is.
type UserState struct {
	User  crm.ID
	State TeamState
	Since time.Time
}

// team is what is known of the colleagues; it belongs to the desk's goroutine.
type team struct {
	me     crm.ID
	users  []crm.User // by name
	queues []crm.Queue
	told   map[crm.ID]UserState // by the server; nil while nobody tells
	shown  []Teammate           // for the windows; never changed, only replaced
}

// TeamTold takes what the shared server says of users: with whole, of all who are there; else of
// those who have changed.
func (d *Desk) TeamTold(users []UserState, whole bool) {
	d.post(func() {
		if whole || d.team.told == nil {
			d.team.told = map[crm.ID]UserState{}
		}
		for _, u := range users {
			d.team.told[u.User] = u
		}
		d.teamChanged()
	})
}

// TeamSilent says that the shared server tells of nobody any more.
func (d *Desk) TeamSilent() {
	d.post(func() {
		d.team.told = nil
		d.teamChanged()
	})
}

// teamChanged has the windows see the team as it is known now.
func (d *Desk) teamChanged() { d.team.shown, d.dirty = d.team.view(d.colleagues), true }

// readTeam asks the file who works here.
func (d *Desk) readTeam() {
	d.find(func(ctx context.Context) {
		users, err1 := d.file.Users(ctx)
		queues, err2 := d.file.Queues(ctx)
		me, err3 := d.file.Me(ctx)
		d.post(func() {
			if err := errors.Join(err1, err2, err3); err != nil {
				d.log.Warn("read who works here", "error", err)
				return
			}
			d.team.users, d.team.queues, d.team.me = users, queues, me.ID
			d.teamChanged()
		})
	})
}

// stateOf is how a user is to be reached: as the server tells, and as the lamp of the extension shows where the
// server knows of no program of theirs.
func (t team) stateOf(u crm.User, lamps []Colleague) (TeamState, time.Time) {
	state, since := TeamUntold, time.Time{}
	if t.told != nil {
		state = TeamOffline
		if told, ok := t.told[u.ID]; ok {
			state, since = told.State, told.Since
		}
	}
	if lamp := slices.IndexFunc(lamps, func(c Colleague) bool { return c.Extension == u.Extension && u.Extension != "" }); lamp >= 0 && state <= TeamOffline {
		if shown := lamps[lamp].state(); shown != TeamUntold {
			return shown, time.Time{}
		}
	}
	return state, since
}

// state is what the lamp of an extension says.
func (c Colleague) state() TeamState {
	switch {
	case !c.Known:
		return TeamUntold
	case c.Talking:
		return TeamTalking
	case c.Ringing:
		return TeamRinging
	}
	return TeamFree
}

// view is the team for the windows, by name; extensions without a user come last.
func (t team) view(lamps []Colleague) (all []Teammate) {
	of := map[string]bool{} // the extensions of users
	for _, u := range t.users {
		of[u.Extension] = true
		if u.ID == t.me {
			continue
		}
		m := Teammate{User: string(u.ID), Name: u.Name, Department: u.Department, Extension: u.Extension, Dial: u.Extension}
		for _, q := range t.queues {
			if slices.Contains(q.Members, u.ID) {
				m.Queues = append(m.Queues, q.Name)
			}
		}
		if m.Dial == "" && len(u.Numbers) > 0 {
			m.Dial = u.Numbers[0].Party().DialString()
		}
		m.State, m.Since = t.stateOf(u, lamps)
		all = append(all, m)
	}
	for _, c := range lamps {
		if !of[c.Extension] {
			all = append(all, Teammate{Name: c.Extension, Extension: c.Extension, Dial: c.Extension, Account: c.Account, State: c.state()})
		}
	}
	return all
}
