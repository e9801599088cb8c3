package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/mattn/go-sqlite3"

	"leadline/crm"
)

var (
	// ErrInUse: another program has the file open.
	ErrInUse = errors.New("the file is in use by another program")
	// ErrLaterVersion: a later version of Leadline wrote the file.
	ErrLaterVersion = errors.New("the file was written by a later version of Leadline")
	// ErrForeign: another program wrote the file, such as the shared server.
	ErrForeign = errors.New("the file is another program's")
	// ErrDiskFull: nothing was written, what was written before is safe.
	ErrDiskFull = crm.ErrDiskFull
	// ErrDamaged: the file is not what SQLite wrote.
	ErrDamaged = crm.ErrDamaged
	// ErrNotFound: no such record or call.
	ErrNotFound = crm.ErrNotFound
)

// Options are what a file needs from outside. The zero value is good.
type Options struct {
	Now    func() time.Time // default time.Now
	Random io.Reader        // default crypto/rand
	Region string           // for numbers written nationally where no line says; default "DE"
	Log    *slog.Logger     // default: discarded
	// Damaged is called, on a goroutine of the store's, when a file in use is found
	// damaged: its next Open saves what can be read.
	Damaged func(error)
}

// Store is the open file.
type Store struct {
	now    func() time.Time
	random io.Reader
	region string
	log    *slog.Logger

	damage   damage
	salvaged *Salvage // what Open saved of a damaged file; nil when it was whole

	lock    *flock.Flock
	writeDB *sql.DB
	writer  *sql.Conn // its one connection
	readDB  *sql.DB
	gate    sync.RWMutex // see connector

	checkpointer *checkpointer

	writing sync.Mutex // held through a change: one writer
	hlc     crm.HLC    // of the last command; under writing
	synced  bool       // there is a server; under writing
	relaxed bool       // a commit does not wait for the disk; under writing

	offset time.Duration // of the server's clock from ours; under writing

	writes statements
	reads  statements
	bulk   map[string]*sqlite3.SQLiteStmt // see bulkStatement; under writing
	taken  *takenNumbers                  // while an import goes on; under writing

	indexer *indexer

	told   atomic.Uint64 // how often something changed
	rank   ranking       // the order of the list that was last sorted
	groups grouping      // the log in the order of a column

	queued chan struct{} // has a value when something waits for the server

	recent    recent
	ownWithin time.Duration // see there
	readTime  time.Duration // see readTime

	making bool // a ready file is being made: nothing is here that the snapshot may not have

	idLock sync.Mutex

	listening sync.Mutex
	listeners map[int]func(Changed)
	nextID    int
}

// Open opens or makes the file at path (mode 0600, in a directory of mode 0700).
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	s := &Store{now: o.Now, random: o.Random, region: o.Region, log: o.Log, listeners: map[int]func(Changed){}, queued: make(chan struct{}, 1), ownWithin: ownWithin, readTime: readTime}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if s.region == "" {
		s.region = crm.DefaultRegion
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.damage = damage{path: path, log: s.log, found: o.Damaged}
	err := s.open(ctx, path)
	if err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// Close waits for the change under way and closes the file.
func (s *Store) Close() error {
	s.damage.end()
	s.indexer.end() // first: it may be waiting to write
	s.writing.Lock()
	defer s.writing.Unlock()
	err := s.disconnect()
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	return err
}

// NewID makes an id for a record or call.
func (s *Store) NewID() crm.ID {
	id, err := s.makeID()
	if err != nil {
		// crypto/rand never fails (Go 1.24); a source of a test that does should be seen.
		panic(err)
	}
	return id
}

func (s *Store) makeID() (crm.ID, error) {
	s.idLock.Lock()
	defer s.idLock.Unlock()
	return crm.NewID(s.now(), s.random)
}

// makeIDs makes ids that grow one by one.
func (s *Store) makeIDs(n int) ([]crm.ID, error) {
	s.idLock.Lock()
	defer s.idLock.Unlock()
	return crm.NewIDs(n, s.now(), s.random)
}

// statements prepares each query once.
type statements struct {
	db interface {
		PrepareContext(context.Context, string) (*sql.Stmt, error)
	}
	lock   sync.RWMutex
	byText map[string]*sql.Stmt
}

func (p *statements) get(query string) (*sql.Stmt, error) {
	p.lock.RLock()
	stmt := p.byText[query]
	p.lock.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	stmt, err := p.db.PrepareContext(context.Background(), planned(query))
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, explain(err))
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	if was := p.byText[query]; was != nil {
		_ = stmt.Close()
		return was, nil
	}
	if p.byText == nil {
		p.byText = map[string]*sql.Stmt{}
	}
	p.byText[query] = stmt
	return stmt, nil
}

// planned has SQLite plan a statement once. It would plan it anew each time it is used, since what is bound to a
// parameter that a column equals, or that limits the rows, might make another plan the better one: in our questions
// it never does, and planning took longer than answering. A sign before the parameter keeps it from looking.
func planned(query string) string { return boundToEqual.ReplaceAllString(query, "$1 +?") }

var boundToEqual = regexp.MustCompile(`(=|\bIS|\bLIMIT|\bOFFSET) \?`)

func (p *statements) close() {
	p.lock.Lock()
	defer p.lock.Unlock()
	for _, stmt := range p.byText {
		_ = stmt.Close()
	}
	p.byText = nil
}

// querier asks the file: a transaction of the writer, or a reader.
type querier interface {
	query(query string, args ...any) (*sql.Rows, error)
	row(query string, args ...any) *sql.Row
	store() *Store
}

// reader asks with one of the reading connections. Questions by key are over in
// microseconds and are not given the context: watching it costs as much as they do.
type reader struct{ s *Store }

func (r reader) query(query string, args ...any) (*sql.Rows, error) {
	stmt, err := r.s.reads.get(query)
	if err != nil {
		return nil, err
	}
	return stmt.Query(args...)
}

func (r reader) row(query string, args ...any) *sql.Row {
	stmt, err := r.s.reads.get(query)
	if err != nil {
		return r.s.readDB.QueryRow(query, args...) // gives the same error where it is looked for
	}
	return stmt.QueryRow(args...)
}

func (r reader) store() *Store { return r.s }

// read is the reader, unless ctx is over already.
func (s *Store) read(ctx context.Context) (reader, error) { return reader{s}, ctx.Err() }

// each calls f for every row of a question.
func each(q querier, query string, args []any, f func(*sql.Rows) error) error {
	err := explain(eachRow(q, query, args, f))
	if err != nil {
		q.store().damage.notice(err)
	}
	return err
}

func eachRow(q querier, query string, args []any, f func(*sql.Rows) error) error {
	rows, err := q.query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
