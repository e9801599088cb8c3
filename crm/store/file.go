package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gofrs/flock"
	"github.com/mattn/go-sqlite3"

	"leadline/crm"
)

const (
	synchronous = "synchronous=FULL"
	cacheSize   = "cache_size=-8000" // KB
	importCache = "cache_size=-131072"

	readers     = 4
	busyTimeout = 5 * time.Second
)

// connector opens connections to the file, each with the same pragmas. It is the
// one place for them.
type connector struct {
	path  string
	write bool
	gate  *sync.RWMutex // locked while another file takes this one's place; nil when none does
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if c.gate != nil {
		c.gate.RLock()
		defer c.gate.RUnlock()
	}
	d := sqlite3.SQLiteDriver{ConnectHook: c.prepare}
	return d.Open(c.dsn())
}

func (c connector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

// dsn is the path as a URI, so that a ? or % in a directory's name does no harm.
func (c connector) dsn() string {
	escape := strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")
	return "file:" + escape.Replace(filepath.ToSlash(c.path))
}

func (c connector) prepare(conn *sqlite3.SQLiteConn) error {
	pragmas := []string{
		"busy_timeout=" + strconv.Itoa(int(busyTimeout.Milliseconds())),
		"foreign_keys=ON",
		"mmap_size=0", // cold reads were nine times slower with it
		"temp_store=MEMORY",
		"trusted_schema=OFF",
	}
	if c.write {
		// FULL: what the agent does is on the disk when the method returns (H4).
		pragmas = append(pragmas, "journal_mode=WAL", synchronous, cacheSize,
			"journal_size_limit=67108864", "wal_autocheckpoint="+commitCheckpoint, "secure_delete=FAST")
	} else {
		pragmas = append(pragmas, "query_only=ON", "cache_size=-4000")
	}
	for _, p := range pragmas {
		if _, err := conn.Exec("PRAGMA "+p, nil); err != nil {
			return fmt.Errorf("set pragma %s: %w", p, err)
		}
	}
	if !c.write {
		return conn.RegisterFunc("fold", fold, true) // see folded
	}
	return nil
}

// open takes the lock and opens the file, which is then ours alone. One that is
// damaged, or was found to be, is salvaged first.
func (s *Store) open(ctx context.Context, path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data directory %s: %w", dir, err)
	}
	s.lock = flock.New(path+"-lock", flock.SetPermissions(0o600))
	ok, err := s.lock.TryLock()
	if err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	if !ok {
		return fmt.Errorf("open %s: %w; close it there first", path, ErrInUse)
	}
	if err := s.finishSalvage(path); err != nil {
		return err
	}
	suspicious := unclean(path)
	if s.damage.marked() {
		err = ErrDamaged
	} else {
		err = s.connect(ctx, path)
	}
	if errors.Is(err, ErrDamaged) {
		if err := errors.Join(s.disconnect(), s.salvage(ctx, path)); err != nil {
			return err
		}
		suspicious, err = false, s.connect(ctx, path)
	}
	if err == nil && s.salvaged != nil {
		err = errors.Join(s.countSaved(ctx), s.resync(ctx))
	}
	if err == nil && suspicious {
		s.checkInBackground()
	}
	return err
}

// connect opens the connections and brings the file to this version.
func (s *Store) connect(ctx context.Context, path string) error {
	// SQLite makes files by the umask; it gives -wal and -shm the mode of the main file.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	_ = f.Chmod(0o600) // a file from elsewhere; Windows knows no such modes
	if err := f.Close(); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if err := s.connectWriter(ctx, path); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	// A note may have taken the place of an earlier one, so the last is not always the latest.
	if err := s.writer.QueryRowContext(ctx, "SELECT coalesce(max(hlc), 0) FROM (SELECT hlc FROM outbox ORDER BY seq DESC LIMIT 1000)").
		Scan(&s.hlc); err != nil {
		return fmt.Errorf("open %s: %w", path, explain(err))
	}
	var seen, offset int64
	if err := s.writer.QueryRowContext(ctx, "SELECT hlc, server <> '', clock_offset FROM sync").Scan(&seen, &s.synced, &offset); err != nil {
		return fmt.Errorf("open %s: %w", path, explain(err))
	}
	s.offset = time.Duration(offset) * time.Millisecond
	s.hlc = max(s.hlc, crm.HLC(seen))
	s.readDB = sql.OpenDB(connector{path: path, gate: &s.gate})
	s.readDB.SetMaxOpenConns(readers)
	s.readDB.SetMaxIdleConns(readers)
	s.reads.db = s.readDB
	if err := s.readDB.PingContext(ctx); err != nil {
		return fmt.Errorf("open %s for reading: %w", path, explain(err))
	}
	s.checkpointer = startCheckpointer(s.readDB, s.log, s.beginLog)
	return s.startIndexer()
}

// disconnect closes what connect opened.
func (s *Store) disconnect() error {
	if s.checkpointer != nil {
		s.checkpointer.end()
		s.checkpointer = nil
	}
	s.indexer.end()
	s.writes.close()
	s.reads.close()
	s.closeBulk()
	s.taken = nil
	var errs []error
	if s.readDB != nil {
		errs = append(errs, s.readDB.Close())
	}
	if s.writer != nil {
		errs = append(errs, s.writer.Close())
	}
	if s.writeDB != nil {
		errs = append(errs, s.writeDB.Close())
	}
	// readDB stays, closed: who still reads on another goroutine, or asks too late, gets an error from it.
	s.writer, s.writeDB = nil, nil
	return errors.Join(errs...)
}

// explain turns what SQLite says into an error that a person can act on.
func explain(err error) error {
	var e sqlite3.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e) && e.Code == sqlite3.ErrFull,
		errors.As(err, &e) && e.Code == sqlite3.ErrIoErr && e.SystemErrno == syscall.ENOSPC:
		return fmt.Errorf("%w; what was saved before is safe, free some space and save again: %w", ErrDiskFull, err)
	case errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	}
	return err
}
