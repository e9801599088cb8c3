package store

import (
	"context"
	"encoding/json"
	"errors"

	"leadline/crm"
	"leadline/crm/wire"
)

// ApplyPage takes over a page of the server's: rows, cursor and acknowledgement together. What is
// still pending here is performed again on top, so that nobody's own edit vanishes from view.
// It is one transaction, and need not be on the disk when this returns: it can be pulled again.
func (s *Store) ApplyPage(ctx context.Context, p wire.Page) error {
	return s.writeRelaxed(ctx, func(t *tx) error { return t.applyPage(p) })
}

func (t *tx) applyPage(p wire.Page) error {
	if err := t.takeOver(p); err != nil {
		return err
	}
	if err := t.keepRevs(p.Rows); err != nil {
		return err
	}
	_, err := t.exec("UPDATE sync SET cursor = ?1, safe_rev = CASE WHEN ?2 THEN ?1 ELSE safe_rev END, hlc = max(hlc, ?3)", int64(p.Rev), !p.More, int64(t.s.hlc))
	return err
}

var errNotNext = errors.New("the rows do not follow on what is here")

// ApplyHint takes over the rows of a hint, as ApplyPage would those of a page that reached the head. taken is false, and nothing is
// changed, where they do not follow directly on what the file has of that view, or while a command waits for its acknowledgement:
// looked at in the same transaction, which has at hand what the readers would have to read anew after each change.
func (s *Store) ApplyHint(ctx context.Context, h wire.Hint, view string) (taken bool, err error) {
	err = s.writeRelaxed(ctx, func(t *tx) error {
		var next bool
		if err := t.row(`SELECT epoch = ? AND cursor = ? AND view_hash = ? AND last_ack_seq = coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)
			AND NOT EXISTS(SELECT 1 FROM outbox WHERE state IN (?, ?)), NOT EXISTS(SELECT 1 FROM pending) AND NOT EXISTS(SELECT 1 FROM outbox WHERE seq <= 0) FROM sync`,
			int64(h.Epoch), int64(h.PrevRev), view, waits, onItsWay).Scan(&next, &t.alone); err != nil {
			return explain(err)
		}
		if !next {
			return errNotNext
		}
		return t.applyPage(wire.Page{Epoch: h.Epoch, Rev: h.Rev, Rows: h.Rows})
	})
	if errors.Is(err, errNotNext) {
		return false, nil
	}
	return err == nil, err
}

// ApplyRows takes over rows that were fetched by id.
func (s *Store) ApplyRows(ctx context.Context, rows []wire.Row) error {
	return s.writeRelaxed(ctx, func(t *tx) error {
		for _, r := range rows {
			if _, err := t.exec("DELETE FROM row_wanted WHERE entity = ? AND id = ?", string(r.Entity), string(r.ID)); err != nil {
				return err
			}
		}
		if err := t.takeOver(wire.Page{Rows: rows, More: true}); err != nil {
			return err
		}
		return t.keepRevs(rows)
	})
}

func (t *tx) takeOver(p wire.Page) error {
	b := t.newRebase()
	for _, r := range p.Rows {
		if r.Entity == wire.Alias {
			if err := t.renamed(b, r); err != nil {
				return err
			}
		}
	}
	var gone []wire.RowID
	for _, r := range p.Rows {
		row := wire.RowID{Entity: r.Entity, ID: r.ID}
		pending, err := t.isPending(row)
		if err == nil && !pending && r.Data != nil {
			pending, err = t.pointsToPending(b, r.Data)
		}
		switch {
		case err != nil:
		case r.Entity == wire.Alias:
		case pending:
			if err = t.setShadow(row, r.Data); err == nil {
				err = b.add(row)
			}
		case r.Deleted:
			gone = append(gone, row)
		default:
			err = t.putRow(row, r.Data)
		}
		if err != nil {
			return err
		}
	}
	if p.Ack != nil {
		if err := t.acknowledged(b, p); err != nil {
			return err
		}
	}
	if !p.More {
		if err := t.settleFormer(b, p); err != nil {
			return err
		}
	}
	if err := b.finish(); err != nil {
		return err
	}
	if err := t.dropGone(gone); err != nil {
		return err
	}
	if len(t.changed.Refs)+len(t.changed.Calls) > mostTold {
		t.changed = Changed{Lists: true}
	}
	return nil
}

// dropGone takes away what the server does not have, after all else: what hung on it may hang elsewhere by
// now. A pending command that was performed again may have come upon it, and taken it for the server's.
func (t *tx) dropGone(gone []wire.RowID) error {
	for _, r := range gone {
		pending, err := t.isPending(r)
		if err == nil && pending {
			err = t.setShadow(r, nil)
		}
		if err == nil {
			err = t.dropRow(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pointsToPending says whether a row points to records that a pending command touches. Such a command may have moved
// what it did not see yet when it was performed (a merge, a conversion), so it is performed again on top of this row.
func (t *tx) pointsToPending(b *rebase, data json.RawMessage) (bool, error) {
	if t.alone {
		return false, nil
	}
	if any, err := b.pends(); err != nil || !any {
		return false, err
	}
	var to struct {
		Refs    []crm.Ref `json:"refs"`
		Ref     crm.Ref   `json:"ref"`
		Contact crm.ID    `json:"contact"`
		Company crm.ID    `json:"company"`
	}
	if err := json.Unmarshal(data, &to); err != nil {
		return false, nil // a row of a kind that has something else by these names
	}
	points := false
	for _, r := range append(to.Refs, to.Ref, crm.Ref{Kind: crm.KindContact, ID: to.Contact}, crm.Ref{Kind: crm.KindCompany, ID: to.Company}) {
		if r.None() {
			continue
		}
		pending, err := t.isPending(rowOf(r))
		if err == nil && pending {
			points = true
			err = b.add(rowOf(r))
		}
		if err != nil {
			return false, err
		}
	}
	return points, nil
}

// mostTold is how many changed records and calls the windows are told of one by one.
const mostTold = 200

func (t *tx) isPending(r wire.RowID) (bool, error) {
	if t.alone {
		return false, nil
	}
	var n int
	err := t.row("SELECT count(*) FROM (SELECT 1 FROM pending WHERE entity = ? AND id = ? LIMIT 1)", r.Entity, string(r.ID)).Scan(&n)
	return n > 0, explain(err)
}

// keepRevs remembers rows by revision until the server's backup has them: a server that is restored may not.
func (t *tx) keepRevs(rows []wire.Row) error {
	for _, r := range rows {
		if _, err := t.exec("INSERT OR REPLACE INTO row_rev(entity, id, rev) SELECT ?1, ?2, ?3 FROM sync WHERE durable_rev < ?3", string(r.Entity), string(r.ID), int64(r.Rev)); err != nil {
			return err
		}
	}
	return nil
}

// renamed follows an alias: what is here under the old id is the new one.
func (t *tx) renamed(b *rebase, r wire.Row) error {
	if r.Deleted {
		_, err := t.exec("DELETE FROM alias WHERE old = ?", r.ID.Bytes())
		return err
	}
	var a wire.AliasData
	if err := json.Unmarshal(r.Data, &a); err != nil {
		return err
	}
	old, now := rowOf(crm.Ref{Kind: a.Kind, ID: r.ID}), rowOf(crm.Ref{Kind: a.Kind, ID: a.New})
	if old == now || !isRecord(old) {
		return nil
	}
	// Commands of the old one are performed again on the new one.
	for _, r := range []wire.RowID{old, now} {
		pending, err := t.isPending(r)
		if err == nil && pending {
			err = b.add(r)
		}
		if err != nil {
			return err
		}
	}
	for _, change := range []string{"UPDATE alias SET new = ?3 WHERE kind = ?1 AND new = ?2", "INSERT OR REPLACE INTO alias(kind, old, new) VALUES(?1, ?2, ?3)",
		"DELETE FROM alias WHERE kind = ?1 AND old = ?3"} { // the survivor is always the root
		if _, err := t.exec(change, string(a.Kind), old.ID.Bytes(), now.ID.Bytes()); err != nil {
			return err
		}
	}
	if here, err := isHere(t, old); err != nil || !here {
		return err
	}
	if b.rows[old] { // it is taken away with the rest
		return t.setShadow(old, nil)
	}
	return t.dropRow(old) // what points to it points to the new one from now on
}

// acknowledged takes out of what is pending all commands up to the one that the server has decided last: what
// they made of rows is here, then. A number with another id is of another program that has a copy of
// this file, and proves nothing.
func (t *tx) acknowledged(b *rebase, p wire.Page) error {
	var same int
	if err := t.row("SELECT count(*) FROM outbox WHERE seq = ? AND uuid = ?", int64(p.Ack.Seq), p.Ack.ID.Bytes()).Scan(&same); err != nil || same == 0 {
		return explain(err)
	}
	for _, r := range p.Refused {
		if err := t.result(b, r); err != nil {
			return err
		}
	}
	if _, err := t.exec("DELETE FROM outbox WHERE seq <= ? AND state = ?", int64(p.Ack.Seq), dropped); err != nil {
		return err
	}
	seqs, err := t.numbers("SELECT seq FROM outbox WHERE seq <= ? AND state <> ?", int64(p.Ack.Seq), refused)
	if err != nil {
		return err
	}
	if err := t.settleAll(b, seqs, p.Rev); err != nil {
		return err
	}
	_, err = t.exec("UPDATE sync SET last_ack_seq = ?, last_ack_uuid = ?", int64(p.Ack.Seq), p.Ack.ID.Bytes())
	return err
}

// settleAll takes commands that the server applied out of the outbox.
func (t *tx) settleAll(b *rebase, seqs []int64, rev uint64) error {
	for _, seq := range seqs {
		if err := b.settle(seq); err != nil {
			return err
		}
		if err := t.journal(seq, rev); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM outbox WHERE seq = ?", seq); err != nil {
			return err
		}
	}
	return nil
}

// settleFormer is for commands that were applied for an earlier client id, whose acknowledgement does not come.
func (t *tx) settleFormer(b *rebase, p wire.Page) error {
	if t.alone {
		return nil
	}
	seqs, err := t.numbers("SELECT o.seq FROM outbox o JOIN journal j ON j.uuid = o.uuid WHERE o.seq <= 0 AND o.state = ? AND j.rev <= ?", applied, int64(p.Rev))
	if err != nil {
		return err
	}
	return t.settleAll(b, seqs, p.Rev)
}

// journal keeps a command that the server has, until its backup has it too.
func (t *tx) journal(seq int64, rev uint64) error {
	_, err := t.exec(`INSERT OR IGNORE INTO journal(uuid, cmd, version, args, hlc, epoch, rev)
		SELECT o.uuid, o.cmd, o.version, o.args, o.hlc, s.epoch, ? FROM outbox o, sync s WHERE o.seq = ?`, int64(rev), seq)
	return err
}

// writeRelaxed is write for what can be had from the server again.
func (s *Store) writeRelaxed(ctx context.Context, f func(*tx) error) error {
	return s.writeBy(ctx, s.commitRelaxed, f)
}

// Wanted are rows that must be fetched by id, because what is here of them may not be what the server has.
func (s *Store) Wanted(ctx context.Context, limit int) (rows []wire.RowID, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return rowIDs(r, "SELECT entity, id FROM row_wanted LIMIT ?", limit)
}

// want has a row fetched by id.
func (t *tx) want(rows ...wire.RowID) error {
	for _, r := range rows {
		if _, err := t.exec("INSERT OR IGNORE INTO row_wanted(entity, id) VALUES(?, ?)", r.Entity, string(r.ID)); err != nil {
			return err
		}
	}
	return nil
}
