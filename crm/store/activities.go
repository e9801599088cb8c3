package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"leadline/crm"
)

func (t *tx) saveRecordNote(n crm.Note) error {
	k, err := keyOf(t, n.Ref)
	if err != nil {
		return err
	}
	t.touch(n.Ref)
	if n.Empty() {
		if _, err := t.exec("DELETE FROM note_search WHERE rowid = (SELECT rid << 1 FROM note WHERE id = ?)", n.ID.Bytes()); err != nil {
			return err
		}
		_, err = t.exec("DELETE FROM note WHERE id = ?", n.ID.Bytes())
		return err
	}
	data, err := json.Marshal(n)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO note(id, key, at, data) VALUES(?, ?, ?, ?)
		ON CONFLICT(id) DO UPDATE SET key = excluded.key, at = excluded.at, data = excluded.data`,
		n.ID.Bytes(), int64(k), n.At.UnixMilli(), string(data))
	if err != nil {
		return err
	}
	rid, err := ridOf(t, "note", n.ID)
	if err != nil {
		return err
	}
	return t.indexNote(noteRow(rid, false), n.Text)
}

// Note is a note on a record.
func (s *Store) Note(ctx context.Context, id crm.ID) (n crm.Note, err error) {
	q, err := s.read(ctx)
	if err != nil {
		return n, err
	}
	if n, err = noteByID(q, id); err == nil && n.ID == "" {
		err = ErrNotFound
	}
	return n, err
}

// recordNotes are the newest notes of a record that belong to no call.
func recordNotes(q querier, k key, limit int) (notes []crm.Note, err error) {
	err = each(q, "SELECT data FROM note WHERE key = ? ORDER BY at DESC LIMIT ?", []any{int64(k), limit}, func(rows *sql.Rows) error {
		var n crm.Note
		err := rows.Scan(jsonColumn{&n})
		notes = append(notes, n)
		return err
	})
	return notes, err
}

func (t *tx) saveFollowUp(f crm.FollowUp) error {
	k, err := keyOf(t, f.Ref)
	if err != nil {
		return err
	}
	responsible, err := userRid(t, f.Responsible)
	if err != nil {
		return err
	}
	data, err := json.Marshal(f)
	if err != nil {
		return err
	}
	t.touch(f.Ref)
	_, err = t.exec(`INSERT INTO followup(id, key, due, responsible, done, data) VALUES(?, ?, ?, ?, ?, ?)
		ON CONFLICT(id) DO UPDATE SET key = excluded.key, due = excluded.due, responsible = excluded.responsible,
			done = excluded.done, data = excluded.data`,
		f.ID.Bytes(), int64(k), f.Due.UnixMilli(), responsible, milli(f.Done), string(data))
	return err
}

// FollowUps are those of a record, the next due first, done ones last.
func (s *Store) FollowUps(ctx context.Context, r crm.Ref) ([]crm.FollowUp, error) {
	q, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	k, err := keyOf(q, r)
	if err != nil {
		return nil, err
	}
	return followUps(q, "key = ? ORDER BY done IS NOT NULL, due", int64(k))
}

func followUps(q querier, where string, args ...any) (all []crm.FollowUp, err error) {
	err = each(q, "SELECT data FROM followup WHERE "+where, args, func(rows *sql.Rows) error {
		var f crm.FollowUp
		err := rows.Scan(jsonColumn{&f})
		all = append(all, f)
		return err
	})
	return all, err
}

// assign gives a record to another user, when the one has it who was thought to.
func (t *tx) assign(a crm.Assign, at time.Time) error {
	k, err := keyOf(t, a.Ref)
	if err != nil {
		return err
	}
	from, err := userRid(t, a.From)
	if err != nil {
		return err
	}
	to, err := userRid(t, a.To)
	if err != nil {
		return err
	}
	if err := t.onlyIf(a.Ref, crm.ChangedHands, "UPDATE "+string(k.kind())+" SET responsible = ?, updated = ? WHERE rid = ? AND responsible IS ?",
		to, at.UnixMilli(), k.rid(), from); err != nil {
		return err
	}
	return t.reindex(k)
}

func (t *tx) setLeadStatus(c crm.SetLeadStatus, at time.Time) error {
	if err := t.mayOpen(c); err != nil {
		return err
	}
	if err := t.onlyIf(crm.Ref{Kind: crm.KindLead, ID: c.Lead}, crm.ChangedStatus,
		"UPDATE lead SET status = ?, open = ?, updated = ?, active = max(active, ?) WHERE id = ? AND status = ?",
		string(c.To), c.To.Open(), at.UnixMilli(), at.UnixMilli(), c.Lead.Bytes(), string(c.From)); err != nil || c.From.Open() == c.To.Open() {
		return err
	}
	l, err := leadByID(t, c.Lead)
	if err != nil {
		return err
	}
	return t.indexOpen(makeKey(crm.KindLead, l.rid), l.Numbers, c.To.Open())
}

// mayOpen refuses to open a closed lead while another one of its numbers is open (B4),
// and one that became something: that is taken back, or stays (F1).
func (t *tx) mayOpen(c crm.SetLeadStatus) error {
	if c.From == crm.LeadConverted && c.To != crm.LeadConverted {
		return crm.Invalid{Text: crm.Say(crm.ConvertedStays)}
	}
	if c.From.Open() || !c.To.Open() {
		return nil
	}
	l, err := leadByID(t, c.Lead)
	if err != nil {
		return err
	}
	now := l.Lead
	now.Status = c.To
	return t.oneOpenLead(l.Lead, now)
}

func (t *tx) setDealStage(c crm.SetDealStage, at time.Time) error {
	rid, err := ridOf(t, "deal", c.Deal)
	if err != nil {
		return err
	}
	d, err := dealByRid(t, rid)
	if err != nil {
		return err
	}
	pipeline, err := pipelineByID(t, d.Pipeline)
	if err != nil {
		return err
	}
	return t.onlyIf(crm.Ref{Kind: crm.KindDeal, ID: c.Deal}, crm.ChangedStatus,
		"UPDATE deal SET stage = ?, open = ?, updated = ?, active = max(active, ?) WHERE rid = ? AND stage = ?",
		string(c.To), pipeline.Open(c.To), at.UnixMilli(), at.UnixMilli(), rid, string(c.From))
}

// onlyIf changes a record that is as the command thought it; else it says so.
func (t *tx) onlyIf(r crm.Ref, otherwise, update string, args ...any) error {
	result, err := t.exec(update, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		if err != nil {
			return err
		}
		if _, err := keyOf(t, r); err != nil {
			return fmt.Errorf("%s %s: %w", r.Kind, r.ID, err)
		}
		return crm.Invalid{Text: crm.Say(otherwise)}
	}
	t.touch(r)
	return nil
}
