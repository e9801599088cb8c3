package ui

import (
	"slices"
	"testing"

	"leadline/ui/desk"
	"leadline/ui/kit"
)

// passwordBench shows the form for another password.
func passwordBench(t *testing.T, s *theSignIns, look Look) *mainBench {
	server := &aServer{server: ServerSettings{Address: "https://crm.example.org", User: "anna@example.org", SignedIn: true}}
	d := fullDesk()
	d.snap.Sync = desk.Sync{State: desk.Everywhere}
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount, shared: server, signIns: s}, look)
	b.desk.watch(d.snap)
	b.m.ShowSettings(settingsServer)
	b.settle()
	b.tap("button", "Change password…")
	return b
}

func TestTheOwnPasswordIsChanged(t *testing.T) {
	s := &theSignIns{own: someDevices()}
	b := passwordBench(t, s, Look{"en", "light"})
	b.tap("button", "Change")
	if !b.says("Type your password") {
		t.Error("no password is not told")
	}
	b.type_("Present password", "guess")
	b.type_("New password", "short")
	b.tap("button", "Change")
	if !b.says("At least 10 characters") {
		t.Error("a short password is not told")
	}
	b.type_("New password", "long enough now")
	b.tap("button", "Change")
	if !b.says("The present password is wrong") || len(s.did) != 0 {
		t.Errorf("a wrong one is taken: %q", s.did)
	}
	b.shot("password-wrong")
	b.type_("Present password", "geheim")
	b.tap("button", "Change")
	if want := []string{"change geheim long enough now"}; !slices.Equal(s.did, want) || !b.says("The password was changed.") {
		t.Errorf("did %q", s.did)
	}
	b.tap("button", "Change password…")
	if v := b.widget("field", "Present password").Value(); v != "" {
		t.Error("what was typed is still there")
	}
}

func TestTheOwnPasswordInGermanAndDark(t *testing.T) {
	b := passwordBench(t, &theSignIns{own: someDevices()}, Look{"de", "dark"})
	b.type_("New password", "kurz")
	b.type_("Present password", "geheim")
	b.tap("button", "Change")
	if problem := b.widget("field", "New password").(*kit.Field).Problem(); problem != "Mindestens 10 Zeichen" {
		t.Errorf("in German it says %q", problem)
	}
	b.shot("password-de")
}
