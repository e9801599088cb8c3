package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/rig/company"
	"leadline/ui"
	"leadline/ui/desk"
)

// recorded puts a call of whoever works here into the file, with a recording of so many days ago.
func (p *program) recorded(t *testing.T, name string, days int) crm.ID {
	t.Helper()
	at := time.Now().AddDate(0, 0, -days)
	path := filepath.Join(p.recordingsDir(), name)
	me, err := p.store.Me(t.Context())
	if err == nil {
		err = errors.Join(os.MkdirAll(p.recordingsDir(), 0o700), os.WriteFile(path, []byte("sound of "+name), 0o600), os.Chtimes(path, at, at))
	}
	if err != nil {
		t.Fatal(err)
	}
	call, _, err := p.store.BeginCall(t.Context(), crm.Call{Direction: crm.Incoming, Party: crm.Parse("030 123456", "DE"), Began: at, Agent: me.ID})
	if err == nil {
		err = p.store.Do(t.Context(), crm.SaveRecordings{Call: call.ID, Files: []string{name}}, crm.EndCall{ID: call.ID, Ended: at, Outcome: crm.Answered})
	}
	if err != nil {
		t.Fatal(err)
	}
	return call.ID
}

// until waits for the file to say something of a call.
func (p *program) until(t *testing.T, what string, call crm.ID, is func(crm.Call) bool) {
	t.Helper()
	changed := make(chan struct{}, 1)
	defer p.store.OnChange(func(crm.Changed) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	late := time.After(time.Minute)
	for {
		c, err := p.store.Call(t.Context(), call)
		if err == nil && is(c.Call) {
			return
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("never %s: %+v, %v", what, c.Call, err)
		}
	}
}

func TestAColleaguesRecordingIsHeardAndRemovedEverywhere_G1(t *testing.T) {
	c := company.New(t, nil)
	c.User(crm.User{Name: "Anna", Email: "anna@example.org"})
	c.User(crm.User{Name: "Ada", Email: "ada@example.org", Roles: []crm.ID{crm.Administrator}})
	anna, ada := aProgram(t), aProgram(t)
	for p, email := range map[*program]string{anna: "anna@example.org", ada: "ada@example.org"} {
		if err := (settings{p}).SignIn(t.Context(), c.URL, email, company.Password); err != nil {
			t.Fatal(err)
		}
		p.untilSync(t, "everywhere", func(y desk.Sync) bool { return y.State == desk.Everywhere && y.Waiting == 0 })
	}
	const name = "2026-11-20 10-00-00 +4930123456.flac"
	call := anna.recorded(t, name, 5)
	here := func(c crm.Call) bool { return len(c.Uploaded) == 1 }
	anna.until(t, "uploaded", call, here)
	ada.until(t, "heard of", call, here)
	r := desk.Recorded{Call: desk.CallID(call), Name: name, At: desk.RecordedShared}
	to := filepath.Join(t.TempDir(), "copy.flac")
	if err := (settings{ada}).CopyRecording(t.Context(), r, to); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(to); err != nil || string(got) != "sound of "+name {
		t.Errorf("heard %q, %v", got, err)
	}
	cached := func() int { files, _ := os.ReadDir(filepath.Join(ada.config().Data, heardDir)); return len(files) }
	if cached() != 1 {
		t.Errorf("%d recordings are kept while they are heard", cached())
	}
	// The company keeps recordings for three days: whoever hears of it removes what is older.
	if err := ada.store.Do(t.Context(), crm.SaveWorkspace{Workspace: crm.Workspace{KeepRecordings: 3}}); err != nil {
		t.Fatal(err)
	}
	anna.untilCompany(t, 3)
	if err := anna.tidy(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(anna.recordingsDir(), name)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is there still: %v", err)
	}
	ada.until(t, "told that it is gone", call, func(c crm.Call) bool { return len(c.Recordings)+len(c.Uploaded) == 0 })
	if err := ada.tidy(t.Context(), time.Now()); err != nil || cached() != 0 {
		t.Errorf("%d are kept on, %v", cached(), err)
	}
	var failure *ui.TestFailure
	if err := (settings{ada}).CopyRecording(t.Context(), r, to); !errors.As(err, &failure) || failure.Why.Key != "The server does not have it any more" {
		t.Errorf("said %v", err)
	}
}

func (p *program) untilCompany(t *testing.T, days int) {
	t.Helper()
	for late := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if w, err := p.store.Workspace(t.Context()); err == nil && w.KeepRecordings == days {
			return
		}
		if time.Now().After(late) {
			t.Fatal("the company's choice does not arrive")
		}
	}
}

// What the server is to have is kept however long ago it was recorded, until it is there.
func TestARecordingThatWaitsForTheServerIsKept(t *testing.T) {
	p := aProgram(t)
	if _, err := p.store.SignIn(t.Context(), crm.User{Name: "Anna", Roles: []crm.ID{crm.Administrator}}); err != nil {
		t.Fatal(err)
	}
	p.recorded(t, "waits.flac", 40)
	p.cfg.Recording.Keep = 30
	p.cfg.Server.URL = "https://crm.example.org"
	for _, step := range []struct {
		url  string
		left int
	}{{"https://crm.example.org", 1}, {"", 0}} {
		p.cfg.Server.URL = step.url
		if err := p.tidy(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		if files, err := os.ReadDir(p.recordingsDir()); err != nil || len(files) != step.left {
			t.Errorf("with the server %q there are %v, %v", step.url, files, err)
		}
	}
}

func TestAllRecordingsAreRemovedWithTheCopy_I4(t *testing.T) {
	p := aProgram(t)
	p.recorded(t, "a.flac", 0)
	if err := os.MkdirAll(filepath.Join(p.cfg.Data, heardDir), 0o700); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(p.recordingsDir(), "of somebody's own.txt")
	if err := errors.Join(os.WriteFile(other, nil, 0o600), os.WriteFile(filepath.Join(p.cfg.Data, heardDir, "b.flac"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := p.RemoveAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(p.cfg.Data, "recordings*", "*"))
	if err != nil || !slices.Equal(left, []string{other}) {
		t.Errorf("left are %q, %v", left, err)
	}
}
