package database

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// postgres is any number of servers on one database.
type postgres struct {
	pool *pgxpool.Pool
	url  string
	name string // of this server among those on the database, by chance

	seats chan struct{} // holds one value for each connection that is in use, or that PostgreSQL had none for
}

const postgresConns = 16

func openPostgres(ctx context.Context, address string) (dialect, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	config.MaxConns = postgresConns
	config.AfterConnect = useArrays
	// One plan for each statement: planning it anew for each commit takes as long as doing it, and comes to the same.
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	return &postgres{pool, address, rand.Text(), make(chan struct{}, postgresConns)}, nil
}

// migrate has connections of its own, for which there are no walls: it changes what is in all workspaces.
func (p *postgres) migrate(ctx context.Context, migrations fs.FS) (v Version, err error) {
	config := p.pool.Config().ConnConfig
	config.RuntimeParams["leadline.whole"] = "on"
	db := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, db.Close()) }()
	locker, err := lock.NewPostgresSessionLocker() // servers that start together wait for the first
	if err != nil {
		return v, err
	}
	if v, err = migrateBy(ctx, goose.DialectPostgres, db, migrations, goose.WithSessionLocker(locker)); err != nil {
		return v, err
	}
	return v, buildWalls(ctx, db)
}

// wall is what a row has to be for a transaction to see or write it: of the transaction's workspace, or that is a backup, which says that it
// wants the whole. Which workspace it is a statement asks once, by a SELECT of its own, and not for each row.
const wall = "ws = (SELECT current_setting('leadline.workspace', true)) OR (SELECT current_setting('leadline.whole', true)) = 'on'"

// buildWalls has PostgreSQL itself keep workspaces apart: every table with a column ws shows and takes
// only rows of the transaction's workspace, whatever a query forgets.
func buildWalls(ctx context.Context, db *sql.DB) error {
	err := atWalls(ctx, db, func(tx *sql.Tx) error {
		tables, err := namesOf(ctx, tx, `SELECT table_name FROM information_schema.columns c WHERE table_schema = current_schema() AND column_name = 'ws'
			AND NOT EXISTS(SELECT 1 FROM pg_policies p WHERE p.schemaname = c.table_schema AND p.tablename = c.table_name AND p.policyname = 'own_workspace')`)
		if err != nil {
			return err
		}
		for _, table := range tables {
			for _, statement := range []string{"ALTER TABLE %s ENABLE ROW LEVEL SECURITY", "ALTER TABLE %s FORCE ROW LEVEL SECURITY",
				"CREATE POLICY own_workspace ON %s USING (" + wall + ")"} {
				if _, err := tx.ExecContext(ctx, fmt.Sprintf(statement, table)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return renewWalls(ctx, db)
}

// renewWalls makes walls of former versions, which ask for each row, as new ones are. Each has a transaction of its own, so that no two tables
// are locked, crosswise with servers that are at work. Nor is a table waited for where it is in use for long, by a backup, say: all others
// would wait behind. Such a wall keeps workspaces apart as well as a new one, and stays until a server starts next.
func renewWalls(ctx context.Context, db *sql.DB) error {
	for {
		done := false
		err := atWalls(ctx, db, func(tx *sql.Tx) error {
			former, err := namesOf(ctx, tx, `SELECT tablename FROM pg_policies WHERE schemaname = current_schema() AND policyname = 'own_workspace' AND qual NOT LIKE '%SELECT%'
				ORDER BY tablename LIMIT 1`)
			if done = len(former) == 0; err != nil || done {
				return err
			}
			if _, err := tx.ExecContext(ctx, "SET LOCAL lock_timeout = '250ms'"); err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, fmt.Sprintf("ALTER POLICY own_workspace ON %s USING (%s)", former[0], wall))
			return err
		})
		var e *pgconn.PgError
		if errors.As(err, &e) && e.Code == "55P03" { // lock_not_available
			return nil
		}
		if err != nil || done {
			return err
		}
	}
}

// atWalls runs f in a transaction, and no other server's meanwhile.
func atWalls(ctx context.Context, db *sql.DB, f func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(5306451)"); err != nil { // a number of our own
		return err
	}
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// namesOf are the names that a query finds.
func namesOf(ctx context.Context, tx *sql.Tx, query string) (names []string, err error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// again: 40001 is a serialization failure, 40P01 a deadlock.
func (p *postgres) again(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

// twice: 23505 is a unique_violation.
func (p *postgres) twice(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "23505"
}

// full: 53100 is disk_full. Where PostgreSQL cannot even write its log, it ends, and is away.
func (p *postgres) full(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "53100"
}

// away: class 08 is a broken connection, 53300 too many of them, 57P01 to 57P03 a server that stops, crashed or starts. One that only reads
// has become another's standby, or is looked after.
func (p *postgres) away(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return strings.HasPrefix(e.Code, "08") || crowded(err) || strings.HasPrefix(e.Code, "57P") || readsOnly(err)
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &network)
}

// readsOnly: 25006 is read_only_sql_transaction.
func readsOnly(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "25006"
}

// ready gives up a connection to a server that only reads, as postgresTx does.
func (p *postgres) ready(ctx context.Context) error {
	conn, release, err := p.connection(ctx)
	if err != nil {
		return err
	}
	defer release()
	var only string
	if err := conn.QueryRow(ctx, "SHOW transaction_read_only").Scan(&only); err != nil || only == "off" {
		return err
	}
	return errors.Join(fmt.Errorf("%w: it takes no changes, like a standby", ErrAway), conn.Conn().Close(ctx))
}

// damaged: XX001 is data_corrupted, XX002 index_corrupted.
func (p *postgres) damaged(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "XX001" || e.Code == "XX002")
}

func (p *postgres) lock() string { return " FOR UPDATE" }

// among looks up one key after the other. Left to the planner, = ANY went by another index while
// the table was new and had no statistics: 12 ms instead of 1.
func (p *postgres) among(columns, table, where, column string, n int) string {
	return fmt.Sprintf("SELECT found.* FROM unnest($%d::text[]) AS wanted(id), LATERAL (SELECT %s FROM %s WHERE %s AND %s = wanted.id OFFSET 0) AS found",
		n, columns, table, where, column)
}

func (p *postgres) list(ids []string) any { return ids }

func (p *postgres) inserts(ctx context.Context, t *Tx, b bulk, n int, rows columns) error {
	if n == 0 {
		return nil
	}
	// Not FROM unnest(…): that would put every column aside before the first row is made.
	return t.Exec(ctx, b.insertHead()+"SELECT $1, "+unnested(b.types)+b.conflict, append([]any{t.Workspace}, rows...)...)
}

func (p *postgres) deletes(ctx context.Context, t *Tx, b bulk, n int, rows columns) error {
	if n == 0 {
		return nil
	}
	return t.Exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE ws = $1 AND (%s) IN (SELECT %s)", b.table, strings.Join(b.columns[:b.key], ", "), unnested(b.types[:b.key])),
		append([]any{t.Workspace}, rows[:b.key]...)...)
}

// unnested are the words that turn one array for each column, from the second argument on, back into rows.
func unnested(types []string) string {
	words := make([]string, len(types))
	for i, kind := range types {
		words[i] = fmt.Sprintf("unnest($%d::%s[])", i+2, kind)
	}
	return strings.Join(words, ", ")
}

// backup has pg_dump write the copy, in its custom format.
func (p *postgres) backup(ctx context.Context, file string) error {
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("write the backup: %s: %w", file, fs.ErrExist)
	}
	where, password, err := withoutPassword(p.url)
	if err != nil {
		return err
	}
	dump := exec.CommandContext(ctx, "pg_dump", "--format=custom", "--enable-row-security", "--file="+file, "--dbname="+where)
	dump.Env = append(os.Environ(), "PGOPTIONS=-c leadline.whole=on")
	if password != "" {
		dump.Env = append(dump.Env, "PGPASSWORD="+password)
	}
	if out, err := dump.CombinedOutput(); err != nil {
		err = fmt.Errorf("copy by pg_dump: %w: %s", err, out)
		if left := os.Remove(file); left != nil && !errors.Is(left, fs.ErrNotExist) { // half of one is none
			err = errors.Join(err, left)
		}
		return err
	}
	return nil
}

// withoutPassword parts a URL from its password: on a command line it would be in the list of processes.
func withoutPassword(address string) (where, password string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "", errors.New("the database's URL cannot be read") // it may have the password in it
	}
	query := u.Query()
	password = query.Get("password")
	query.Del("password")
	u.RawQuery = query.Encode()
	if secret, ok := u.User.Password(); ok {
		password, u.User = secret, url.User(u.User.Username())
	}
	return u.String(), password, nil
}

// damage has nothing to tell: to look at its files PostgreSQL has pg_amcheck, for its superuser.
func (p *postgres) damage(context.Context) ([]string, error) { return nil, nil }

func (p *postgres) shred(ctx context.Context) error {
	_, err := p.pool.Exec(ctx, "VACUUM document, peer, child, cmd_seen, audit")
	return err
}

func (p *postgres) close() error {
	p.pool.Close()
	return nil
}
