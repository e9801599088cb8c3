package sim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"leadline/crm"
	"leadline/crm/replica"
	"leadline/crm/store"
	"leadline/crm/wire"
)

// agent is one person with a program and a file.
type agent struct {
	w      *World
	number uint64
	user   crm.User
	path   string
	parts  string // where snapshots are loaded
	link   *link
	skew   atomic.Int64  // of its clock, in nanoseconds
	told   atomic.Uint64 // the highest revision that a hint was sent of

	file    *store.Store
	cancel  context.CancelFunc // ends the replica; nil while the program is not running
	running sync.WaitGroup

	saved     string // a backup of the file
	savedStep int
	starts    uint64
	calls     []crm.ID

	mu      sync.Mutex
	hints   chan uint64 // to a program that watches; nil when it does not
	because replica.Status

	dies      atomic.Bool  // it is killed where it is
	wiped     atomic.Bool  // it has erased its copy
	lockedOut atomic.Bool  // the server lets the device in no more
	ahead     atomic.Int64 // how much newer the program is than the server
}

func newAgent(w *World, number uint64, user crm.User) *agent {
	path := filepath.Join(w.o.Dir, fmt.Sprintf("%d.db", number))
	return &agent{w: w, number: number, user: user, path: path, parts: path + "-parts", link: newLink(w, number)}
}

func (a *agent) clock() time.Time { return time.Now().Add(time.Duration(a.skew.Load())) }

// start opens the file and lets the replica run, unless it runs already.
func (a *agent) start(ctx context.Context) (err error) {
	if a.file != nil {
		return nil
	}
	if err := os.MkdirAll(a.parts, 0o700); err != nil {
		return err
	}
	a.starts++
	a.file, err = store.Open(ctx, a.path, store.Options{Now: a.clock, Random: newDice(a.w.o.Seed, a.number, 100, a.starts), Log: a.w.log})
	if err != nil {
		return fmt.Errorf("%s opens the file: %w", a.user.Name, err)
	}
	if _, err := a.file.Interrupted(ctx); err != nil {
		return err
	}
	run, cancel := context.WithCancel(ctx)
	a.cancel = cancel
	a.running.Go(func() { a.replicate(run) })
	return nil
}

// stop ends the program wherever it is.
func (a *agent) stop() {
	if a.file == nil {
		return
	}
	a.cancel()
	a.running.Wait()
	if err := a.file.Close(); err != nil {
		a.w.fail(fmt.Errorf("%s closes the file: %w", a.user.Name, err))
	}
	a.file = nil
}

// takeCall is an incoming call that rings at the program, and ends there.
func (a *agent) takeCall(ctx context.Context, number string, answered bool) error {
	c, _, err := a.file.BeginCall(ctx, crm.Call{ID: a.w.id(), Direction: crm.Incoming, Line: a.w.line.ID, Party: crm.Parse(number, "DE"),
		Began: a.clock(), Agent: a.user.ID, AgentName: a.user.Name})
	if err != nil {
		return err
	}
	a.calls = append(a.calls, c.ID)
	a.w.promise(promise{by: a, step: a.w.now, call: c.ID})
	outcome := crm.AnsweredElsewhere
	if answered {
		outcome = crm.Answered
		if err := a.file.AnswerCall(ctx, c.ID, a.clock()); err != nil {
			return err
		}
	}
	return a.file.EndCall(ctx, c.ID, a.clock(), outcome, "")
}

// does makes a change here, and remembers what has to come of it.
func (a *agent) does(ctx context.Context, p promise, change crm.Change) error {
	err := a.file.Do(ctx, change)
	if err == nil {
		p.by, p.step = a, a.w.now
		a.w.promise(p)
	}
	return a.refused(err)
}

func (a *agent) someContact(ctx context.Context) (c crm.Contact, ok bool, err error) {
	r, ok, err := a.some(ctx, a.file.Contacts)
	if ok {
		c = *r.Contact
	}
	return c, ok, err
}

func (a *agent) someLead(ctx context.Context) (l crm.Lead, ok bool, err error) {
	r, ok, err := a.some(ctx, a.file.Leads)
	if ok {
		l = *r.Lead
	}
	return l, ok, err
}

// somebody is a contact or a lead.
func (a *agent) somebody(ctx context.Context) (crm.Ref, bool, error) {
	list := a.file.Contacts
	if a.w.dice.chance(0.2) {
		list = a.file.Leads
	}
	r, ok, err := a.some(ctx, list)
	return r.Ref, ok, err
}

func (a *agent) some(ctx context.Context, list func(context.Context, crm.Query) (crm.RecordPage, error)) (r crm.Record, ok bool, err error) {
	page, err := list(ctx, crm.Query{Limit: 20})
	if err != nil || len(page.Rows) == 0 {
		return r, false, err
	}
	r, err = a.file.Record(ctx, page.Rows[a.w.dice.n(len(page.Rows))].Ref)
	return r, err == nil, a.refused(err)
}

// hint tells a watching program of a revision. One that has too many unread gets none: it pulls anyway.
func (a *agent) hint(rev uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.hints == nil || a.link.down.Load() {
		return
	}
	a.told.Store(max(a.told.Load(), rev))
	select {
	case a.hints <- rev:
	default:
	}
}

func (a *agent) trouble() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return fmt.Sprintf("%s: %v", a.because.State, a.because.Problem)
}

func (a *agent) watch() <-chan uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hints = make(chan uint64, hintBuffer)
	return a.hints
}

func (a *agent) unwatch() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hints = nil
}

// hintBuffer is how many hints may wait for a program; further ones are dropped.
const hintBuffer = 16

// replicate keeps the file in step until ctx ends.
func (a *agent) replicate(ctx context.Context) {
	f := file{a, a.file, make(chan struct{}, 1)}
	a.running.Go(func() { f.tellLater(ctx, a.link.dice["queued"]) })
	replica.New(replica.Config{File: f, Server: remote{a.link, a}, Address: "https://crm.example.org", Log: a.w.log, Now: a.clock, Snapshots: a.parts,
		Jitter: func(d time.Duration) time.Duration { return a.link.dice["jitter"].between(0, max(d, 1)) }, OnStatus: a.heard}).Run(ctx)
}

// file is an agent's file of which the replica hears a moment later that something waits: when what the agent does is done,
// which takes no time here. Else it would be up to the scheduler of goroutines how much of it a push has.
type file struct {
	a *agent
	*store.Store
	queued chan struct{}
}

// Queued is replica.File's.
func (f file) Queued() <-chan struct{} { return f.queued }

func (f file) tellLater(ctx context.Context, d *dice) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.Store.Queued():
		}
		if pause(ctx, d.between(time.Millisecond, 5*time.Millisecond)) != nil {
			return
		}
		drain(f.Store.Queued())
		select {
		case f.queued <- struct{}{}:
		default:
		}
	}
}

// heard looks at why a replica is not live: that has to be one of the world's reasons, not the code's.
func (a *agent) heard(s replica.Status) {
	a.mu.Lock()
	a.because = s
	a.mu.Unlock()
	var problem wire.Problem
	err := s.Problem
	if err == nil || errors.Is(err, errNetwork) || errors.Is(err, errDown) || errors.Is(err, context.Canceled) || errors.As(err, &problem) && problem.Status() < 500 {
		return
	}
	a.w.fail(fmt.Errorf("the replica of %s: %w", a.user.Name, err))
}

// drain takes what is in a channel already.
func drain[V any](c <-chan V) {
	for {
		select {
		case <-c:
		default:
			return
		}
	}
}
