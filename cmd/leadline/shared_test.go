package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/secret"
	"leadline/crm"
	"leadline/crm/replica"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/server/rig/company"
	"leadline/crm/store"
	"leadline/crm/wire"
	"leadline/phone"
	"leadline/phone/audio"
	"leadline/ui"
	"leadline/ui/desk"
)

// aServer is the shared server with one user, and the user.
func aServer(t *testing.T) (url string, u crm.User) {
	t.Helper()
	c := company.New(t, nil)
	return c.URL, c.User(crm.User{Name: "Anna", Email: "anna@example.org", Roles: []crm.ID{crm.Administrator}})
}

// aProgram has what signing in needs of the program: no windows, no telephone.
func aProgram(t *testing.T) *program {
	t.Helper()
	keyring.MockInit()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), filepath.Join(dir, "leadline.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := &program{opts: options{File: filepath.Join(dir, "leadline.toml")}, cfg: config.Config{Data: dir}, log: slog.New(slog.DiscardHandler),
		store: s, secrets: secret.Open(dir)}
	p.desk = desk.New(desk.Config{File: s, Money: func(crm.Money) string { return "" }})
	p.shared = &shared{p: p}
	t.Cleanup(func() {
		p.shared.end()
		if err := errors.Join(p.desk.Close(context.Background()), s.Close()); err != nil {
			t.Error(err)
		}
	})
	return p
}

// telephone gives the program one, without sound.
func (p *program) telephone(t *testing.T) {
	t.Helper()
	silence := audio.Choice{Microphone: audio.Null, Speaker: audio.Null, Ringer: audio.Null}
	var err error
	if p.audio, err = audio.Open(silence, p.log); err != nil {
		t.Fatal(err)
	}
	p.phone = phone.New(phone.Config{Sound: p.audio, Listener: p.desk, Lamps: p.desk, Log: p.log, UserAgent: "Leadline/test"})
	p.desk.Connect(p.phone)
	t.Cleanup(func() {
		p.shared.end() // it hands accounts to the telephone
		ctx, cancel := context.WithTimeout(context.Background(), farewell)
		defer cancel()
		if err := p.phone.Close(ctx); err != nil {
			t.Errorf("close the telephone: %v", err)
		}
		p.audio.Close()
	})
}

func (p *program) untilSync(t *testing.T, what string, is func(desk.Sync) bool) {
	t.Helper()
	reached := make(chan struct{}, 1)
	defer p.desk.Subscribe(func(s desk.Snapshot) {
		if is(s.Sync) {
			select {
			case reached <- struct{}{}:
			default:
			}
		}
	})()
	select {
	case <-reached:
	case <-time.After(time.Minute):
		t.Fatalf("never %s: %+v", what, p.desk.Snapshot().Sync)
	}
}

func TestSigningInKeepsTheFileInStep(t *testing.T) {
	url, anna := aServer(t)
	p := aProgram(t)
	s := settings{p}
	if _, err := p.store.SignIn(t.Context(), crm.User{Name: "anna"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ address, password, why string }{
		{"ftp://x", company.Password, "The server's address begins with https://"},
		{url, "wrong", "E-mail address or password is wrong"},
		{url, "wrong", "E-mail address or password is wrong"},
		{url, "wrong", "E-mail address or password is wrong"},
		{url, "wrong", "E-mail address or password is wrong"},
		{url, "wrong", "E-mail address or password is wrong. {n} more tries."},
		{"http://127.0.0.1:1", company.Password, "The server cannot be reached"},
	} {
		var failure *ui.TestFailure
		if err := s.SignIn(t.Context(), c.address, anna.Email, c.password); !errors.As(err, &failure) || failure.Why.Key != c.why {
			t.Errorf("%s: %v", c.address, err)
		}
	}
	if err := s.SignIn(t.Context(), url, anna.Email, company.Password); err != nil {
		t.Fatal(err)
	}
	everywhere := func(y desk.Sync) bool { return y.State == desk.Everywhere && y.Waiting == 0 }
	p.untilSync(t, "everywhere", everywhere)
	if me, err := p.store.Me(t.Context()); err != nil || me.ID != anna.ID {
		t.Errorf("I am %+v, %v", me, err)
	}
	if c := p.config().Server; c.URL != url || c.User != anna.Email {
		t.Errorf("the configuration has %+v", c)
	}
	if got, err := s.Server(t.Context()); err != nil || !got.SignedIn {
		t.Errorf("%+v, %v", got, err)
	}
	// The next start needs no password.
	p.shared.end()
	p.shared = &shared{p: p}
	if err := p.shared.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.untilSync(t, "everywhere again", everywhere)
	var failure *ui.TestFailure
	if err := s.SignIn(t.Context(), "https://other.example.org", anna.Email, company.Password); !errors.As(err, &failure) || failure.Why.Args["server"] != url {
		t.Errorf("taken to another server: %v", err)
	}
	if err := (settings{p}).SignOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.untilSync(t, "signed out", func(y desk.Sync) bool { return y.State == desk.SignedOut })
	p.shared = &shared{p: p}
	if err := p.shared.start(t.Context()); err != nil || p.shared.client.SignedIn() {
		t.Errorf("still signed in at the next start: %v", err)
	}
}

func TestWhatAColleagueChangedReachesTheWindowsOfAnother_I2(t *testing.T) {
	url, anna := aServer(t)
	here, there := aProgram(t), aProgram(t)
	for _, p := range []*program{here, there} {
		if err := (settings{p}).SignIn(t.Context(), url, anna.Email, company.Password); err != nil {
			t.Fatal(err)
		}
		p.untilSync(t, "everywhere", func(y desk.Sync) bool { return y.State == desk.Everywhere && y.Waiting == 0 })
	}
	shown := make(chan time.Time, 1)
	before := here.desk.Snapshot().Data
	defer here.desk.Subscribe(func(s desk.Snapshot) {
		if s.Data == before {
			return
		}
		go func() { // as a window does: the file is not read on the desk's goroutine
			page, err := here.desk.List(context.Background(), desk.Query{List: desk.ContactList, Limit: 10})
			if err == nil && page.Total == 1 {
				select {
				case shown <- time.Now():
				default:
				}
			}
		}()
	})()
	began := time.Now()
	if err := there.store.Do(t.Context(), crm.CreateContact{Contact: crm.Contact{ID: there.store.NewID(), LastName: "Süßmilch"}}); err != nil {
		t.Fatal(err)
	}
	select {
	case at := <-shown:
		t.Logf("after %v", at.Sub(began))
	case <-time.After(time.Minute):
		t.Fatal("the list is not read anew")
	}
}

// A file is one person's: somebody else who signs in on it sends nothing of what waits there, and whose it is goes on with it.
func TestSomebodyElseDoesNotSendWhatWaitsInAFile_G2(t *testing.T) {
	c := company.New(t, nil)
	anna := c.User(crm.User{Name: "Anna", Email: "anna@example.org"})
	c.User(crm.User{Name: "Ben", Email: "ben@example.org"})
	p := aProgram(t)
	s := settings{p}
	everywhere := func(y desk.Sync) bool { return y.State == desk.Everywhere && y.Waiting == 0 }
	if err := s.SignIn(t.Context(), c.URL, anna.Email, company.Password); err != nil {
		t.Fatal(err)
	}
	p.untilSync(t, "everywhere", everywhere)
	p.shared.end() // the line is down
	made := crm.Contact{ID: p.store.NewID(), LastName: "Made by Anna"}
	if err := p.store.Do(t.Context(), crm.CreateContact{Contact: made}); err != nil {
		t.Fatal(err)
	}
	var failure *ui.TestFailure
	if err := s.SignIn(t.Context(), c.URL, "ben@example.org", company.Password); !errors.As(err, &failure) || failure.Why.Args["user"] != "Anna" {
		t.Errorf("Ben signs in on Anna's file: %v", err)
	}
	if at, err := p.store.Standing(t.Context()); err != nil || at.Waiting != 1 || at.User != anna.ID {
		t.Errorf("%+v, %v", at, err)
	}
	// Ben's session in Anna's file, as a program of before could have kept it.
	client, err := p.shared.connect(t.Context(), c.URL, func(wire.Session) error { return nil })
	if err == nil {
		_, err = client.SignIn(t.Context(), "ben@example.org", company.Password)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := replica.New(replica.Config{File: p.store, Server: client, Address: c.URL, Snapshots: t.TempDir()})
	var other replica.OtherUser
	if _, err := r.Push(t.Context()); !errors.As(err, &other) || other.Owner != anna.ID {
		t.Errorf("pushed as Ben: %v", err)
	}
	// Anna's own session is kept, and sends it in her name.
	p.shared = &shared{p: p}
	if err := p.shared.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for late := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if at, err := p.store.Standing(t.Context()); err == nil && at.Waiting == 0 {
			break
		}
		if time.Now().After(late) {
			t.Fatal("Anna's change is never sent")
		}
	}
	var has crm.Contact
	err = c.Engine.DB.Read(t.Context(), string(c.Workspace), func(tx *database.Tx) error {
		row, err := tx.Rows(t.Context()).Row(ledger.Key{Entity: wire.Contact, ID: made.ID})
		if err == nil {
			has, err = ledger.Read[crm.Contact](row)
		}
		return err
	})
	if err != nil || has.LastName != made.LastName || has.MadeBy != anna.ID {
		t.Errorf("the server has %+v, %v", has, err)
	}
}
