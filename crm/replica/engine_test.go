package replica

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/store"
	"leadline/crm/wire"
)

var ctx = context.Background()

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[V any](v V, err error) func(testing.TB) V {
	return func(t testing.TB) V { t.Helper(); ok(t, err); return v }
}

// company is the real engine with a workspace.
type company struct {
	t         *testing.T
	engine    *server.Engine
	workspace crm.ID
	file      string

	listening sync.Mutex
	listeners map[chan wire.Hint]bool
}

func newCompany(t *testing.T) *company {
	c := &company{t: t, file: filepath.Join(t.TempDir(), "server.db"), listeners: map[chan wire.Hint]bool{}}
	c.start()
	c.workspace = must(c.engine.CreateWorkspace(ctx, "Meier KG", "DE"))(t)
	return c
}

func (c *company) start() {
	db := must(database.Open(ctx, "sqlite:"+c.file))(c.t)
	c.t.Cleanup(func() { _ = db.Close() })
	c.engine = server.NewEngine(server.Engine{DB: db, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler), Committed: c.committed})
}

func (c *company) committed(_ crm.ID, rev uint64) { c.hint(wire.Hint{Rev: rev}) }

// hint tells all who watch.
func (c *company) hint(h wire.Hint) {
	c.listening.Lock()
	defer c.listening.Unlock()
	for l := range c.listeners {
		select {
		case l <- h:
		default:
		}
	}
}

func (c *company) user(name string, roles ...crm.ID) crm.User {
	c.t.Helper()
	u := crm.User{ID: must(crm.NewID(time.Now(), rand.Reader))(c.t), Name: name, Roles: roles}
	c.do(crm.SaveUser{User: u})
	return u
}

// do is a change of the administrator's.
func (c *company) do(change crm.Change) {
	c.t.Helper()
	id := must(crm.NewID(time.Now(), rand.Reader))(c.t)
	r, err := c.engine.Do(ctx, c.workspace, ledger.Sender{System: true}, crm.Command{ID: id, At: crm.HLC(0).Next(time.Now()), Change: change})
	if err != nil || r.Status != wire.Applied {
		c.t.Fatalf("%+v: %+v %v", change, r, err)
	}
}

// connection is how one user's program reaches the engine, and how that fails.
type connection struct {
	c    *company
	from server.Sender

	mu        sync.Mutex
	down      bool
	loseReply bool // of the next push
	erased    bool // the device has said so
	limit     int  // of rows in a page; 0 is what the program asks for

	meanwhile func() (after func()) // is called once, before rows are fetched
}

var errDown = errors.New("the network is down")

func (n *connection) up() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down {
		return errDown
	}
	return nil
}

func (n *connection) set(edit func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	edit()
}

func through[A, B any](n *connection, f func(context.Context, server.Sender, A) (B, error), a A) (b B, err error) {
	if err := n.up(); err != nil {
		return b, err
	}
	return f(ctx, n.from, a)
}

func (n *connection) Hello(_ context.Context, h wire.Hello) (wire.Welcome, error) {
	return through(n, n.c.engine.Hello, h)
}

func (n *connection) Push(_ context.Context, p wire.Push) (wire.Pushed, error) {
	pushed, err := through(n, server.NewCommitter(n.c.engine).Push, p)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.loseReply {
		n.loseReply = false
		return wire.Pushed{}, errDown
	}
	return pushed, err
}

func (n *connection) Pull(_ context.Context, p wire.Pull) (wire.Page, error) {
	if n.limit > 0 {
		p.Limit = n.limit
	}
	return through(n, n.c.engine.Pull, p)
}

func (n *connection) Rows(_ context.Context, f wire.Fetch) (wire.Fetched, error) {
	if meanwhile := n.meanwhile; meanwhile != nil {
		n.meanwhile = nil
		defer meanwhile()()
	}
	return through(n, n.c.engine.Fetch, f)
}

func (n *connection) Snapshot(context.Context, wire.Manifest, int64) (io.ReadCloser, error) {
	return nil, errors.New("there is no snapshot")
}

func (n *connection) Watch(ctx context.Context, heard func(wire.Hint)) error {
	if err := n.up(); err != nil {
		return err
	}
	hints := make(chan wire.Hint, 16)
	n.c.listening.Lock()
	n.c.listeners[hints] = true
	n.c.listening.Unlock()
	defer func() {
		n.c.listening.Lock()
		defer n.c.listening.Unlock()
		delete(n.c.listeners, hints)
	}()
	heard(wire.Hint{})
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case h := <-hints:
			if err := n.up(); err != nil {
				return err
			}
			heard(h)
		}
	}
}

func (n *connection) Erased(context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.erased = true
	return nil
}

// desk is one agent's program without windows and telephone.
type desk struct {
	*store.Store
	*connection
	r    *Replica
	t    *testing.T
	path string
}

func (c *company) desk(u crm.User) *desk {
	c.t.Helper()
	d := &desk{connection: &connection{c: c, from: server.Sender{Workspace: c.workspace, User: u.ID}}, t: c.t,
		path: filepath.Join(c.t.TempDir(), "leadline.db")}
	d.open()
	return d
}

func (d *desk) open() {
	d.t.Helper()
	s := must(store.Open(ctx, d.path, store.Options{}))(d.t)
	d.t.Cleanup(func() { _ = s.Close() })
	d.Store = s
	d.r = New(Config{File: s, Server: d.connection, Address: "https://crm.example.org", Snapshots: d.t.TempDir()})
}

// settle pushes and pulls until nothing is left to do.
func (d *desk) settle() {
	d.t.Helper()
	for range 1000 {
		push, err := d.r.Push(ctx)
		if err != nil && !needsGreeting(err) {
			d.t.Fatal(err)
		}
		pull, perr := d.r.Pull(ctx, 0)
		if perr != nil && !needsGreeting(perr) {
			d.t.Fatal(perr)
		}
		at := must(d.Standing(ctx))(d.t)
		if !push && !pull && err == nil && perr == nil && at.Waiting == 0 {
			return
		}
	}
	d.t.Fatal("it does not settle")
}

func (d *desk) has(r crm.Ref) bool {
	d.t.Helper()
	_, err := d.Record(ctx, r)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		d.t.Fatal(err)
	}
	return err == nil
}

func (d *desk) contact(name string) crm.Ref {
	d.t.Helper()
	id := d.NewID()
	ok(d.t, d.Do(ctx, crm.CreateContact{Contact: crm.Contact{ID: id, LastName: name}}))
	return crm.Ref{Kind: crm.KindContact, ID: id}
}

func (d *desk) set(r crm.Ref, field string, value any) {
	d.t.Helper()
	ok(d.t, d.Do(ctx, crm.UpdateRecord{Ref: r, Set: map[string]any{field: value}}))
}
