package remote_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/replica"
	"leadline/crm/replica/remote"
	"leadline/crm/server/ledger"
	"leadline/crm/server/rig/company"
	"leadline/crm/store"
	"leadline/crm/wire"
)

const soon = 30 * time.Second // for what happens at once, on a machine that is busy

func must[V any](v V, err error) func(testing.TB) V {
	return func(t testing.TB) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// office is the company with its desks.
type office struct{ *company.Company }

func newOffice(t testing.TB) *office {
	t.Helper()
	return &office{company.New(t, nil)}
}

func (c *office) user(name, email string) crm.User {
	c.T.Helper()
	return c.User(crm.User{Name: name, Email: email, Roles: []crm.ID{crm.Administrator}})
}

// desk is one agent's program without windows and telephone.
type desk struct {
	*store.Store
	t      testing.TB
	client *remote.Client
	device crm.ID

	stop func()

	recordings beside

	mu      sync.Mutex
	status  replica.Status
	team    map[crm.ID]wire.Availability // nil while nobody tells
	changed chan struct{}
}

func (c *office) desk(email string) *desk {
	c.T.Helper()
	d := &desk{Store: must(store.Open(c.T.Context(), filepath.Join(c.T.TempDir(), "leadline.db"), store.Options{}))(c.T), t: c.T, changed: make(chan struct{}, 1)}
	c.T.Cleanup(func() { _ = d.Store.Close() })
	d.device = d.NewID()
	d.client = must(remote.New(remote.Options{URL: c.URL, Device: wire.DeviceInfo{ID: d.device, Name: "laptop"}}))(c.T)
	if _, err := d.client.SignIn(c.T.Context(), email, company.Password); err != nil {
		c.T.Fatal(err)
	}
	r := replica.New(replica.Config{File: d.Store, Server: d.client, Address: c.URL, Snapshots: c.T.TempDir(), Recordings: &d.recordings, OnStatus: func(s replica.Status) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.status = s
		d.signal()
	}, OnPresence: func(users []wire.Presence, whole bool) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if whole {
			d.team = map[crm.ID]wire.Availability{}
		}
		for _, u := range users {
			d.team[u.User] = u.State
		}
		d.signal()
	}, OnSilence: func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.team = nil
		d.signal()
	}})
	c.T.Cleanup(d.OnChange(func(crm.Changed) { d.signal() }))
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() { defer close(over); r.Run(ctx) }()
	d.stop = func() { stop(); <-over }
	c.T.Cleanup(d.stop)
	return d
}

// beside is what is beside a file: recordings that are in use for a while.
type beside struct {
	mu        sync.Mutex
	inUse     int // how often they cannot be removed
	gone, all int // how often they were
}

func (b *beside) remove(count *int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.inUse > 0 {
		b.inUse--
		return errors.New("the file is in use")
	}
	*count++
	return nil
}

func (b *beside) RemoveGone(context.Context) error { return b.remove(&b.gone) }
func (b *beside) RemoveAll(context.Context) error  { return b.remove(&b.all) }

func (d *desk) signal() {
	select {
	case d.changed <- struct{}{}:
	default:
	}
}

// until waits for what comes to be true.
func (d *desk) until(what string, is func(replica.Status) bool) {
	d.t.Helper()
	d.within(soon, what, is)
}

func (d *desk) within(patience time.Duration, what string, is func(replica.Status) bool) {
	d.t.Helper()
	end := time.After(patience)
	for {
		d.mu.Lock()
		now := d.status
		d.mu.Unlock()
		if is(now) {
			return
		}
		select {
		case <-d.changed:
		case <-end:
			d.t.Fatalf("never %s; %+v", what, now)
		}
	}
}

func (d *desk) live() {
	d.t.Helper()
	d.until("live", func(s replica.Status) bool { return s.State == replica.Live && s.Waiting == 0 })
}

func (d *desk) has(r crm.Ref) bool {
	_, err := d.Record(context.Background(), r)
	return err == nil
}

func (d *desk) contact(name string) crm.Ref {
	d.t.Helper()
	id := d.NewID()
	if err := d.Do(context.Background(), crm.CreateContact{Contact: crm.Contact{ID: id, LastName: name}}); err != nil {
		d.t.Fatal(err)
	}
	return crm.Ref{Kind: crm.KindContact, ID: id}
}

func TestTwoDesksAndARealServer(t *testing.T) {
	c := newOffice(t)
	c.user("Anna", "anna@example.org")
	c.user("Petra", "petra@example.org")
	anna, petra := c.desk("anna@example.org"), c.desk("petra@example.org")
	anna.live()
	petra.live()
	made := anna.contact("Meier")
	petra.until("told of it", func(replica.Status) bool { return petra.has(made) })
	back := petra.contact("Schmidt")
	anna.until("told of it", func(replica.Status) bool { return anna.has(back) })
	anna.live()
}

// A laptop is stolen: the company signs it out, and it erases its copy and says so.
func TestAStolenLaptopErasesItsCopy_I4(t *testing.T) {
	c := newOffice(t)
	u := c.user("Anna", "anna@example.org")
	anna := c.desk("anna@example.org")
	anna.live()
	made := anna.contact("Secret")
	anna.live()
	if err := c.Access.Revoke(t.Context(), c.Workspace, u.ID, anna.device, true); err != nil {
		t.Fatal(err)
	}
	anna.recordings.mu.Lock()
	anna.recordings.inUse = 1
	anna.recordings.mu.Unlock()
	anna.contact("What it tries to send")
	anna.until("erased", func(s replica.Status) bool { return s.State == replica.Revoked && !anna.client.SignedIn() })
	if anna.has(made) {
		t.Error("it still has what it had")
	}
	if anna.recordings.all != 1 {
		t.Errorf("recordings were removed %d times", anna.recordings.all)
	}
	devices := must(c.Access.Devices(t.Context(), c.Workspace, u.ID))(t)
	if len(devices) != 1 || devices[0].Erased.IsZero() {
		t.Errorf("the server was not told: %+v", devices)
	}
}

// An administrator erases a person from the program: the line breaks before the answer, it is asked again, is done once, and reaches
// both copies, which say so.
func TestAnErasureFromTheProgramReachesEveryCopy_I4(t *testing.T) {
	var breaks atomic.Bool
	c := &office{company.New(t, func(server http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut && breaks.CompareAndSwap(true, false) {
				server.ServeHTTP(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler)
			}
			server.ServeHTTP(w, r)
		})
	})}
	c.user("Anna", "anna@example.org")
	c.user("Petra", "petra@example.org")
	anna, petra := c.desk("anna@example.org"), c.desk("petra@example.org")
	anna.live()
	person := anna.contact("Meier")
	petra.until("told of them", func(replica.Status) bool { return petra.has(person) })
	id := anna.NewID()
	breaks.Store(true)
	if _, err := anna.client.Erase(t.Context(), id, person); err == nil || errors.As(err, new(wire.Problem)) {
		t.Fatalf("the line breaks, and Erase says %v", err)
	}
	done := must(anna.client.Erase(t.Context(), id, person))(t)
	if done.ID != id || len(done.Copies) != 2 {
		t.Errorf("%+v", done)
	}
	for _, d := range []*desk{anna, petra} {
		d.until("erased", func(replica.Status) bool { return !d.has(person) })
	}
	var all []wire.Erased
	for end := time.Now().Add(soon / 2); ; time.Sleep(20 * time.Millisecond) { // connected programs do not wait until they look again
		all = must(anna.client.Erasures(t.Context()))(t)
		if len(all) == 1 && !slices.ContainsFunc(all[0].Copies, func(c wire.ErasedOnCopy) bool { return c.Done.IsZero() || c.Device != "laptop" }) {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("not everybody has said so: %+v", all)
		}
	}
	if _, err := petra.client.Erase(t.Context(), petra.NewID(), crm.Ref{Kind: crm.KindContact, ID: petra.NewID()}); err == nil {
		t.Error("somebody is erased whom nobody knows")
	}
}

// A person is erased: the server hears that a device has done so once the recordings are gone, too, and not before.
func TestI4AnErasureIsAcknowledgedAfterTheRecordingsAreRemoved(t *testing.T) {
	c := newOffice(t)
	c.user("Anna", "anna@example.org")
	anna := c.desk("anna@example.org")
	anna.live()
	person := anna.contact("Meier")
	call, _, err := anna.BeginCall(t.Context(), crm.Call{Direction: crm.Incoming, Party: crm.Parse("030 123456", "DE"), Refs: []crm.Ref{person}})
	if err == nil {
		err = errors.Join(anna.LinkCall(t.Context(), call.ID, person), anna.SaveRecordings(t.Context(), call.ID, []string{"a.flac"}))
	}
	if err != nil {
		t.Fatal(err)
	}
	anna.live()
	anna.stop() // the program is closed meanwhile
	done, err := c.Engine.Erase(t.Context(), c.Workspace, ledger.Sender{System: true}, []crm.Ref{person})
	if err != nil || len(done.Recordings) != 1 {
		t.Fatalf("erased %+v, %v", done, err)
	}
	anna.recordings.inUse = 2 // as the greeting and the push come by
	r := replica.New(replica.Config{File: anna.Store, Server: anna.client, Address: c.URL, Snapshots: t.TempDir(), Recordings: &anna.recordings})
	told := func() bool {
		t.Helper()
		if err := r.Greet(t.Context()); err != nil {
			t.Fatal(err)
		}
		must(r.Push(t.Context()))(t)
		return must(c.Engine.Acknowledgements(t.Context(), c.Workspace, done.ID))(t)[0].Done > 0
	}
	if told() {
		t.Error("the server is told before its rows without the person are in the file")
	}
	// Before the server's rows have come the file knows what is to go.
	if gone := must(anna.RecordingsGone(t.Context()))(t); !slices.Equal(gone, []string{"a.flac"}) {
		t.Errorf("to be removed are %q", gone)
	}
	must(r.Pull(t.Context(), 0))(t)
	if told() || anna.recordings.gone != 0 {
		t.Errorf("removed %d times while they are in use, and the server is told", anna.recordings.gone)
	}
	if !told() || anna.recordings.gone != 1 {
		t.Errorf("removed %d times, and the server is not told", anna.recordings.gone)
	}
}

func TestAWrongPasswordIsNoSession(t *testing.T) {
	c := newOffice(t)
	c.user("Anna", "anna@example.org")
	var kept []wire.Session
	client := must(remote.New(remote.Options{URL: c.URL, Device: wire.DeviceInfo{ID: c.ID()}, Keep: func(s wire.Session) error { kept = append(kept, s); return nil }}))(t)
	var p wire.Problem
	if _, err := client.SignIn(t.Context(), "anna@example.org", "wrong"); !errors.As(err, &p) || p.Code != wire.BadSignIn || client.SignedIn() || len(kept) != 0 {
		t.Errorf("said %v, kept %v", err, kept)
	}
	if _, err := client.SignIn(t.Context(), "anna@example.org", company.Password); err != nil || !client.SignedIn() || len(kept) != 1 {
		t.Errorf("said %v, kept %v", err, kept)
	}
	if err := client.SignOut(t.Context()); err != nil || client.SignedIn() || kept[1].Refresh != "" {
		t.Errorf("signed out: %v, kept %v", err, kept)
	}
}
