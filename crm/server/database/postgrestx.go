package database

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresTx is a transaction that goes to PostgreSQL in as few messages as can be: what only changes
// something waits for what is asked next, or for the end.
type postgresTx struct {
	ctx    context.Context // of the transaction
	conn   *pgxpool.Conn
	begun  bool
	queued pgx.Batch
	failed error // of what was queued
}

func (p *postgres) begin(ctx context.Context, workspace string, write bool) (session, error) {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	t := &postgresTx{ctx: ctx, conn: conn}
	if write {
		t.queued.Queue("BEGIN ISOLATION LEVEL READ COMMITTED")
	} else {
		t.queued.Queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
	}
	t.queued.Queue("SELECT set_config('leadline.workspace', $1, true)", workspace)
	return t, nil
}

func (t *postgresTx) exec(_ context.Context, query string, args []any) error {
	t.queued.Queue(query, args...)
	return t.failed
}

func (t *postgresTx) ask(ctx context.Context, questions []question) error {
	var told error // by who reads the answers, not by PostgreSQL: the transaction can go on
	for _, q := range questions {
		t.queued.Queue(q.query, q.args...).Query(func(rows pgx.Rows) error {
			for told == nil && rows.Next() {
				told = q.each(rows.Scan)
			}
			rows.Close()
			return rows.Err()
		})
	}
	if err := t.send(ctx); err != nil {
		return err
	}
	return told
}

// send sends what is queued, in one message.
func (t *postgresTx) send(ctx context.Context) error {
	if t.failed != nil {
		return t.failed
	}
	batch := t.queued
	t.queued, t.begun = pgx.Batch{}, true
	t.conn.Conn().PgConn().CustomData()[ofConnection].(*room).lend(t.conn.Conn().PgConn())
	t.failed = t.conn.SendBatch(ctx, &batch).Close()
	if readsOnly(t.failed) { // the next connection may be to the server that takes changes now
		_ = t.conn.Conn().Close(ctx)
	}
	return t.failed
}

// errRolledBack tells that PostgreSQL took the transaction back at its end.
var errRolledBack = errors.New("the transaction was rolled back")

func (t *postgresTx) end(commit bool) error {
	defer t.conn.Release()
	if commit {
		if err := t.commit(); err != nil {
			return errors.Join(err, t.rollback())
		}
		return nil
	}
	return t.rollback()
}

func (t *postgresTx) commit() error {
	committed := true
	t.queued.Queue("COMMIT").Exec(func(tag pgconn.CommandTag) error {
		committed = tag.String() == "COMMIT"
		return nil
	})
	if err := t.send(t.ctx); err != nil {
		return err
	}
	if !committed {
		return errRolledBack
	}
	return nil
}

const rollbackTime = 10 * time.Second

// rollback is no error where the connection is gone: so is its transaction.
func (t *postgresTx) rollback() error {
	if !t.begun || t.conn.Conn().IsClosed() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), rollbackTime)
	defer cancel()
	if _, err := t.conn.Exec(ctx, "ROLLBACK"); err != nil && !t.conn.Conn().IsClosed() {
		return err
	}
	return nil
}
