package config

import (
	"errors"
	"strings"
)

// CheckAccount fills in the defaults of one account and checks it as Load would:
// for a form that is filled in and not saved yet.
func CheckAccount(a Account) (Account, error) {
	filled, problems := AccountProblems(a)
	var errs []error
	for _, p := range problems {
		errs = append(errs, errors.New(p.Reason))
	}
	return filled, errors.Join(errs...)
}

// AccountProblems is CheckAccount with the key of each problem, such as "stun".
func AccountProblems(a Account) (Account, []Problem) {
	c := Config{Accounts: []Account{a}}
	c.fill()
	var problems []Problem
	c.check(func(path, reason string) {
		if key, ok := strings.CutPrefix(path, "account[0]."); ok {
			problems = append(problems, Problem{Key: key, Reason: reason})
		}
	})
	return c.Accounts[0], problems
}
