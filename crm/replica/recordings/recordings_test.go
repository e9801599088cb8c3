package recordings

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/replica"
	"leadline/crm/replica/remote"
	"leadline/crm/server/rig/company"
	"leadline/crm/store"
	"leadline/crm/wire"
)

const name = "2026-11-25 14-00-00 +4930123456.flac"

func must[V any](v V, err error) func(testing.TB) V {
	return func(t testing.TB) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// line is the way to the server, which breaks after so many bytes of a body.
type line struct {
	http.RoundTripper
	breaks int64 // 0: never
	sent   atomic.Int64
}

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	if l.breaks > 0 && r.Method == http.MethodPatch {
		r = r.Clone(r.Context())
		r.Body = &breaking{r.Body, l}
	}
	a, err := l.RoundTripper.RoundTrip(r)
	if err == nil && l.breaks > 0 && r.Method == http.MethodGet {
		a.Body = &breaking{a.Body, l}
	}
	return a, err
}

type breaking struct {
	io.ReadCloser
	l *line
}

var errBroken = errors.New("the line broke")

func (b *breaking) Read(p []byte) (int, error) {
	if b.l.sent.Load() >= b.l.breaks {
		return 0, errBroken
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), 4<<10)])
	b.l.sent.Add(int64(n))
	return n, err
}

// desk is one agent's program.
type desk struct {
	*store.Store
	c       *company.Company
	user    crm.User
	line    *line
	client  *remote.Client
	replica *replica.Replica
	folder  string
	upload  *Uploader
	inCall  bool
	full    int
}

func newDesk(c *company.Company, person string, roles ...crm.ID) *desk {
	t := c.T
	t.Helper()
	d := &desk{c: c, line: &line{RoundTripper: http.DefaultTransport}, folder: t.TempDir(), Store: must(store.Open(t.Context(), filepath.Join(t.TempDir(), "leadline.db"), store.Options{}))(t)}
	t.Cleanup(func() { _ = d.Store.Close() })
	email := person + "@example.org"
	d.user = c.User(crm.User{Name: person, Email: email, Roles: roles})
	d.client = must(remote.New(remote.Options{URL: c.URL, Device: wire.DeviceInfo{ID: d.NewID(), Name: "laptop"}, HTTP: &http.Client{Transport: d.line}}))(t)
	must(d.client.SignIn(t.Context(), email, company.Password))(t)
	d.replica = replica.New(replica.Config{File: d.Store, Server: d.client, Address: c.URL, Snapshots: t.TempDir()})
	d.start()
	d.sync()
	return d
}

// start is the program started anew.
func (d *desk) start() {
	d.upload = New(Config{File: d.Store, Server: d.client, Folder: d.folder, Whole: func(string) bool { return true }, InCall: func() bool { return d.inCall },
		Log: slog.New(slog.DiscardHandler), OnFull: func() { d.full++ }})
}

func (d *desk) sync() {
	d.c.T.Helper()
	for more := true; more; {
		more = must(d.replica.Push(d.c.T.Context()))(d.c.T)
	}
	for more := true; more; {
		more = must(d.replica.Pull(d.c.T.Context(), 0))(d.c.T)
	}
}

// records is a call of the agent's with a recording of so many bytes.
func (d *desk) records(size int) (crm.ID, []byte) {
	d.c.T.Helper()
	t := d.c.T
	b := make([]byte, size)
	_, _ = rand.Read(b)
	call, _, err := d.BeginCall(t.Context(), crm.Call{Direction: crm.Incoming, Party: crm.Parse("030 123456", "DE"), Began: time.Now(), Agent: d.user.ID})
	if err == nil {
		err = errors.Join(os.WriteFile(filepath.Join(d.folder, name), b, 0o600), d.SaveRecordings(t.Context(), call.ID, []string{name}))
	}
	if err == nil {
		err = d.Do(t.Context(), crm.EndCall{ID: call.ID, Ended: time.Now(), Outcome: crm.Answered})
	}
	if err != nil {
		t.Fatal(err)
	}
	return call.ID, b
}

func (d *desk) uploaded(call crm.ID) bool {
	d.c.T.Helper()
	c := must(d.Call(d.c.T.Context(), call))(d.c.T)
	return slices.Equal(c.Call.Uploaded, []crm.ID{crm.RecordingID(call, name)})
}

func (d *desk) heard(cache *Cache, call crm.ID, want []byte) {
	d.c.T.Helper()
	path := must(cache.Fetch(d.c.T.Context(), d.client, crm.RecordingID(call, name), ".flac"))(d.c.T)
	if got := must(os.ReadFile(path))(d.c.T); !bytes.Equal(got, want) {
		d.c.T.Errorf("heard are %d bytes, want %d", len(got), len(want))
	}
}

func TestARecordingIsBroughtAfterBreaksAndRestartsAndHeardByAColleague_G1(t *testing.T) {
	c := company.New(t, nil)
	anna, ada, ben := newDesk(c, "anna"), newDesk(c, "ada", crm.Administrator), newDesk(c, "ben")
	call, sound := anna.records(900_000)
	if err := anna.upload.Upload(t.Context()); err != nil { // the server does not know the call yet
		t.Fatal(err)
	}
	anna.sync()
	anna.line.breaks = 300_000
	if err := anna.upload.Upload(t.Context()); err == nil || anna.uploaded(call) {
		t.Fatalf("on a line that breaks: %v", err)
	}
	c.Restart(nil) // server and program are started anew
	anna.start()
	anna.line.breaks = anna.line.sent.Load() + 800_000
	if err := anna.upload.Upload(t.Context()); err != nil {
		t.Fatalf("brought %d bytes: all that was brought before is brought again: %v", anna.line.sent.Load(), err)
	}
	anna.line.breaks = 0
	anna.sync()
	ada.sync()
	if !anna.uploaded(call) || !ada.uploaded(call) {
		t.Error("the call does not say that its recording is on the server")
	}
	if left := must(anna.UnsentRecordings(t.Context()))(t); len(left) != 0 {
		t.Errorf("still to be brought: %+v", left)
	}
	folder := filepath.Join(t.TempDir(), "heard")
	cache := NewCache(folder)
	ada.line.breaks = 400_000
	if _, err := cache.Fetch(t.Context(), ada.client, crm.RecordingID(call, name), ".flac"); !errors.Is(err, errBroken) {
		t.Fatalf("on a line that breaks: %v", err)
	}
	ada.line.breaks = ada.line.sent.Load() + 550_000 // the rest, and no more
	ada.heard(cache, call, sound)
	ada.line.breaks = 1
	ada.heard(cache, call, sound) // from the cache
	var p wire.Problem
	if _, err := cache.Fetch(t.Context(), ben.client, crm.RecordingID(call, name), ".wav"); !errors.As(err, &p) || p.Code != wire.NotFound {
		t.Errorf("Ben hears Anna's call: %v", err)
	}
	for _, step := range []struct {
		after time.Duration
		left  int
	}{{heardFor / 2, 2}, {heardFor * 2, 0}} { // the sound, and the part that Ben did not get
		if err := cache.Tidy(time.Now().Add(step.after)); err != nil {
			t.Fatal(err)
		}
		if left := must(os.ReadDir(folder))(t); len(left) != step.left {
			t.Errorf("after %v there are %v", step.after, left)
		}
	}
}

// A server without room says so once; nothing is lost, and it is brought when there is room again.
func TestAFullServerIsToldOfAndRecordingsWait(t *testing.T) {
	c := company.New(t, nil)
	anna := newDesk(c, "anna")
	call, _ := anna.records(100_000)
	anna.sync()
	c.Restart(func(string) (uint64, error) { return 1000, nil })
	for range 3 {
		if err := anna.upload.Upload(t.Context()); problem(err).Code != wire.Full || pauseAfter(err) < 5*time.Minute {
			t.Errorf("said %v, again in %v", err, pauseAfter(err))
		}
	}
	if anna.full != 1 {
		t.Errorf("told %d times", anna.full)
	}
	c.Restart(nil)
	if err := anna.upload.Upload(t.Context()); err != nil {
		t.Fatal(err)
	}
	anna.sync()
	if !anna.uploaded(call) {
		t.Error("it is not brought")
	}
}

// A file that changes while it is brought is not taken for what was announced.
func TestAFileThatChangedIsBroughtAnew(t *testing.T) {
	c := company.New(t, nil)
	anna := newDesk(c, "anna")
	call, _ := anna.records(600_000)
	anna.sync()
	anna.line.breaks = 200_000
	if err := anna.upload.Upload(t.Context()); err == nil {
		t.Fatal("the line did not break")
	}
	anna.line.breaks = 0
	mended := bytes.Repeat([]byte("mended"), 100_000)
	if err := os.WriteFile(filepath.Join(anna.folder, name), mended, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := anna.upload.Upload(t.Context()); err != nil {
		t.Fatal(err)
	}
	anna.heard(NewCache(t.TempDir()), call, mended)
}

// A file belongs to who has recorded it: somebody else who signs in on the same file does not bring it.
func TestRecordingsOfWhoWasHereBeforeWait(t *testing.T) {
	c := company.New(t, nil)
	anna := newDesk(c, "anna")
	anna.records(1000)
	if _, err := anna.SignIn(t.Context(), crm.User{Name: "Somebody else"}); err != nil {
		t.Fatal(err)
	}
	if left := must(anna.UnsentRecordings(t.Context()))(t); len(left) != 0 {
		t.Errorf("somebody else brings %+v", left)
	}
	if _, err := anna.SignIn(t.Context(), anna.user); err != nil {
		t.Fatal(err)
	}
	if left := must(anna.UnsentRecordings(t.Context()))(t); len(left) != 1 {
		t.Errorf("to be brought are %+v", left)
	}
}

func TestRecordingsAreSentSlowerDuringACall(t *testing.T) {
	now := time.Unix(0, 0)
	inCall := false
	p := newPace(func() bool { return inCall }, func() time.Time { return now }, func(d time.Duration) <-chan time.Time {
		now = now.Add(d)
		c := make(chan time.Time, 1)
		c <- now
		return c
	})
	for _, step := range []struct {
		inCall bool
		bytes  int64
		want   time.Duration
	}{{false, 10 << 20, 10 * time.Second}, {true, 320 << 10, 10 * time.Second}, {false, 1 << 20, time.Second}} {
		inCall = step.inCall
		began := now
		n, err := io.Copy(io.Discard, p.of(context.Background(), io.LimitReader(rand.Reader, step.bytes)))
		if took := now.Sub(began); err != nil || n != step.bytes || took < step.want*95/100 || took > step.want*105/100 {
			t.Errorf("%d of %d bytes in a call (%t) took %v, want %v; %v", n, step.bytes, step.inCall, took, step.want, err)
		}
	}
}
