package ui

import (
	"context"
	"strings"

	"leadline/crm"
	"leadline/ui/text"
)

// companyGuard knows whether who works here may change a part of how the company is set
// up, and else who may (requirements.md G2).
type companyGuard struct {
	opt   MainOptions
	needs func(crm.Rights) bool
	who   string // who may instead, in a sentence; "" when it may be changed here
}

// The parts of the settings that roles give away (requirements.md G1).
func mayLines(r crm.Rights) bool    { return r.Lines }
func mayUsers(r crm.Rights) bool    { return r.Users }
func maySettings(r crm.Rights) bool { return r.Settings }
func mayAll(r crm.Rights) bool      { return r == crm.AllRights }

// read asks, and then calls done.
func (g *companyGuard) read(done func()) {
	companyAsk(g.opt, g.whoElse, func(who string, err error) {
		if err != nil {
			who = companyWhy(err)
		}
		g.who = who
		done()
	})
}

func (g *companyGuard) whoElse(ctx context.Context, c Company) (string, error) {
	mine, err := c.Rights(ctx)
	if err != nil || g.needs(mine) {
		return "", err
	}
	users, err := c.Users(ctx)
	if err != nil {
		return "", err
	}
	roles, err := c.Roles(ctx)
	if err != nil {
		return "", err
	}
	var names []string
	for _, u := range users {
		if g.needs(crm.RightsOf(u, roles)) {
			names = append(names, u.Name)
		}
	}
	if len(names) == 0 {
		return text.T("Your role does not allow to change this."), nil
	}
	return text.T("Your role does not allow to change this. {names} may.", "names", strings.Join(names, ", ")), nil
}
