package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"leadline/crm"
)

// What a timeline says of a record itself.
const (
	EventMade       = "Created"
	EventMadeByCall = "Created by the call"
	EventMadeByHand = "Created by hand"
)

// EventTexts are the sentences of timelines, for the translations of the ui.
var EventTexts = []string{EventMade, EventMadeByCall, EventMadeByHand}

// Record is a record with all its detail shows, its newest events among that.
func (s *Store) Record(ctx context.Context, r crm.Ref) (crm.Record, error) {
	return s.RecordFrom(ctx, r, 0)
}

// RecordFrom is Record with earlier events: those after so many of the newest.
func (s *Store) RecordFrom(ctx context.Context, r crm.Ref, skip int) (rec crm.Record, err error) {
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
	made, err := readDetail(q, k, &rec)
	if err != nil {
		return rec, err
	}
	rec.Timeline, rec.Earlier, err = events(q, k, made, skip)
	return rec, err
}

// readDetail fills in all of a record but its timeline, and returns the event of its making.
func readDetail(q querier, k key, rec *crm.Record) (made crm.Event, err error) {
	rec.Stage = -1
	switch k.kind() {
	case crm.KindContact:
		c, err := contactByRid(q, k.rid())
		if err != nil {
			return made, err
		}
		rec.Contact, rec.Name, rec.CompanyName, rec.Responsible = &c.Contact, c.Name(), c.companyName, c.responsible
		return madeEvent(q, c.Created, c.MadeBy, c.Origin)
	case crm.KindCompany:
		c, err := companyByRid(q, k.rid())
		if err != nil {
			return made, err
		}
		rec.Company, rec.Name, rec.CompanyName, rec.Responsible = &c.Company, c.Name, c.Name, c.responsible
		return madeEvent(q, c.Created, c.MadeBy, c.Origin)
	case crm.KindLead:
		return readLead(q, k.rid(), rec)
	case crm.KindDeal:
		return readDeal(q, k.rid(), rec)
	}
	return made, nil
}

// readLead is readDetail of a lead.
func readLead(q querier, rid int64, rec *crm.Record) (made crm.Event, err error) {
	l, err := leadByRid(q, rid)
	if err != nil {
		return made, err
	}
	line, err := lineByID(q, l.Line)
	if err != nil {
		return made, err
	}
	rec.Lead, rec.Name, rec.CompanyName, rec.LineName, rec.Responsible = &l.Lead, l.Name(), l.CompanyName, line.Name, l.responsible
	w, err := workspace(q)
	if err != nil {
		return made, err
	}
	for _, status := range w.Statuses() {
		rec.Stages = append(rec.Stages, string(status))
	}
	rec.Stage = slices.Index(rec.Stages, string(l.Status))
	return madeEvent(q, l.Created, l.MadeBy, l.Origin)
}

// readDeal is readDetail of a deal.
func readDeal(q querier, rid int64, rec *crm.Record) (made crm.Event, err error) {
	d, err := dealByRid(q, rid)
	if err != nil {
		return made, err
	}
	rec.Deal, rec.Name, rec.CompanyName, rec.ContactName, rec.Responsible = &d.Deal, d.Title, d.companyName, d.contactName, d.responsible
	if rec.Number, err = numberOfDeal(q, d.Deal); err != nil {
		return made, err
	}
	pipeline, err := pipelineByID(q, d.Pipeline)
	if err != nil {
		return made, err
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
	return madeEvent(q, d.Created, d.MadeBy, d.Origin)
}

// numberOfDeal is the number of whom one calls about a deal: of its contact, or else of its company.
func numberOfDeal(q querier, d crm.Deal) (crm.Number, error) {
	for _, r := range []crm.Ref{{Kind: crm.KindContact, ID: d.Contact}, {Kind: crm.KindCompany, ID: d.Company}} {
		if r.ID == "" {
			continue
		}
		k, err := keyOf(q, r)
		if err != nil {
			return crm.Number{}, err
		}
		if found, err := foundOf(q, k, ""); err != nil || found.Number.Written != "" {
			return found.Number, err
		}
	}
	return crm.Number{}, nil
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
