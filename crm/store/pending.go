package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"

	"leadline/crm"
	"leadline/crm/wire"
)

// The states of a command in the outbox.
const (
	waits    = 0
	onItsWay = 1 // sent, perhaps
	refused  = 2 // it stays in the tray until the agent decides
	applied  = 3 // the server has it; the rows that it changed are still to come
	dropped  = 4 // was refused, and given up; it keeps its number until the server's acknowledgement is past it
)

// keepShadows keeps what the server has of the rows that a change is about to touch.
func (t *tx) keepShadows(change crm.Change) ([]wire.RowID, error) {
	if !t.s.synced {
		return nil, nil
	}
	rows, err := t.touched(change)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		var there int
		if err := t.row("SELECT count(*) FROM shadow WHERE entity = ? AND id = ?", r.Entity, string(r.ID)).Scan(&there); err != nil {
			return nil, explain(err)
		}
		if there > 0 {
			continue
		}
		data, err := rowData(t, r)
		if err != nil {
			return nil, err
		}
		if err := t.setShadow(r, data); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (t *tx) setShadow(r wire.RowID, data json.RawMessage) error {
	var text any
	if data != nil {
		text = string(data)
	}
	_, err := t.exec("INSERT OR REPLACE INTO shadow(entity, id, data) VALUES(?, ?, ?)", r.Entity, string(r.ID), text)
	return err
}

// pend remembers which rows a command in the outbox touches.
func (t *tx) pend(seq int64, rows []wire.RowID) error {
	for _, r := range rows {
		if _, err := t.exec("INSERT OR IGNORE INTO pending(entity, id, seq) VALUES(?, ?, ?)", r.Entity, string(r.ID), seq); err != nil {
			return err
		}
	}
	return nil
}

// rebase brings rows of the server under what is still pending here: rows with pending commands are set to what
// the server has, and the commands are performed again in their order, without those in settled. At the end rows that
// nothing is pending for have no shadow.
type rebase struct {
	*tx
	rows  map[wire.RowID]bool  // that are set back
	seqs  map[int64]bool       // of pending commands that touch them
	pends func() (bool, error) // whether anything is pending at all, as it was at the beginning
}

func (t *tx) newRebase() *rebase {
	return &rebase{t, map[wire.RowID]bool{}, map[int64]bool{}, sync.OnceValues(func() (bool, error) {
		var n int
		err := t.row("SELECT count(*) FROM (SELECT 1 FROM pending LIMIT 1)").Scan(&n)
		return n > 0, explain(err)
	})}
}

// add takes a row in, with all commands that touch it, with all rows that those touch.
func (b *rebase) add(r wire.RowID) error {
	todo := []wire.RowID{r}
	for len(todo) > 0 {
		r, todo = todo[0], todo[1:]
		if b.rows[r] {
			continue
		}
		b.rows[r] = true
		seqs, err := b.numbers("SELECT seq FROM pending WHERE entity = ? AND id = ?", r.Entity, string(r.ID))
		if err != nil {
			return err
		}
		for _, seq := range seqs {
			more, err := b.addCommand(seq)
			if err != nil {
				return err
			}
			todo = append(todo, more...)
		}
	}
	return nil
}

// addCommand takes a command in and gives the rows that it touches.
func (b *rebase) addCommand(seq int64) (rows []wire.RowID, err error) {
	if b.seqs[seq] {
		return nil, nil
	}
	b.seqs[seq] = true
	return rowIDs(b, "SELECT entity, id FROM pending WHERE seq = ?", seq)
}

func (t *tx) numbers(query string, args ...any) (all []int64, err error) {
	err = each(t, query, args, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		all = append(all, n)
		return err
	})
	return all, err
}

func rowIDs(q querier, query string, args ...any) (all []wire.RowID, err error) {
	err = each(q, query, args, func(rows *sql.Rows) error {
		var r wire.RowID
		err := rows.Scan(&r.Entity, &r.ID)
		all = append(all, r)
		return err
	})
	return all, err
}

// settle takes a command out of what is pending: the server has it, or refused it.
func (b *rebase) settle(seq int64) error {
	rows, err := b.addCommand(seq)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := b.add(r); err != nil {
			return err
		}
	}
	delete(b.seqs, seq)
	_, err = b.exec("DELETE FROM pending WHERE seq = ?", seq)
	return err
}

// finish sets the rows back and performs what is pending again.
func (b *rebase) finish() error {
	back := slices.SortedFunc(maps.Keys(b.rows), func(x, y wire.RowID) int { return cmp.Or(putOrder(x)-putOrder(y), cmp.Compare(x.ID, y.ID)) })
	names, err := b.forgetNames(back)
	if err != nil {
		return err
	}
	if err := b.setBack(back); err != nil {
		return err
	}
	for _, r := range back {
		if _, err := b.exec("DELETE FROM shadow WHERE entity = ? AND id = ?", r.Entity, string(r.ID)); err != nil {
			return err
		}
	}
	for _, seq := range slices.Sorted(maps.Keys(b.seqs)) {
		if _, err := b.exec("DELETE FROM pending WHERE seq = ?", seq); err != nil {
			return err
		}
		if err := b.again(seq); err != nil {
			return err
		}
	}
	if err := b.nameAgain(names); err != nil {
		return err
	}
	for _, r := range back { // what was set back found nothing where a pending command has made something again
		if here, err := b.recordIsHere(r); err != nil || !here {
			if err != nil {
				return err
			}
			continue
		}
		if err := b.resolve(r.ID); err != nil {
			return err
		}
	}
	return nil
}

// forgetNames has the records that pending merges have put into others stand for themselves: by these names nothing of the server's
// is to be found, which may not know them, and the merges are performed again. It gives what they stood for.
func (b *rebase) forgetNames(back []wire.RowID) (names map[wire.RowID]crm.ID, err error) {
	names = map[wire.RowID]crm.ID{}
	for _, r := range back {
		if !isRecord(r) {
			continue
		}
		now, err := nowID(b, refOfRow(r))
		if err != nil {
			return nil, err
		}
		if now == r.ID {
			continue
		}
		if ours, err := b.namedHere(r); err != nil || !ours {
			if err != nil {
				return nil, err
			}
			continue
		}
		names[r] = now
		if err := b.standsForItself(refOfRow(r)); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// nameAgain is for merges of which the server has told already, so that there was nothing left to perform.
func (b *rebase) nameAgain(names map[wire.RowID]crm.ID) error {
	for _, r := range slices.SortedFunc(maps.Keys(names), func(x, y wire.RowID) int { return cmp.Compare(x.ID, y.ID) }) {
		here, err := isHere(b, r)
		if err != nil {
			return err
		}
		if here {
			continue
		}
		if _, err := b.exec("INSERT OR IGNORE INTO alias(kind, old, new) VALUES(?, ?, ?)", string(wire.KindOf(r.Entity)), r.ID.Bytes(), names[r].Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// namedHere says whether it is a pending command that has put a record into another.
func (t *tx) namedHere(r wire.RowID) (bool, error) {
	var n int
	err := t.row(`SELECT count(*) FROM (SELECT 1 FROM pending p JOIN outbox o ON o.seq = p.seq WHERE p.entity = ?1 AND p.id = ?2
		AND o.cmd IN ('record.merge', 'record.remove') AND ?2 IN (json_extract(o.args, '$.gone.id'), json_extract(o.args, '$.ref.id')) LIMIT 1)`, r.Entity, string(r.ID)).Scan(&n)
	return n > 0, explain(err)
}

// standsForItself takes away that an id is the name of another record.
func (t *tx) standsForItself(r crm.Ref) error {
	_, err := t.exec("DELETE FROM alias WHERE kind = ? AND old = ?", string(r.Kind), r.ID.Bytes())
	return err
}

func (t *tx) recordIsHere(r wire.RowID) (bool, error) {
	if !isRecord(r) {
		return false, nil
	}
	return isHere(t, r)
}

// putOrder is an order in which rows point back rather than forward.
func putOrder(r wire.RowID) int {
	order := []wire.Entity{wire.User, wire.Company, wire.Contact, wire.Lead, wire.Deal, wire.Call}
	if i := slices.Index(order, r.Entity); i >= 0 {
		return i
	}
	return len(order)
}

// setBack gives rows what their shadows say; what is to be taken away goes last, when what
// hung on it hangs elsewhere.
func (b *rebase) setBack(rows []wire.RowID) error {
	var gone []wire.RowID
	for _, r := range rows {
		var data sql.NullString
		err := b.row("SELECT data FROM shadow WHERE entity = ? AND id = ?", r.Entity, string(r.ID)).Scan(&data)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			continue
		case err != nil:
			return explain(err)
		case !data.Valid:
			gone = append(gone, r)
			continue
		}
		if err := b.putRow(r, json.RawMessage(data.String)); err != nil {
			return err
		}
	}
	for _, r := range gone {
		if err := b.dropRow(r); err != nil {
			return err
		}
	}
	return nil
}

// again performs a pending command once more. One that cannot be is left for the server to judge.
func (t *tx) again(seq int64) error {
	c, err := t.commandOf(seq)
	if err != nil {
		return err
	}
	if c.Change == nil {
		return nil
	}
	rows, err := t.keepShadows(c.Change)
	if err != nil {
		return err
	}
	if err := t.pend(seq, rows); err != nil {
		return err
	}
	cannot, err := t.trying(func() error { return t.perform(c) })
	if cannot != nil {
		t.s.log.Info("a pending change cannot be shown on what the server has", "command", c.Change.CommandName(), "id", c.ID, "reason", cannot)
	}
	return err
}

// trying does something, or nothing of it and says why not. err is for what stops everything.
func (t *tx) trying(f func() error) (cannot, err error) {
	if _, err := t.exec("SAVEPOINT change"); err != nil {
		return nil, err
	}
	if cannot = f(); cannot != nil {
		if errors.Is(cannot, ErrDiskFull) || errors.Is(cannot, ErrDamaged) {
			return nil, cannot
		}
		if _, err := t.exec("ROLLBACK TO change"); err != nil {
			return nil, fmt.Errorf("%w (after %w)", err, cannot)
		}
	}
	_, err = t.exec("RELEASE change")
	return cannot, err
}

// commandOf is a command of the outbox, with what was merged meanwhile named as it is now. Its
// change is nil when this version does not know it.
func (t *tx) commandOf(seq int64) (c crm.Command, err error) {
	var name, args string
	var at int64
	if err := t.row("SELECT uuid, cmd || '/' || version, args, hlc FROM outbox WHERE seq = ?", seq).Scan(idBlob{&c.ID}, &name, &args, &at); err != nil {
		return c, explain(err)
	}
	c.At = crm.HLC(at)
	if c.Change, err = crm.DecodeChange(name, []byte(args)); err != nil {
		c.Change = nil
		return c, nil
	}
	switch c.Change.(type) {
	case crm.MergeRecords, crm.RemoveRecord, crm.ImportContacts: // of what is no more, nothing is left to do
		return c, nil
	}
	renamed, err := t.renamedIDs(args)
	if err != nil || renamed == args {
		return c, err
	}
	c.Change, err = crm.DecodeChange(name, []byte(renamed))
	return c, err
}

var writtenID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// renamedIDs names what was merged as what it is now.
func (t *tx) renamedIDs(args string) (_ string, err error) {
	renamed := writtenID.ReplaceAllStringFunc(args, func(old string) string {
		var kind crm.Kind
		var now crm.ID
		switch e := t.row("SELECT kind, new FROM alias WHERE old = ?", crm.ID(old).Bytes()).Scan(&kind, idBlob{&now}); {
		case e == nil:
			ours, e := t.namedHere(wire.RowID{Entity: wire.EntityOf(kind), ID: crm.ID(old)})
			if err = errors.Join(err, e); ours { // whoever made the command knew what the id was
				return old
			}
			return string(now)
		case !errors.Is(e, sql.ErrNoRows):
			err = errors.Join(err, explain(e))
		}
		return old
	})
	return renamed, err
}
