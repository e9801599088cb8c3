package main

import (
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/server/rig/company"
	"leadline/crm/wire"
	"leadline/ui/desk"
)

// Issue 5.7: how a colleague is, is on the desk a moment later; and not known once the server is away.
func TestColleaguesAreAsTheServerTells(t *testing.T) {
	c := company.New(t, nil)
	anna := c.User(crm.User{Name: "Anna", Email: "anna@example.org"})
	ben := c.User(crm.User{Name: "Ben", Email: "ben@example.org", Extension: "102"})
	his, err := remote.New(remote.Options{URL: c.URL, Device: wire.DeviceInfo{ID: "6b1d2f0a-0f6b-8e0e-9d5c-5f1a000000bb"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := his.SignIn(t.Context(), ben.Email, company.Password); err != nil {
		t.Fatal(err)
	}
	p := aProgram(t)
	if err := (settings{p}).SignIn(t.Context(), c.URL, anna.Email, company.Password); err != nil {
		t.Fatal(err)
	}
	p.untilTeam(t, ben.ID, desk.TeamOffline)
	for _, s := range []struct {
		said wire.Availability
		seen desk.TeamState
	}{{wire.Free, desk.TeamFree}, {wire.Talking, desk.TeamTalking}, {wire.DoNotDisturb, desk.TeamQuiet}} {
		if err := his.SetPresence(t.Context(), wire.Presence{State: s.said}); err != nil {
			t.Fatal(err)
		}
		p.untilTeam(t, ben.ID, s.seen)
	}
	p.shared.end()
	p.untilTeam(t, ben.ID, desk.TeamUntold)
}

// untilTeam waits for a colleague to be shown so.
func (p *program) untilTeam(t *testing.T, user crm.ID, want desk.TeamState) {
	t.Helper()
	seen := make(chan struct{}, 1)
	defer p.desk.Subscribe(func(s desk.Snapshot) {
		for _, m := range s.Team {
			if m.User == string(user) && m.State == want {
				select {
				case seen <- struct{}{}:
				default:
				}
			}
		}
	})()
	select {
	case <-seen:
	case <-time.After(time.Minute):
		t.Fatalf("never %v: %+v", want, p.desk.Snapshot().Team)
	}
}
