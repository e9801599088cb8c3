package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/theme"
)

// callSight knows whether the role of who works here shows calls at all (requirements.md G1): a list
// that is empty for that is not to say that nobody has called.
type callSight struct {
	opt  MainOptions
	none bool
}

// read asks, and calls changed where it is not as before. Without a file there are no roles.
func (s *callSight) read(changed func()) {
	if s.opt.Company == nil {
		return
	}
	companyAsk(s.opt, func(ctx context.Context, c Company) (crm.Rights, error) { return c.Rights(ctx) }, func(mine crm.Rights, err error) {
		if none := err == nil && mine.SeeCalls == crm.ReachNone; none != s.none {
			s.none = none
			changed()
		}
	})
}

// noSight is what stands where calls would be.
func noSight() fyne.CanvasObject {
	return kit.NewEmptyState(theme.IconLock, "Your role shows no calls", "An administrator can change what a role may see.", nil, nil)
}
