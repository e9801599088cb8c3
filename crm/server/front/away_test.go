package front

import (
	"net/http"
	"testing"

	"leadline/crm"
	"leadline/crm/server/rig"
	"leadline/crm/wire"
)

// While PostgreSQL is gone the server says that it is to be tried again (503), and goes on once it is back.
func TestWhileTheDatabaseIsAwayItSaysTryAgain(t *testing.T) {
	pg, err := rig.NewPostgres("-c", "fsync=off")
	rig.NeedPostgres(t, err)
	t.Cleanup(func() {
		if err := pg.Remove(); err != nil {
			t.Error(err)
		}
	})
	url, err := pg.Database()
	if err != nil {
		t.Fatal(err)
	}
	o := openOn(t, url)
	o.add("anna@example.org", crm.User{Name: "Anna"})
	anna := o.signIn("anna@example.org")
	w, client := anna.hello()
	if err := pg.Kill(); err != nil {
		t.Fatal(err)
	}
	ask := wire.Pull{Client: client, Epoch: w.Epoch, View: w.View}
	for range 3 {
		anna.refused(wire.Unavailable, "POST", wire.PathPull, ask)
	}
	if err := pg.Start(); err != nil {
		t.Fatal(err)
	}
	for status := 0; status != http.StatusOK; { // connections that broke are found out one by one
		var refused wire.Problem
		if status, refused = anna.ask("POST", wire.PathPull, ask, nil); status != http.StatusOK && refused.Code != wire.Unavailable {
			t.Fatalf("it says %d %+v", status, refused)
		}
	}
}
