package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// Standing is where the file stands with its server.
type Standing struct {
	Server   string // its address; "" while the file works alone
	User     crm.ID // whose file it is, once it has a server
	Client   crm.ID // of this copy of the file
	Epoch    uint64 // 0: it has never spoken with the server
	Cursor   uint64 // up to which revision it was pulled
	SafeRev  uint64 // of the last pull that reached the head
	BaseRev  uint64 // of the snapshot that it began with
	Ack      wire.Ack
	ViewHash string
	Offset   time.Duration // of the server's clock from ours
	Refused  int           // commands in the tray
	Waiting  int           // commands that the server has not answered yet
	Issued   uint64        // the last number given to a command
}

// Standing tells where the file stands with its server.
func (s *Store) Standing(ctx context.Context) (y Standing, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return y, err
	}
	return syncOf(r)
}

func syncOf(q querier) (y Standing, err error) {
	var offset int64
	err = q.row(`SELECT server, client_id, epoch, cursor, safe_rev, base_rev, last_ack_seq, last_ack_uuid, view_hash, clock_offset,
		(SELECT count(*) FROM outbox WHERE state = ?), (SELECT count(*) FROM outbox WHERE state IN (?, ?)),
		coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0) FROM sync`, refused, waits, onItsWay).
		Scan(&y.Server, idBlob{&y.Client}, &y.Epoch, &y.Cursor, &y.SafeRev, &y.BaseRev, &y.Ack.Seq, idBlob{&y.Ack.ID}, &y.ViewHash, &offset,
			&y.Refused, &y.Waiting, &y.Issued)
	y.Offset = time.Duration(offset) * time.Millisecond
	if err == nil && y.Server != "" {
		var who crm.User
		who, err = me(q)
		y.User = who.ID
	}
	return y, explain(err)
}

// Queued gives a value after a change that waits for the server.
func (s *Store) Queued() <-chan struct{} { return s.queued }

func (s *Store) signalQueued() {
	select {
	case s.queued <- struct{}{}:
	default:
	}
}

// Outbox are the first commands that the server has not answered yet, in their order: at most limit, and at most
// about size bytes of arguments, but one at least.
func (s *Store) Outbox(ctx context.Context, limit, size int) (commands []wire.Command, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	var total int
	err = each(r, "SELECT seq, uuid, cmd || '/' || version, args, hlc FROM outbox WHERE state IN (?, ?) ORDER BY seq LIMIT ?", []any{waits, onItsWay, limit},
		func(rows *sql.Rows) error {
			var c wire.Command
			var args string
			var at int64
			err := rows.Scan(&c.Seq, idBlob{&c.ID}, &c.Name, &args, &at)
			c.Args, c.At = json.RawMessage(args), crm.HLC(at)
			if total += len(args); len(commands) == 0 || total <= size {
				commands = append(commands, c)
			}
			return err
		})
	return commands, err
}

// MarkSent says that commands up to a sequence number go out now: from here on they stay as they are.
func (s *Store) MarkSent(ctx context.Context, upTo uint64) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec("UPDATE outbox SET state = ? WHERE state = ? AND seq <= ?", onItsWay, waits, int64(upTo))
		return err
	})
}

// Acknowledge keeps what the server said of commands that were pushed. What was applied is journalled; what
// was refused is taken back here and goes to the tray. One that is refused holds up none.
func (s *Store) Acknowledge(ctx context.Context, results []wire.Result) error {
	return s.write(ctx, func(t *tx) error {
		b := t.newRebase()
		for _, r := range results {
			if err := t.result(b, r); err != nil {
				return err
			}
		}
		return b.finish()
	})
}

func (t *tx) result(b *rebase, r wire.Result) error {
	seqs, err := t.numbers("SELECT seq FROM outbox WHERE uuid = ? AND state IN (?, ?)", r.ID.Bytes(), waits, onItsWay)
	if err != nil || len(seqs) == 0 {
		return err
	}
	seq := seqs[0]
	if r.Status == wire.Rejected || r.Refused {
		if err := t.wantUntracked(seq); err != nil {
			return err
		}
		if err := t.ownNameAgain(seq); err != nil {
			return err
		}
		if err := b.settle(seq); err != nil {
			return err
		}
		_, err := t.exec("UPDATE outbox SET state = ?, error = ?, subject = NULL WHERE seq = ?", refused, string(mustJSON(r)), seq)
		return err
	}
	if err := t.journal(seq, r.Rev); err != nil {
		return err
	}
	_, err = t.exec("UPDATE outbox SET state = ?, subject = NULL WHERE seq = ?", applied, seq)
	return err
}

// ownNameAgain has an id stand for itself again that a refused command had made the name of another record; should the server know it as
// one all the same, it is asked.
func (t *tx) ownNameAgain(seq int64) error {
	c, err := t.commandOf(seq)
	if err != nil {
		return err
	}
	var gone crm.Ref
	switch do := c.Change.(type) {
	case crm.MergeRecords:
		gone = do.Gone
	case crm.RemoveRecord:
		gone = do.Ref
	default:
		return nil
	}
	if err := t.standsForItself(gone); err != nil {
		return err
	}
	return t.want(wire.RowID{Entity: wire.Alias, ID: gone.ID})
}

// wantUntracked has the rows of a refused command fetched from the server when nobody kept what the server has of
// them: it was made before there was a server, or is an import.
func (t *tx) wantUntracked(seq int64) error {
	var tracked int
	if err := t.row("SELECT count(*) FROM pending WHERE seq = ?", seq).Scan(&tracked); err != nil || tracked > 0 {
		return explain(err)
	}
	c, err := t.commandOf(seq)
	if err != nil {
		return err
	}
	rows, err := t.untracked(c)
	if err != nil {
		return err
	}
	return t.want(rows...)
}

// RefusedChange is one of the tray: a change that the server refused.
type RefusedChange struct {
	Seq     int64
	Change  crm.Change // nil when this version does not know it
	Name    string     // of the command
	At      time.Time
	Code    wire.Reject
	Reason  crm.Text
	Subject string // the name of the record that it is about, as far as it is here
	Record  crm.Ref
}

// Refused are the changes in the tray, the newest first.
func (s *Store) Refused(ctx context.Context) (tray []RefusedChange, err error) {
	err = s.write(ctx, func(t *tx) error {
		seqs, err := t.numbers("SELECT seq FROM outbox WHERE state = ? ORDER BY seq DESC LIMIT 1000", refused)
		for _, seq := range seqs {
			if err != nil {
				return err
			}
			var r RefusedChange
			r, err = t.refusedChange(seq)
			tray = append(tray, r)
		}
		return err
	})
	return tray, err
}

func (t *tx) refusedChange(seq int64) (r RefusedChange, err error) {
	c, err := t.commandOf(seq)
	if err != nil {
		return r, err
	}
	r = RefusedChange{Seq: seq, Change: c.Change, At: c.At.Time()}
	var said wire.Result
	if err := t.row("SELECT cmd, error FROM outbox WHERE seq = ?", seq).Scan(&r.Name, jsonColumn{&said}); err != nil {
		return r, explain(err)
	}
	r.Code, r.Reason = said.Code, said.Reason
	if c.Change == nil {
		return r, nil
	}
	rows, err := t.touched(c.Change)
	if err != nil {
		return r, err
	}
	for _, row := range rows {
		if r.Subject == "" && isRecord(row) {
			if name, err := nameOf(t, refOfRow(row)); err == nil {
				r.Subject, r.Record = name, refOfRow(row)
			}
		}
	}
	return r, nil
}

// Retry does a refused change once more, on what the record is now.
func (s *Store) Retry(ctx context.Context, seq int64) error {
	return s.write(ctx, func(t *tx) error {
		c, err := t.trayed(seq)
		if err != nil {
			return err
		}
		if c.Change == nil {
			return fmt.Errorf("this version does not know the change")
		}
		if err := t.discard(seq); err != nil {
			return err
		}
		return t.doAsIs(t.asSeenNow(c.Change))
	})
}

// Discard drops a refused change.
func (s *Store) Discard(ctx context.Context, seq int64) error {
	return s.write(ctx, func(t *tx) error {
		if _, err := t.trayed(seq); err != nil {
			return err
		}
		return t.discard(seq)
	})
}

func (t *tx) trayed(seq int64) (c crm.Command, err error) {
	var n int
	if err := t.row("SELECT count(*) FROM outbox WHERE seq = ? AND state = ?", seq, refused).Scan(&n); err != nil {
		return c, explain(err)
	}
	if n == 0 {
		return c, fmt.Errorf("refused change %d: %w", seq, ErrNotFound)
	}
	return t.commandOf(seq)
}

func (t *tx) discard(seq int64) error {
	t.changed.Lists = true
	if _, err := t.exec("DELETE FROM outbox WHERE seq = ? AND state = ? AND seq <= (SELECT last_ack_seq FROM sync)", seq, refused); err != nil {
		return err
	}
	_, err := t.exec("UPDATE outbox SET state = ?, args = '{}', error = NULL WHERE seq = ? AND state = ?", dropped, seq, refused)
	return err
}

// asSeenNow is a change that says what it expects, expecting what is there now: whoever does it
// again has seen that.
func (t *tx) asSeenNow(change crm.Change) crm.Change {
	now := func(r crm.Ref) any {
		k, err := keyOf(t, r)
		if err != nil {
			return nil
		}
		record, _ := recordByKey(t, k)
		return record
	}
	switch do := change.(type) {
	case crm.Assign:
		switch r := now(do.Ref).(type) {
		case crm.Contact:
			do.From = r.Responsible
		case crm.Company:
			do.From = r.Responsible
		case crm.Lead:
			do.From = r.Responsible
		case crm.Deal:
			do.From = r.Responsible
		}
		return do
	case crm.SetLeadStatus:
		if l, ok := now(crm.Ref{Kind: crm.KindLead, ID: do.Lead}).(crm.Lead); ok {
			do.From = l.Status
		}
		return do
	case crm.SetDealStage:
		if d, ok := now(crm.Ref{Kind: crm.KindDeal, ID: do.Deal}).(crm.Deal); ok {
			do.From = d.Stage
		}
		return do
	}
	return change
}
