package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/secret"
	"leadline/crm"
	"leadline/crm/wire"
)

// takeAccounts takes over the accounts that the company has set up for who signed in: new ones are added, new passwords
// kept. What the agent has changed in an account stays.
func (p *program) takeAccounts(ctx context.Context, given []wire.Account) error {
	lines, err := p.store.Lines(ctx)
	if err != nil {
		return err
	}
	var errs []error
	next, changed := p.config(), false
	for _, g := range given {
		a, err := config.CheckAccount(givenAccount(g, lines))
		if err != nil {
			errs = append(errs, fmt.Errorf("account %s: %w", g.Name, err))
			continue
		}
		fresh, err := p.keepPassword(a, secret.Secret(g.Password))
		errs = append(errs, err)
		added := addAccount(&next, a)
		changed = changed || fresh || added
	}
	if !changed {
		return errors.Join(errs...)
	}
	return errors.Join(append(errs, settings{p}.save(next), p.useAccounts())...)
}

// givenAccount is an account of the server's as the file has it, without its password.
func givenAccount(g wire.Account, lines []crm.Line) config.Account {
	a := config.Account{Name: g.Name, Address: g.Address, AuthUser: g.AuthUser, Transport: g.Transport}
	if i := slices.IndexFunc(lines, func(l crm.Line) bool { return g.Line != "" && l.ID == g.Line }); i >= 0 {
		a.DefaultLine = lines[i].Name
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

// addAccount adds an account, unless there is one of its address; its name may have to be another one.
func addAccount(c *config.Config, a config.Account) bool {
	if slices.ContainsFunc(c.Accounts, func(o config.Account) bool { return o.Address == a.Address }) {
		return false
	}
	name := a.Name
	for n := 2; slices.ContainsFunc(c.Accounts, func(o config.Account) bool { return o.Name == a.Name }); n++ {
		a.Name = fmt.Sprintf("%s %d", name, n)
	}
	c.Accounts = append(slices.Clone(c.Accounts), a)
	return true
}
