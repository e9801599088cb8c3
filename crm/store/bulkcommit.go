package store

import (
	"context"
	"errors"
	"fmt"
)

var errClosed = errors.New("the file was closed")

// commitBulk is commit for a batch of an import. It does not wait for the disk: a program that is killed loses nothing of
// it, and after a power cut the file is as before some batch. Sync waits.
func (s *Store) commitBulk(f func(*tx) error) (_ Changed, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	// The cache stays: what a batch changes, the next one changes again. Foreign keys need not be looked for: the batch
	// points to rows that it found or made itself, in this transaction.
	if err = errors.Join(s.relax(true), s.pragmas(importCache, "wal_autocheckpoint="+importCheckpoint, "foreign_keys=OFF")); err != nil {
		return Changed{}, err
	}
	defer func() {
		err = errors.Join(err, s.pragmas("wal_autocheckpoint="+commitCheckpoint, "foreign_keys=ON"))
		s.checkpointer.wroteMuch()
	}()
	return s.commitLocked(f)
}

// pragmas sets some of the writer's; under writing.
func (s *Store) pragmas(pragmas ...string) error {
	if s.writer == nil {
		return errClosed
	}
	for _, p := range pragmas {
		if _, err := s.writer.ExecContext(context.Background(), "PRAGMA "+p); err != nil {
			return fmt.Errorf("set pragma %s: %w", p, explain(err))
		}
	}
	return nil
}

// Sync returns when all that Import wrote is on the disk, and gives back the memory that took.
func (s *Store) Sync(ctx context.Context) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.taken = nil
	if err := s.pragmas(cacheSize, "shrink_memory"); err != nil {
		return err
	}
	if _, err := s.readDB.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
		return fmt.Errorf("bring what was written to the disk: %w", explain(err))
	}
	return nil
}
