package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Sender is whose request it is. The ids come from the token, never from the body of a message.
type Sender struct {
	Workspace crm.ID
	User      crm.ID
	Device    crm.ID // "" where it comes from no device
}

// Outcome is the answer to a push: a result for each command, or in Err the wire.Problem because of which none was done.
type Outcome struct {
	wire.Pushed
	Err error
}

// Commit does what programs pushed, all in one transaction, and answers each of them. An error is the
// database's, and nothing was done. A refused command, or a refused push, is no error and does not touch the others.
func (e *Engine) Commit(ctx context.Context, workspace crm.ID, pushes []Pushed) ([]Outcome, error) {
	outcomes := make([]Outcome, len(pushes))
	err := e.commit(ctx, workspace, pushes, func(c *commit) error {
		for i, p := range pushes {
			var err error
			if outcomes[i], err = c.push(p, c.tasks[i]); err != nil {
				return err
			}
		}
		if err := c.save(); err != nil {
			return err
		}
		for i := range pushes {
			if outcomes[i].Err == nil {
				outcomes[i].Pushed = wire.Pushed{Results: results(c.tasks[i]), Head: c.rev}
			}
		}
		return nil
	})
	return outcomes, err
}

// Do does one change that comes from no program: of the server itself, or of other software on behalf of a user. A refusal is in the
// result; an error is the database's.
func (e *Engine) Do(ctx context.Context, workspace crm.ID, from ledger.Sender, change crm.Command) (wire.Result, error) {
	return e.DoAlso(ctx, workspace, from, change, nil)
}

// DoAlso is Do with something more in the same transaction: also runs unless the change was refused. Both are done, or neither.
func (e *Engine) DoAlso(ctx context.Context, workspace crm.ID, from ledger.Sender, change crm.Command, also func(context.Context, *database.Tx) error) (result wire.Result, err error) {
	cmd, err := toWire(change)
	if err != nil {
		return result, err
	}
	p := Pushed{User: from.User, Push: wire.Push{Commands: []wire.Command{cmd}}}
	err = e.commit(ctx, workspace, []Pushed{p}, func(c *commit) error {
		if err := c.lookUp(); err != nil {
			return err
		}
		if err := c.perform(from, "", p.Commands, c.tasks[0]); err != nil {
			return err
		}
		if err := c.save(); err != nil {
			return err
		}
		if result = results(c.tasks[0])[0]; also == nil || result.Status == wire.Rejected {
			return nil
		}
		return also(ctx, c.t)
	})
	return result, err
}

// commit runs f in one transaction that has read what the pushes need, and tells Committed of the new revision.
func (e *Engine) commit(ctx context.Context, workspace crm.ID, pushes []Pushed, f func(*commit) error) error {
	read := readPushes(pushes)
	c, err := e.try(ctx, workspace, read, false, f)
	if errors.Is(err, database.ErrTwice) { // a command was answered before, though its number is new
		c, err = e.try(ctx, workspace, read, true, f)
	}
	if err != nil {
		return fmt.Errorf("commit in workspace %s: %w", workspace, err)
	}
	if c.rev > c.head.Rev && e.Committed != nil {
		e.Committed(workspace, c.rev)
	}
	return nil
}

// try runs one transaction. With answered it looks up at once which commands were answered before; else only where a command's number is
// not new.
func (e *Engine) try(ctx context.Context, workspace crm.ID, read readPushed, answered bool, f func(*commit) error) (c *commit, err error) {
	err = e.DB.Write(ctx, string(workspace), func(t *database.Tx) error {
		open, err := t.Open(ctx, read.asked)
		if err != nil {
			return err
		}
		c = &commit{e: e, ctx: ctx, t: t, rows: open.Rows, head: open.Workspace, rev: open.Rev, now: e.Now(), batch: ledger.NewBatch(open.Rows, open.Secret, open.Region),
			clients: make(map[crm.ID]*database.Client, len(read.asked.Programs)), read: read, tasks: read.tasks,
			given: make([]*task, 0, len(read.all)), log: make([]database.Record, 0, len(read.all)), logged: make([]*task, 0, len(read.all))}
		read.begin()
		for _, id := range read.asked.Programs {
			if c.clients[id] == nil {
				client := open.Programs[id]
				client.ID = id
				c.clients[id] = &client
			}
		}
		if answered {
			if err := c.lookUp(); err != nil {
				return err
			}
		}
		return f(c)
	})
	return c, err
}

// commit is one transaction.
type commit struct {
	e       *Engine
	ctx     context.Context
	t       *database.Tx
	rows    *database.Rows
	head    database.Workspace
	batch   *ledger.Batch
	now     time.Time
	rev     uint64
	clients map[crm.ID]*database.Client
	read    readPushed
	looked  bool              // lookUp was done
	tasks   [][]*task         // of each push
	given   []*task           // whose answer is new, in order
	log     []database.Record // lines for the audit log
	logged  []*task           // the command of each line
	salts   []byte            // randomness that is not used yet
	pruned  map[crm.ID]bool   // calls that may name fewer recordings than before
}

// pruneRecordings has dropRecordings look at a call's recordings: the change that follows may take some away.
func (c *commit) pruneRecordings(call crm.ID) {
	if c.pruned == nil {
		c.pruned = map[crm.ID]bool{}
	}
	c.pruned[call] = true
}

// dropRecordings marks those recordings as gone that their call does not name any more. Recordings.Sweep removes their files later.
func (c *commit) dropRecordings(changed ledger.Changed) error {
	for call := range c.pruned {
		row := changed.Rows[ledger.Key{Entity: wire.Call, ID: call}]
		if row == nil {
			continue
		}
		if err := c.t.KeepRecordings(c.ctx, call, row.RecordingsOf(), c.now.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

// lookUp reads the answers to all commands of the transaction that have one.
func (c *commit) lookUp() error {
	if c.looked {
		return nil
	}
	c.looked = true
	answers, err := c.t.Answers(c.ctx, c.read.commands)
	for id, answer := range answers {
		if t := c.read.byID[id]; !t.answered {
			t.answer, t.answered = answer, true
		}
	}
	return err
}

// push does the commands of one program.
func (c *commit) push(p Pushed, tasks []*task) (o Outcome, err error) {
	client := c.clients[p.Client]
	if client == nil {
		o.Err = wire.Problem{Code: wire.Malformed, Message: "a program needs a client id"}
		return o, nil
	}
	if !fresh(p.Commands, client.Seq) {
		if err := c.lookUp(); err != nil {
			return o, err
		}
	}
	if o.Err = c.check(p, tasks, client); o.Err != nil {
		return o, nil
	}
	if err := c.perform(ledger.Sender{User: p.User}, p.Client, p.Commands, tasks); err != nil {
		return o, err
	}
	client.User = p.User
	if err := c.t.AcknowledgeErasures(c.ctx, p.Client, p.Erased, c.now.UnixMilli()); err != nil {
		return o, err
	}
	if len(p.Commands) > 0 {
		if last := p.Commands[len(p.Commands)-1]; last.Seq > client.Seq {
			client.Seq, client.UUID = last.Seq, last.ID
		}
	}
	return o, nil
}

// check says whether the commands follow what the server has of the program. A number and an id
// go together: a restored machine gives out numbers again that it had given before.
func (c *commit) check(p Pushed, tasks []*task, client *database.Client) error {
	switch {
	case p.Epoch != c.head.Epoch:
		return wire.Problem{Code: wire.OtherEpoch, Message: fmt.Sprintf("the server is in epoch %d, the program in %d", c.head.Epoch, p.Epoch)}
	case client.User != "" && client.User != p.User:
		return wire.Problem{Code: wire.Forked, Message: "another user has signed in with this program"}
	case len(p.Erased) > database.MostErasures:
		return wire.Problem{Code: wire.TooLarge, Message: fmt.Sprintf("%d erasures, more than %d", len(p.Erased), database.MostErasures)}
	case len(p.Commands) > wire.MostCommands:
		return wire.Problem{Code: wire.TooLarge, Message: fmt.Sprintf("%d commands, more than %d", len(p.Commands), wire.MostCommands)}
	}
	next := client.Seq + 1
	for i, cmd := range p.Commands {
		switch {
		case !tasks[i].named:
			return wire.Problem{Code: wire.Malformed, Message: fmt.Sprintf("command %d has no id", cmd.Seq)}
		case cmd.Seq < next && !tasks[i].answered:
			return wire.Problem{Code: wire.Forked, Message: fmt.Sprintf("command %d was another one before", cmd.Seq)}
		case cmd.Seq > next:
			return wire.Problem{Code: wire.Gap, Message: fmt.Sprintf("command %d is next, not %d", next, cmd.Seq)}
		case cmd.Seq == next:
			next++
		}
	}
	return nil
}

// perform does commands that were not done before.
func (c *commit) perform(from ledger.Sender, client crm.ID, commands []wire.Command, tasks []*task) error {
	for i, cmd := range commands {
		t := tasks[i]
		if t.answered {
			t.before = true
			if t.answer.Code == "" || t.answer.Client == client {
				continue
			}
			// A program that has taken a new client id sends again what was refused: it gets the reason under the new one.
			t.answer.Client, t.answer.Seq = client, cmd.Seq
		} else {
			t.answer = database.Answer{UUID: cmd.ID, Client: client, Seq: cmd.Seq}
			var err error
			if t.touched, err = c.apply(from, cmd, t.decoded); err != nil {
				var refusal *ledger.Refusal
				if !errors.As(err, &refusal) {
					return err
				}
				t.answer.Code, t.answer.Reason = refusal.Code, refusal.Reason
			}
			if err := c.record(from, client, cmd, t, c.batch.AboutErased()); err != nil {
				return err
			}
			t.answered = true
		}
		if !t.given {
			t.given = true
			c.given = append(c.given, t)
		}
	}
	return nil
}

// record adds a line to the audit log. With aboutErased, the command is about a person who was erased, and its arguments are left out.
func (c *commit) record(from ledger.Sender, client crm.ID, cmd wire.Command, t *task, aboutErased bool) error {
	salt, err := c.salt()
	if err != nil {
		return fmt.Errorf("read randomness for the audit log: %w", err)
	}
	c.log = append(c.log, database.Record{At: c.now.UnixMilli(), User: from.User, Client: client, UUID: cmd.ID,
		Command: storable(cmd.Name), Code: string(t.answer.Code), Args: storable(string(cmd.Args)), Salt: salt, Scrubbed: aboutErased})
	c.logged = append(c.logged, t)
	return nil
}

// The salts of the audit log's lines, in bytes, and how many of them are read at a time.
const (
	saltSize    = 16
	saltsAtOnce = 64
)

// salt is randomness for one line of the audit log.
func (c *commit) salt() ([]byte, error) {
	if len(c.salts) == 0 {
		c.salts = make([]byte, saltSize*saltsAtOnce)
		if _, err := io.ReadFull(c.e.Random, c.salts); err != nil {
			return nil, err
		}
	}
	salt := c.salts[:saltSize:saltSize]
	c.salts = c.salts[saltSize:]
	return salt, nil
}

// storable is a foreign text as every database takes it.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// apply has the ledger do a command, and gives the rows that it has changed. A command that cannot be read is refused, and so is
// one that makes the ledger panic: only that command is lost.
func (c *commit) apply(from ledger.Sender, cmd wire.Command, change decoded) (keys []ledger.Key, err error) {
	if change.err != nil {
		if crm.Knows(cmd.Name) {
			return nil, ledger.Senseless()
		}
		return nil, ledger.NotKnown()
	}
	defer func() {
		if r := recover(); r != nil {
			c.e.Log.Error("a command made the ledger panic and was refused", "command", cmd.Name, "id", cmd.ID, "panic", r, "stack", string(debug.Stack()))
			keys, err = nil, ledger.Senseless()
		}
	}()
	switch do := change.Change.(type) {
	case crm.SaveRecordings:
		c.pruneRecordings(do.Call)
	case crm.RemoveRecordings:
		c.pruneRecordings(do.Call)
	}
	return c.batch.Apply(from, crm.Command{ID: cmd.ID, At: cmd.At, Change: change.Change}, c.now)
}

// save gives each changed row a revision and writes it all; the counter last.
func (c *commit) save() error {
	changed := c.batch.Changed()
	c.number(changed)
	if err := c.t.SaveChanges(c.ctx, changed, c.now); err != nil {
		return err
	}
	if err := c.dropRecordings(changed); err != nil {
		return err
	}
	if err := c.saveAnswers(); err != nil {
		return err
	}
	for i := range c.log {
		c.log[i].Rev = c.logged[i].answer.Rev
	}
	if err := c.t.Log(c.ctx, c.log); err != nil {
		return err
	}
	var clients []database.Client
	for _, client := range c.clients {
		if client.User != "" { // else its first push was refused
			clients = append(clients, *client)
		}
	}
	// Always in the same order: two servers that lock rows crosswise would wait for each other.
	slices.SortFunc(clients, func(a, b database.Client) int { return cmp.Compare(a.ID, b.ID) })
	if err := c.t.SaveClients(c.ctx, clients, c.now.UnixMilli()); err != nil {
		return err
	}
	return c.t.Advance(c.ctx, int(c.rev-c.head.Rev))
}

// saveAnswers keeps each answer once, even where two programs have sent a refused command in this transaction.
func (c *commit) saveAnswers() error {
	var again []database.Answer
	first := make([]database.Answer, 0, len(c.given))
	for _, t := range c.given {
		if t.before {
			again = append(again, t.answer)
		} else {
			first = append(first, t.answer)
		}
	}
	return c.t.SaveAnswers(c.ctx, first, again, c.now.UnixMilli())
}

// number gives out revisions in the order of the commands, one to each row that they left changed.
func (c *commit) number(changed ledger.Changed) {
	last := map[ledger.Key]*task{} // the command that changed a row last
	for _, t := range c.given {
		for _, k := range t.touched {
			last[k] = t
		}
	}
	for _, t := range c.given {
		for _, k := range t.touched {
			if last[k] == t {
				c.rev++
				changed.Rows[k].Rev = c.rev
			}
		}
	}
	for _, t := range c.given {
		for _, k := range t.touched {
			t.answer.Rev = max(t.answer.Rev, changed.Rows[k].Rev)
		}
	}
}

// results are the answers to what a program pushed, in its order.
func results(tasks []*task) []wire.Result {
	results := make([]wire.Result, 0, len(tasks))
	for _, t := range tasks {
		results = append(results, resultOf(t.answer, t.before))
	}
	return results
}

func resultOf(a database.Answer, before bool) wire.Result {
	r := wire.Result{ID: a.UUID, Status: wire.Applied, Code: a.Code, Reason: a.Reason, Rev: a.Rev}
	switch {
	case before:
		r.Status, r.Refused = wire.Duplicate, a.Code != ""
	case a.Code != "":
		r.Status = wire.Rejected
	}
	return r
}
