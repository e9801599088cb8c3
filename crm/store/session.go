package store

import (
	"context"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// journalFor is how long an acknowledged command is kept at least, should the server's backups be lost with it.
const journalFor = 30 * 24 * time.Hour

// Greeted keeps what the server said of itself at the beginning of a session. offset is how far its clock is
// ahead of ours.
func (s *Store) Greeted(ctx context.Context, w wire.Welcome, offset time.Duration) error {
	return s.write(ctx, func(t *tx) error {
		t.s.offset = offset
		key := any(w.WorkspaceKey)
		if len(w.WorkspaceKey) == 0 {
			key = nil
		}
		if _, err := t.exec("UPDATE sync SET durable_rev = ?, clock_offset = ?, workspace_key = coalesce(?, workspace_key)",
			int64(w.DurableRev), offset.Milliseconds(), key); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM row_rev WHERE rev <= ?", int64(w.DurableRev)); err != nil {
			return err
		}
		old := crm.HLC(t.s.now().Add(-journalFor).UnixMilli()) << 16
		_, err := t.exec("DELETE FROM journal WHERE rev <= ? AND hlc < ?", int64(w.DurableRev), int64(old))
		return err
	})
}

// Joined says that the file is in this epoch and view from now on, without having to be brought there.
func (s *Store) Joined(ctx context.Context, epoch uint64, view string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE sync SET epoch = ?, view_hash = ?", int64(epoch), view)
		return err
	})
}

// Fork makes this copy of the file a client of its own: another one has the same client id, because a device was
// restored or cloned. What waits is numbered anew and keeps its ids, so that nothing is applied twice.
func (s *Store) Fork(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error { return t.fork() })
}

func (t *tx) fork() error {
	client, err := t.s.makeID()
	if err != nil {
		return err
	}
	if _, err := t.exec("UPDATE sync SET client_id = ?, last_ack_seq = 0, last_ack_uuid = NULL", client.Bytes()); err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM outbox WHERE state = ?", dropped); err != nil {
		return err
	}
	t.queued = true
	return t.renumber(0)
}

// resync has a file that lost rows load everything anew from its server, as a client of its own: what waits
// may have lost some of its numbers. Without a server it does nothing.
func (s *Store) resync(ctx context.Context) error {
	if !s.synced {
		return nil
	}
	return s.write(ctx, func(t *tx) error {
		if _, err := t.exec("UPDATE sync SET view_hash = ''"); err != nil {
			return err
		}
		return t.fork()
	})
}

// NewEpoch follows a server that was restored from a backup: what this file has beyond fork, the server may
// not have. Such rows are to be fetched by id, and the commands of the journal beyond it are sent again, as
// another client. fresh says that only a new snapshot helps: the file began with one from beyond fork. It is in no
// view then, until it has one.
func (s *Store) NewEpoch(ctx context.Context, epoch, fork uint64) (fresh bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		y, err := syncOf(t)
		if err != nil {
			return err
		}
		fresh = y.BaseRev > fork
		if _, err := t.exec("INSERT OR IGNORE INTO row_wanted(entity, id) SELECT entity, id FROM row_rev WHERE rev > ?", int64(fork)); err != nil {
			return err
		}
		// The cursor may be in the middle of what was pulled, which is no prefix: safe_rev is one.
		if _, err := t.exec("UPDATE sync SET epoch = ?, cursor = min(safe_rev, ?2), safe_rev = min(safe_rev, ?2), view_hash = iif(?3, '', view_hash)",
			int64(epoch), int64(fork), fresh); err != nil {
			return err
		}
		if err := t.sendAgain(fork); err != nil {
			return err
		}
		// A merge beyond it is none, unless it is sent again or the server tells of it: what comes for the one that went is its own.
		if _, err := t.exec("DELETE FROM alias WHERE ('alias', "+dashed("old")+") IN (SELECT entity, id FROM row_rev WHERE rev > ?)"+
			" AND (kind, "+dashed("old")+") NOT IN (SELECT entity, id FROM pending)", int64(fork)); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM row_rev WHERE rev > ?", int64(fork)); err != nil {
			return err
		}
		return t.fork()
	})
	return fresh, err
}

// sendAgain puts commands that the server applied beyond fork into the outbox again, before all others.
func (t *tx) sendAgain(fork uint64) error {
	if _, err := t.exec("UPDATE outbox SET state = ? WHERE state = ? AND uuid IN (SELECT uuid FROM journal WHERE rev > ?)", onItsWay, applied, int64(fork)); err != nil {
		return err
	}
	var first int64
	if err := t.row("SELECT min(0, coalesce(min(seq), 0)) - (SELECT count(*) FROM journal WHERE rev > ?) FROM outbox", int64(fork)).Scan(&first); err != nil {
		return explain(err)
	}
	if _, err := t.exec(`INSERT OR IGNORE INTO outbox(seq, uuid, cmd, version, args, hlc, state)
		SELECT ? + row_number() OVER (ORDER BY rev, hlc) - 1, uuid, cmd, version, args, hlc, ? FROM journal WHERE rev > ?`, first, onItsWay, int64(fork)); err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM journal WHERE rev > ?", int64(fork)); err != nil {
		return err
	}
	seqs, err := t.numbers("SELECT seq FROM outbox WHERE seq <= 0 AND state = ? AND seq NOT IN (SELECT seq FROM pending) ORDER BY seq", onItsWay)
	if err != nil {
		return err
	}
	for _, seq := range seqs {
		c, err := t.commandOf(seq)
		if err != nil {
			return err
		}
		if c.Change == nil {
			continue
		}
		rows, err := t.keepShadows(c.Change)
		if err != nil {
			return err
		}
		if err := t.pend(seq, rows); err != nil {
			return err
		}
		// What is here of them has these commands in it already, and the server may find nothing to do for them.
		if err := t.want(rows...); err != nil {
			return err
		}
	}
	return nil
}
