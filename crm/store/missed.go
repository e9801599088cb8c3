package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"leadline/crm"
)

// workOff keeps the list of missed calls (H6): a missed call waits until there
// is a later conversation with that number, whoever called whom and whichever of our phones it was on. Withheld
// callers cannot be called back, so they are in the call log only.
func (t *tx) workOff(rid int64, outcome crm.Outcome, talking bool) error {
	var incoming, answered bool
	var peer string
	var began int64
	err := t.row("SELECT incoming, peer, began, answered IS NOT NULL FROM call WHERE rid = ?", rid).Scan(&incoming, &peer, &began, &answered)
	if err != nil || peer == "" {
		return explain(err)
	}
	switch {
	case talking || answered || outcome == crm.Answered || outcome == crm.AnsweredElsewhere:
		_, err = t.exec("UPDATE call SET waits = 0, closed_by = ? WHERE waits = 1 AND peer = ? AND began < ?", rid, peer, began)
		if err == nil { // as the server learns that a colleague took it
			_, err = t.exec("UPDATE call SET waits = 0, closed_by = NULL WHERE rid = ? AND waits = 1", rid)
		}
	case incoming && (outcome == crm.Missed || outcome == crm.Interrupted):
		// Calls may become known out of their order: later, from another program.
		_, err = t.exec(`UPDATE call SET closed_by = (SELECT min(l.rid) FROM call l WHERE l.peer = ?1 AND l.began > ?2
			AND (l.answered IS NOT NULL OR l.outcome IN (?3, ?4))) WHERE rid = ?5`,
			peer, began, int(crm.Answered), int(crm.AnsweredElsewhere), rid)
		if err == nil {
			_, err = t.exec("UPDATE call SET waits = closed_by IS NULL WHERE rid = ?", rid)
		}
	}
	return err
}

// MissedCount is how many parties wait to be called back.
func (s *Store) MissedCount(ctx context.Context) (n int, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return 0, err
	}
	err = r.row("SELECT count(DISTINCT peer) FROM call WHERE waits = 1").Scan(&n)
	return n, explain(err)
}

// missedSortedBy is what the columns of the missed calls are ordered by; the other columns of a row are those of its last call.
var missedSortedBy = map[crm.Column]string{crm.ColumnBegan: "last", crm.ColumnAttempts: "count(*)", crm.ColumnLine: folded("line_name"),
	crm.ColumnLength: "ended - began"}

// missedParty is a party that waits, or was called back: the last of its calls, and how many there were.
type missedParty struct {
	rid      int64
	attempts int
	closedBy string
	closedAt time.Time
}

// Missed is a page of the missed calls, one row for each party, newest first or in the order of a column (H6):
// those that wait, or with FilterDone those worked off; of the criteria only the line narrows it. FilterMine and FilterNew
// are not told apart.
func (s *Store) Missed(ctx context.Context, q crm.Query) (page crm.CallPage, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return page, err
	}
	parties, total, err := missedParties(r, q)
	if err != nil {
		return page, err
	}
	page.Total = total
	rids := make([]int64, len(parties))
	for i, p := range parties {
		rids[i] = p.rid
	}
	calls, err := callRows(r, rids)
	if err != nil {
		return page, err
	}
	calling, err := s.calling(r)
	if err != nil {
		return page, err
	}
	for _, p := range parties {
		row, there := calls[p.rid]
		if !there { // removed meanwhile
			continue
		}
		row.Attempts, row.ClosedBy, row.ClosedAt = p.attempts, p.closedBy, p.closedAt
		if row.Closed = q.Filter == crm.FilterDone; !row.Closed {
			row.Calling = calling[row.Call.Party.Key()]
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// missedParties are those of a page, and how many there are on all pages.
func missedParties(r querier, q crm.Query) (parties []missedParty, total int, err error) {
	where, group := "waits = 1", "peer"
	if q.Filter == crm.FilterDone {
		where, group = "closed_by IS NOT NULL", "closed_by"
	}
	var args []any
	if q.Calls.Line != "" {
		where, args = where+" AND line = ?", append(args, q.Calls.Line.Bytes())
	}
	if err := r.row("SELECT count(DISTINCT "+group+") FROM call WHERE "+where, args...).Scan(&total); err != nil {
		return nil, 0, explain(err)
	}
	order := "last DESC"
	if column, down := q.Order.Column(); column != "" {
		by, is := missedSortedBy[column]
		if !is {
			return nil, 0, fmt.Errorf("there is no order of missed calls by %q", column)
		}
		if down {
			by += " DESC"
		}
		order = by + ", last DESC"
	}
	// max() alone among aggregates makes the bare columns those of its row (SQLite, "bare columns in an aggregate").
	query := `SELECT rid, count(*), max(began) AS last, (SELECT agent_name FROM call x WHERE x.rid = call.closed_by),
		(SELECT began FROM call x WHERE x.rid = call.closed_by) FROM call WHERE ` + where +
		" GROUP BY " + group + " ORDER BY " + order + " LIMIT ? OFFSET ?"
	offset, limit := bounds(q)
	err = each(r, query, append(args, limit, offset), func(rows *sql.Rows) error {
		var p missedParty
		var last int64
		var by sql.NullString
		err := rows.Scan(&p.rid, &p.attempts, &last, &by, unixMilli{&p.closedAt})
		p.closedBy = by.String
		parties = append(parties, p)
		return err
	})
	return parties, total, err
}

// ringsAtMost is how long a call to somebody may ring: one that is open for longer was left by a program that fell out.
const ringsAtMost = 10 * time.Minute

// calling are the colleagues who are calling somebody at this moment and have not been answered, by the keys of the parties.
func (s *Store) calling(q querier) (map[string]string, error) {
	user, err := me(q)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	err = each(q, `SELECT peer, agent_name FROM call WHERE began > ? AND outcome = 0 AND NOT incoming
		AND agent IS NOT NULL AND agent IS NOT (SELECT rid FROM user WHERE id = ?) ORDER BY began`,
		[]any{s.now().Add(-ringsAtMost).UnixMilli(), user.ID.Bytes()}, func(rows *sql.Rows) error {
			var peer, name string
			err := rows.Scan(&peer, &name)
			names[peer] = name
			return err
		})
	return names, err
}

// missedBy is how many missed calls of any of the numbers wait.
func missedBy(q querier, numbers []crm.Number, sip []string) (n int, err error) {
	count := func(p crm.Party) {
		if err != nil || p.Key() == "" {
			return
		}
		var some int
		err = q.row("SELECT count(*) FROM call WHERE peer = ? AND waits = 1", p.Key()).Scan(&some)
		n += some
	}
	for _, number := range numbers {
		count(number.Party())
	}
	for _, a := range sip {
		count(crm.Party{Kind: crm.SIPAddress, Address: a})
	}
	return n, explain(err)
}

// bounds are the page asked for, within what a page may be.
func bounds(q crm.Query) (offset, limit int) {
	return max(q.Offset, 0), min(max(q.Limit, 1), 128)
}
