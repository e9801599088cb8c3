package database

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
)

// DB is an open database. Its methods are safe to call from several goroutines.
type DB struct {
	dialect dialect
	memory  memory
	version Version
}

// dialect is what SQLite and PostgreSQL do differently.
type dialect interface {
	// begin begins a transaction: one that writes is alone in its workspace, one that reads sees one snapshot.
	begin(ctx context.Context, workspace string, write bool) (session, error)
	// again says whether the whole transaction is to be tried again.
	again(error) bool
	// twice says whether a row was to be added whose key is there.
	twice(error) bool
	// full says whether there was no room on the disk, away whether the database is not to be had, damaged whether it is not as it was written.
	full(error) bool
	away(error) bool
	damaged(error) bool
	// lock is what follows a SELECT that locks its rows.
	lock() string
	// among is a query for the rows of a table whose column is one of the list that is argument n. where is
	// what is asked besides; with the column it is the whole of a key.
	among(columns, table, where, column string, n int) string
	// list is a list of ids as an argument.
	list(ids []string) any
	// inserts and deletes change n rows at once.
	inserts(ctx context.Context, t *Tx, b bulk, n int, rows columns) error
	deletes(ctx context.Context, t *Tx, b bulk, n int, rows columns) error
	migrate(ctx context.Context, migrations fs.FS) (Version, error)
	backup(ctx context.Context, file string) error
	damage(ctx context.Context) ([]string, error)
	ready(ctx context.Context) error
	shred(ctx context.Context) error
	tell(ctx context.Context, all []News) error
	listen(ctx context.Context, ready func(), heard func(News)) error
	close() error
}

// session is one connection with a transaction on it.
type session interface {
	// exec runs a statement, perhaps together with those that follow: at the latest when something is asked
	// or the transaction ends, which then tells of what went wrong.
	exec(ctx context.Context, query string, args []any) error
	// ask runs queries one after the other.
	ask(ctx context.Context, questions []question) error
	end(commit bool) error
}

// question is a query, and what is to be done with each of its rows.
type question struct {
	query string
	args  []any
	each  func(scan func(...any) error) error
}

//go:embed migrations/*.sql
var migrations embed.FS

// Open opens a database and brings it to this version: "sqlite:FILE", "sqlite::memory:" for
// tests, or "postgres://…". One of a newer version stays as it is, or is refused (ErrNewer).
func Open(ctx context.Context, url string) (*DB, error) {
	err := Check(url)
	if err != nil {
		return nil, err
	}
	var d dialect
	if file, embedded := strings.CutPrefix(url, "sqlite:"); embedded {
		d, err = openSQLite(ctx, file)
	} else {
		d, err = openPostgres(ctx, url)
	}
	if err != nil {
		return nil, err
	}
	var version Version
	files, err := fs.Sub(migrations, "migrations")
	if err == nil {
		version, err = d.migrate(ctx, files)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("bring the database to this version: %w", err), d.close())
	}
	return &DB{dialect: d, version: version}, nil
}

// Check says whether Open would understand a database's address. The error does not quote what may be a password.
func Check(url string) error {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite", "postgres", "postgresql":
		if rest != "" {
			return nil
		}
	}
	return fmt.Errorf("a database is sqlite:FILE or postgres://…, not %q", scheme)
}

// Close closes it. Transactions under way are to be over.
func (db *DB) Close() error { return db.dialect.close() }

// Backup writes a consistent copy to a file that must not exist yet, while others go on: of SQLite a
// database, of PostgreSQL what pg_dump writes in its custom format.
func (db *DB) Backup(ctx context.Context, file string) error { return db.dialect.backup(ctx, file) }

// What keeps a database from doing what was asked, though nothing was wrong with it. What was committed before is safe.
var (
	ErrFull = errors.New("the disk of the database is full")
	ErrAway = errors.New("the database is not to be had")
)

// Ready says why the database cannot be worked with now: it does not answer, or takes no changes.
func (db *DB) Ready(ctx context.Context) error { return db.explain(db.dialect.ready(ctx)) }

// ErrDamaged tells that what is in the database is not what was written there.
var ErrDamaged = errors.New("the database is damaged: leadline-server verify tells more, leadline-server restore puts a backup in its place")

// ErrTwice tells that a row was to be added whose key is there already.
var ErrTwice = errors.New("it is in the database already")

// explain adds what a person, or another program, can act on.
func (db *DB) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case db.dialect.full(err):
		return fmt.Errorf("%w: %w", ErrFull, err)
	case db.dialect.away(err):
		return fmt.Errorf("%w: %w", ErrAway, err)
	case db.dialect.damaged(err):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case db.dialect.twice(err):
		return fmt.Errorf("%w: %w", ErrTwice, err)
	}
	return err
}

// attempts is how often a transaction is tried that others were in the way of.
const attempts = 10

// Write runs f in a transaction that changes a workspace; "" is for tables of the whole server. It
// runs f again from the start when the database asks for that (40001, 40P01), so f must have no other effects.
func (db *DB) Write(ctx context.Context, workspace string, f func(*Tx) error) error {
	for try := 1; ; try++ {
		err := db.run(ctx, workspace, true, f)
		if err == nil || try == attempts || !db.dialect.again(err) {
			return db.explain(err)
		}
		slog.DebugContext(ctx, "a transaction is repeated", "try", try, "error", err)
	}
}

// Read runs f on one snapshot of a workspace.
func (db *DB) Read(ctx context.Context, workspace string, f func(*Tx) error) error {
	return db.explain(db.run(ctx, workspace, false, f))
}

func (db *DB) run(ctx context.Context, workspace string, write bool, f func(*Tx) error) (err error) {
	s, err := db.dialect.begin(ctx, workspace, write)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	commit := false
	defer func() { // also when a panic passes through
		if end := s.end(commit); err == nil && end != nil {
			err = fmt.Errorf("commit: %w", end)
		}
	}()
	if err := f(&Tx{session: s, dialect: db.dialect, memory: &db.memory, Workspace: workspace}); err != nil {
		return err
	}
	commit = true
	return nil
}

// Tx is a transaction on one workspace. It belongs to one goroutine.
type Tx struct {
	session
	dialect
	Workspace string
	here      Workspace // once Head was asked
	log       logEnd    // of the same
	memory    *memory
	people    *people // as they are here, once they were asked for
}

// Lock is what follows a SELECT whose rows nobody else changes before the transaction is over.
func (t *Tx) Lock() string { return t.dialect.lock() }

// Exec runs a statement. What is wrong with it may be told only by what is asked after it, or by the transaction's end.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) error {
	return t.session.exec(ctx, query, args)
}

// Each calls f for each row of a query. Nothing else can be asked meanwhile.
func (t *Tx) Each(ctx context.Context, query string, args []any, f func(scan func(...any) error) error) error {
	return t.session.ask(ctx, []question{{query, args, f}})
}

// One reads the one row of a query; ok is false when there is none.
func (t *Tx) One(ctx context.Context, query string, args []any, into ...any) (ok bool, err error) {
	err = t.Each(ctx, query, args, func(scan func(...any) error) error {
		ok = true
		return scan(into...)
	})
	return ok, err
}
