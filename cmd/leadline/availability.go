package main

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"leadline/crm/wire"
	"leadline/ui/desk"
)

const (
	tellAgain = 45 * time.Second // the server forgets who is silent for longer than a minute or two
	tellRetry = 10 * time.Second
	tellLast  = time.Second // that the program ends: nobody waits longer for that
)

// availabilityOf is how the agent is to be reached, as the server tells it to colleagues and to PBXs that
// ask whom to call (requirement D3).
func availabilityOf(s desk.Snapshot) wire.Availability {
	in := func(states ...desk.State) bool {
		return slices.ContainsFunc(s.Calls, func(c desk.Call) bool { return slices.Contains(states, c.State) })
	}
	switch {
	case !slices.ContainsFunc(s.Accounts, func(a desk.Account) bool { return a.State == desk.Registered }):
		return wire.Offline
	case in(desk.Talking, desk.HeldHere, desk.HeldThere, desk.Dialling, desk.RingingThere, desk.EarlyMedia):
		return wire.Talking
	case s.Presence.Quiet:
		return wire.DoNotDisturb
	case s.Presence.Forward != "", s.Presence.Away:
		return wire.Away
	case in(desk.Incoming):
		return wire.Ringing
	}
	return wire.Free
}

var teamStates = map[wire.Availability]desk.TeamState{
	wire.Free: desk.TeamFree, wire.Talking: desk.TeamTalking, wire.Ringing: desk.TeamRinging, wire.Away: desk.TeamAway,
	wire.DoNotDisturb: desk.TeamQuiet, wire.Offline: desk.TeamOffline,
}

// teamOf is how users are, as the desk takes it. A state of a later server is untold.
func teamOf(users []wire.Presence) []desk.UserState {
	told := make([]desk.UserState, len(users))
	for i, u := range users {
		told[i] = desk.UserState{User: u.User, State: teamStates[u.State], Since: u.Since}
	}
	return told
}

// listener is told how the agent is to be reached.
type listener interface {
	SetPresence(ctx context.Context, p wire.Presence) error
}

// tellAvailability tells the server at each change, and again now and then, until ctx ends: then it is offline.
func tellAvailability(ctx context.Context, d *desk.Desk, to listener, log *slog.Logger) {
	changed := make(chan struct{}, 1)
	defer d.Subscribe(func(desk.Snapshot) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	var told wire.Availability
	var due time.Time
	for ctx.Err() == nil {
		now := availabilityOf(d.Snapshot())
		if now != told || !time.Now().Before(due) {
			told, due = now, time.Now().Add(tellAgain)
			if err := to.SetPresence(ctx, wire.Presence{State: now}); err != nil {
				log.Debug("tell the server how the agent is to be reached", "error", err)
				due = time.Now().Add(tellRetry)
			}
		}
		again := time.NewTimer(time.Until(due))
		select {
		case <-ctx.Done():
		case <-changed:
		case <-again.C:
		}
		again.Stop()
	}
	if told != wire.Offline {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellLast)
		defer cancel()
		if err := to.SetPresence(last, wire.Presence{State: wire.Offline}); err != nil {
			log.Debug("tell the server that the agent is gone", "error", err)
		}
	}
}
