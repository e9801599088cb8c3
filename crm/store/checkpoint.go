package store

import (
	"context"
	"database/sql"
	"log/slog"
	"time"
)

// Moving the log (-wal) into the file takes some fsyncs, and SQLite does it in the
// commit that fills a thousand pages: one in a hundred calls waited 5 ms for that. So it
// is done in the background, when nothing was written for a while. A commit does it
// itself only when the log has grown to commitCheckpoint all the same, as in an import.
const (
	checkpointAfter  = 500 * time.Millisecond
	commitCheckpoint = "16000" // pages: 64 MB
	importCheckpoint = "96000" // in an import, which moves the log after each batch
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
	quiet := time.NewTimer(time.Hour)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.written:
			quiet.Reset(checkpointAfter)
		case <-quiet.C:
			c.move(ctx, db, log)
			if err := c.begin(); err != nil {
				log.Warn("begin the log anew", "error", err)
			}
		case <-c.full:
			c.move(ctx, db, log)
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
// for itself, and would do so at the call after every pause. What it writes changes nothing. Who is writing meanwhile does it
// by that.
func (s *Store) beginLog() error {
	if !s.writing.TryLock() {
		return nil
	}
	defer s.writing.Unlock()
	if s.writer == nil {
		return nil
	}
	_, err := (&tx{s: s}).exec("INSERT INTO setting(name, value) VALUES('log', '') ON CONFLICT DO UPDATE SET value = iif(value = '', 'again', '')")
	return err
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
