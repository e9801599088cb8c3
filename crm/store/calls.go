package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"leadline/crm"
)

const callColumns = `c.rid, c.id, c.incoming, c.account, c.line, c.line_name, c.queue, c.party, c.began, c.answered, c.ended,
	c.outcome, c.detail, c.note, c.result, u.id, c.agent_name, (SELECT id FROM user WHERE rid = c.passed_to), c.reason, c.waits,
	c.recordings, c.uploaded, c.quality, c.diverted`

const callTables = ` FROM call c LEFT JOIN user u ON u.rid = c.agent `

type callRow struct {
	crm.Call
	rid   int64
	waits bool
}

func scanCall(row interface{ Scan(...any) error }, more ...any) (c callRow, err error) {
	var incoming bool
	err = row.Scan(append([]any{&c.rid, idBlob{&c.ID}, &incoming, &c.Account, idBlob{&c.Line}, &c.LineName, &c.Queue, jsonColumn{&c.Party},
		unixMilli{&c.Began}, unixMilli{&c.Answered}, unixMilli{&c.Ended}, &c.Outcome, &c.Detail, &c.Note, &c.Result,
		idBlob{&c.Agent}, &c.AgentName, idBlob{&c.PassedTo}, jsonColumn{&c.Reason}, &c.waits,
		jsonColumn{&c.Recordings}, jsonColumn{&c.Uploaded}, jsonColumn{&c.Quality}, jsonColumn{&c.Diverted}}, more...)...)
	c.Direction = crm.Outgoing
	if incoming {
		c.Direction = crm.Incoming
	}
	return c, explain(err)
}

func callByID(q querier, id crm.ID) (callRow, error) {
	c, err := scanCall(q.row("SELECT "+callColumns+callTables+"WHERE c.id = ?", id.Bytes()))
	if err != nil {
		return c, fmt.Errorf("call %s: %w", id, err)
	}
	c.Refs, err = refsOf(q, c.rid)
	return c, err
}

// refsOf is what a call is saved on, its party's own record first.
func refsOf(q querier, call int64) (refs []crm.Ref, err error) {
	keys, err := readKeys(q, "SELECT key FROM call_link WHERE call = ? ORDER BY pos", call)
	for _, k := range keys {
		if err != nil {
			return nil, err
		}
		var r crm.Ref
		r, err = refOf(q, k)
		refs = append(refs, r)
	}
	return refs, err
}

// BeginCall saves that a call began, and what the intake rules make of it, in
// one transaction. c.ID may be empty; the call with its id, agent, refs and
// reason is returned. Asked again for the same id, it changes nothing.
func (s *Store) BeginCall(ctx context.Context, c crm.Call) (crm.Call, crm.Decision, error) {
	var d crm.Decision
	err := s.write(ctx, func(t *tx) error {
		was, err := t.begun(c.ID)
		if err != nil {
			return err
		}
		if was.ID != "" {
			f, err := factsOf(t, was.Call)
			c, d = was.Call, crm.Decide(f)
			return err
		}
		if c.ID == "" {
			if c.ID, err = s.makeID(); err != nil {
				return err
			}
		}
		if c.Began.IsZero() {
			c.Began = s.now()
		}
		f, err := factsOf(t, c)
		if err != nil {
			return err
		}
		if c.Agent == "" {
			c.Agent = f.Agent.ID
		}
		if c.AgentName == "" {
			c.AgentName = f.Agent.Name
		}
		if c.LineName == "" {
			c.LineName = f.Line.Name
		}
		if d, err = t.intake(&c, f); err != nil {
			return err
		}
		return t.do(crm.BeginCall{Call: c})
	})
	if err != nil {
		return c, d, fmt.Errorf("save that the call began: %w", err)
	}
	return c, d, nil
}

// begun is the call of an id, or the zero call when it has not begun yet.
func (t *tx) begun(id crm.ID) (c callRow, err error) {
	rid, err := ridOf(t, "call", id)
	if rid == 0 || errors.Is(err, ErrNotFound) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	return callByID(t, id)
}

func (t *tx) beginCall(c crm.Call) error {
	agent, err := userRid(t, c.Agent)
	if err != nil {
		return err
	}
	if _, err := ridOf(t, "call", c.ID); err == nil || !errors.Is(err, ErrNotFound) {
		return err // there already
	}
	party := toJSON(c.Party)
	if party == nil {
		party = "{}"
	}
	rid, err := t.insert(`INSERT INTO call(id, incoming, peer, party, account, line, line_name, queue, began, answered, ended,
		outcome, detail, note, result, agent, agent_name, reason, diverted) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.ID.Bytes(), c.Direction == crm.Incoming, c.Party.Key(), party, c.Account, c.Line.Bytes(), c.LineName, c.Queue,
		c.Began.UnixMilli(), milli(c.Answered), milli(c.Ended), int(c.Outcome), c.Detail, c.Note, c.Result, agent, c.AgentName, toJSON(c.Reason),
		toJSON(c.Diverted))
	if err != nil {
		return err
	}
	t.changed.Calls = append(t.changed.Calls, c.ID)
	if err := t.link(rid, c, c.Refs); err != nil {
		return err
	}
	if c.Note != "" {
		if err := t.indexNote(noteRow(rid, true), c.Note); err != nil {
			return err
		}
	}
	if c.Outcome == crm.Open && c.Answered.IsZero() {
		return nil // it works nothing off yet
	}
	if err := t.stir(rid); err != nil {
		return err
	}
	return t.workOff(rid, c.Outcome, !c.Answered.IsZero())
}

// link saves a call on records, in their order.
func (t *tx) link(rid int64, c crm.Call, refs []crm.Ref) error {
	for pos, r := range refs {
		k, err := keyOf(t, r)
		if err != nil {
			return err
		}
		if _, err := t.exec("INSERT OR IGNORE INTO call_link(key, began, call, pos, spoken) VALUES(?, ?, ?, ?, ?)",
			int64(k), c.Began.UnixMilli(), rid, pos, !c.Answered.IsZero()); err != nil {
			return err
		}
		t.touch(r)
	}
	return nil
}

// stir moves the leads and deals of a call to the front of their lists. It is done when the call is answered or over: the indexes
// of these orders are a quarter of what a call with a deal would write when it begins, while an agent waits for the name.
func (t *tx) stir(call int64) error {
	for _, statement := range []string{
		"UPDATE lead SET active = k.began FROM call_link k WHERE k.call = ? AND k.key & 3 = 2 AND lead.rid = k.key >> 2 AND active < k.began",
		"UPDATE deal SET active = k.began FROM call_link k WHERE k.call = ? AND k.key & 3 = 3 AND deal.rid = k.key >> 2 AND active < k.began",
	} {
		if _, err := t.exec(statement, call); err != nil {
			return err
		}
	}
	return nil
}

// RingCall saves that an outgoing call rings at the far end: from now on it may
// make a lead (B1). The call with what was made is returned.
func (s *Store) RingCall(ctx context.Context, id crm.ID) (crm.Call, crm.Decision, error) {
	var c callRow
	var d crm.Decision
	err := s.write(ctx, func(t *tx) (err error) {
		c, d, err = t.reach(id)
		return err
	})
	return c.Call, d, err
}

// AnswerCall saves when the call was answered.
func (s *Store) AnswerCall(ctx context.Context, id crm.ID, at time.Time) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.do(crm.UpdateCall{ID: id, Answered: at}); err != nil {
			return err
		}
		c, _, err := t.reach(id)
		if err != nil {
			return err
		}
		return t.changeHands(c.Call, func(f *crm.Facts) { f.AnsweredBy = f.Agent })
	})
}

// TransferCall saves that a call was passed on, completely, to a number or address of ours: what
// the call made goes to the colleague who has it, where the line says so (D2).
func (s *Store) TransferCall(ctx context.Context, id crm.ID, target string) error {
	return s.write(ctx, func(t *tx) error {
		c, err := callByID(t, id)
		if err != nil {
			return err
		}
		to, err := colleagueOf(t, crm.Parse(target, s.region))
		if err != nil || to.ID == "" {
			return err
		}
		if err := t.do(crm.UpdateCall{ID: id, PassedTo: to.ID}); err != nil {
			return err
		}
		return t.changeHands(c.Call, func(f *crm.Facts) { f.PassedTo = to })
	})
}

// changeHands asks the rules who is responsible now for what a call made.
func (t *tx) changeHands(c crm.Call, now func(*crm.Facts)) error {
	f, err := factsOf(t, c)
	if err != nil {
		return err
	}
	if f.Made, err = madeBy(t, c.ID); err != nil || len(f.Made) == 0 {
		return err
	}
	now(&f)
	d := crm.Decide(f)
	for _, assign := range d.Assign {
		if err := t.change(assign); err != nil {
			return err
		}
	}
	if len(d.Assign) == 0 {
		return nil
	}
	return t.do(crm.UpdateCall{ID: c.ID, Reason: &d.Reason})
}

// reach asks the intake rules again for an outgoing call that is on no record, in the simple mode on a customer without
// a deal (F3), or on a closed lead of who gets another one (B6). A call that an agent has put elsewhere stays there.
func (t *tx) reach(id crm.ID) (callRow, crm.Decision, error) {
	c, err := callByID(t, id)
	if err != nil {
		return c, crm.Decision{}, err
	}
	f, err := factsOf(t, c.Call)
	if err != nil {
		return c, crm.Decision{}, err
	}
	f.Reached = true
	d := crm.Decide(f)
	if c.Direction != crm.Outgoing || len(c.Refs) > 0 && d.Create == "" {
		return c, d, nil
	}
	if len(c.Refs) > 0 && (len(f.Matches) == 0 || c.Refs[0] != f.Matches[0].Ref) {
		return c, crm.Decision{Attach: c.Refs, Reason: c.Reason}, nil
	}
	if d, err = t.intake(&c.Call, f); err != nil || len(c.Refs) == 0 {
		return c, d, err
	}
	return c, d, t.do(crm.LinkCall{Call: id, Refs: c.Refs, Reason: c.Reason})
}

func (t *tx) updateCall(u crm.UpdateCall) error {
	rid, err := ridOf(t, "call", u.ID)
	if err != nil {
		return err
	}
	t.changed.Calls = append(t.changed.Calls, u.ID)
	if !u.Answered.IsZero() {
		if _, err := t.exec("UPDATE call SET answered = ? WHERE rid = ?", u.Answered.UnixMilli(), rid); err != nil {
			return err
		}
		if _, err := t.exec("UPDATE call_link SET spoken = 1 WHERE call = ?", rid); err != nil {
			return err
		}
		if err := errors.Join(t.stir(rid), t.workOff(rid, crm.Open, true)); err != nil {
			return err
		}
	}
	if u.Result != nil {
		if _, err := t.exec("UPDATE call SET result = ? WHERE rid = ?", *u.Result, rid); err != nil {
			return err
		}
	}
	if u.Reason != nil {
		if _, err := t.exec("UPDATE call SET reason = ? WHERE rid = ?", toJSON(*u.Reason), rid); err != nil {
			return err
		}
	}
	if u.PassedTo != "" {
		if _, err := t.exec("UPDATE call SET passed_to = (SELECT rid FROM user WHERE id = ?) WHERE rid = ?", u.PassedTo.Bytes(), rid); err != nil {
			return err
		}
	}
	if u.Agent != "" {
		_, err = t.exec(`UPDATE call SET (agent, agent_name) = (SELECT rid, name FROM user WHERE id = ?1)
			WHERE rid = ?2 AND EXISTS(SELECT 1 FROM user WHERE id = ?1)`, u.Agent.Bytes(), rid)
	}
	return err
}

// EndCall saves the end of a call. detail is for the log-minded: "486 Busy Here".
func (s *Store) EndCall(ctx context.Context, id crm.ID, at time.Time, o crm.Outcome, detail string) error {
	return s.Do(ctx, crm.EndCall{ID: id, Ended: at, Outcome: o, Detail: detail})
}

// SettleCall saves a call that is about to end on the contact or company too that has got its number while it went on (C1). It
// is not for a call that an agent has put elsewhere (C3). gained says whether something changed.
func (s *Store) SettleCall(ctx context.Context, id crm.ID) (gained bool, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return false, err
	}
	if _, _, gained, err = settled(r, id); err != nil || !gained {
		return false, err // as nearly always: nothing is written
	}
	err = s.write(ctx, func(t *tx) error {
		c, d, still, err := settled(t, id)
		if gained = still; err != nil || !still {
			return err
		}
		return t.do(crm.LinkCall{Call: c.ID, Refs: d.Attach, Reason: d.Reason})
	})
	return gained && err == nil, err
}

// settled is what the rules say of a call that has ended.
func settled(q querier, id crm.ID) (c callRow, d crm.Decision, gained bool, err error) {
	if c, err = callByID(q, id); err != nil {
		return c, d, false, err
	}
	f, err := factsOf(q, c.Call)
	if err != nil {
		return c, d, false, err
	}
	d, gained = crm.AtEnd(f, c.Refs)
	return c, d, gained, nil
}

func (t *tx) endCall(e crm.EndCall) error {
	rid, err := ridOf(t, "call", e.ID)
	if err != nil {
		return err
	}
	if _, err := t.exec("UPDATE call SET ended = ?, outcome = ?, detail = ? WHERE rid = ?",
		milli(e.Ended), int(e.Outcome), e.Detail, rid); err != nil {
		return err
	}
	t.changed.Calls = append(t.changed.Calls, e.ID)
	refs, err := refsOf(t, rid)
	if err != nil {
		return err
	}
	t.changed.Refs = append(t.changed.Refs, refs...)
	return errors.Join(t.stir(rid), t.workOff(rid, e.Outcome, false))
}

// SaveNote saves the whole text of a call's note. It is on the disk when this returns.
func (s *Store) SaveNote(ctx context.Context, call crm.ID, text string) error {
	return s.Do(ctx, crm.SaveNote{Call: call, Text: text, At: s.now()})
}

func (t *tx) saveNote(n crm.SaveNote) error {
	r, err := t.exec("UPDATE call SET note = ?, noted = ? WHERE id = ?", n.Text, milli(n.At), n.Call.Bytes())
	if err != nil {
		return err
	}
	if rows, err := r.RowsAffected(); err != nil || rows == 0 {
		return errors.Join(err, fmt.Errorf("note of call %s: %w", n.Call, ErrNotFound))
	}
	t.changed.Calls = append(t.changed.Calls, n.Call)
	rid, err := ridOf(t, "call", n.Call)
	if err != nil {
		return err
	}
	return t.indexNote(noteRow(rid, true), n.Text)
}

// SaveResult saves the call's result (disposition, H3).
func (s *Store) SaveResult(ctx context.Context, call crm.ID, result string) error {
	return s.Do(ctx, crm.UpdateCall{ID: call, Result: &result})
}

// LinkCall moves a call to another record (C3), and to what belongs to that.
func (s *Store) LinkCall(ctx context.Context, call crm.ID, r crm.Ref) error {
	return s.write(ctx, func(t *tx) error { return t.moveCall(call, r) })
}

func (t *tx) moveCall(call crm.ID, r crm.Ref) error {
	c, err := callByID(t, call)
	if err != nil {
		return err
	}
	k, err := keyOf(t, r)
	if err != nil {
		return err
	}
	m, err := matchOf(t, k, c.Party)
	if err != nil {
		return err
	}
	f := crm.Facts{Party: c.Party, Direction: c.Direction, Matches: []crm.Match{m}}
	if f.Exception, err = entryOf(t, crm.Exceptions, c.Party); err != nil {
		return err
	}
	if err := addBelongings(t, &f); err != nil {
		return err
	}
	d := crm.Attach(f)
	return t.do(crm.LinkCall{Call: call, Refs: d.Attach, Reason: d.Reason})
}

func (t *tx) linkCall(l crm.LinkCall) error {
	c, err := callByID(t, l.Call)
	if err != nil {
		return err
	}
	t.changed.Calls = append(t.changed.Calls, l.Call)
	t.changed.Refs = append(t.changed.Refs, c.Refs...)
	if _, err := t.exec("DELETE FROM call_link WHERE call = ?", c.rid); err != nil {
		return err
	}
	if _, err := t.exec("UPDATE call SET reason = ? WHERE rid = ?", toJSON(l.Reason), c.rid); err != nil {
		return err
	}
	if err := t.link(c.rid, c.Call, l.Refs); err != nil || c.Outcome == crm.Open && c.Answered.IsZero() {
		return err
	}
	return t.stir(c.rid)
}

// Interrupted closes the calls that were open when the program last ended
// (outcome Interrupted) and returns them. To be called once, at start. They end
// at the last moment that the file knows of.
func (s *Store) Interrupted(ctx context.Context) (calls []crm.Call, err error) {
	err = s.write(ctx, func(t *tx) error {
		last := map[crm.ID]time.Time{}
		user, err := me(t)
		if err != nil {
			return err
		}
		// With a shared server, the calls of colleagues go on.
		err = each(t, `SELECT id, max(began, coalesce(answered, 0), coalesce(noted, 0)) FROM call WHERE outcome = 0
			AND (NOT ?1 OR agent IS NULL OR agent = (SELECT rid FROM user WHERE id = ?2))`, []any{t.s.synced, user.ID.Bytes()},
			func(rows *sql.Rows) error {
				var id crm.ID
				var at time.Time
				err := rows.Scan(idBlob{&id}, unixMilli{&at})
				last[id] = at
				return err
			})
		if err != nil {
			return err
		}
		for id, at := range last {
			if err := t.do(crm.EndCall{ID: id, Ended: at, Outcome: crm.Interrupted}); err != nil {
				return err
			}
			c, err := callByID(t, id)
			if err != nil {
				return err
			}
			calls = append(calls, c.Call)
		}
		return nil
	})
	return calls, err
}
