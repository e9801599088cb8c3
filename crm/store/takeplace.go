package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"leadline/crm/disk"
)

// readTime is how long others may go on reading before a file is given up on that would take this one's place.
const readTime = 2 * time.Second

var errRead = errors.New("the file is being read")

// takePlace puts the file at path, which nobody has open, in the place of this one; it is for who has the lock and holds the
// readers. Whatever it ends with or is killed in, one of the two is there, whole.
func (s *Store) takePlace(path string) error {
	err := doSteps(s.placing(path))
	// Also when it is the file of before: the program goes on with it.
	return errors.Join(err, s.connectWriter(context.Background(), s.damage.path))
}

// placing are the steps by which a file takes this one's place. Each leaves a folder in which Open finds a whole file.
func (s *Store) placing(path string) []func() error {
	dir := filepath.Dir(s.damage.path)
	return []func() error{
		// The last connection moves the log into the file and takes it away. With the other file it would be another one's log.
		s.closeWriter,
		func() error {
			for _, beside := range []string{s.damage.path, path} {
				if unclean(beside) {
					return fmt.Errorf("the log of %s is not in it", beside)
				}
			}
			return disk.SyncFolder(dir)
		},
		func() error { return os.Rename(path, s.damage.path) },
		func() error { return disk.SyncFolder(dir) },
	}
}

// doSteps does one after the other, up to the first that fails.
func doSteps(steps []func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// holdReaders waits until nobody reads the file, and closes the connections by which they did. Until release is called no other is made.
func (s *Store) holdReaders(ctx context.Context) (release func(), err error) {
	ctx, stop := context.WithTimeout(ctx, s.readTime)
	defer stop()
	var held []*sql.Conn
	for range readers {
		conn, err := s.readDB.Conn(ctx)
		if err != nil {
			for _, conn := range held {
				_ = conn.Close()
			}
			return nil, fmt.Errorf("%w: %w", errRead, err)
		}
		held = append(held, conn)
	}
	s.gate.Lock()
	for _, conn := range held {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // which has it closed, and not kept for another
	}
	return s.gate.Unlock, nil
}

// closeWriter closes the connection that writes. What is written until there is another one fails.
func (s *Store) closeWriter() error {
	s.writes.close()
	s.closeBulk()
	s.taken = nil // the other file has others
	return errors.Join(s.writer.Close(), s.writeDB.Close())
}

// connectWriter opens the connection that writes.
func (s *Store) connectWriter(ctx context.Context, path string) error {
	db := sql.OpenDB(connector{path: path, write: true})
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return errors.Join(fmt.Errorf("open %s: %w", path, explain(err)), db.Close())
	}
	s.writeDB, s.writer, s.writes.db, s.relaxed = db, conn, conn, false
	return nil
}
