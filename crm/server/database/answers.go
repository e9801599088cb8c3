package database

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"

	"leadline/crm"
	"leadline/crm/wire"
)

// Answer is what became of a command.
type Answer struct {
	UUID   crm.ID
	Client crm.ID // the program that sent it last, and as which of its commands
	Seq    uint64
	Rev    uint64      // the last that it made; 0 when it changed nothing
	Code   wire.Reject // "" is done
	Reason crm.Text
}

var answerFields = []string{"uuid text", "client text", "seq bigint", "rev bigint", "code text", "reason text", "at bigint"}

var (
	answers      = newBulk("cmd_seen", 1, true, answerFields...)
	firstAnswers = newBulk("cmd_seen", 0, false, answerFields...) // half the work
)

const answerColumns = "uuid, client, seq, rev, code, reason"

func scanAnswer(scan func(...any) error) (a Answer, err error) {
	var reason string
	if err := scan(&a.UUID, &a.Client, &a.Seq, &a.Rev, &a.Code, &reason); err != nil || reason == "" {
		return a, err
	}
	return a, json.Unmarshal([]byte(reason), &a.Reason)
}

// Answers are those that the server has given to commands.
func (t *Tx) Answers(ctx context.Context, uuids []crm.ID) (map[crm.ID]Answer, error) {
	found := map[crm.ID]Answer{}
	return found, t.Each(ctx, t.among(answerColumns, "cmd_seen", "ws = $1", "uuid", 2), []any{t.Workspace, t.list(texts(uuids))}, func(scan func(...any) error) error {
		a, err := scanAnswer(scan)
		found[a.UUID] = a
		return err
	})
}

func texts(ids []crm.ID) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = string(id)
	}
	return all
}

// AnswersOf are those to commands of a program after one of its numbers, in their order.
func (t *Tx) AnswersOf(ctx context.Context, client crm.ID, after uint64, where string, limit int) (all []Answer, err error) {
	err = t.Each(ctx, "SELECT "+answerColumns+" FROM cmd_seen WHERE ws = $1 AND client = $2 AND seq > $3 AND "+where+" ORDER BY seq LIMIT $4",
		[]any{t.Workspace, string(client), int64(after), limit}, func(scan func(...any) error) error {
			a, err := scanAnswer(scan)
			all = append(all, a)
			return err
		})
	return all, err
}

// SaveAnswers keeps answers to new commands, and such as take the place of earlier ones; at is in Unix milliseconds. Where a command is
// not new, Write ends with ErrTwice.
func (t *Tx) SaveAnswers(ctx context.Context, first, again []Answer, at int64) error {
	if err := t.saveAnswers(ctx, firstAnswers, first, at); err != nil {
		return err
	}
	return t.saveAnswers(ctx, answers, again, at)
}

func (t *Tx) saveAnswers(ctx context.Context, into bulk, given []Answer, at int64) error {
	reasons := make([]string, len(given))
	for i, a := range given {
		if a.Reason.Key != "" {
			b, err := json.Marshal(a.Reason)
			if err != nil {
				return err
			}
			reasons[i] = string(b)
		}
	}
	n := len(given)
	return t.inserts(ctx, t, into, n, columns{
		column(n, func(i int) string { return string(given[i].UUID) }), column(n, func(i int) string { return string(given[i].Client) }),
		column(n, func(i int) int64 { return int64(given[i].Seq) }), column(n, func(i int) int64 { return int64(given[i].Rev) }),
		column(n, func(i int) string { return string(given[i].Code) }), reasons, column(n, func(int) int64 { return at })})
}

// Record is one line of the audit log. It refers to persons by id.
type Record struct {
	N       uint64
	At      int64 // Unix milliseconds
	User    crm.ID
	Client  crm.ID
	UUID    crm.ID
	Command string
	Rev     uint64
	Code    string
	Args    string // "" once a person in it was erased
	Salt    []byte // of the arguments' hash; blanked with them
	Hash    []byte // over the line before and this one

	Scrubbed bool // to be written with its arguments blanked already
	argsHash []byte
}

var audit = newBulk("audit", 0, false, "n bigint", "at bigint", "user_id text", "client text", "uuid text", "command text", "rev bigint",
	"code text", "args text", "salt bytea", "args_hash bytea", "hash bytea")

// logEnd is the end of the audit log as the workspace has it, which nobody else appends to while the transaction has the workspace.
type logEnd struct {
	n       uint64
	hash    []byte
	outrun  bool // the log goes on: a server of a version that does not keep the end has appended to it
	written bool // by this transaction
}

const logEndColumns = "log_n, log_hash"

// outrun is asked after the workspace. It is the lookup of one key, whatever PostgreSQL knows of the table.
func (t *Tx) outrun() question {
	return question{"SELECT n FROM audit WHERE ws = $1 AND n = (SELECT log_n + 1 FROM ws WHERE id = $1)", []any{t.Workspace}, func(scan func(...any) error) error {
		var n int64
		t.log.outrun = true
		return scan(&n)
	}}
}

// endOfLog reads the end of the log itself, where the workspace's is an old one.
func (t *Tx) endOfLog(ctx context.Context) error {
	_, err := t.One(ctx, "SELECT n, hash FROM audit WHERE ws = $1 ORDER BY n DESC LIMIT 1", []any{t.Workspace}, &t.log.n, &t.log.hash)
	t.log.outrun = false
	return err
}

// Log appends to the audit log in a transaction that was opened by Open. Advance keeps the log's new end. The records are
// numbered and hashed where they are.
func (t *Tx) Log(ctx context.Context, records []Record) error {
	if len(records) == 0 {
		return nil
	}
	if t.log.outrun {
		if err := t.endOfLog(ctx); err != nil {
			return err
		}
	}
	t.log.written = true
	var c chain
	for i := range records {
		r := &records[i]
		r.N = t.log.n + 1
		r.argsHash = c.hashArgs(r)
		r.Hash = c.hash(t.log.hash, r)
		t.log.n, t.log.hash = r.N, r.Hash
		if r.Scrubbed {
			r.Args, r.Salt = "", []byte{}
		}
	}
	n := len(records)
	return t.inserts(ctx, t, audit, n, columns{
		column(n, func(i int) int64 { return int64(records[i].N) }), column(n, func(i int) int64 { return records[i].At }),
		column(n, func(i int) string { return string(records[i].User) }), column(n, func(i int) string { return string(records[i].Client) }),
		column(n, func(i int) string { return string(records[i].UUID) }), column(n, func(i int) string { return records[i].Command }),
		column(n, func(i int) int64 { return int64(records[i].Rev) }), column(n, func(i int) string { return records[i].Code }),
		column(n, func(i int) string { return records[i].Args }), column(n, func(i int) []byte { return records[i].Salt }),
		column(n, func(i int) []byte { return records[i].argsHash }), column(n, func(i int) []byte { return records[i].Hash })})
}

// chain hashes lines of the log, one after the other, in room of its own.
type chain struct{ text []byte }

func (c *chain) hashArgs(r *Record) []byte {
	c.text = append(append(c.text[:0], r.Salt...), r.Args...)
	return c.sum()
}

// hash is that of a line that follows another, over each of its parts with its length before.
func (c *chain) hash(before []byte, r *Record) []byte {
	c.text = c.text[:0]
	c.part(before)
	c.number(r.N)
	c.number(uint64(r.At))
	for _, s := range [...]string{string(r.User), string(r.Client), string(r.UUID), r.Command, r.Code} {
		c.length(len(s))
		c.text = append(c.text, s...)
	}
	c.number(r.Rev)
	c.part(r.argsHash)
	return c.sum()
}

func (c *chain) length(n int) { c.text = binary.BigEndian.AppendUint64(c.text, uint64(n)) }

func (c *chain) part(b []byte) {
	c.length(len(b))
	c.text = append(c.text, b...)
}

func (c *chain) number(n uint64) {
	const size = 8
	c.length(size)
	c.text = binary.BigEndian.AppendUint64(c.text, n)
}

func (c *chain) sum() []byte {
	sum := sha256.Sum256(c.text)
	return sum[:]
}
