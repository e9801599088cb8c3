package replica

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/zstd"

	"leadline/crm"
	"leadline/crm/wire"
)

const soon = 30 * time.Second // for what happens at once, on a machine that is busy

// live runs a desk's replica until the test ends, and gives what it says of itself.
func (d *desk) live() <-chan Status {
	said := make(chan Status, 100)
	d.r.c.OnStatus = func(s Status) {
		select {
		case said <- s:
		default:
		}
	}
	ctx, stop := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() { defer close(over); d.r.Run(ctx) }()
	d.t.Cleanup(func() { stop(); <-over })
	return said
}

func await(t *testing.T, said <-chan Status, what string, is func(Status) bool) Status {
	t.Helper()
	end := time.After(soon)
	var last Status
	for {
		select {
		case last = <-said:
			if is(last) {
				return last
			}
		case <-end:
			t.Fatalf("never %s; the last was %+v", what, last)
		}
	}
}

// What a loop says of the status while the listener still has what another said comes after it, so that what is heard last holds.
func TestStatusesAreToldInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []State
		slow := make(chan struct{})
		r := New(Config{File: struct{ File }{}, Server: struct{ Server }{}, Address: "https://crm.example.org", OnStatus: func(s Status) {
			if s.State == Live {
				<-slow
			}
			told = append(told, s.State)
		}})
		go r.tell(Live, nil)
		synctest.Wait()
		go r.tell(SignedOut, errDown)
		synctest.Wait()
		close(slow)
		synctest.Wait()
		if want := []State{Live, SignedOut}; !slices.Equal(told, want) || r.Status().State != SignedOut {
			t.Errorf("told %v, want %v", told, want)
		}
	})
}

func isLive(s Status) bool { return s.State == Live }

func TestALiveDeskHearsOfAChange(t *testing.T) {
	_, anna, petra := aCompany(t)
	arrived := make(chan crm.Ref, 10)
	defer petra.OnChange(func(c crm.Changed) {
		for _, r := range c.Refs {
			select {
			case arrived <- r:
			default:
			}
		}
	})()
	await(t, anna.live(), "live", isLive)
	await(t, petra.live(), "live", isLive)
	made := anna.contact("Heard of")
	end := time.After(soon)
	for {
		select {
		case r := <-arrived:
			if r == made {
				return
			}
		case <-end:
			t.Fatal("Petra never heard of it")
		}
	}
}

// The connection breaks in the middle of work, work goes on, and all is sent when it is back.
func TestWorkGoesOnWhileOffline_I1(t *testing.T) {
	_, anna, petra := aCompany(t)
	said := anna.live()
	await(t, said, "live", isLive)
	anna.connection.set(func() { anna.down = true })
	r := anna.contact("Made offline")
	off := await(t, said, "offline with a change waiting", func(s Status) bool { return s.State == Offline && s.Waiting == 1 })
	if !errors.Is(off.Problem, errDown) || off.Since.IsZero() {
		t.Errorf("%+v", off)
	}
	anna.connection.set(func() { anna.down = false })
	anna.r.Retry()
	await(t, said, "live with nothing waiting", func(s Status) bool { return s.State == Live && s.Waiting == 0 })
	petra.settle()
	if !petra.has(r) {
		t.Error("what was made offline is not there")
	}
}

// refusing is a server that says the same to everything.
type refusing struct {
	Server
	problem wire.Problem
}

func (r refusing) Hello(context.Context, wire.Hello) (wire.Welcome, error) {
	return wire.Welcome{}, r.problem
}

// A stolen laptop is told to erase its copy; one that is signed out, or too old, keeps all it has.
func TestWhatAProgramDoesWhenItMayNoMore(t *testing.T) {
	for _, c := range []struct {
		code  wire.Code
		state State
		kept  bool
	}{{wire.Revoked, Revoked, false}, {wire.Expired, SignedOut, true}, {wire.Upgrade, Upgrade, true}, {wire.ServerTooOld, TooNew, true}} {
		t.Run(string(c.code), func(t *testing.T) {
			_, anna, _ := aCompany(t)
			r := anna.contact("Kept or not")
			anna.r.c.Server = refusing{anna.connection, wire.Problem{Code: c.code}}
			anna.r.mustGreet()
			await(t, anna.live(), string(c.state), func(s Status) bool { return s.State == c.state })
			if anna.has(r) != c.kept {
				t.Errorf("kept: %v", anna.has(r))
			}
		})
	}
}

// snapshots is a server that has one, and whose connection breaks in the middle of it.
type snapshots struct {
	*connection
	manifest wire.Manifest
	bytes    []byte
	offsets  []int64
	breaks   int
}

func (s *snapshots) Hello(_ context.Context, h wire.Hello) (wire.Welcome, error) {
	w, err := s.connection.Hello(ctx, h)
	m := s.manifest
	m.Epoch, m.View = w.Epoch, w.View
	w.Snapshot = &m
	return w, err
}

func (s *snapshots) Snapshot(_ context.Context, m wire.Manifest, offset int64) (io.ReadCloser, error) {
	s.offsets = append(s.offsets, offset)
	end := int64(len(s.bytes))
	if s.breaks > 0 {
		s.breaks--
		end = offset + (end-offset)/2
	}
	return io.NopCloser(bytes.NewReader(s.bytes[offset:end])), nil
}

func aSnapshot(t *testing.T, d *desk) *snapshots {
	t.Helper()
	w := must(d.connection.Hello(ctx, wire.Hello{Client: d.NewID(), Schemas: []int{wire.Schema}}))(t)
	page := must(d.connection.Pull(ctx, wire.Pull{Epoch: w.Epoch, View: w.View}))(t)
	var packed bytes.Buffer
	z := must(zstd.NewWriter(&packed))(t)
	for i := range page.Rows {
		must(z.Write(must(wire.Encode(wire.TypeCBOR, wire.Page{Rows: page.Rows[i : i+1]}))(t)))(t)
	}
	ok(t, z.Close())
	sum := sha256.Sum256(packed.Bytes())
	return &snapshots{connection: d.connection, bytes: packed.Bytes(),
		manifest: wire.Manifest{Name: "s", Rev: page.Rev, Bytes: int64(packed.Len()), SHA256: sum[:]}}
}

func TestANewDeviceBeginsWithASnapshot(t *testing.T) {
	c, anna, _ := aCompany(t)
	first := anna.contact("In the snapshot")
	anna.settle()
	fresh := c.desk(c.user("Zoë", crm.Administrator))
	source := aSnapshot(t, fresh)
	source.breaks = 2
	fresh.r.c.Server = source
	second := anna.contact("After the snapshot")
	anna.settle()
	for range 2 {
		if err := fresh.r.Greet(ctx); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("said %v", err)
		}
	}
	fresh.settle()
	if !fresh.has(first) || !fresh.has(second) {
		t.Error("something is missing")
	}
	if len(source.offsets) != 3 || source.offsets[1] == 0 || source.offsets[2] <= source.offsets[1] {
		t.Errorf("loaded from %v", source.offsets)
	}
	if left := must(os.ReadDir(fresh.r.c.Snapshots))(t); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestADamagedSnapshotIsNotTakenOver(t *testing.T) {
	c, anna, _ := aCompany(t)
	fresh := c.desk(c.user("Zoë", crm.Administrator))
	anna.contact("Somebody")
	anna.settle()
	source := aSnapshot(t, fresh)
	whole := bytes.Clone(source.bytes)
	source.bytes[len(source.bytes)/2] ^= 1
	fresh.r.c.Server = source
	if err := fresh.r.Greet(ctx); !errors.Is(err, errSnapshot) {
		t.Fatalf("said %v", err)
	}
	if page := must(fresh.Contacts(ctx, crm.Query{Limit: 1}))(t); page.Total != 0 {
		t.Error("it was taken over")
	}
	source.bytes = whole
	fresh.settle()
	if page := must(fresh.Contacts(ctx, crm.Query{Limit: 1}))(t); page.Total != 1 {
		t.Errorf("%d contacts", page.Total)
	}
}

// The first hint of a connection has everybody who is there, later ones who has changed; and nobody tells once it has ended.
func TestPresenceIsWholeWithEachConnection(t *testing.T) {
	_, anna, _ := aCompany(t)
	type told struct {
		users  int
		whole  bool
		silent bool
	}
	heard := make(chan told, 100)
	anna.r.c.OnPresence = func(users []wire.Presence, whole bool) { heard <- told{len(users), whole, false} }
	anna.r.c.OnSilence = func() { heard <- told{silent: true} }
	expect := func(what string, want told) {
		t.Helper()
		select {
		case got := <-heard:
			if got != want {
				t.Fatalf("%s: %+v, want %+v", what, got, want)
			}
		case <-time.After(soon):
			t.Fatalf("%s: nothing is told", what)
		}
	}
	anna.live()
	expect("connected", told{whole: true})
	anna.c.hint(wire.Hint{Presence: []wire.Presence{{User: "ben", State: wire.Talking}}})
	expect("one has changed", told{users: 1})
	anna.connection.set(func() { anna.down = true })
	anna.c.hint(wire.Hint{Rev: 1})
	expect("the connection has ended", told{silent: true})
	anna.connection.set(func() { anna.down = false })
	expect("connected again", told{whole: true})
}
