package main

import (
	"slices"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/server/rig/company"
	"leadline/crm/wire"
	"leadline/phone"
	"leadline/ui/desk"
)

// I3: what the company changes in a telephone account is taken over by a program that runs, with hints and where none get
// through; not in the middle of a call.
func TestAChangedAccountReachesAProgramThatRuns_I3(t *testing.T) {
	for way, blocked := range map[string]bool{"WebSocket": false, "long polling": true} {
		t.Run(way, func(t *testing.T) {
			c := company.New(t, nil)
			c.NoHints.Store(blocked)
			ada := c.User(crm.User{Name: "Ada", Email: "ada@example.org", Roles: []crm.ID{crm.Administrator}})
			ben := c.User(crm.User{Name: "Ben", Email: "ben@example.org"})
			office, err := remote.New(remote.Options{URL: c.URL, Device: wire.DeviceInfo{ID: "6b1d2f0a-0f6b-8e0e-9d5c-5f1a000000bb"}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := office.SignIn(t.Context(), ada.Email, company.Password); err != nil {
				t.Fatal(err)
			}
			p := aProgram(t)
			p.telephone(t)
			if err := (settings{p}).SignIn(t.Context(), c.URL, ben.Email, company.Password); err != nil {
				t.Fatal(err)
			}
			p.untilSync(t, "everywhere", func(y desk.Sync) bool { return y.State == desk.Everywhere })
			save := func(a wire.Account) {
				t.Helper()
				if err := office.SavePhone(t.Context(), ben.ID, a); err != nil {
					t.Fatal(err)
				}
			}
			first := wire.Account{Name: "Office", Address: "sip:102@127.0.0.1:1", Password: "geheim", Transport: "udp"}
			save(first)
			p.untilAccounts(t, "sip:102@127.0.0.1:1 udp")
			first.Transport, first.Password = "tcp", ""
			save(first)
			p.untilAccounts(t, "sip:102@127.0.0.1:1 tcp")

			call := phone.Call{ID: "1", Account: "Office", State: phone.Active, Began: time.Now(), Answered: time.Now()}
			p.desk.CallChanged(call)
			p.untilCalls(t, 1)
			moved := first
			moved.Address, moved.Password = "sip:103@127.0.0.1:1", "geheimer"
			save(moved)
			moved.Address = "sip:104@127.0.0.1:1" // changed again in the same call: the newest counts
			save(moved)
			time.Sleep(2 * time.Second) // twice as often as it looks whether there is a call
			p.untilAccounts(t, "sip:102@127.0.0.1:1 tcp")
			call.State = phone.Ended
			p.desk.CallChanged(call)
			p.untilAccounts(t, "sip:104@127.0.0.1:1 tcp")
			if err := office.RemovePhone(t.Context(), ben.ID, "Office"); err != nil {
				t.Fatal(err)
			}
			p.untilAccounts(t)
		})
	}
}

// untilAccounts waits for the accounts of the configuration to be these.
func (p *program) untilAccounts(t *testing.T, want ...string) {
	t.Helper()
	for late := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		var got []string
		for _, a := range p.config().Accounts {
			got = append(got, a.Address+" "+a.Transport)
		}
		if slices.Equal(got, want) {
			return
		}
		if time.Now().After(late) {
			t.Fatalf("the accounts are %q, want %q", got, want)
		}
	}
}

// untilCalls waits for the desk to have so many calls.
func (p *program) untilCalls(t *testing.T, want int) {
	t.Helper()
	for late := time.Now().Add(time.Minute); len(p.desk.Snapshot().Calls) != want; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%d calls, want %d", len(p.desk.Snapshot().Calls), want)
		}
	}
}
