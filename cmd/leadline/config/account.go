package config

import "errors"

// CheckAccount fills in the defaults of one account and checks it as Load would:
// for a form that is filled in and not saved yet.
func CheckAccount(a Account) (Account, error) {
	c := Config{Accounts: []Account{a}}
	c.fill()
	var errs []error
	c.check(func(_, reason string) { errs = append(errs, errors.New(reason)) })
	return c.Accounts[0], errors.Join(errs...)
}
