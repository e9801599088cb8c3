package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/secret"
	"leadline/crm"
	"leadline/crm/wire"
	"leadline/ui/desk"
)

// settingGiven are the accounts that the company gave last, as JSON and without their passwords.
const settingGiven = "given accounts"

// takeAccounts takes over the accounts that the company has set up for who signed in: new ones are added, what the company
// has changed in one is changed here, and one that it has taken away goes. The rest of an account, and accounts of the agent's own, stay
// as they are. Calls are not cut off for it: it waits until there are none.
func (p *program) takeAccounts(ctx context.Context, given []wire.Account) error {
	lines, err := p.store.Lines(ctx)
	if err != nil {
		return err
	}
	last, err := p.lastGiven(ctx)
	if err != nil {
		return err
	}
	var errs []error
	var now []givenAccount
	fresh := false
	for _, g := range given {
		a, err := newGivenAccount(g, lines)
		if err != nil {
			errs = append(errs, err)
			if i := slices.IndexFunc(last, func(l wire.Account) bool { return l.Name == g.Name }); i >= 0 {
				a, err = newGivenAccount(last[i], lines) // it stays as it was
			}
			if err != nil {
				continue
			}
		}
		another, err := p.keepPassword(a.Account, secret.Secret(g.Password))
		errs = append(errs, err)
		now, fresh = append(now, a), fresh || another
	}
	var before []givenAccount
	for _, l := range last {
		if a, err := newGivenAccount(l, lines); err == nil {
			before = append(before, a)
		}
	}
	if accounts := p.config().Accounts; fresh || !reflect.DeepEqual(reconcile(accounts, before, now), accounts) {
		if err := p.withoutCalls(ctx); err != nil {
			return errors.Join(append(errs, err)...)
		}
		err := p.change(func(next *config.Config) error {
			next.Accounts = reconcile(next.Accounts, before, now)
			return nil
		})
		if err != nil {
			return errors.Join(append(errs, err)...) // not taken over: the next session tries again
		}
		errs = append(errs, p.useAccounts())
	}
	return errors.Join(append(errs, p.keepGiven(ctx, now))...)
}

// lastGiven are the accounts of keepGiven.
func (p *program) lastGiven(ctx context.Context) (last []wire.Account, err error) {
	kept, err := p.store.Setting(ctx, settingGiven)
	if err != nil || kept == "" {
		return nil, err
	}
	return last, json.Unmarshal([]byte(kept), &last)
}

func (p *program) keepGiven(ctx context.Context, now []givenAccount) error {
	all := make([]wire.Account, len(now))
	for i, a := range now {
		all[i] = a.given
		all[i].Password = ""
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	if kept, err := p.store.Setting(ctx, settingGiven); err != nil || kept == string(text) {
		return err
	}
	return p.store.SetSetting(ctx, settingGiven, string(text))
}

// withoutCalls waits until there is no call.
func (p *program) withoutCalls(ctx context.Context) error {
	talks := func() bool {
		return slices.ContainsFunc(p.desk.Snapshot().Calls, func(c desk.Call) bool { return c.State != desk.Ended })
	}
	for talks() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return nil
}

// givenAccount is an account of the server's, and what it is in the configuration without its password.
type givenAccount struct {
	config.Account
	given wire.Account
}

func newGivenAccount(g wire.Account, lines []crm.Line) (givenAccount, error) {
	a := config.Account{Name: g.Name, Address: g.Address, AuthUser: g.AuthUser, Transport: g.Transport}
	if i := slices.IndexFunc(lines, func(l crm.Line) bool { return g.Line != "" && l.ID == g.Line }); i >= 0 {
		a.DefaultLine = lines[i].Name
	}
	checked, err := config.CheckAccount(a)
	if err != nil {
		return givenAccount{}, fmt.Errorf("account %s: %w", g.Name, err)
	}
	return givenAccount{checked, g}, nil
}

// reconcile are the accounts of the configuration once those that the company gave before are as it gives them now. An account is
// known by its address.
func reconcile(accounts []config.Account, before, now []givenAccount) []config.Account {
	next := slices.Clone(accounts)
	at := func(address string) int {
		return slices.IndexFunc(next, func(a config.Account) bool { return a.Address == address })
	}
	for _, b := range before {
		i := at(b.Address)
		named := slices.IndexFunc(now, func(n givenAccount) bool { return n.given.Name == b.given.Name })
		switch {
		case i < 0:
		case named >= 0:
			next[i] = changed(next[i], b.Account, now[named].Account)
		case !slices.ContainsFunc(now, func(n givenAccount) bool { return n.Address == b.Address }):
			next = slices.Delete(next, i, i+1)
		}
	}
	for _, n := range now {
		if at(n.Address) < 0 {
			a := n.Account
			for k := 2; slices.ContainsFunc(next, func(o config.Account) bool { return o.Name == a.Name }); k++ {
				a.Name = fmt.Sprintf("%s %d", n.Name, k)
			}
			next = append(next, a)
		}
	}
	return next
}

// changed is an account with what the company gives otherwise than before.
func changed(a, before, now config.Account) config.Account {
	for _, f := range []struct{ is, was, given *string }{
		{&a.Address, &before.Address, &now.Address}, {&a.AuthUser, &before.AuthUser, &now.AuthUser},
		{&a.Transport, &before.Transport, &now.Transport}, {&a.DefaultLine, &before.DefaultLine, &now.DefaultLine},
	} {
		if *f.was != *f.given {
			*f.is = *f.given
		}
	}
	return a
}

// keepPassword keeps an account's password; fresh says that it is another one than before.
func (p *program) keepPassword(a config.Account, password secret.Secret) (fresh bool, err error) {
	if password == "" {
		return false, nil
	}
	kept, err := p.secrets.Get(secretName(a))
	if err != nil && !errors.Is(err, secret.ErrNotFound) || kept == password {
		return false, err
	}
	return true, p.secrets.Set(secretName(a), password)
}
