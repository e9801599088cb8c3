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
	ctx     context.Context // of the transaction
	conn    *pgxpool.Conn
	release func()
	begun   bool
	queued  pgx.Batch
	failed  error // of what was queued
}

// crowdedFor is how long a server keeps to the connections that it has, once PostgreSQL had none left to open.
const crowdedFor = 10 * time.Second

// connection takes a connection until release is called. Where PostgreSQL's limit is reached, it waits for one that this server has.
func (p *postgres) connection(ctx context.Context) (conn *pgxpool.Conn, release func(), err error) {
	for {
		select {
		case p.seats <- struct{}{}:
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
		conn, err := p.pool.Acquire(ctx)
		switch {
		case err == nil:
			return conn, func() { conn.Release(); <-p.seats }, nil
		case !crowded(err) || p.pool.Stat().TotalConns() == 0:
			<-p.seats
			return nil, nil, err
		}
		time.AfterFunc(crowdedFor, func() { <-p.seats }) // it stays taken, so that as many wait as there are too few connections
	}
}

// crowded: 53300 is too_many_connections, of PostgreSQL, the database or the role.
func crowded(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "53300"
}

func (p *postgres) begin(ctx context.Context, workspace string, write bool) (session, error) {
	conn, release, err := p.connection(ctx)
	if err != nil {
		return nil, err
	}
	t := &postgresTx{ctx: ctx, conn: conn, release: release}
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
	defer t.release()
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
