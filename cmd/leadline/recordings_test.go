package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui"
)

// library is a program's directory of recordings, and the file of its calls.
type library struct {
	t *testing.T
	settings
	dir string
}

func newLibrary(t *testing.T) *library {
	t.Helper()
	s := settingsOn(t, "")
	s.log = slog.New(slog.NewTextHandler(t.Output(), nil))
	s.cfg.Data = t.TempDir()
	var err error
	if s.store, err = store.Open(context.Background(), filepath.Join(s.cfg.Data, "leadline.db"), store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.store.Close() })
	l := &library{t, s, filepath.Join(s.cfg.Data, recordings)}
	if err := os.Mkdir(l.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return l
}

// put puts a recording there that is so many days old.
func (l *library) put(name string, days int) {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	at := time.Now().AddDate(0, 0, -days)
	if err := os.WriteFile(path, []byte("fLaC"), 0o600); err != nil {
		l.t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		l.t.Fatal(err)
	}
}

func (l *library) tidied(want ...string) {
	l.t.Helper()
	if err := l.tidy(context.Background(), time.Now()); err != nil {
		l.t.Fatal(err)
	}
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		l.t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if !slices.Equal(left, want) {
		l.t.Errorf("left are %q, want %q", left, want)
	}
}

func (l *library) do(changes ...crm.Change) {
	l.t.Helper()
	if err := l.store.Do(context.Background(), changes...); err != nil {
		l.t.Fatal(err)
	}
}

func TestI4TheRecordingsOfAnErasedPersonAreRemoved(t *testing.T) {
	l := newLibrary(t)
	l.put("hers.flac", 1)
	l.put("his.flac", 1)
	var calls []crm.ID
	for _, number := range []string{"0711 440290", "089 452177"} {
		c, _, err := l.store.BeginCall(context.Background(), crm.Call{Direction: crm.Incoming, Party: crm.Parse(number, "DE"), Began: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c.ID)
	}
	l.do(crm.SaveRecordings{Call: calls[0], Files: []string{"hers.flac"}}, crm.SaveRecordings{Call: calls[1], Files: []string{"his.flac"}})
	l.tidied("hers.flac", "his.flac")
	l.do(crm.SaveRecordings{Call: calls[0]}) // what an erasure leaves of a call has none
	l.tidied("his.flac")
	if gone, err := l.store.RecordingsGone(context.Background()); len(gone) > 0 || err != nil {
		t.Errorf("still to be removed: %q, %v", gone, err)
	}
}

func TestRecordingsAreKeptForSoManyDays(t *testing.T) {
	l := newLibrary(t)
	l.put("new.flac", 29)
	l.put("old.flac", 31)
	l.put("older.flac", 4000)
	l.tidied("new.flac", "old.flac", "older.flac")
	l.cfg.Recording.Keep = 30
	l.tidied("new.flac")
	if got := l.Recording(); got != (ui.RecordingChoice{Keep: 30}) {
		t.Errorf("the settings say %+v", got)
	}
}

func TestG1WhoMayNotDeleteRecordingsKeepsThem(t *testing.T) {
	l := newLibrary(t)
	l.put("old.flac", 31)
	l.cfg.Recording.Keep = 30
	me, err := l.store.SignIn(context.Background(), crm.User{Name: "Anna"})
	if err != nil {
		t.Fatal(err)
	}
	roles := func(rights crm.Rights) {
		role := crm.Role{ID: l.store.NewID(), Name: "Clerk", Rights: rights}
		me.Roles = []crm.ID{role.ID}
		l.do(crm.SaveRole{Role: role}, crm.SaveUser{User: me})
	}
	roles(crm.Rights{Call: crm.CallAnyone, Listen: crm.ReachAll})
	if l.MayDeleteRecordings() {
		t.Error("a clerk may delete recordings")
	}
	l.tidied("old.flac")
	roles(crm.Rights{DeleteRecordings: crm.ReachOwn})
	if !l.MayDeleteRecordings() {
		t.Error("who may delete the own ones may not")
	}
	l.tidied()
}
