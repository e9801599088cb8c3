package front

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/rig"
	"leadline/crm/wire"
)

func TestMain(m *testing.M) {
	if arguments := os.Getenv(eraseEnv); arguments != "" {
		fmt.Fprintln(os.Stderr, "erase:", eraseAndDie(arguments))
		os.Exit(1)
	}
	os.Exit(rig.Run(m))
}

// beside starts a second server on the database of the first, both as they run for real, and signs in there.
func (o *office) beside() (there *Front, url string) {
	o.t.Helper()
	o.front.Shared = true
	db, err := database.Open(context.Background(), o.database)
	if err != nil {
		o.t.Fatal(err)
	}
	engine := *o.front.Engine
	engine.DB = db
	there = New(Options{Access: o.access, Engine: server.NewEngine(engine), Log: o.front.Log, Shared: true})
	s := httptest.NewServer(there.Handler())
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, f := range []*Front{o.front, there} {
		f.safetyPoll = time.Hour // so that it is the news that is seen to work
		running.Go(func() { f.Run(ctx) })
	}
	o.t.Cleanup(func() {
		stop()
		running.Wait()
		s.Close()
		_ = db.Close()
	})
	return there, s.URL
}

// listens waits until a server hears the others.
func (o *office) listens(f *Front) {
	o.t.Helper()
	for end := time.Now().Add(patience); !f.neighbours.listening.Load(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			o.t.Fatal("it does not listen")
		}
	}
}

// Servers on one PostgreSQL hear of each other's commits and agents without asking, also after their listening connections were
// cut; while these are gone, they ask.
func TestServersHearEachOther_I2(t *testing.T) {
	o := openOn(t, rig.PostgresURL(t))
	a := o.add("anna@example.org", crm.User{Name: "Anna"})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	anna, ben := o.signIn("anna@example.org"), o.signIn("ben@example.org")
	here := o.url
	there, elsewhere := o.beside()
	o.listens(o.front)
	o.listens(there)
	o.url = elsewhere
	conn := ben.watch()
	o.url = here
	w, client := anna.hello()
	seq := uint64(0)
	arrives := func(when string) {
		t.Helper()
		seq++
		out := anna.push(w, client, seq, crm.CreateContact{Contact: contact(t, o.access, "Meier", "030 1234567")})
		until(t, conn, "a commit of the other server "+when, func(h wire.Hint) bool { return h.Rev >= out.Head })
	}
	arrives("by news")
	anna.must(http.StatusNoContent, "POST", wire.PathPresence, wire.Presence{State: wire.Talking}, nil)
	until(t, conn, "a colleague at the other server", isState(a.ID, wire.Talking))
	for range 3 {
		cutListeners(t, o.database)
		arrives("while nobody listens")
		o.listens(there)
		arrives("once it listens again")
	}
}

// Who is signed out at one server is shown out at once by the other, to which they are connected, also after a while in which it heard
// nothing: not only when it next looks whether they are there.
func TestADeviceIsSignedOutAtEveryServer_G1(t *testing.T) {
	o := openOn(t, rig.PostgresURL(t))
	o.add("anna@example.org", crm.User{Name: "Anna", Roles: []crm.ID{crm.Administrator}})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	here := o.url
	there, elsewhere := o.beside()
	o.listens(o.front)
	o.listens(there)
	anna := o.signIn("anna@example.org")
	for _, test := range []struct {
		what  string
		how   func(bens *program)
		alone bool // nothing is heard as it happens
	}{
		{what: "signed out", how: func(bens *program) {
			anna.must(http.StatusNoContent, "DELETE", wire.PathDevices+"/"+string(bens.device), nil, nil)
		}},
		{what: "signed out while the other hears nothing", alone: true, how: func(bens *program) {
			anna.must(http.StatusNoContent, "DELETE", wire.PathDevices+"/"+string(bens.device), nil, nil)
		}},
		{what: "whose refresh token came twice", how: func(bens *program) {
			first := wire.Refresh{Token: bens.session.Refresh, Device: bens.device}
			bens.must(http.StatusOK, "POST", wire.PathRefresh, first, &bens.session)
			bens.must(http.StatusOK, "GET", wire.PathDevices, nil, nil)
			bens.refused(wire.BadSignIn, "POST", wire.PathRefresh, first)
		}},
		{what: "by the command line", how: func(*program) {
			if err := errors.Join(o.access.Disable(t.Context(), "ben@example.org"), o.access.Enable(t.Context(), "ben@example.org"),
				command(t, o.database).Tell(t.Context(), []database.News{{Workspace: string(o.workspace), SignedOut: true}})); err != nil {
				t.Error(err)
			}
		}},
	} {
		o.url = elsewhere
		bens := o.signIn("ben@example.org")
		conn := bens.watch()
		if _, err := hint(t, conn); err != nil {
			t.Fatal(err)
		}
		o.url = here
		if test.alone {
			cutListeners(t, o.database)
		}
		began := time.Now()
		test.how(bens)
		var err error
		for err == nil { // of colleagues it may hear before
			_, err = hint(t, conn)
		}
		if took := time.Since(began); websocket.CloseStatus(err) != websocket.StatusPolicyViolation || took >= pingEvery {
			t.Errorf("%s: %v after %v", test.what, err, took)
		}
		o.listens(o.front)
		o.listens(there)
	}
}

// A server whose clock ran a day ahead has said of somebody that they are free: they are not, and what they say now counts.
func TestWhoIsThereTomorrowIsNotThere_D3(t *testing.T) {
	o := openOn(t, rig.PostgresURL(t))
	b := o.add("ben@example.org", crm.User{Name: "Ben"})
	ben := o.signIn("ben@example.org")
	o.front.Shared = true
	who := access.Person{Workspace: o.workspace, User: b.ID, Device: ben.device}
	if err := o.front.share(t.Context(), who, wire.Free, o.front.Engine.Now().AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	o.front.readPresence(t.Context(), o.workspace)
	if team := o.front.board.team(o.workspace); len(team) != 0 {
		t.Errorf("there are %+v", team)
	}
	ben.must(http.StatusNoContent, "POST", wire.PathPresence, wire.Presence{State: wire.Talking}, nil)
	o.front.readPresence(t.Context(), o.workspace)
	if team := o.front.board.team(o.workspace); len(team) != 1 || team[0].State != wire.Talking {
		t.Errorf("there are %+v", team)
	}
}

// command is the database as a command of leadline-server has it.
func command(t *testing.T, url string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func isState(user crm.ID, s wire.Availability) func(wire.Hint) bool {
	return func(h wire.Hint) bool {
		for _, p := range h.Presence {
			if p.User == user && p.State == s {
				return true
			}
		}
		return false
	}
}

// cutListeners ends every connection that has listened, as a network or PostgreSQL itself would.
func cutListeners(t *testing.T, url string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var cut int
	err = db.QueryRow(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'`).Scan(&cut)
	if err != nil || cut == 0 {
		t.Fatalf("%d connections were cut: %v", cut, err)
	}
}

// Where servers cannot hear each other, they ask the database.
func TestServersAskWhereTheyDoNotHear_I2(t *testing.T) {
	o := open(t) // SQLite, which has no news
	o.add("anna@example.org", crm.User{Name: "Anna"})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	anna, ben := o.signIn("anna@example.org"), o.signIn("ben@example.org")
	here := o.url
	_, o.url = o.beside()
	conn := ben.watch()
	o.url = here
	w, client := anna.hello()
	out := anna.push(w, client, 1, crm.CreateContact{Contact: contact(t, o.access, "Meier", "030 1234567")})
	until(t, conn, "a commit of the other server", func(h wire.Hint) bool { return h.Rev >= out.Head })
}
