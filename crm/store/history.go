package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"leadline/crm"
)

// Change is Do for what a person changes of records: their timelines tell of it, field by field, and it can be taken back
// there. All of it is done in one transaction, or nothing.
func (s *Store) Change(ctx context.Context, changes ...crm.Change) error {
	return s.write(ctx, func(t *tx) error {
		for _, c := range changes {
			if err := t.change(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// change does one change and keeps what it was in the record's history.
func (t *tx) change(c crm.Change) error {
	r := changedRecord(c)
	if r.None() {
		if err := t.do(c); err != nil {
			return err
		}
		return t.adoptOf(madeRecord(c), nil)
	}
	k, err := keyOf(t, r)
	if err != nil {
		return err
	}
	before, err := document(t, k)
	if err != nil {
		return err
	}
	had, err := partiesOf(t, k)
	if err != nil {
		return err
	}
	if err := t.do(c); err != nil {
		return err
	}
	if err := t.adoptOf(r, had); err != nil {
		return err
	}
	after, err := document(t, k)
	if err != nil {
		return err
	}
	changes, err := crm.History(r, before, after)
	if err != nil || len(changes) == 0 {
		return err
	}
	note := crm.Note{Ref: r, At: t.s.now(), Changes: changes}
	if note.ID, err = t.s.makeID(); err != nil {
		return err
	}
	user, err := me(t)
	if err != nil {
		return err
	}
	note.By = user.ID
	return t.do(crm.SaveRecordNote{Note: note})
}

// changedRecord is the record that is there already and that a change is about; the zero Ref for other changes.
func changedRecord(c crm.Change) crm.Ref {
	switch do := c.(type) {
	case crm.UpdateContact:
		return crm.Ref{Kind: crm.KindContact, ID: do.ID}
	case crm.UpdateCompany:
		return crm.Ref{Kind: crm.KindCompany, ID: do.ID}
	case crm.UpdateLead:
		return crm.Ref{Kind: crm.KindLead, ID: do.ID}
	case crm.UpdateDeal:
		return crm.Ref{Kind: crm.KindDeal, ID: do.ID}
	case crm.UpdateRecord:
		return do.Ref
	case crm.Assign:
		return do.Ref
	case crm.SetLeadStatus:
		return crm.Ref{Kind: crm.KindLead, ID: do.Lead}
	case crm.SetDealStage:
		return crm.Ref{Kind: crm.KindDeal, ID: do.Deal}
	}
	return crm.Ref{}
}

// madeRecord is the record that a change makes and that can have numbers; the zero Ref for other changes.
func madeRecord(c crm.Change) crm.Ref {
	switch do := c.(type) {
	case crm.CreateContact:
		return crm.Ref{Kind: crm.KindContact, ID: do.ID}
	case crm.CreateCompany:
		return crm.Ref{Kind: crm.KindCompany, ID: do.ID}
	case crm.CreateLead:
		return crm.Ref{Kind: crm.KindLead, ID: do.ID}
	}
	return crm.Ref{}
}

// adoptOf puts the calls that are on no record on the one that has their number now and had it not: who is saved after the third
// call has three, as C1 would have had it.
func (t *tx) adoptOf(r crm.Ref, had []crm.Party) error {
	if r.None() {
		return nil
	}
	k, err := keyOf(t, r)
	if err != nil {
		return err
	}
	has, err := partiesOf(t, k)
	for _, p := range has {
		if err != nil || slices.ContainsFunc(had, func(o crm.Party) bool { return o.Key() == p.Key() }) {
			continue
		}
		err = t.adopt(p, r)
	}
	return err
}

// partiesOf are those whom calls with the numbers and SIP addresses of a record are with.
func partiesOf(q querier, k key) (all []crm.Party, err error) {
	numbers, sip, err := waysTo(q, k)
	for _, n := range numbers {
		all = append(all, n.Party())
	}
	for _, a := range sip {
		all = append(all, crm.Party{Kind: crm.SIPAddress, Address: a})
	}
	return all, err
}

// TakeBack takes back what a note of a record's history tells; the history then tells of that, too. An error of type
// crm.Invalid says why it cannot be taken back.
func (s *Store) TakeBack(ctx context.Context, note crm.ID) error {
	return s.write(ctx, func(t *tx) error {
		var n crm.Note
		var on int64
		if err := t.row("SELECT key, data FROM note WHERE id = ?", note.Bytes()).Scan(&on, jsonColumn{&n}); err != nil {
			return explain(err)
		}
		k := key(on)
		var err error
		if n.Ref, err = refOf(t, k); err != nil { // it may have moved here with the note
			return err
		}
		now, err := document(t, k)
		if err != nil {
			return err
		}
		back, ok, err := n.Back(now)
		if err != nil {
			return err
		}
		if !ok {
			name, err := nameOf(t, n.Ref)
			if err != nil {
				return err
			}
			return crm.Invalid{Text: crm.Say(crm.UndoChanged, "name", name)}
		}
		return t.change(back)
	})
}

// historyEvent is what a note of a record's history says in its timeline: with names in place of ids.
func historyEvent(q querier, k key, n crm.Note, now json.RawMessage) (e crm.Event, err error) {
	e = crm.Event{Kind: crm.EventChanged, At: n.At, Note: n.ID}
	if _, e.Undoable, err = n.Back(now); err != nil {
		return e, err
	}
	for _, c := range n.Changes {
		for _, value := range []*any{&c.From, &c.To} {
			id, is := (*value).(string)
			if !is || id == "" {
				continue
			}
			name, err := fieldName(q, k, c.Field, id)
			if err != nil {
				return e, err
			}
			*value = name
		}
		e.Changes = append(e.Changes, c)
	}
	return e, nil
}

// fieldName is a value of a field as people call it: of a user, record, stage or pipeline the name.
func fieldName(q querier, k key, field, value string) (name string, err error) {
	switch field {
	case "responsible":
		var u crm.User
		u, err = userByID(q, crm.ID(value))
		name = u.Name
	case "company", "contact":
		name, err = nameOf(q, crm.Ref{Kind: crm.Kind(field), ID: crm.ID(value)})
	case "pipeline":
		var p crm.Pipeline
		p, err = pipelineByID(q, crm.ID(value))
		name = p.Name
	case "stage":
		return stageNamed(q, k, crm.DealStage(value))
	default:
		return value, nil
	}
	if errors.Is(err, ErrNotFound) { // it is gone, or not for this role
		return "…", nil
	}
	return name, err
}

// stageNamed is the name of a stage of a deal's pipeline.
func stageNamed(q querier, k key, id crm.DealStage) (string, error) {
	d, err := dealByRid(q, k.rid())
	if err != nil {
		return "", err
	}
	pipeline, err := pipelineByID(q, d.Pipeline)
	for _, s := range pipeline.Stages {
		if s.ID == id {
			return s.Name, err
		}
	}
	return string(id), err
}
