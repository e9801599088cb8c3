package store

import (
	"database/sql"
	"encoding/json"
	"errors"

	"leadline/crm"
)

// The kinds of an event's place, in the order of those of one moment.
const (
	placeCall = iota
	placeNote
	placeMade
)

// eventPlace is where an event of a record is read.
type eventPlace struct {
	kind int
	rid  int64
}

// events are a page of a record's events, after so many of the newest; earlier says that there are more before these. Calls and
// notes are put in order before any of them is read: a page costs the same however much has happened.
func events(q querier, k key, made crm.Event, skip int) (all []crm.Event, earlier bool, err error) {
	places, err := placesOf(q, k, made, skip)
	if err != nil {
		return nil, false, err
	}
	if earlier = len(places) > crm.TimelinePage; earlier {
		places = places[:crm.TimelinePage]
	}
	now, err := document(q, k)
	if err != nil {
		return nil, false, err
	}
	for _, p := range places {
		e := made
		switch p.kind {
		case placeCall:
			e, err = callEvent(q, p.rid)
		case placeNote:
			e, err = noteEvent(q, k, p.rid, now)
		}
		if err != nil {
			return nil, false, err
		}
		all = append(all, e)
	}
	return all, earlier, nil
}

// placesOf are where the events of a page are read, the newest first, and that of one more.
func placesOf(q querier, k key, made crm.Event, skip int) (all []eventPlace, err error) {
	err = each(q, `SELECT ?2 AS kind, call AS rid, began AS at FROM call_link WHERE key = ?1
		UNION ALL SELECT ?3, rid, at FROM note WHERE key = ?1
		UNION ALL SELECT ?4, 0, ?5
		ORDER BY at DESC, kind, rid DESC LIMIT ?6 OFFSET ?7`,
		[]any{int64(k), placeCall, placeNote, placeMade, made.At.UnixMilli(), crm.TimelinePage + 1, skip}, func(rows *sql.Rows) error {
			var p eventPlace
			var at int64
			err := rows.Scan(&p.kind, &p.rid, &at)
			all = append(all, p)
			return err
		})
	return all, err
}

// callEvent is what the timeline of a record says of a call.
func callEvent(q querier, rid int64) (e crm.Event, err error) {
	err = each(q, "SELECT "+callColumns+callTables+"WHERE c.rid = ?", []any{rid}, func(rows *sql.Rows) error {
		c, err := scanCall(rows)
		e = crm.Event{Kind: crm.EventCall, At: c.Began, Who: c.AgentName, Body: c.Note, Call: c.ID,
			Direction: c.Direction, Outcome: c.Outcome, Detail: c.Detail, Length: c.Length(), Result: c.Result, Line: c.LineName,
			Agent: c.Agent, Recordings: c.Recordings, Uploaded: c.Uploaded, Quality: c.Quality, Diverted: c.Diverted}
		return err
	})
	return e, err
}

// noteEvent is what a timeline says of a note: what a person wrote, or what was changed of the record, which is now as a document.
func noteEvent(q querier, k key, rid int64, now json.RawMessage) (e crm.Event, err error) {
	var n crm.Note
	if err := q.row("SELECT data FROM note WHERE rid = ?", rid).Scan(jsonColumn{&n}); err != nil {
		return e, explain(err)
	}
	who, err := userByID(q, n.By)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return e, err
	}
	e = crm.Event{Kind: crm.EventNote, At: n.At, Body: n.Text, Note: n.ID, Edited: n.Edited}
	if n.Text == "" {
		if e, err = historyEvent(q, k, n, now); err != nil {
			return e, err
		}
	}
	e.Who, e.Agent = who.Name, n.By
	return e, nil
}
