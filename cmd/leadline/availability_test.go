package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"leadline/crm/wire"
	"leadline/ui/desk"
)

// D3: a call is sent to the responsible person if that person is at work and not busy.
func TestHowAnAgentIsToBeReached_D3(t *testing.T) {
	registered := []desk.Account{{State: desk.Retrying}, {State: desk.Registered}}
	calls := func(states ...desk.State) (all []desk.Call) {
		for _, s := range states {
			all = append(all, desk.Call{State: s})
		}
		return all
	}
	for _, tt := range []struct {
		name string
		now  desk.Snapshot
		want wire.Availability
	}{
		{"nothing is registered", desk.Snapshot{Accounts: registered[:1]}, wire.Offline},
		{"no account", desk.Snapshot{}, wire.Offline},
		{"nothing to do", desk.Snapshot{Accounts: registered}, wire.Free},
		{"a call has ended", desk.Snapshot{Accounts: registered, Calls: calls(desk.Ended)}, wire.Free},
		{"it rings", desk.Snapshot{Accounts: registered, Calls: calls(desk.Incoming)}, wire.Ringing},
		{"talking, and it rings", desk.Snapshot{Accounts: registered, Calls: calls(desk.Incoming, desk.Talking)}, wire.Talking},
		{"on hold", desk.Snapshot{Accounts: registered, Calls: calls(desk.HeldHere)}, wire.Talking},
		{"dialling", desk.Snapshot{Accounts: registered, Calls: calls(desk.Dialling)}, wire.Talking},
		{"not to be disturbed", desk.Snapshot{Accounts: registered, Presence: desk.Presence{Quiet: true}}, wire.DoNotDisturb},
		{"sent on", desk.Snapshot{Accounts: registered, Presence: desk.Presence{Forward: "102"}}, wire.Away},
	} {
		if got := availabilityOf(tt.now); got != tt.want {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
}

type listening chan wire.Availability

func (l listening) SetPresence(_ context.Context, p wire.Presence) error {
	l <- p.State
	return errors.New("it fails, and nothing comes of that")
}

func TestTheServerHearsHowTheAgentIsToBeReached_D3(t *testing.T) {
	p := aProgram(t)
	heard := make(listening, 10)
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		tellAvailability(ctx, p.desk, heard, slog.New(slog.DiscardHandler))
	}()
	select {
	case got := <-heard:
		if got != wire.Offline {
			t.Errorf("without a telephone: %s", got)
		}
	case <-time.After(time.Minute):
		t.Error("nothing was told")
	}
	cancel()
	select {
	case <-over:
	case <-time.After(time.Minute):
		t.Error("it goes on after the end")
	}
}
