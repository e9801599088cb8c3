package ui

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
)

// aServer is a shared server in memory.
type aServer struct {
	mu     sync.Mutex
	server ServerSettings
	tray   []RefusedChange
	did    []string
}

func (s *aServer) Server(context.Context) (ServerSettings, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.server, nil
}

func (s *aServer) SignIn(_ context.Context, address, user, password string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if password != "geheim" {
		return &TestFailure{Why: desk.Text{Key: "E-mail address or password is wrong"}}
	}
	s.server = ServerSettings{Address: address, User: user, SignedIn: true}
	return nil
}

func (s *aServer) SignOut(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server.SignedIn = false
	return nil
}

func (s *aServer) TryServer() { s.did = append(s.did, "try") }

func (s *aServer) RefusedChanges(context.Context) ([]RefusedChange, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tray, nil
}

func (s *aServer) decide(what string, seq int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.did, s.tray = append(s.did, fmt.Sprint(what, " ", seq)), s.tray[1:]
	return nil
}

func (s *aServer) DoAgain(_ context.Context, seq int64) error { return s.decide("again", seq) }
func (s *aServer) Drop(_ context.Context, seq int64) error    { return s.decide("drop", seq) }

func TestThePlaceOfOnesWorkIsToldInTheStrip(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount, shared: &aServer{}}, Look{"en", "light"})
	ten := at("2026-11-23", "10:12")
	for _, c := range []struct {
		sync desk.Sync
		want []string
		tone kit.Tone
	}{
		{desk.Sync{}, nil, kit.Neutral},
		{desk.Sync{State: desk.Everywhere}, []string{"Saved everywhere"}, kit.Neutral},
		{desk.Sync{State: desk.Everywhere, Waiting: 2}, []string{"2 changes on their way"}, kit.Neutral},
		{desk.Sync{State: desk.CatchingUp}, []string{"Catching up with the others"}, kit.Neutral},
		{desk.Sync{State: desk.Loading}, []string{"The company's data is being loaded"}, kit.Neutral},
		{desk.Sync{State: desk.ServerAway, Since: ten}, []string{"Offline since 10:12"}, kit.Neutral},
		{desk.Sync{State: desk.ServerAway, Since: ten, Waiting: 1}, []string{"Offline since 10:12, 1 change waits"}, kit.Neutral},
		{desk.Sync{State: desk.SignedOut, Waiting: 3}, []string{"Signed out · 3 changes saved here"}, kit.Warn},
		{desk.Sync{State: desk.ErasedHere}, []string{"Signed out by the company; its data on this device was erased"}, kit.Bad},
		{desk.Sync{State: desk.ProgramOld}, []string{"This version is too old for the server"}, kit.Warn},
		{desk.Sync{State: desk.ServerTooOld}, []string{"The server is too old for this version"}, kit.Warn},
		{desk.Sync{State: desk.Everywhere, Refused: 1}, []string{"Saved everywhere", "1 change was refused"}, kit.Neutral},
	} {
		items := syncItems(c.sync, mainNow)
		if len(items) != len(c.want) {
			t.Fatalf("%+v: %+v", c.sync, items)
		}
		for i, it := range items {
			if it.words != c.want[i] || i == 0 && it.tone != c.tone {
				t.Errorf("%+v: %q, tone %v", c.sync, it.words, it.tone)
			}
		}
		s := b.desk.snap
		s.Sync = c.sync
		b.desk.watch(s)
		b.settle()
		for _, words := range c.want {
			if !b.says(words) {
				t.Errorf("the strip does not say %q", words)
			}
		}
	}
	b.tap("item", "Refused changes")
	if !b.finds("field", "Server's address") {
		t.Error("the strip does not lead to the server")
	}
}

func TestOneSignsInAndOut(t *testing.T) {
	server := &aServer{}
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount, shared: server}, Look{"en", "light"})
	b.m.ShowSettings(settingsServer)
	b.settle()
	b.type_("Server's address", "https://crm.example.org")
	b.type_("E-mail address", "anna@example.org")
	b.type_("Password", "falsch")
	b.tap("button", "Sign in")
	if !b.says("E-mail address or password is wrong") {
		t.Error("it does not say why not")
	}
	b.type_("Password", "geheim")
	b.tap("button", "Sign in")
	if b.says("password is wrong") || !b.says("anna@example.org") || b.finds("field", "Password") {
		t.Error("it does not show who is signed in")
	}
	b.tap("button", "Sign out")
	if !b.finds("button", "Sign in") || b.widget("field", "Password").(*kit.Field).Text() != "" {
		t.Error("one can't sign in again, or the password is still there")
	}
	s := b.desk.snap
	s.Sync = desk.Sync{State: desk.ServerAway, Since: at("2026-11-23", "10:12"), Detail: "connection refused"}
	b.desk.watch(s)
	b.settle()
	b.tap("button", "Try again now")
	if !b.says("connection refused") || len(server.did) != 1 {
		t.Errorf("did %v", server.did)
	}
}

func TestTheWelcomeLeadsToTheServer_I3(t *testing.T) {
	b := newMainBench(t, &mainDesk{}, &mainSettings{shared: &aServer{}}, Look{"en", "light"})
	b.shot("welcome-server-light")
	b.tap("button", "Sign in at the company's server")
	if b.m.welcome != nil || !b.finds("field", "Server's address") {
		t.Error("one can't sign in from the welcome")
	}
}

// Who is signed in has nothing to set up: the account comes from the company.
func TestTheWelcomeIsDoneOnceOneIsSignedIn_I3(t *testing.T) {
	b := newMainBench(t, &mainDesk{}, &mainSettings{shared: &aServer{}}, Look{"en", "light"})
	b.desk.watch(desk.Snapshot{Sync: desk.Sync{State: desk.SignedOut}})
	b.settle()
	if b.m.welcome == nil {
		t.Error("who is signed out is not welcomed")
	}
	b.desk.watch(desk.Snapshot{Sync: desk.Sync{State: desk.Loading}})
	b.settle()
	if b.m.welcome != nil || !b.m.home.Visible() {
		t.Error("the welcome stays though the company's data comes in")
	}
}

// The words of a tray in German find room in a small window.
func TestTheTrayFindsRoom(t *testing.T) {
	server := &aServer{server: ServerSettings{Address: "https://crm.example.org", User: "anna@example.org", SignedIn: true}, tray: []RefusedChange{
		{Seq: 8, What: desk.Text{Key: "Another responsible person"}, Subject: "Donaudampfschifffahrtsgesellschaft Österreich mbH & Co. KG", At: mainNow.Add(-time.Hour),
			Record: desk.Ref{Kind: desk.Lead, ID: "4"}, Why: desk.Text{Key: "Somebody else is responsible meanwhile. Nothing was changed."}},
		{Seq: 5, What: desk.Text{Key: "Changed fields"}, Subject: "Käthe Süßmilch", At: mainNow.Add(-time.Hour), Final: true,
			Record: desk.Ref{Kind: desk.Lead, ID: "3"}, Why: desk.Text{Key: "The server could not make sense of this change."}},
	}}
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount, shared: server}, Look{"de", "dark"})
	b.m.Window().Resize(fyne.NewSize(900, 700))
	s := b.desk.snap
	s.Sync = desk.Sync{State: desk.Everywhere, Refused: 2}
	b.desk.watch(s)
	b.m.ShowSettings(settingsServer)
	b.settle()
	b.shot("main-settings-server-de-dark")
	for _, o := range []string{"Keep mine again", "Drop it"} {
		w := b.widget("button", o).(fyne.CanvasObject)
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(w)
		if right := at.X + w.Size().Width; right > 900 || w.Size().Width < w.MinSize().Width {
			t.Errorf("%s ends at %v of 900, %v wide", o, right, w.Size().Width)
		}
	}
}

func TestRefusedChangesAreDecidedOn(t *testing.T) {
	server := &aServer{server: ServerSettings{Address: "https://crm.example.org", User: "anna@example.org", SignedIn: true}, tray: []RefusedChange{
		{Seq: 8, What: desk.Text{Key: "Another responsible person"}, Subject: "Groß & Söhne KG", At: mainNow.Add(-time.Hour),
			Record: desk.Ref{Kind: desk.Lead, ID: "1"}, Wanted: "to: Anna",
			Why: desk.Text{Key: "Somebody else is responsible meanwhile. Nothing was changed."}},
		{Seq: 5, What: desk.Text{Key: "Changed fields"}, Subject: "Käthe Süßmilch", At: mainNow.Add(-time.Hour), Final: true,
			Why: desk.Text{Key: "The server could not make sense of this change."}},
	}}
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount, shared: server}, Look{"en", "light"})
	s := b.desk.snap
	s.Sync = desk.Sync{State: desk.Everywhere, Refused: 2}
	b.desk.watch(s)
	b.m.ShowSettings(settingsServer)
	b.settle()
	for _, words := range []string{"Groß & Söhne KG · Another responsible person", "Somebody else is responsible meanwhile.", "Käthe Süßmilch · Changed fields"} {
		if !b.says(words) {
			t.Errorf("it does not say %q", words)
		}
	}
	b.shot("main-settings-server-light")
	b.tap("button", "Copy")
	for _, words := range []string{"Groß & Söhne KG · Another responsible person\n", "Somebody else is responsible meanwhile.", "\nto: Anna\n"} {
		if got := b.m.opt.App.Clipboard().Content(); !strings.Contains(got, words) {
			t.Errorf("copied is %q, without %q", got, words)
		}
	}
	b.tap("button", "Show record")
	if b.m.at != pageLeads {
		t.Errorf("the record is not shown, but page %v", b.m.at)
	}
	b.m.ShowSettings(settingsServer)
	b.settle()
	b.tap("button", "Keep mine again")
	if b.says("Groß & Söhne KG · Another") || b.finds("button", "Keep mine again") {
		t.Error("it is still there, or what is final can be done again")
	}
	if b.finds("button", "Show record") {
		t.Error("a record is shown that is not here")
	}
	b.tap("button", "Drop it")
	if b.says("Refused changes") && b.finds("button", "Drop it") || len(server.did) != 2 || server.did[0] != "again 8" || server.did[1] != "drop 5" {
		t.Errorf("did %v", server.did)
	}
}
