package front

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// Requirement I3: an administrator makes and revokes keys from the program. The token is told once, and a key makes no other.
func TestAnAdministratorMakesAndRevokesKeys_I3(t *testing.T) {
	o := open(t)
	boss := o.add("anna@example.org", crm.User{Name: "Anna", Roles: []crm.ID{crm.Administrator}})
	agent := o.add("ben@example.org", crm.User{Name: "Ben"})
	left := o.add("eva@example.org", crm.User{Name: "Eva", Left: true})
	anna, ben := o.signIn("anna@example.org"), o.signIn("ben@example.org")
	wish := wire.NewKey{Name: "Report", User: agent.ID, Scopes: []string{access.ScopeRead}}
	ben.refused(wire.Forbidden, "POST", wire.PathKeys, wish)
	ben.refused(wire.Forbidden, "GET", wire.PathKeys, nil)
	for _, bad := range []wire.NewKey{{}, {Name: "x"}, {Name: "x", Scopes: []string{"read"}}, {Name: "x", User: agent.ID, Scopes: []string{"all"}},
		{Name: " ", User: agent.ID, Scopes: []string{"read"}}, {Name: "a\x00b", Scopes: []string{"route"}}} {
		anna.refused(wire.Malformed, "POST", wire.PathKeys, bad)
	}
	for _, nobody := range []crm.ID{left.ID, newID(t, o), "x"} {
		anna.refused(wire.NotFound, "POST", wire.PathKeys, wire.NewKey{Name: "x", User: nobody, Scopes: []string{"read"}})
	}
	var made wire.MadeKey
	anna.must(http.StatusOK, "POST", wire.PathKeys, wish, &made)
	anna.must(http.StatusOK, "POST", wire.PathKeys, wire.NewKey{Name: "PBX", Scopes: []string{access.ScopeRoute}}, nil)
	list := func() (all []wire.APIKey) {
		t.Helper()
		anna.must(http.StatusOK, "GET", wire.PathKeys, nil, &all)
		return all
	}
	if all := list(); len(all) != 2 || all[0].Name != "Report" || all[0].MadeBy != boss.ID || all[0].User != agent.ID || !all[0].Used.IsZero() {
		t.Fatalf("%+v", all)
	}
	software := &program{o: o, form: wire.TypeJSON, session: wire.Session{Access: made.Token}}
	software.must(http.StatusOK, "GET", "/v1/records/contact", nil, nil)
	if used := list()[0].Used; time.Since(used) > time.Minute || used.IsZero() {
		t.Errorf("it was used %v", used)
	}
	software.refused(wire.Forbidden, "POST", wire.PathKeys, wish)
	software.refused(wire.Forbidden, "GET", wire.PathKeys, nil)
	ben.refused(wire.Forbidden, "DELETE", wire.PathKeys+"/"+string(made.ID), nil)
	anna.refused(wire.NotFound, "DELETE", wire.PathKeys+"/"+string(newID(t, o)), nil)
	anna.refused(wire.NotFound, "DELETE", wire.PathKeys+"/x", nil)
	anna.must(http.StatusNoContent, "DELETE", wire.PathKeys+"/"+string(made.ID), nil, nil)
	if status, _ := software.ask("GET", "/v1/records/contact", nil, nil); status != http.StatusUnauthorized {
		t.Errorf("the revoked key is let in: %d", status)
	}
	if all := list(); all[0].Revoked.IsZero() {
		t.Errorf("%+v", all)
	}
	if strings.Contains(o.log.String(), made.Token) {
		t.Error("the log has the token")
	}
}
