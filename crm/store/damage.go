package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
)

// damage watches over the file: whether it ended cleanly, whether it is whole. A
// file that was found damaged is marked beside it (path-damaged), and the next
// Open saves what can be read of it (see salvage).
type damage struct {
	path   string // "" for a file that is being salvaged
	log    *slog.Logger
	found  func(error)
	stop   context.CancelFunc
	looked chan struct{} // closed when the check in the background is over; nil when there is none

	noticing sync.Mutex // held while it is marked and told: two who read may meet it at once
}

func (d *damage) mark() string { return d.path + "-damaged" }

// unclean says whether the last program left without closing the file: SQLite
// takes the -wal away when it closes. What was acknowledged is in it and not lost.
func unclean(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}

// marked says whether the file was found damaged before.
func (d *damage) marked() bool {
	_, err := os.Stat(d.mark())
	return err == nil
}

// checkInBackground reads the whole file, which takes seconds for a large one, while it is used.
func (s *Store) checkInBackground() {
	ctx, stop := context.WithCancel(context.Background())
	d := &s.damage
	d.stop, d.looked = stop, make(chan struct{})
	go func() {
		defer close(d.looked)
		var verdict string
		err := s.readDB.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			d.notice(explain(err))
		case verdict != "ok":
			d.notice(fmt.Errorf("%w: %s", ErrDamaged, verdict))
		default:
			d.log.Info("the file was not closed the last time; it is whole", "file", d.path)
		}
	}()
}

// notice marks the file when err says that it is damaged, and tells it once.
func (d *damage) notice(err error) {
	if !errors.Is(err, ErrDamaged) || d.path == "" {
		return
	}
	d.noticing.Lock()
	defer d.noticing.Unlock()
	if d.marked() {
		return
	}
	d.log.Error("the file is damaged", "file", d.path, "error", err)
	if err := os.WriteFile(d.mark(), []byte(err.Error()+"\n"), 0o600); err != nil {
		d.log.Error("mark the damaged file", "error", err)
	}
	if d.found != nil {
		d.found(err)
	}
}

// end stops the check in the background.
func (d *damage) end() {
	if d.looked != nil {
		d.stop()
		<-d.looked
	}
}
