package main

import (
	"context"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui/desk"
)

// What the demo seeds goes to its server whole; a colleague who signs in gets it, and with it a telephone (requirement I3).
func TestTheDemosDataIsTakenByItsServer(t *testing.T) {
	company, err := openDemoCompany(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(company.close)
	everywhere := func(y desk.Sync) bool { return y.State == desk.Everywhere && y.Waiting == 0 }
	signIn := func(email string, seed bool) *program {
		t.Helper()
		p := aProgram(t)
		p.telephone(t)
		if seed {
			if err := company.seed(t.Context(), p.store); err != nil {
				t.Fatal(err)
			}
		}
		if err := (settings{p}).SignIn(t.Context(), company.server.url, email, company.password); err != nil {
			t.Fatal(err)
		}
		p.untilSync(t, "everywhere", everywhere)
		return p
	}
	anna := signIn(store.DemoAgentEmail, true)
	if tray, err := anna.store.Refused(t.Context()); err != nil || len(tray) > 0 {
		t.Errorf("refused: %+v, %v", tray, err)
	}
	petra := signIn(store.DemoColleagueEmail, false)
	for _, p := range []*program{anna, petra} {
		page, err := p.store.Contacts(t.Context(), crm.Query{Limit: 100})
		if err != nil || len(page.Rows) < 5 {
			t.Errorf("%d contacts, %v", len(page.Rows), err)
		}
		found, err := p.store.Search(t.Context(), store.DemoKnown, 5)
		if err != nil || len(found) == 0 {
			t.Errorf("the known customer is not found: %v", err)
		}
	}
	// Requirement I3: an address, a name and a password, and the telephone registers.
	waiting, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if err := company.second.Registered(waiting); err != nil {
		t.Errorf("her telephone does not register: %v", err)
	}
	if me, err := petra.store.Me(t.Context()); err != nil || me.Name != store.DemoColleague || me.Extension != "102" {
		t.Errorf("she is %+v, %v", me, err)
	}
	petra.untilDesk(t, "her calls go out over the line of the head office", func(s desk.Snapshot) bool { return s.Out.Name == "Head office" })
}
