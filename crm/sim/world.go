package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Options say what is run.
type Options struct {
	Seed   uint64
	Dir    string // for the files; empty
	Agents int    // programs; 3 when 0
	Steps  int    // things that happen; 120 when 0
	Mutant Mutant // how the protocol is broken, to see that it is noticed
	Log    *slog.Logger
	End    func(string) // is told what there is in the end, as one text
}

// World is one company: a server, the agents' programs, and what lies between.
type World struct {
	o    Options
	ctx  context.Context // until the run ends
	dice *dice
	log  *slog.Logger

	serving   sync.RWMutex // held for writing while the server is stopped, started or replaced
	db        *database.DB
	engine    *server.Engine // nil while the server is down
	feed      *server.Feed   // of the engine
	snapshots *server.Snapshots
	workspace crm.ID
	backups   []backup
	ahead     atomic.Int64 // of the server's clock, in nanoseconds

	late   sync.WaitGroup // messages that nobody waits for any more
	calm   atomic.Bool    // nothing goes wrong any more: all is to come together now
	agents []*agent
	line   crm.Line
	role   crm.Role // the company's own, whose rights an administrator changes
	now    int      // the step

	mu       sync.Mutex
	failed   error
	promises []promise
	tombs    map[wire.RowID]bool // what the server says was there once
	removed  map[crm.ID]bool     // records that somebody has removed or merged, whether others know it or not
	deleted  map[crm.ID]bool     // records that somebody has removed

	merged   map[crm.ID][]crm.ID           // into what somebody merged or converted a record, whether the server let them or not
	noted    map[crm.ID]bool               // calls on which somebody has written
	last     map[crm.ID]string             // the last word on a contact
	texts    map[crm.ID][]string           // what people wrote of a record or a call
	newer    map[crm.ID]string             // what a record has in a field that no program here knows
	erasures map[crm.ID][]database.Erasure // by workspace: the list that stands beside the database
}

// backup is a copy of the server's database.
type backup struct{ file string }

// Run lets a world run and gives the first promise that was broken; nil when all were kept. It is called in a
// bubble of testing/synctest, and everything that it starts has ended when it returns.
func Run(ctx context.Context, o Options) error {
	if o.Agents == 0 {
		o.Agents = 3
	}
	if o.Steps == 0 {
		o.Steps = 120
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	w := &World{o: o, dice: newDice(o.Seed, 0), log: o.Log, removed: map[crm.ID]bool{}, deleted: map[crm.ID]bool{}, tombs: map[wire.RowID]bool{}, texts: map[crm.ID][]string{}, newer: map[crm.ID]string{}, merged: map[crm.ID][]crm.ID{}, noted: map[crm.ID]bool{}, last: map[crm.ID]string{}}
	running, end := context.WithCancel(ctx)
	w.ctx = running
	err := w.run(ctx)
	end()
	w.late.Wait()
	for _, a := range w.agents {
		a.stop()
	}
	if w.db != nil {
		err = errors.Join(err, w.db.Close())
	}
	if err != nil {
		return fmt.Errorf("seed %d, step %d: %w", o.Seed, w.now, err)
	}
	return nil
}

func (w *World) run(ctx context.Context) error {
	if err := w.found(ctx); err != nil {
		return err
	}
	for w.now = 1; w.now <= w.o.Steps; w.now++ {
		if err := pause(ctx, w.dice.between(5*time.Millisecond, 4*time.Second)); err != nil {
			return err
		}
		if err := w.revive(ctx); err != nil {
			return err
		}
		if err := w.act(ctx); err != nil {
			return err
		}
		if err := w.broken(); err != nil {
			return err
		}
	}
	if err := w.settle(ctx); err != nil {
		return err
	}
	return w.check(ctx)
}

// tell writes down what there is in the end.
func (w *World) tell(all map[wire.RowID]wire.Row) {
	if w.o.End == nil {
		return
	}
	var text strings.Builder
	for _, id := range sorted(all) {
		fmt.Fprintf(&text, "%s %s %d %s\n", id.Entity, id.ID, all[id].Rev, all[id].Data)
	}
	w.o.End(text.String())
}

// fail keeps the first promise that was broken.
func (w *World) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed == nil {
		w.failed = err
	}
}

func (w *World) broken() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

// found sets the company up: a server, users, a line that makes leads, and programs that have signed in.
func (w *World) found(ctx context.Context) error {
	if err := w.openServer(ctx, "server.db"); err != nil {
		return err
	}
	var err error
	if w.workspace, err = w.engine.CreateWorkspace(ctx, "Meier KG", "DE"); err != nil {
		return err
	}
	w.role = crm.Role{ID: w.id(), Name: "Supervisor", Rights: crm.Rights{Call: crm.CallCRM, SeeCalls: crm.ReachAll}}
	if err := w.order(ctx, crm.SaveRole{Role: w.role}); err != nil {
		return err
	}
	var users []crm.User
	for i := range w.o.Agents {
		u := crm.User{ID: w.id(), Name: fmt.Sprintf("Agent %d", i+1), Extension: fmt.Sprint(101 + i), Roles: []crm.ID{crm.Administrator}}
		if i > 0 && i == w.o.Agents-1 {
			u.Roles = []crm.ID{w.role.ID}
		}
		users = append(users, u)
		if err := w.order(ctx, crm.SaveUser{User: u}); err != nil {
			return err
		}
	}
	queue := crm.Queue{ID: w.id(), Name: "Sales"}
	for _, u := range users {
		queue.Members = append(queue.Members, u.ID)
	}
	w.line = crm.Line{ID: w.id(), Name: "Sales", Region: "DE", Queue: queue.ID, Mode: crm.Auto, LeadFor: crm.LeadForAll,
		Number: crm.Number{E164: 493012345, Written: "+49 30 12345"}, ChangeResponsible: true}
	for _, change := range []crm.Change{crm.SaveWorkspace{Workspace: crm.Workspace{RepeatLeads: true}}, crm.SaveQueue{Queue: queue}, crm.SaveLine{Line: w.line}} {
		if err := w.order(ctx, change); err != nil {
			return err
		}
	}
	for i, u := range users {
		a := newAgent(w, uint64(i+1), u)
		w.agents = append(w.agents, a)
		if err := a.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// clock is the server's.
func (w *World) clock() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }

func (w *World) id() crm.ID {
	id, err := crm.NewID(time.Now(), w.dice)
	if err != nil {
		panic(err) // dice never fail
	}
	return id
}

// order has the server itself change something.
func (w *World) order(ctx context.Context, change crm.Change) error {
	r, err := w.perform(ctx, change)
	if err == nil && r.Status != wire.Applied {
		err = fmt.Errorf("%s was refused: %v", change.CommandName(), r.Reason)
	}
	return err
}

// perform has the server do something, if it is right.
func (w *World) perform(ctx context.Context, change crm.Change) (wire.Result, error) {
	return w.engine.Do(ctx, w.workspace, ledger.Sender{System: true}, crm.Command{ID: w.id(), At: crm.HLC(0).Next(w.clock()), Change: change})
}

func (w *World) openServer(ctx context.Context, file string) (err error) {
	if w.db, err = database.Open(ctx, "sqlite:"+filepath.Join(w.o.Dir, file)); err != nil {
		return err
	}
	w.engine = server.NewEngine(server.Engine{DB: w.db, Now: w.clock, Random: newDice(w.o.Seed, 1000, uint64(w.now)), Log: w.log, Committed: w.committed})
	w.feed = server.NewFeed(w.engine)
	dir := filepath.Join(w.o.Dir, "snapshots")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	w.snapshots, err = server.OpenSnapshots(w.engine, dir)
	return err
}

// committed hints to all programs that there is something new.
func (w *World) committed(_ crm.ID, rev uint64) {
	for _, a := range w.agents {
		a.hint(rev)
	}
}

// copyFile copies a file of SQLite that nobody writes to, with its log.
func copyFile(from, to string) error {
	for _, part := range []string{"", "-wal"} {
		err := copyOne(from+part, to+part)
		if part != "" && errors.Is(err, os.ErrNotExist) {
			err = os.Remove(to + part)
			if errors.Is(err, os.ErrNotExist) {
				err = nil
			}
		}
		if err != nil {
			return err
		}
	}
	_ = os.Remove(to + "-shm")
	return nil
}

func copyOne(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// settle lets everything come together: nothing goes wrong any more, and the server's clock is right. Then one who has seen it all has
// the last word, whatever the clocks were before.
func (w *World) settle(ctx context.Context) error {
	w.calm.Store(true)
	w.ahead.Store(0)
	if err := w.revive(ctx); err != nil {
		return err
	}
	if w.engine == nil {
		if err := w.startServer(ctx); err != nil {
			return err
		}
	}
	w.late.Wait()
	for _, a := range w.agents {
		a.link.down.Store(false)
		if a.ahead.Swap(0) != 0 {
			a.stop()
		}
		if err := a.start(ctx); err != nil {
			return err
		}
	}
	if err := w.together(ctx); err != nil {
		return err
	}
	if err := w.haveLastWord(ctx); err != nil {
		return err
	}
	return w.together(ctx)
}

// together waits until everybody has everything, for which programs have ten minutes.
func (w *World) together(ctx context.Context) error {
	var waiting []string
	for range 600 {
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
		if err := errors.Join(w.broken(), w.revive(ctx)); err != nil {
			return err
		}
		var err error
		if waiting, err = w.behind(ctx); err != nil {
			return err
		}
		if len(waiting) == 0 {
			return pause(ctx, lastLook)
		}
	}
	return fmt.Errorf("after ten calm minutes not all is together: %v", waiting)
}

// lastLook is for one more look at the server, by which a program learns that its last commands are decided and
// that the server may have found nothing to do for them.
const lastLook = time.Minute

// behind says which programs have not sent or seen everything.
func (w *World) behind(ctx context.Context) (who []string, err error) {
	head, err := w.head(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range w.agents {
		if a.user.Left {
			if !a.wiped.Load() {
				who = append(who, a.user.Name+" has left and still has a copy")
			}
			continue
		}
		s, err := a.file.Standing(ctx)
		if err != nil {
			return nil, err
		}
		if s.Waiting > 0 || s.Cursor != head.Rev || s.Epoch != head.Epoch {
			who = append(who, fmt.Sprintf("%s has %d waiting, is at %d of %d in epoch %d of %d (%s)", a.user.Name, s.Waiting, s.Cursor, head.Rev, s.Epoch, head.Epoch, a.trouble()))
		}
	}
	return who, nil
}

func (w *World) head(ctx context.Context) (head database.Workspace, err error) {
	err = w.db.Read(ctx, string(w.workspace), func(t *database.Tx) (err error) {
		head, err = t.Head(ctx, false)
		return err
	})
	return head, err
}

// client is what the server has of a program.
func (w *World) client(ctx context.Context, id crm.ID) (c database.Client, err error) {
	err = w.db.Read(ctx, string(w.workspace), func(t *database.Tx) (err error) {
		c, err = t.Client(ctx, id)
		return err
	})
	return c, err
}
