package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/server/rig"
	"leadline/crm/wire"
)

// company is a workspace under test on a real database.
type company struct {
	t         testing.TB
	engine    *Engine
	workspace crm.ID
	url       string // of the database
	key       []byte
	dir       string // of the database's files; "" when they are elsewhere
	admin     crm.ID
}

// onEach runs a test on each kind of database.
func onEach(t *testing.T, test func(t *testing.T, c *company)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		dir := t.TempDir()
		c := newCompany(t, "sqlite:"+filepath.Join(dir, "server.db"))
		c.dir = dir
		test(t, c)
	})
	t.Run("PostgreSQL", func(t *testing.T) { test(t, newCompany(t, rig.PostgresURL(t))) })
}

// TestMain is a server under load where a test has started it as one.
func TestMain(m *testing.M) {
	if arguments := os.Getenv(loadEnv); arguments != "" {
		fmt.Fprintln(os.Stderr, "load:", load(arguments))
		os.Exit(1)
	}
	os.Exit(rig.Run(m))
}

func newCompany(t testing.TB, url string) *company {
	t.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	c := &company{t: t, url: url, engine: NewEngine(Engine{DB: db, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})}
	if c.workspace, err = c.engine.CreateWorkspace(ctx, "Meier KG", "DE"); err != nil {
		t.Fatal(err)
	}
	c.admin = c.addUser(crm.User{Name: "Ada", Roles: []crm.ID{crm.Administrator}})
	return c
}

func newID(t testing.TB) crm.ID {
	t.Helper()
	id, err := crm.NewID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func now() crm.HLC { return crm.HLC(0).Next(time.Now()) }

// addUser makes a user by the server itself.
func (c *company) addUser(u crm.User) crm.ID {
	c.t.Helper()
	if u.ID == "" {
		u.ID = newID(c.t)
	}
	r, err := c.engine.Do(context.Background(), c.workspace, ledger.Sender{System: true}, crm.Command{ID: newID(c.t), At: now(), Change: crm.SaveUser{User: u}})
	if err != nil || r.Status != wire.Applied {
		c.t.Fatalf("add user %s: %+v, %v", u.Name, r, err)
	}
	return u.ID
}

// program is an agent's program as the server knows it: what it pushes and pulls, without a file.
type program struct {
	c       *company
	t       testing.TB
	sender  Sender
	client  crm.ID
	seq     uint64
	welcome wire.Welcome
	cursor  uint64
	rows    map[wire.RowID]wire.Row
	ack     wire.Ack
	refused []wire.Result
}

func (c *company) signIn(user crm.ID) *program {
	c.t.Helper()
	p := &program{c: c, t: c.t, sender: Sender{Workspace: c.workspace, User: user}, client: newID(c.t), rows: map[wire.RowID]wire.Row{}}
	p.hello()
	return p
}

func (p *program) hello() {
	p.t.Helper()
	var err error
	p.welcome, err = p.c.engine.Hello(context.Background(), p.sender, wire.Hello{Client: p.client, Schemas: []int{wire.Schema},
		Last: p.ack, Epoch: p.welcome.Epoch, Cursor: p.cursor, Sent: time.Now()})
	if err != nil {
		p.t.Fatalf("hello: %v", err)
	}
	p.c.key = p.welcome.WorkspaceKey
}

// commands are changes with the next numbers.
func (p *program) commands(changes ...crm.Change) []wire.Command {
	p.t.Helper()
	all := make([]wire.Command, 0, len(changes))
	for _, change := range changes {
		cmd, err := toWire(crm.Command{ID: newID(p.t), At: now(), Change: change})
		if err != nil {
			p.t.Fatal(err)
		}
		p.seq++
		cmd.Seq = p.seq
		all = append(all, cmd)
	}
	return all
}

func (p *program) message(commands []wire.Command) wire.Push {
	return wire.Push{Client: p.client, Epoch: p.welcome.Epoch, Commands: commands}
}

// push has commands committed alone, and expects that they are looked at.
func (p *program) push(commands []wire.Command) []wire.Result {
	p.t.Helper()
	o := p.try(commands)
	if o.Err != nil {
		p.t.Fatalf("push: %v", o.Err)
	}
	return o.Results
}

func (p *program) try(commands []wire.Command) Outcome {
	p.t.Helper()
	outcomes, err := p.c.engine.Commit(context.Background(), p.c.workspace, []Pushed{{User: p.sender.User, Push: p.message(commands)}})
	if err != nil {
		p.t.Fatalf("push: %v", err)
	}
	return outcomes[0]
}

// do pushes changes and expects that they are applied.
func (p *program) do(changes ...crm.Change) {
	p.t.Helper()
	for i, r := range p.push(p.commands(changes...)) {
		if r.Status != wire.Applied {
			p.t.Fatalf("%s: %+v", changes[i].CommandName(), r)
		}
	}
}

// pull goes on to the head, in pages of so many rows.
func (p *program) pull(limit int) {
	p.t.Helper()
	for {
		page, err := p.c.engine.Pull(context.Background(), p.sender, wire.Pull{Client: p.client, Epoch: p.welcome.Epoch, Cursor: p.cursor, View: p.welcome.View, Limit: limit})
		if err != nil {
			p.t.Fatalf("pull: %v", err)
		}
		for _, r := range page.Rows {
			p.rows[wire.RowID{Entity: r.Entity, ID: r.ID}] = r
		}
		p.cursor = page.Rev
		if page.More && page.Ack != nil {
			p.t.Fatal("an acknowledgement rides on a page that does not reach the head")
		}
		if !page.More {
			p.ack, p.refused = *page.Ack, page.Refused
			return
		}
	}
}

// has reads a row that was pulled; ok is false when there is none.
func has[T any](p *program, entity wire.Entity, id crm.ID) (v T, ok bool) {
	p.t.Helper()
	r, found := p.rows[wire.RowID{Entity: entity, ID: id}]
	if !found || r.Deleted {
		return v, false
	}
	if err := json.Unmarshal(r.Data, &v); err != nil {
		p.t.Fatal(err)
	}
	return v, true
}

func (p *program) count(entity wire.Entity) (n int) {
	for _, r := range p.rows {
		if r.Entity == entity && !r.Deleted {
			n++
		}
	}
	return n
}

const number = "+493020948812"

// rings are the changes of a program at which a number rings for the nth time, as it knows.
func (p *program) rings(generation int) (ensure crm.EnsureLead, call crm.BeginCall) {
	id := newID(p.t)
	party := crm.Parse(number, "DE")
	lead := crm.LeadID(p.c.key, number, generation)
	began := time.Now()
	ensure = crm.EnsureLead{Peer: number, Generation: generation, Lead: crm.Lead{ID: lead, Status: crm.LeadNew,
		Numbers: []crm.Number{party.Number(crm.LabelWork)}, Origin: crm.Origin{Call: id}, Responsible: p.sender.User, Created: began, Updated: began}}
	call = crm.BeginCall{Call: crm.Call{ID: id, Direction: crm.Incoming, Party: party, Began: began, Agent: p.sender.User,
		Refs: []crm.Ref{{Kind: crm.KindLead, ID: lead}}}}
	return ensure, call
}

func TestB4FiftyProgramsRingAtOnceAndRetry(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		committer := NewCommitter(c.engine)
		var programs []*program
		for i := range 50 {
			programs = append(programs, c.signIn(c.addUser(crm.User{Name: fmt.Sprint("Agent ", i)})))
		}
		var all sync.WaitGroup
		for i, p := range programs {
			ensure, call := p.rings(1 + i%3) // some have heard of leads that the others have not
			message := p.message(p.commands(ensure, call))
			for range 2 { // the reply is lost, the packet doubled
				all.Go(func() {
					if _, err := committer.Push(context.Background(), p.sender, message); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		c.oneLead(50)
	})
}

func TestB4TwoProgramsOfflineAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna, ben := c.signIn(c.addUser(crm.User{Name: "Anna"})), c.signIn(c.addUser(crm.User{Name: "Ben"}))
		var changes [2][]crm.Change
		for i, p := range []*program{anna, ben} {
			for generation := range 2 { // twice the caller tried, and Ben had seen another lead before
				ensure, call := p.rings(1 + i + generation)
				changes[i] = append(changes[i], ensure, call)
			}
		}
		ben.do(changes[1]...)
		anna.do(changes[0]...)
		c.oneLead(4)
	})
}

// oneLead expects one open lead of the number, with all calls on it.
func (c *company) oneLead(calls int) {
	c.t.Helper()
	ada := c.signIn(c.admin)
	ada.pull(7)
	if n := ada.count(wire.Lead); n != 1 {
		c.t.Errorf("%d leads, want one", n)
	}
	n, _ := has[wire.NumberData](ada, wire.Number, crm.NumberID(number))
	if ada.count(wire.Call) != calls {
		c.t.Errorf("%d calls, want %d", ada.count(wire.Call), calls)
	}
	for k := range ada.rows {
		if k.Entity != wire.Call {
			continue
		}
		call, _ := has[crm.Call](ada, wire.Call, k.ID)
		if len(call.Refs) != 1 || call.Refs[0].ID != n.OpenLead {
			c.t.Errorf("a call is saved on %v, want the open lead %s", call.Refs, n.OpenLead)
		}
	}
}
