package main

import (
	"path/filepath"
	"slices"
	"testing"

	"leadline/cmd/leadline/config"
	"leadline/crm"
	"leadline/crm/wire"
)

var headOffice = crm.Line{ID: "6b1d2f0a-0f6b-8e0e-9d5c-5f1a000000aa", Name: "Head office"}

func givenAccounts(t *testing.T, all ...wire.Account) (given []givenAccount) {
	t.Helper()
	for _, g := range all {
		a, err := newGivenAccount(g, []crm.Line{headOffice})
		if err != nil {
			t.Fatal(err)
		}
		given = append(given, a)
	}
	return given
}

func TestTheCompanysAccountsAreTakenOver_I3(t *testing.T) {
	own := config.Account{Name: "Office", Address: "sip:1@own.example.org", Transport: "udp"}
	office := wire.Account{Name: "Office", Address: "sip:101@pbx.example.org", Transport: "tls", Line: headOffice.ID}
	moved, renamed := office, office
	moved.Address, moved.Transport, moved.AuthUser = "sip:101@new.example.org", "tcp", "agent101"
	renamed.Name = "Desk"
	taken := config.Account{Name: "Office 2", Address: office.Address, Transport: "tls", DefaultLine: "Head office", STUN: "stun.example.org", AuthUser: "by-hand"}
	for _, c := range []struct {
		row         string
		is          []config.Account
		before, now []wire.Account
		want        []config.Account
	}{
		{"a new one is added, by a name that is free", []config.Account{own}, nil, []wire.Account{office},
			[]config.Account{own, {Name: "Office 2", Address: office.Address, Transport: "tls", DefaultLine: "Head office", AuthUser: "101"}}},
		{"one that is there is not added again", []config.Account{own, taken}, nil, []wire.Account{office}, []config.Account{own, taken}},
		{"what the agent changed stays", []config.Account{own, taken}, []wire.Account{office}, []wire.Account{office}, []config.Account{own, taken}},
		{"what the company changed is changed, and the rest stays", []config.Account{own, taken}, []wire.Account{office}, []wire.Account{moved},
			[]config.Account{own, {Name: "Office 2", Address: moved.Address, Transport: "tcp", DefaultLine: "Head office", STUN: "stun.example.org", AuthUser: "agent101"}}},
		{"one that was taken away goes", []config.Account{own, taken}, []wire.Account{office}, nil, []config.Account{own}},
		{"one by another name is the same telephone", []config.Account{own, taken}, []wire.Account{office}, []wire.Account{renamed}, []config.Account{own, taken}},
		{"the agent's own stays where the company gives none", []config.Account{own}, nil, nil, []config.Account{own}},
		{"the agent's own is not touched by what was never here", []config.Account{own}, []wire.Account{office}, nil, []config.Account{own}},
	} {
		got := reconcile(c.is, givenAccounts(t, c.before...), givenAccounts(t, c.now...))
		if !slices.EqualFunc(got, c.want, func(a, b config.Account) bool {
			return a.Name == b.Name && a.Address == b.Address && a.Transport == b.Transport && a.DefaultLine == b.DefaultLine && a.STUN == b.STUN && a.AuthUser == b.AuthUser
		}) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.row, got, c.want)
		}
	}
}

func TestAChangedAndARemovedAccountReachTheProgram_I3(t *testing.T) {
	p := aProgram(t)
	p.telephone(t)
	was := p.config().Accounts
	office := wire.Account{Name: "Office", Address: "sip:101@pbx.example.org", Password: "geheim"}
	for _, c := range []struct {
		given []wire.Account
		want  []string
	}{
		{[]wire.Account{office}, []string{"sip:101@pbx.example.org"}},
		{[]wire.Account{{Name: "Office", Address: "sip:102@pbx.example.org", Password: "geheim"}}, []string{"sip:102@pbx.example.org"}},
		{[]wire.Account{{Name: "Office", Address: "no address"}}, []string{"sip:102@pbx.example.org"}}, // wrong: it stays as it was
		{nil, nil},
	} {
		err := p.takeAccounts(t.Context(), c.given)
		if wrong := len(c.given) > 0 && c.given[0].Address == "no address"; (err != nil) != wrong {
			t.Errorf("%+v: %v", c.given, err)
		}
		var got []string
		for _, a := range p.config().Accounts[len(was):] {
			got = append(got, a.Address)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("after %+v: %q", c.given, got)
		}
	}
}

// A change that can't be kept, as with a full disk, is taken over at the next session.
func TestAnAccountThatCouldNotBeKeptIsTakenOverLater_I3(t *testing.T) {
	p := aProgram(t)
	p.telephone(t)
	office, moved := wire.Account{Name: "Office", Address: "sip:101@pbx.example.org"}, wire.Account{Name: "Office", Address: "sip:102@pbx.example.org"}
	if err := p.takeAccounts(t.Context(), []wire.Account{office}); err != nil {
		t.Fatal(err)
	}
	file := p.opts.File
	p.opts.File = filepath.Join(file, "below-a-file")
	if err := p.takeAccounts(t.Context(), []wire.Account{moved}); err == nil {
		t.Fatal("the settings could be kept")
	}
	p.opts.File = file
	if err := p.takeAccounts(t.Context(), []wire.Account{moved}); err != nil {
		t.Fatal(err)
	}
	if all := p.config().Accounts; len(all) != 1 || all[0].Address != moved.Address {
		t.Errorf("the accounts are %+v", all)
	}
}

func TestAnAccountsPasswordIsKept_I3(t *testing.T) {
	p := aProgram(t)
	account := config.Account{Name: "Office", Address: "sip:101@pbx.example.org"}
	for _, want := range []bool{true, false} {
		if fresh, err := p.keepPassword(account, "geheim"); err != nil || fresh != want {
			t.Errorf("fresh %v, %v", fresh, err)
		}
	}
	if fresh, err := p.keepPassword(account, ""); fresh || err != nil {
		t.Errorf("no password is fresh: %v", err)
	}
}
