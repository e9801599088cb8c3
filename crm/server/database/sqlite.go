package database

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
)

// sqliteDB is one file: one connection that writes, some that read.
type sqliteDB struct {
	pool    *sql.DB
	memory  bool // one connection for all: each has a database of its own
	writing sync.Mutex
	writer  *sql.Conn
	stmts   map[string]*sql.Stmt // of the writer
}

const sqliteReaders = 4

// ErrForeign tells of an SQLite file that another program has made: that of an agent, say.
var ErrForeign = errors.New("the file is another program's, and was not changed")

// refuseForeign reads only: what follows writes already when it opens the file.
func refuseForeign(ctx context.Context, file string) error {
	if info, err := os.Stat(file); err != nil || info.Size() == 0 {
		return nil // a new one; what else is wrong with it is told by who opens it
	}
	pool, err := sql.Open("sqlite3", address(file, url.Values{"mode": {"ro"}, "_busy_timeout": {"10000"}}))
	if err != nil {
		return err
	}
	defer pool.Close()
	var tables, ours int
	err = pool.QueryRowContext(ctx, "SELECT count(*), count(*) FILTER (WHERE name = 'goose_db_version') FROM sqlite_schema").Scan(&tables, &ours)
	if err == nil && tables > 0 && ours == 0 {
		err = ErrForeign
	}
	return err
}

// address is a file as the driver wants it.
func address(file string, options url.Values) string {
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + options.Encode()
}

func openSQLite(ctx context.Context, file string) (dialect, error) {
	// FULL: what was acknowledged is on the disk, whatever happens to the machine.
	options := url.Values{"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_busy_timeout": {"10000"}, "_foreign_keys": {"1"}, "_txlock": {"immediate"},
		"_secure_delete": {"on"}} // what was erased is overwritten (I4)
	if err := refuseForeign(ctx, file); err != nil {
		return nil, fmt.Errorf("open the database %s: %w", file, err)
	}
	pool, err := sql.Open("sqlite3", address(file, options))
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", file, err)
	}
	d := &sqliteDB{pool: pool, memory: file == ":memory:", stmts: map[string]*sql.Stmt{}}
	if d.memory {
		pool.SetMaxOpenConns(1)
		return d, nil
	}
	pool.SetMaxOpenConns(1 + sqliteReaders)
	if d.writer, err = pool.Conn(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database %s: %w", file, err), pool.Close())
	}
	return d, nil
}

func (d *sqliteDB) migrate(ctx context.Context, migrations fs.FS) (Version, error) {
	return migrateBy(ctx, goose.DialectSQLite3, d.pool, migrations)
}

func (d *sqliteDB) begin(ctx context.Context, _ string, write bool) (session, error) {
	if write || d.memory {
		return d.beginWrite(ctx)
	}
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &sqliteReader{conn}, nil
}

// beginWrite has the statements of the writing connection stay prepared, which sql.Tx would not.
func (d *sqliteDB) beginWrite(ctx context.Context) (_ session, err error) {
	d.writing.Lock()
	defer func() {
		if err != nil {
			d.writing.Unlock()
		}
	}()
	if d.writer == nil { // in memory, after the migration
		if d.writer, err = d.pool.Conn(ctx); err != nil {
			return nil, err
		}
	}
	_, err = d.writer.ExecContext(ctx, "BEGIN IMMEDIATE")
	return &sqliteWriter{d}, err
}

type sqliteWriter struct{ d *sqliteDB }

func (w *sqliteWriter) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := w.d.stmts[query]; ok {
		return s, nil
	}
	s, err := w.d.writer.PrepareContext(ctx, numbered(query))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	w.d.stmts[query] = s
	return s, nil
}

// exec does not listen to the context: the driver would start a goroutine for each statement.
func (w *sqliteWriter) exec(ctx context.Context, query string, args []any) error {
	ctx = context.WithoutCancel(ctx)
	s, err := w.stmt(ctx, query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(ctx, args...)
	return err
}

func (w *sqliteWriter) ask(ctx context.Context, questions []question) error {
	return askEach(questions, func(q question) (*sql.Rows, error) {
		s, err := w.stmt(ctx, q.query)
		if err != nil {
			return nil, err
		}
		return s.QueryContext(ctx, q.args...)
	})
}

func askEach(questions []question, ask func(question) (*sql.Rows, error)) error {
	for _, q := range questions {
		if err := askOne(q, ask); err != nil {
			return err
		}
	}
	return nil
}

func askOne(q question, ask func(question) (*sql.Rows, error)) error {
	rows, err := ask(q)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := q.each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (w *sqliteWriter) end(commit bool) error {
	defer w.d.writing.Unlock()
	if commit {
		if _, err := w.d.writer.ExecContext(context.Background(), "COMMIT"); err != nil {
			return errors.Join(err, w.rollback())
		}
		return nil
	}
	return w.rollback()
}

// rollback is no error where SQLite has rolled back by itself.
func (w *sqliteWriter) rollback() error {
	_, err := w.d.writer.ExecContext(context.Background(), "ROLLBACK")
	if err != nil && strings.Contains(err.Error(), "no transaction is active") {
		return nil
	}
	return err
}

type sqliteReader struct{ *sql.Conn }

func (r *sqliteReader) exec(ctx context.Context, query string, args []any) error {
	_, err := r.ExecContext(ctx, numbered(query), args...)
	return err
}

func (r *sqliteReader) ask(ctx context.Context, questions []question) error {
	return askEach(questions, func(q question) (*sql.Rows, error) { return r.QueryContext(ctx, numbered(q.query), q.args...) })
}

func (r *sqliteReader) end(bool) error {
	_, err := r.Conn.ExecContext(context.Background(), "ROLLBACK")
	return errors.Join(err, r.Conn.Close())
}

// numbered writes $1 as SQLite does: ?1.
func numbered(query string) string { return strings.ReplaceAll(query, "$", "?") }

func (d *sqliteDB) again(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrBusy
}

func (d *sqliteDB) twice(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey || e.ExtendedCode == sqlite3.ErrConstraintUnique)
}

// full: besides a full disk there are quotas, and bounds of the process.
func (d *sqliteDB) full(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrFull ||
		e.Code == sqlite3.ErrIoErr && slices.Contains([]syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}, e.SystemErrno))
}

func (d *sqliteDB) away(error) bool { return false }

func (d *sqliteDB) damaged(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB)
}

func (d *sqliteDB) lock() string { return "" }

func (d *sqliteDB) among(columns, table, where, column string, n int) string {
	return fmt.Sprintf("SELECT %s FROM %s WHERE %s AND %s IN (SELECT value FROM json_each($%d))", columns, table, where, column, n)
}

func (d *sqliteDB) list(ids []string) any {
	list, err := json.Marshal(ids)
	if err != nil {
		panic(err) // strings always are JSON
	}
	return string(list)
}

func (d *sqliteDB) inserts(ctx context.Context, t *Tx, b bulk, n int, rows columns) error {
	return d.each(ctx, t, b.insertHead()+"VALUES("+placeholders(1, 1+len(b.columns))+")"+b.conflict, n, rows)
}

func (d *sqliteDB) deletes(ctx context.Context, t *Tx, b bulk, n int, rows columns) error {
	query := "DELETE FROM " + b.table + " WHERE ws = $1"
	for i, c := range b.columns[:b.key] {
		query += fmt.Sprintf(" AND %s = $%d", c, i+2)
	}
	return d.each(ctx, t, query, n, rows[:b.key])
}

// each runs a statement for each of n rows.
func (d *sqliteDB) each(ctx context.Context, t *Tx, query string, n int, rows columns) error {
	args := make([]any, 1+len(rows))
	args[0] = t.Workspace
	for row := range n {
		for i, column := range rows {
			switch all := column.(type) {
			case []string:
				args[1+i] = all[row]
			case []int64:
				args[1+i] = all[row]
			case [][]byte:
				args[1+i] = all[row]
			}
		}
		if err := t.Exec(ctx, query, args...); err != nil {
			return err
		}
	}
	return nil
}

func (d *sqliteDB) backup(ctx context.Context, file string) error {
	conn := d.writer
	if d.memory {
		d.writing.Lock()
		defer d.writing.Unlock()
	} else {
		var err error
		if conn, err = d.pool.Conn(ctx); err != nil {
			return err
		}
		defer conn.Close()
	}
	if _, err := conn.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return fmt.Errorf("write the copy %s: %w", file, err)
	}
	return nil
}

// ready does not ask whether the disk has room: what is there can be read also without.
func (d *sqliteDB) ready(ctx context.Context) error {
	var n int
	return d.pool.QueryRowContext(ctx, "SELECT count(*) FROM ws").Scan(&n)
}

// mostDamages are told of a file.
const mostDamages = 20

// damage reads the whole file, and holds its indexes against its tables.
func (d *sqliteDB) damage(ctx context.Context) (found []string, err error) {
	if d.memory {
		return nil, nil
	}
	rows, err := d.pool.QueryContext(ctx, fmt.Sprintf("PRAGMA integrity_check(%d)", mostDamages))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		if one != "ok" {
			found = append(found, one)
		}
	}
	return found, rows.Err()
}

// shred writes the database anew. secure_delete blanks what is deleted, but where rows have moved from page to page as a table grew, what
// stood there before stays between those that are left.
func (d *sqliteDB) shred(ctx context.Context) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	if d.memory {
		return nil
	}
	_, err := d.writer.ExecContext(ctx, "VACUUM")
	_, log := d.writer.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, log)
}

func (d *sqliteDB) close() error {
	d.writing.Lock()
	defer d.writing.Unlock()
	var errs []error
	for _, s := range d.stmts {
		errs = append(errs, s.Close())
	}
	if d.writer != nil {
		errs = append(errs, d.writer.Close())
	}
	return errors.Join(append(errs, d.pool.Close())...)
}
