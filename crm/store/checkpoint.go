package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"time"
)

// Moving the log (-wal) into the file takes some fsyncs, and SQLite does it in the
// commit that fills a thousand pages: one in a hundred calls waited 5 ms for that. So it
// is done in the background, when nothing was written for a while, or when there was no such pause for long: colleagues
// may change something many times a second. A commit does it
// itself only when the log has grown to commitCheckpoint all the same, as in an import.
const (
	checkpointAfter  = 500 * time.Millisecond
	checkpointAtMost = 5 * time.Second // after the first write
	commitCheckpoint = "16000"         // pages: 64 MB
	importCheckpoint = "96000"         // in an import, which moves the log after each batch
)

// checkpointer moves the log into the file between writes.
type checkpointer struct {
	begin   func() error  // see beginLog
	written chan struct{} // has one element after a commit
	full    chan struct{} // has one element after a large one
	stop    context.CancelFunc
	done    chan struct{}
}

func startCheckpointer(db *sql.DB, log *slog.Logger, begin func() error) *checkpointer {
	ctx, stop := context.WithCancel(context.Background())
	c := &checkpointer{begin: begin, written: make(chan struct{}, 1), full: make(chan struct{}, 1), stop: stop, done: make(chan struct{})}
	go c.run(ctx, db, log)
	return c
}

func (c *checkpointer) run(ctx context.Context, db *sql.DB, log *slog.Logger) {
	defer close(c.done)
	const never = time.Hour
	quiet, late := time.NewTimer(never), time.NewTimer(never)
	defer quiet.Stop()
	defer late.Stop()
	waits := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.written:
			quiet.Reset(checkpointAfter)
			if !waits {
				waits = true
				late.Reset(checkpointAtMost)
			}
			continue
		case <-c.full:
			c.move(ctx, db, log)
			continue
		case <-quiet.C:
		case <-late.C:
		}
		waits = false
		late.Reset(never)
		c.move(ctx, db, log)
		if err := c.begin(); err != nil {
			log.Warn("begin the log anew", "error", err)
		}
	}
}

func (c *checkpointer) move(ctx context.Context, db *sql.DB, log *slog.Logger) {
	// PASSIVE waits for nobody and makes nobody wait.
	if _, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil && ctx.Err() == nil {
		log.Warn("move the log into the file", "error", err)
	}
}

// beginLog has the log begin anew once it is moved: the first commit of a log waits for the disk twice, for its beginning and
// for itself, and would do so at the call after every pause. What it writes changes nothing, so that it waits for the beginning
// alone, and with it a call that comes just then. Who is writing meanwhile does it by that.
func (s *Store) beginLog() error {
	if !s.writing.TryLock() {
		return nil
	}
	defer s.writing.Unlock()
	if s.writer == nil {
		return nil
	}
	length := s.lengthenLog() // the disk may be full; it goes without
	if err := s.relax(true); err != nil {
		return err
	}
	_, err := (&tx{s: s}).exec("INSERT INTO setting(name, value) VALUES('log', '') ON CONFLICT DO UPDATE SET value = iif(value = '', 'again', '')")
	return errors.Join(length, err, s.relax(false))
}

// logRoom is how long the log is at least after a pause: the calls that come before the next one fit in it. A commit that makes
// the log longer waits for the file system's own log, too, and for whatever stands in that; one that overwrites an old log does not.
const logRoom = 4 << 20

// lengthenLog fills the log up with zeros, in which SQLite sees no commit: https://sqlite.org/fileformat2.html#walformat. It is
// for who has the lock, since a commit may write there.
func (s *Store) lengthenLog() error {
	log, err := os.OpenFile(s.damage.path+"-wal", os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := log.Stat()
	if err == nil && info.Size() < logRoom {
		_, err = log.WriteAt(make([]byte, logRoom-info.Size()), info.Size())
	}
	return errors.Join(err, log.Close())
}

// wrote says that something was committed.
func (c *checkpointer) wrote() {
	select {
	case c.written <- struct{}{}:
	default:
	}
}

// wroteMuch says that more was committed than should wait for a pause.
func (c *checkpointer) wroteMuch() {
	select {
	case c.full <- struct{}{}:
	default:
	}
}

func (c *checkpointer) end() {
	c.stop()
	<-c.done
}
