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
		verdict, err := s.quickCheck(ctx)
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

// quickCheck is what SQLite says of the file: "ok", or what is wrong. It reads the file as it is at one moment.
//
// FTS5 remembers how an index lay when its connection last asked it something, and looks for a later state when it is asked again; but
// not in its part of the check. Where another connection has merged the index since, it would miss what is not there any more. So
// the indexes are asked first.
func (s *Store) quickCheck(ctx context.Context) (verdict string, err error) {
	conn, err := s.readDB.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return "", err
	}
	defer func() {
		_, e := conn.ExecContext(context.WithoutCancel(ctx), "COMMIT") // nothing was written
		err = errors.Join(err, e)
	}()
	for _, table := range searched {
		var any bool
		if err := conn.QueryRowContext(ctx, "SELECT EXISTS(SELECT 1 FROM "+table+")").Scan(&any); err != nil {
			return "", err
		}
	}
	err = conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict)
	return verdict, err
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
