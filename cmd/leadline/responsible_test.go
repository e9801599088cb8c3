package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/server/rig/company"
	"leadline/crm/wire"
	"leadline/phone"
	"leadline/phone/audio"
	"leadline/phone/siptest"
	"leadline/ui/desk"
)

// A real telephone, a real file and a real server: Ben's customer calls the line and rings Anna's phone, which sends the call on
// to Ben while he is free, and rings as always when he is not.
func TestAPhoneSendsACallToTheResponsiblePerson_D3(t *testing.T) {
	c := company.New(t, nil)
	c.User(crm.User{Name: "Anna", Email: "anna@example.org", Extension: "101", Roles: []crm.ID{crm.Administrator}})
	ben := c.User(crm.User{Name: "Ben", Email: "ben@example.org", Extension: "102"})
	p := aProgram(t)
	if err := (settings{p}).SignIn(t.Context(), c.URL, "anna@example.org", company.Password); err != nil {
		t.Fatal(err)
	}
	p.untilSync(t, "everywhere", func(y desk.Sync) bool { return y.State == desk.Everywhere && y.Waiting == 0 })
	number, _ := crm.ParseNumber("+49301000", "DE", crm.LabelWork)
	caller, _ := crm.ParseNumber("+493020948812", "DE", crm.LabelWork) // siptest's
	mobile, _ := crm.ParseNumber("+491761234567", "DE", crm.LabelMobile)
	if err := p.store.Do(t.Context(), crm.SaveLine{Line: crm.Line{ID: p.store.NewID(), Name: "Sales", Number: number, SendToResponsible: true}},
		crm.CreateContact{Contact: crm.Contact{ID: p.store.NewID(), LastName: "Meier", Numbers: []crm.Number{caller, mobile}, Responsible: ben.ID}}); err != nil {
		t.Fatal(err)
	}
	pbx := siptest.New(t)
	telephone := phone.New(phone.Config{Sound: audio.NewFake(), Listener: p.desk, Lamps: p.desk})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := telephone.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	accounts := []phone.Account{{Name: "Office", Address: "sip:101@" + pbx.Addr(), Password: "secret", Bind: "127.0.0.1:0", LineHeader: "X-Line"}}
	p.desk.Connect(telephone)
	p.desk.SetAccounts(accounts)
	if err := telephone.SetAccounts(accounts); err != nil {
		t.Fatal(err)
	}
	p.untilDesk(t, "registered", func(s desk.Snapshot) bool { return len(s.Accounts) == 1 && s.Accounts[0].State == desk.Registered })
	his, err := remote.New(remote.Options{URL: c.URL, Device: wire.DeviceInfo{ID: p.store.NewID(), Name: "Ben's"}})
	if err == nil {
		_, err = his.SignIn(t.Context(), "ben@example.org", company.Password)
	}
	if err != nil {
		t.Fatal(err)
	}
	tell := func(state wire.Availability, shown desk.TeamState) {
		t.Helper()
		if err := his.SetPresence(t.Context(), wire.Presence{State: state}); err != nil {
			t.Fatal(err)
		}
		p.untilDesk(t, "told how Ben is", func(s desk.Snapshot) bool { return len(s.Team) == 1 && s.Team[0].State == shown })
	}
	tell(wire.Free, desk.TeamFree)
	call := pbx.NewCall()
	call.Do("INVITE", siptest.SDP(4000), "X-Line: +49301000")
	moved := call.Refused(302)
	if contact, by := moved.Get("Contact"), moved.Get("Diversion"); !strings.Contains(contact, "sip:102@") || !strings.Contains(by, "sip:101@") {
		t.Errorf("sent to %s by %s", contact, by)
	}
	p.untilDesk(t, "in the log", func(desk.Snapshot) bool {
		page, err := p.store.Calls(t.Context(), crm.Query{Limit: 1})
		return err == nil && len(page.Rows) == 1 && page.Rows[0].Call.Outcome == crm.Declined
	})
	if n, err := p.store.MissedCount(t.Context()); err != nil || n != 0 {
		t.Errorf("%d missed calls, %v", n, err)
	}
	tell(wire.DoNotDisturb, desk.TeamQuiet)
	stays := pbx.NewCall()
	stays.Invite(siptest.SDP(4000), "X-Line: +49301000", "From: <sip:+491761234567@pbx.example>")
	p.untilDesk(t, "ringing with its name", func(s desk.Snapshot) bool {
		return len(s.Calls) > 0 && s.Calls[len(s.Calls)-1].State == desk.Incoming && !s.Calls[len(s.Calls)-1].Card.Loading
	})
	stays.Do("CANCEL", "")
	stays.Refused(487)
}

// untilDesk waits for the desk to be so; it is asked again now and then, for what no snapshot tells.
func (p *program) untilDesk(t *testing.T, what string, is func(desk.Snapshot) bool) {
	t.Helper()
	for late := time.Now().Add(time.Minute); !is(p.desk.Snapshot()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("never %s: %+v", what, p.desk.Snapshot())
		}
	}
}
