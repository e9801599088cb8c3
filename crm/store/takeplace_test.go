package store

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// fromServer is what a ready file is made of in these tests: one contact.
var fromServer = crm.Ref{Kind: crm.KindContact, ID: "6b1d2f0a-0f6b-8e0e-9d5c-5f1a000000aa"}

// aReadyFile is one with that contact, beside the device's file.
func aReadyFile(t *testing.T, dir string) (path string, m wire.Manifest) {
	t.Helper()
	path, m = filepath.Join(dir, "ready", "leadline.db"), wire.Manifest{Name: "s", Epoch: 7, Rev: 3, View: "all"}
	ok(t, MakeReady(ctx, path, m, func(apply func([]wire.Row) error) error {
		data := must(json.Marshal(crm.Contact{ID: fromServer.ID, LastName: "Meier"}))(t)
		return apply([]wire.Row{{Entity: wire.Contact, ID: fromServer.ID, Rev: 3, Data: data}})
	}))
	return path, m
}

// isReady says whether the file is the ready one; else it is to be new still. In either it has what is the device's own.
func (s *Store) isReady(t *testing.T, client crm.ID) bool {
	t.Helper()
	if kept := must(s.Setting(ctx, "kept"))(t); kept != "here" {
		t.Errorf("a setting of the device's is %q", kept)
	}
	at := must(s.Standing(ctx))(t)
	_, err := s.Record(ctx, fromServer)
	switch fresh := must(s.IsNew(ctx))(t); {
	case err == nil && !fresh && at.Epoch == 7 && at.Cursor == 3 && at.Client == client:
		return true
	case errors.Is(err, ErrNotFound) && fresh && at.Epoch == 0 && at.Client == client:
		return false
	}
	t.Fatalf("it is neither: at %+v, %v", at, err)
	return false
}

// Whatever step of it a program is killed after: one of the two files is there, whole, with what is the device's own.
func TestKilledAsAReadyFileTakesItsPlace(t *testing.T) {
	dir := t.TempDir()
	for n := 0; ; n++ {
		at := filepath.Join(dir, string(rune('a'+n)))
		s := openAt(t, filepath.Join(at, "leadline.db"))
		client := must(s.Standing(ctx))(t).Client
		ok(t, s.SetSetting(ctx, "kept", "here"))
		path, m := aReadyFile(t, at)
		ready := must(Open(ctx, path, Options{}))(t)
		ok(t, ready.takeOwn(ctx, s.damage.path, crm.User{}, m))
		ok(t, ready.Close())
		release := must(s.holdReaders(ctx))(t)
		steps := s.placing(path)
		if n > len(steps) {
			release()
			return
		}
		s.writing.Lock()
		ok(t, doSteps(steps[:n]))
		killed := filepath.Join(dir, "killed", string(rune('a'+n)))
		ok(t, os.CopyFS(killed, os.DirFS(at)))
		if n == 0 {
			ok(t, s.closeWriter())
		}
		ok(t, s.connectWriter(ctx, s.damage.path))
		s.writing.Unlock()
		release()
		renamed := n > 2
		for _, left := range []*Store{s, openAt(t, filepath.Join(killed, "leadline.db"))} {
			if left.isReady(t, client) != renamed {
				t.Errorf("after %d steps it is ready: %t", n, !renamed)
			}
		}
	}
}

// Who looks into the file meanwhile sees the one or the other, and never an error; who does not let go of it is left alone.
func TestAReadyFileTakesThePlaceOfOneThatIsRead(t *testing.T) {
	for name, test := range map[string]struct{ holds bool }{"now and then": {false}, "all the time": {true}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := openAt(t, filepath.Join(dir, "leadline.db"))
			client := must(s.Standing(ctx))(t).Client
			ok(t, s.SetSetting(ctx, "kept", "here"))
			path, m := aReadyFile(t, dir)
			was := must(os.Stat(path))(t)
			over := make(chan struct{})
			var all sync.WaitGroup
			for range 2 * readers {
				all.Go(func() {
					for {
						select {
						case <-over:
							return
						default:
						}
						if _, err := s.Record(ctx, fromServer); err != nil && !errors.Is(err, ErrNotFound) {
							t.Error("who reads:", err)
							return
						}
					}
				})
			}
			s.readTime = time.Minute
			if test.holds {
				s.readTime = time.Millisecond // however long, it would not do
				rows := must(s.readDB.QueryContext(ctx, "SELECT name FROM setting"))(t)
				defer rows.Close()
			}
			taken, err := s.TakeReady(ctx, path, m)
			close(over)
			all.Wait()
			if err != nil || !taken || !s.isReady(t, client) {
				t.Fatalf("taken %t, %v", taken, err)
			}
			if is := must(os.Stat(s.damage.path))(t); os.SameFile(is, was) == test.holds {
				t.Errorf("it was copied into the file: %t", !test.holds)
			}
			ok(t, s.Do(ctx, crm.UpdateRecord{Ref: fromServer, Set: map[string]any{"comment": "typed here"}}))
			ok(t, s.Close())
			again := openAt(t, filepath.Join(dir, "leadline.db"))
			if r := must(again.Record(ctx, fromServer))(t); r.Contact.Comment != "typed here" {
				t.Errorf("it is %+v", r.Contact)
			}
		})
	}
}
