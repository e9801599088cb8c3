package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// putKnown writes what this program knows of a row as the server has it: known is what is in the
// file then (nil for an entity that is not known, or that hangs on nothing here), lacking are the
// rows it points to that are not here.
func (t *tx) putKnown(r wire.RowID, data json.RawMessage) (known any, lacking []crm.ID, err error) {
	p := putting{tx: t, r: r}
	switch r.Entity {
	case wire.Contact:
		known, err = putAs(data, p.contact)
	case wire.Company:
		known, err = putAs(data, p.company)
	case wire.Lead:
		known, err = putAs(data, p.lead)
	case wire.Deal:
		known, err = putAs(data, p.deal)
	case wire.Call:
		known, err = putAs(data, p.call)
	case wire.Note:
		known, err = putAs(data, p.note)
	case wire.FollowUp:
		known, err = putAs(data, p.followUp)
	default:
		known, err = t.putSetup(r, data)
	}
	if err != nil {
		err = fmt.Errorf("take over %s %s from the server: %w", r.Entity, r.ID, err)
	}
	return known, p.lacking, err
}

func putAs[V any](data json.RawMessage, put func(V) (any, error)) (any, error) {
	var v V
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, err
	}
	return put(v)
}

// putSetup is putKnown for what points to nothing.
func (t *tx) putSetup(r wire.RowID, data json.RawMessage) (any, error) {
	switch r.Entity {
	case wire.User:
		return putAs(data, func(u crm.User) (any, error) { return u, t.saveUser(u) })
	case wire.Line:
		return putAs(data, func(l crm.Line) (any, error) { return l, t.saveLine(l) })
	case wire.Entry:
		return putAs(data, func(e crm.Entry) (any, error) { return e, t.addEntries([]crm.Entry{e}) })
	case wire.Workspace:
		return putAs(data, func(w crm.Workspace) (any, error) { return w, t.saveWorkspace(w) })
	case wire.Number:
		return putAs(data, func(n wire.NumberData) (any, error) { return n, t.hadLeads(n.Peer, n.Generation) })
	case wire.Queue:
		return putAs(data, func(q crm.Queue) (any, error) { return q, t.saveSetup(crm.SetupQueue, q.ID, q.Name, q) })
	case wire.Pipeline:
		return putAs(data, func(p crm.Pipeline) (any, error) { return p, t.savePipeline(p) })
	case wire.Role:
		return putAs(data, func(o crm.Role) (any, error) { return o, t.saveSetup(crm.SetupRole, o.ID, o.Name, o) })
	case wire.Field:
		return putAs(data, func(f crm.Field) (any, error) { return f, t.saveSetup(crm.SetupField, f.ID, f.Name, f) })
	}
	return nil, nil
}

// putting writes one row and remembers which rows it points to that are not here.
type putting struct {
	*tx
	r       wire.RowID
	lacking []crm.ID
}

// here empties a reference to a row that is not here, so that it is kept as unknown.
func (p *putting) here(entity wire.Entity, ids ...*crm.ID) error {
	for _, id := range ids {
		if *id == "" {
			continue
		}
		is, err := isHere(p, wire.RowID{Entity: entity, ID: *id})
		if err != nil {
			return err
		}
		if !is {
			p.lacking = append(p.lacking, *id)
			*id = ""
		}
	}
	return nil
}

// rid is the row's place in the file; there is false when it has none yet.
func (p *putting) rid() (rid int64, there bool, err error) {
	rid, err = ridOf(p, string(p.r.Entity), p.r.ID)
	if errors.Is(err, ErrNotFound) {
		return 0, false, nil
	}
	return rid, rid != 0, err
}

// save saves a record as it is, with who made it and when.
func (p *putting) save(save func(create bool) error, madeBy, changedBy crm.ID, o crm.Origin, created, updated time.Time) error {
	_, there, err := p.rid()
	if err != nil {
		return err
	}
	// What lives on the server is the name of nothing else.
	if _, err := p.exec("DELETE FROM alias WHERE kind = ? AND old = ?", string(p.r.Entity), p.r.ID.Bytes()); err != nil {
		return err
	}
	// An edit that is made after this one was seen is the later one, whatever the clocks say.
	p.s.hlc = max(p.s.hlc, crm.HLC(max(0, updated.UnixMilli()))<<16|0xffff)
	p.fromServer = true
	defer func() { p.fromServer = false }()
	if err := save(!there); err != nil || !there {
		return err
	}
	made, err := userRid(p, madeBy)
	if err != nil {
		return err
	}
	changed, err := userRid(p, changedBy)
	if err != nil {
		return err
	}
	_, err = p.exec("UPDATE "+string(p.r.Entity)+" SET made_by = ?, changed_by = ?, made_call = ?, reason = ?, created = ?, updated = ? WHERE id = ?",
		made, changed, o.Call.Bytes(), toJSON(o.Reason), created.UnixMilli(), updated.UnixMilli(), p.r.ID.Bytes())
	return err
}

func (p *putting) contact(c crm.Contact) (any, error) {
	c.ID = p.r.ID
	if err := errors.Join(p.here(wire.Company, &c.Company), p.here(wire.User, &c.Responsible, &c.MadeBy, &c.ChangedBy)); err != nil {
		return nil, err
	}
	return c, p.save(func(create bool) error { return p.saveContact(c, c.Updated, create) }, c.MadeBy, c.ChangedBy, c.Origin, c.Created, c.Updated)
}

func (p *putting) company(c crm.Company) (any, error) {
	c.ID = p.r.ID
	if err := p.here(wire.User, &c.Responsible, &c.MadeBy, &c.ChangedBy); err != nil {
		return nil, err
	}
	return c, p.save(func(create bool) error { return p.saveCompany(c, c.Updated, create) }, c.MadeBy, c.ChangedBy, c.Origin, c.Created, c.Updated)
}

func (p *putting) lead(l crm.Lead) (any, error) {
	l.ID = p.r.ID
	if err := p.here(wire.User, &l.Responsible, &l.MadeBy, &l.ChangedBy); err != nil {
		return nil, err
	}
	return l, p.save(func(create bool) error { return p.saveLead(l, l.Updated, create) }, l.MadeBy, l.ChangedBy, l.Origin, l.Created, l.Updated)
}

func (p *putting) deal(d crm.Deal) (any, error) {
	d.ID = p.r.ID
	if err := errors.Join(p.here(wire.Contact, &d.Contact), p.here(wire.Company, &d.Company),
		p.here(wire.User, &d.Responsible, &d.MadeBy, &d.ChangedBy)); err != nil {
		return nil, err
	}
	return d, p.save(func(create bool) error { return p.saveDeal(d, d.Updated, create) }, d.MadeBy, d.ChangedBy, d.Origin, d.Created, d.Updated)
}

// call takes the call over; what it is saved on may not be here, or not yet.
func (p *putting) call(c crm.Call) (any, error) {
	c.ID = p.r.ID
	if err := p.here(wire.User, &c.Agent, &c.PassedTo); err != nil {
		return nil, err
	}
	if err := p.refsHere(&c.Refs); err != nil {
		return nil, err
	}
	rid, there, err := p.rid()
	if err != nil {
		return nil, err
	}
	if !there {
		if err := p.beginCall(c); err != nil {
			return nil, err
		}
		if rid, _, err = p.rid(); err != nil {
			return nil, err
		}
	}
	return c, p.setCall(rid, c)
}

// refsHere leaves of what a call is saved on what is here.
func (p *putting) refsHere(refs *[]crm.Ref) error {
	var err error
	*refs = slices.DeleteFunc(slices.Clone(*refs), func(r crm.Ref) bool {
		_, e := keyOf(p, r)
		if errors.Is(e, ErrNotFound) {
			now, e := nowID(p, r)
			p.lacking, err = append(p.lacking, now), errors.Join(err, e)
			return true
		}
		err = errors.Join(err, e)
		return false
	})
	return err
}

// setCall sets all of a call that is there.
func (p *putting) setCall(rid int64, c crm.Call) error {
	agent, err := userRid(p, c.Agent)
	if err != nil {
		return err
	}
	passedTo, err := userRid(p, c.PassedTo)
	if err != nil {
		return err
	}
	party := toJSON(c.Party)
	if party == nil {
		party = "{}"
	}
	if _, err := p.exec(`UPDATE call SET incoming = ?, peer = ?, party = ?, account = ?, line = ?, line_name = ?, queue = ?, began = ?,
		answered = ?, ended = ?, outcome = ?, detail = ?, note = ?, result = ?, agent = ?, agent_name = ?, passed_to = ?, reason = ?,
		recordings = ?, uploaded = ?, quality = ?, diverted = ? WHERE rid = ?`,
		c.Direction == crm.Incoming, c.Party.Key(), party, c.Account, c.Line.Bytes(), c.LineName, c.Queue, c.Began.UnixMilli(),
		milli(c.Answered), milli(c.Ended), int(c.Outcome), c.Detail, c.Note, c.Result, agent, c.AgentName, passedTo, toJSON(c.Reason),
		toJSON(c.Recordings), toJSON(c.Uploaded), toJSON(c.Quality), toJSON(c.Diverted), rid); err != nil {
		return err
	}
	if err := p.linkCall(crm.LinkCall{Call: c.ID, Refs: c.Refs, Reason: c.Reason}); err != nil {
		return err
	}
	if err := p.indexNote(noteRow(rid, true), c.Note); err != nil {
		return err
	}
	return p.workOff(rid, c.Outcome, !c.Answered.IsZero())
}

func (p *putting) note(n crm.Note) (any, error) {
	n.ID = p.r.ID
	if _, err := keyOf(p, n.Ref); err != nil {
		return p.hangsOnNothing(n.Ref, err)
	}
	return n, p.saveRecordNote(n)
}

func (p *putting) followUp(f crm.FollowUp) (any, error) {
	f.ID = p.r.ID
	if _, err := keyOf(p, f.Ref); err != nil {
		return p.hangsOnNothing(f.Ref, err)
	}
	return f, p.saveFollowUp(f)
}

// hangsOnNothing keeps a row as unknown until the record comes that it hangs on.
func (p *putting) hangsOnNothing(record crm.Ref, err error) (any, error) {
	if !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	now, err := nowID(p, record)
	if err != nil {
		return nil, err
	}
	p.lacking = append(p.lacking, now)
	_, err = p.exec("DELETE FROM "+string(p.r.Entity)+" WHERE id = ?", p.r.ID.Bytes())
	return nil, err
}

// nowID is the id that a record has now: another one if it was merged.
func nowID(q querier, r crm.Ref) (crm.ID, error) {
	now := r.ID
	err := q.row("SELECT new FROM alias WHERE kind = ? AND old = ?", string(r.Kind), r.ID.Bytes()).Scan(idBlob{&now})
	if errors.Is(err, sql.ErrNoRows) {
		return r.ID, nil
	}
	return now, explain(err)
}
