package ui

import (
	"testing"

	"leadline/crm"
)

// Who may see no calls is not told that nobody has called.
func TestARoleThatShowsNoCallsSaysSo_G1(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	me, err := s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	trainee := crm.Role{ID: s.NewID(), Name: "Trainee", Rights: crm.Rights{Call: crm.CallAnyone}}
	me.Roles = []crm.ID{trainee.ID}
	do(t, s, crm.SaveRole{Role: trainee}, crm.SaveUser{User: crm.User{ID: s.NewID(), Name: "Petra", Roles: []crm.ID{crm.Administrator}}}, crm.SaveUser{User: me})
	for _, page := range []pageName{pageMissed, pageCalls} {
		b.m.Go(page)
		b.waits("Your role shows no calls")
		if b.says("No missed calls") || b.says("No calls yet") {
			t.Errorf("%s says that nobody has called", page)
		}
	}
}
