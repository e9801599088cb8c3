package server

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"leadline/crm"
)

// sameRows is the rate at which a bare program has the rows committed that the commands of pushing leave, and does nothing else: it knows all of them
// beforehand, reads, decides and answers nothing, and sends each transaction in one message while the one before is committed. A server that keeps
// the same in one order of revisions comes to that at most.
func sameRows(b testing.TB, url string, programs, commands int) float64 {
	b.Helper()
	const writers = 2 // one is made ready while the other has the workspace
	programs = min(programs, mostAtOnce/commands)
	c := newCompany(b, url)
	agent := c.signIn(c.addUser(crm.User{Name: "Agent"}))
	_, call := agent.rings(1)
	call.Refs = nil
	agent.do(call)
	bare := make([]bareWriter, writers)
	for i := range bare {
		bare[i] = bareWriter{workspace: string(c.workspace), user: string(agent.sender.User), documents: make([]string, programs), programs: make([]string, programs),
			args: string(agent.commands(crm.SaveNote{Call: call.ID, Text: "Wants an offer by Friday, called back 1"})[0].Args), line: 1000 + i, step: writers}
		for n := range programs {
			bare[i].documents[n], bare[i].programs[n] = string(newID(b)), string(newID(b))
		}
		if err := bare[i].connect(b, url, call.ID); err != nil {
			b.Fatal(err)
		}
	}
	rows, err := rate(writers, func(i int) error { return bare[i].commit(b, commands) })
	if err != nil {
		b.Fatal(err)
	}
	return rows * float64(programs*commands)
}

type bareWriter struct {
	conn                *pgx.Conn
	workspace, user     string
	documents, programs []string // their ids
	data, stamps, args  string   // of each
	line, step          int      // of the audit log, the next
}

func (w *bareWriter) connect(b testing.TB, url string, call crm.ID) error {
	ctx := context.Background()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return err
	}
	config.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	config.RuntimeParams["leadline.workspace"] = w.workspace
	if w.conn, err = pgx.ConnectConfig(ctx, config); err != nil {
		return err
	}
	b.Cleanup(func() { _ = w.conn.Close(ctx) })
	if err := w.conn.QueryRow(ctx, "SELECT data, stamps FROM document WHERE ws = $1 AND entity = 'call' AND id = $2", w.workspace, string(call)).Scan(&w.data, &w.stamps); err != nil {
		return err
	}
	return w.commit(b, 1) // the documents are there then, and the statements prepared
}

// commit writes what so many commands of each program leave.
func (w *bareWriter) commit(b testing.TB, commands int) error {
	n, programs := len(w.programs)*commands, len(w.programs)
	at, hash, none := time.Now().UnixMilli(), make([]byte, 32), repeated("", n)
	ids, lines, clients := make([]string, n), make([]int64, n), make([]string, n)
	for i := range n {
		ids[i], lines[i], clients[i] = string(newID(b)), int64(w.line), w.programs[i/commands]
		w.line += w.step
	}
	var batch pgx.Batch
	write := func(table, columns, conflict string, values ...any) {
		from := make([]string, len(values))
		for i, v := range values {
			kind := "text"
			switch v.(type) {
			case []int64:
				kind = "bigint"
			case [][]byte:
				kind = "bytea"
			}
			from[i] = fmt.Sprintf("unnest($%d::%s[])", i+2, kind)
		}
		batch.Queue(fmt.Sprintf("INSERT INTO %s(ws, %s) SELECT $1, %s%s", table, columns, strings.Join(from, ", "), conflict), append([]any{w.workspace}, values...)...)
	}
	batch.Queue("BEGIN")
	batch.Queue("SELECT rev FROM ws WHERE id = $1 FOR UPDATE", w.workspace)
	write("document", "entity, id, rev, deleted, data, stamps, former",
		" ON CONFLICT(ws, entity, id) DO UPDATE SET rev = excluded.rev, deleted = excluded.deleted, data = excluded.data, stamps = excluded.stamps, former = excluded.former",
		repeated("call", programs), w.documents, lines[:programs], make([]int64, programs), repeated(w.data, programs), repeated(w.stamps, programs), none[:programs])
	write("cmd_seen", "uuid, client, seq, rev, code, reason, at", "", ids, clients, lines, lines, none, none, repeated(at, n))
	write("audit", "n, at, user_id, client, uuid, command, rev, code, args, salt, args_hash, hash", "", lines, repeated(at, n), repeated(w.user, n), clients, ids,
		repeated("note.save/1", n), lines, none, repeated(w.args, n), repeated(hash[:16], n), repeated(hash, n), repeated(hash, n))
	write("client", "id, user_id, last_seq, last_uuid, acked, seen", " ON CONFLICT(ws, id) DO UPDATE SET last_seq = excluded.last_seq, last_uuid = excluded.last_uuid, seen = excluded.seen",
		w.programs, repeated(w.user, programs), lines[:programs], ids[:programs], make([]int64, programs), repeated(at, programs))
	batch.Queue("UPDATE ws SET rev = rev + $2, log_n = $3, log_hash = $4 WHERE id = $1", w.workspace, programs, int64(w.line), hash)
	batch.Queue("COMMIT")
	return w.conn.SendBatch(context.Background(), &batch).Close()
}

func repeated[T any](v T, n int) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = v
	}
	return all
}
