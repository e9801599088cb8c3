package server

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/rig"
	"leadline/crm/wire"
)

// loadEnv makes of the test's program a server under load: "URL workspace user", parted by blanks.
const loadEnv = "LEADLINE_TEST_LOAD"

// load is one server with eight programs that push all the time. Each command that it has an answer to is
// a line on stdout: what was said there must be there for ever.
func load(arguments string) error {
	var url string
	var from Sender
	if _, err := fmt.Sscan(arguments, &url, &from.Workspace, &from.User); err != nil {
		return err
	}
	ctx := context.Background()
	db, err := patiently(func() (*database.DB, error) { return database.Open(ctx, url) })
	if err != nil {
		return err
	}
	e := NewEngine(Engine{DB: db, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	committer := NewCommitter(e)
	var all sync.WaitGroup
	errs := make(chan error, 8)
	for i := range cap(errs) {
		all.Go(func() { errs <- pushForEver(ctx, e, committer, from, i) })
	}
	all.Wait()
	return <-errs
}

// patiently tries until it goes: the database may be down for a while.
func patiently[T any](do func() (T, error)) (v T, err error) {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if v, err = do(); err == nil {
			return v, nil
		}
	}
	return v, err
}

func pushForEver(ctx context.Context, e *Engine, committer *Committer, from Sender, n int) error {
	client, err := crm.NewID(time.Now(), rand.Reader)
	if err != nil {
		return err
	}
	w, err := patiently(func() (wire.Welcome, error) {
		return e.Hello(ctx, from, wire.Hello{Client: client, Schemas: []int{wire.Schema}})
	})
	if err != nil {
		return err
	}
	for seq := uint64(1); ; {
		p := wire.Push{Client: client, Epoch: w.Epoch}
		for _, change := range loadChanges(w, n) {
			cmd, err := toWire(change)
			if err != nil {
				return err
			}
			cmd.Seq = seq
			seq++
			p.Commands = append(p.Commands, cmd)
		}
		pushed, err := patiently(func() (wire.Pushed, error) { return committer.Push(ctx, from, p) })
		if err != nil {
			return err
		}
		for _, r := range pushed.Results {
			if r.Code != "" {
				return fmt.Errorf("refused: %+v", r)
			}
			if _, err := fmt.Println(r.ID); err != nil {
				return err
			}
		}
	}
}

// loadChanges are a new contact, and a call of one of few numbers, so that servers and programs get into each other's way.
func loadChanges(w wire.Welcome, n int) []crm.Command {
	var ids [6]crm.ID
	for i := range ids {
		id, err := crm.NewID(time.Now(), rand.Reader)
		if err != nil {
			panic(err)
		}
		ids[i] = id
	}
	party := crm.Parse(fmt.Sprint("0302094881", n%3), "DE")
	lead := crm.LeadID(w.WorkspaceKey, party.Key(), 1)
	at := crm.HLC(0).Next(time.Now())
	return []crm.Command{
		{ID: ids[0], At: at, Change: crm.CreateContact{Contact: crm.Contact{ID: ids[1], LastName: "Meier"}}},
		{ID: ids[2], At: at, Change: crm.EnsureLead{Peer: party.Key(), Generation: 1, Lead: crm.Lead{ID: lead, Status: crm.LeadNew,
			Numbers: []crm.Number{party.Number(crm.LabelWork)}, Origin: crm.Origin{Call: ids[4]}}}},
		{ID: ids[3], At: at, Change: crm.BeginCall{Call: crm.Call{ID: ids[4], Direction: crm.Incoming, Party: party, Agent: w.User,
			Refs: []crm.Ref{{Kind: crm.KindLead, ID: lead}}}}},
	}
}

// loaded is such a server, running.
type loaded struct {
	t       *testing.T
	url     string
	from    Sender
	process *exec.Cmd
	read    sync.WaitGroup

	mu   sync.Mutex
	said []crm.ID // commands that were answered
	news chan struct{}
}

func (l *loaded) start() {
	l.t.Helper()
	l.process = exec.Command(os.Args[0])
	l.process.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s", loadEnv, l.url, l.from.Workspace, l.from.User))
	l.process.Stderr = os.Stderr
	out, err := l.process.StdoutPipe()
	if err == nil {
		err = l.process.Start()
	}
	if err != nil {
		l.t.Fatal(err)
	}
	l.read.Go(func() { l.listen(out) })
}

func (l *loaded) listen(out io.Reader) {
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // also in the middle of a line: it was not said
			return
		}
		l.mu.Lock()
		l.said = append(l.said, crm.ID(strings.TrimSpace(line)))
		l.mu.Unlock()
		select {
		case l.news <- struct{}{}:
		default:
		}
	}
}

// works waits until the server has answered something new.
func (l *loaded) works() {
	l.t.Helper()
	select {
	case <-l.news: // may be an old one
	default:
	}
	select {
	case <-l.news:
	case <-time.After(time.Minute):
		l.t.Fatal("a server answers nothing any more")
	}
}

// kill ends it by SIGKILL.
func (l *loaded) kill() {
	l.t.Helper()
	if err := l.process.Process.Kill(); err != nil {
		l.t.Error(err)
	}
	l.read.Wait()
	_ = l.process.Wait() // "signal: killed" is what was wanted
}

// Three servers on one PostgreSQL, under load: each is killed in turn, and PostgreSQL itself in the middle of
// everything. What was answered is there, once, and everything is as promised.
func TestKilledServersAndDatabaseLoseNothing(t *testing.T) {
	pg, err := rig.NewPostgres()
	rig.NeedPostgres(t, err)
	t.Cleanup(func() {
		if err := pg.Remove(); err != nil {
			t.Error(err)
		}
	})
	url, err := pg.Database()
	if err != nil {
		t.Fatal(err)
	}
	c := newCompany(t, url)
	servers := make([]*loaded, 3)
	for i := range servers {
		servers[i] = &loaded{t: t, url: url, from: Sender{Workspace: c.workspace, User: c.admin}, news: make(chan struct{}, 1)}
		servers[i].start()
	}
	everybodyWorks := func() {
		t.Helper()
		for _, s := range servers {
			s.works()
		}
	}
	everybodyWorks()
	for _, s := range servers {
		s.kill()
		s.start()
		everybodyWorks()
	}
	for range 2 {
		if err := pg.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := pg.Start(); err != nil {
			t.Fatal(err)
		}
		everybodyWorks()
	}
	var said []crm.ID
	for _, s := range servers {
		s.kill()
		said = append(said, s.said...)
	}
	c.verify()
	c.allThere(said)
}

// allThere expects that each of the commands was answered, and that what it made is there once.
func (c *company) allThere(said []crm.ID) {
	c.t.Helper()
	ctx := context.Background()
	err := c.engine.DB.Read(ctx, string(c.workspace), func(t *database.Tx) error {
		answers, err := t.Answers(ctx, said)
		if len(answers) != len(said) {
			c.t.Errorf("%d of %d answered commands are known to the server", len(answers), len(said))
		}
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	ada := c.signIn(c.admin)
	ada.pull(0)
	if ada.count(wire.Lead) != 3 || ada.count(wire.Number) != 3 {
		c.t.Errorf("%d leads of three numbers", ada.count(wire.Lead))
	}
	if contacts := ada.count(wire.Contact); contacts < len(said)/3 {
		c.t.Errorf("%d contacts of %d answered commands, a third of which made one each", contacts, len(said))
	}
	c.t.Logf("%d commands were answered before the kills", len(said))
}
