package server

import (
	"bytes"
	"errors"
	"strings"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Pushed is what one program pushed.
type Pushed struct {
	User crm.ID
	wire.Push

	read []decoded // what each command says, where that was read before
}

// decoded is a command's change, or why it cannot be read.
type decoded struct {
	crm.Change
	err error
}

// decode reads a command. No text with a zero byte gets further: PostgreSQL takes none, and would fail the
// whole transaction for it.
func decode(cmd wire.Command) (crm.Change, error) {
	if err := wire.CheckDocument(cmd.Args); err != nil {
		return nil, err
	}
	if bytes.Contains(cmd.Args, []byte(`\u0000`)) {
		return nil, errors.New("a text has a zero byte")
	}
	return crm.DecodeChange(cmd.Name, cmd.Args)
}

// readCommands decodes each of the commands.
func readCommands(commands []wire.Command) []decoded {
	all := make([]decoded, len(commands))
	for i, cmd := range commands {
		all[i] = readCommand(cmd)
	}
	return all
}

func readCommand(cmd wire.Command) decoded {
	if !isID(cmd.ID) {
		return decoded{}
	}
	change, err := decode(cmd)
	return decoded{change, err}
}

// task is a command and what became of it. A command that comes several times in the transaction, by its id, has one task.
type task struct {
	decoded
	named    bool // the command has an id
	answer   database.Answer
	answered bool
	before   bool         // it was answered by an earlier transaction, or earlier in this
	given    bool         // the answer is new
	touched  []ledger.Key // the rows that it changed
}

// readPushed are the changes of pushes, and what the database is to be asked for them.
type readPushed struct {
	all      []task
	tasks    [][]*task        // of each push
	byID     map[crm.ID]*task // those that are named
	commands []crm.ID         // the same
	asked    database.Asked
}

func readPushes(pushes []Pushed) readPushed {
	commands := 0
	for _, p := range pushes {
		commands += len(p.Commands)
	}
	r := readPushed{all: make([]task, 0, commands), tasks: make([][]*task, len(pushes)), byID: make(map[crm.ID]*task, commands),
		commands: make([]crm.ID, 0, commands), asked: database.Asked{Rows: make([]ledger.Key, 0, len(pushes)+commands)}}
	for n, p := range pushes {
		if isID(p.Client) {
			r.asked.Programs = append(r.asked.Programs, p.Client)
		}
		r.asked.Rows = append(r.asked.Rows, ledger.Key{Entity: wire.User, ID: p.User})
		read := p.read
		if read == nil {
			read = readCommands(p.Commands)
		}
		r.tasks[n] = make([]*task, len(p.Commands))
		for i, cmd := range p.Commands {
			t := r.byID[cmd.ID]
			if t == nil {
				t = r.task(cmd.ID, read[i])
			}
			r.tasks[n][i] = t
		}
	}
	return r
}

// task is that of a command which did not come before.
func (r *readPushed) task(id crm.ID, read decoded) *task {
	r.all = append(r.all, task{decoded: read, named: isID(id)})
	t := &r.all[len(r.all)-1]
	if !t.named {
		return t
	}
	r.byID[id] = t
	r.commands = append(r.commands, id)
	if read.err == nil {
		r.asked.Rows = append(r.asked.Rows, ledger.Needs(read.Change)...)
	}
	return t
}

// begin sets the tasks back to how they are before the transaction: the database may run it several times.
func (r readPushed) begin() {
	for i, t := range r.all {
		r.all[i] = task{decoded: t.decoded, named: t.named}
	}
}

// isID says whether an id is written as we write them: the same one must not come in two spellings.
func isID(id crm.ID) bool {
	const digits, dash = "0123456789abcdef", "-"
	if len(id) != len("00000000-0000-0000-0000-000000000000") {
		return false
	}
	for i := range len(id) {
		allowed := digits
		if i == 8 || i == 13 || i == 18 || i == 23 {
			allowed = dash
		}
		if strings.IndexByte(allowed, id[i]) < 0 {
			return false
		}
	}
	return true
}

// fresh says whether commands have the numbers that follow a program's last one. The program has then not sent them before under this client
// id. A new id (last is 0) may send commands again that it has sent under another one, so it is not fresh; after that, the key of the
// answers keeps a command from being done twice (database.ErrTwice).
func fresh(commands []wire.Command, last uint64) bool {
	for i, cmd := range commands {
		if cmd.Seq != last+1+uint64(i) {
			return false
		}
	}
	return last > 0 || len(commands) == 0
}
