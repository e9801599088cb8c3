package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"leadline/crm"
)

const timelineCalls = 100 // the newest; a person who wants more looks into the call log

// What a timeline says of a record itself.
const (
	EventMade       = "Created"
	EventMadeByCall = "Created by the call"
	EventMadeByHand = "Created by hand"
)

// EventTexts are the sentences of timelines, for the translations of the ui.
var EventTexts = []string{EventMade, EventMadeByCall, EventMadeByHand}

// Record is a record with all its detail shows.
func (s *Store) Record(ctx context.Context, r crm.Ref) (rec crm.Record, err error) {
	q, err := s.read(ctx)
	if err != nil {
		return rec, err
	}
	k, err := keyOf(q, r)
	if err != nil {
		return rec, err
	}
	if rec.Ref, err = refOf(q, k); err != nil { // r itself, or what it was merged into
		return rec, err
	}
	rec.Stage = -1
	var made crm.Event
	switch k.kind() {
	case crm.KindContact:
		c, err := contactByRid(q, k.rid())
		if err != nil {
			return rec, err
		}
		rec.Contact, rec.Name, rec.CompanyName, rec.Responsible = &c.Contact, c.Name(), c.companyName, c.responsible
		made, err = madeEvent(q, c.Created, c.MadeBy, c.Origin)
		if err != nil {
			return rec, err
		}
	case crm.KindCompany:
		c, err := companyByRid(q, k.rid())
		if err != nil {
			return rec, err
		}
		rec.Company, rec.Name, rec.CompanyName, rec.Responsible = &c.Company, c.Name, c.Name, c.responsible
		made, err = madeEvent(q, c.Created, c.MadeBy, c.Origin)
		if err != nil {
			return rec, err
		}
	case crm.KindLead:
		l, err := leadByRid(q, k.rid())
		if err != nil {
			return rec, err
		}
		line, err := lineByID(q, l.Line)
		if err != nil {
			return rec, err
		}
		rec.Lead, rec.Name, rec.CompanyName, rec.LineName, rec.Responsible = &l.Lead, l.Name(), l.CompanyName, line.Name, l.responsible
		w, err := workspace(q)
		if err != nil {
			return rec, err
		}
		for _, status := range w.Statuses() {
			rec.Stages = append(rec.Stages, string(status))
		}
		rec.Stage = slices.Index(rec.Stages, string(l.Status))
		made, err = madeEvent(q, l.Created, l.MadeBy, l.Origin)
		if err != nil {
			return rec, err
		}
	case crm.KindDeal:
		d, err := dealByRid(q, k.rid())
		if err != nil {
			return rec, err
		}
		rec.Deal, rec.Name, rec.CompanyName, rec.ContactName, rec.Responsible = &d.Deal, d.Title, d.companyName, d.contactName, d.responsible
		pipeline, err := pipelineByID(q, d.Pipeline)
		if err != nil {
			return rec, err
		}
		for _, stage := range pipeline.Stages {
			if stage.ID == d.Stage {
				rec.Stage = len(rec.Stages)
			}
			if stage.Result != crm.Lost {
				rec.Stages = append(rec.Stages, stage.Name)
			} else if stage.ID == d.Stage {
				rec.Stage = -1
			}
		}
		made, err = madeEvent(q, d.Created, d.MadeBy, d.Origin)
		if err != nil {
			return rec, err
		}
	}
	if rec.Timeline, err = callEvents(q, k); err != nil {
		return rec, err
	}
	if err := addNotes(q, k, &rec); err != nil {
		return rec, err
	}
	at := len(rec.Timeline)
	for at > 0 && rec.Timeline[at-1].At.Before(made.At) {
		at--
	}
	rec.Timeline = append(rec.Timeline[:at:at], append([]crm.Event{made}, rec.Timeline[at:]...)...)
	return rec, nil
}

// madeEvent says when and by whom a record was made, by which call and by which rule.
func madeEvent(q querier, at time.Time, by crm.ID, o crm.Origin) (crm.Event, error) {
	e := crm.Event{Kind: crm.EventCreated, At: at, Title: crm.Say(EventMade), Call: o.Call}
	switch o.Reason.Key {
	case "":
	case crm.ReasonByHand:
		e.Title = crm.Say(EventMadeByHand)
	case crm.ReasonConverted:
		e.Reason = o.Reason
	default:
		e.Title, e.Reason = crm.Say(EventMadeByCall), o.Reason
	}
	if o.Call != "" {
		c, err := callByID(q, o.Call)
		if err != nil && !errors.Is(err, ErrNotFound) { // a colleague's may not be here
			return e, err
		}
		if err == nil {
			e.By = &c.Call
		}
	}
	who, err := userByID(q, by)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return e, err
	}
	e.Who = who.Name
	return e, nil
}

// addNotes puts the notes of a record among its calls, newest first.
func addNotes(q querier, k key, rec *crm.Record) error {
	notes, err := recordNotes(q, k, timelineCalls)
	if err != nil || len(notes) == 0 {
		return err
	}
	now, err := document(q, k)
	if err != nil {
		return err
	}
	for _, n := range notes {
		who, err := userByID(q, n.By)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		e := crm.Event{Kind: crm.EventNote, At: n.At, Body: n.Text}
		if n.Text == "" {
			if e, err = historyEvent(q, k, n, now); err != nil {
				return err
			}
		}
		e.Who = who.Name
		rec.Timeline = append(rec.Timeline, e)
	}
	slices.SortStableFunc(rec.Timeline, func(a, b crm.Event) int { return b.At.Compare(a.At) })
	return nil
}

func callEvents(q querier, k key) (events []crm.Event, err error) {
	err = each(q, "SELECT "+callColumns+" FROM call_link k JOIN call c ON c.rid = k.call LEFT JOIN user u ON u.rid = c.agent"+
		" WHERE k.key = ? ORDER BY k.began DESC LIMIT ?", []any{int64(k), timelineCalls}, func(rows *sql.Rows) error {
		c, err := scanCall(rows)
		events = append(events, crm.Event{Kind: crm.EventCall, At: c.Began, Who: c.AgentName, Body: c.Note, Call: c.ID,
			Direction: c.Direction, Outcome: c.Outcome, Detail: c.Detail, Length: c.Length(), Result: c.Result, Line: c.LineName,
			Agent: c.Agent, Recordings: c.Recordings, Uploaded: c.Uploaded, Quality: c.Quality, Diverted: c.Diverted})
		return err
	})
	return events, err
}
