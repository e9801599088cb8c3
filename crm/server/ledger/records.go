package ledger

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"leadline/crm"
	"leadline/crm/wire"
)

// create makes a record. One that is there already stays as it is: several programs may derive the same id. One that was removed before
// the command was given comes back.
func (t *tx) create(entity wire.Entity, id crm.ID, v any) error {
	k := Key{entity, id}
	if len(id.Bytes()) == 0 {
		return refuse(wire.RejectInvalid, crm.NoSense)
	}
	was, err := t.row(k)
	if err != nil {
		return err
	}
	switch {
	case was.live():
		return nil
	case was.wiped(): // whatever the sender's clock says
		return refuse(wire.RejectGone, crm.WasRemoved)
	}
	fields, err := fieldsOf(v)
	if err != nil {
		return err
	}
	row := (&Row{Key: k}).clone()
	if was != nil {
		if t.later(was.Stamps[gone]) {
			return refuse(wire.RejectGone, crm.WasRemoved)
		}
		row.Former = was.Former
		maps.Copy(row.Fields, was.Fields) // fields that this version does not know come back, too
		for _, name := range namesOf(reflect.TypeOf(v)) {
			delete(row.Fields, name)
		}
	}
	for name, value := range fields {
		row.Fields[name] = value
		row.Stamps[name] = t.at
	}
	t.sign(row)
	if err := t.dealias(k); err != nil {
		return err
	}
	return t.put(row)
}

// sign notes in a new record who has made it and when, where its fields do not say so.
func (t *tx) sign(r *Row) {
	for _, name := range []string{"made_by", "changed_by"} {
		if isNull(r.Fields[name]) && t.from.User != "" && recorded[r.Entity] {
			r.Fields[name] = raw(t.from.User)
		}
	}
	for _, name := range []string{"created", "updated"} {
		if isNull(r.Fields[name]) && recorded[r.Entity] {
			r.Fields[name] = raw(t.at.Time().UTC())
		}
	}
}

// recorded are the entities that say who made and changed them.
var recorded = map[wire.Entity]bool{wire.Contact: true, wire.Company: true, wire.Lead: true, wire.Deal: true}

// update sets all fields of a record that the domain knows.
func (t *tx) update(entity wire.Entity, id crm.ID, v any) error {
	fields, err := wholly(v)
	if err != nil {
		return err
	}
	k := Key{entity, id}
	root, err := t.root(k)
	if err != nil {
		return err
	}
	if root.Entity != entity {
		return refuse(wire.RejectGone, crm.WasKnown)
	}
	if root != k { // it was merged meanwhile: only fields that are not empty go to the other record
		if fields, err = filled(v); err != nil {
			return err
		}
	}
	return t.patch(root, fields)
}

// patch sets some fields of a record.
func (t *tx) patch(k Key, fields map[string]json.RawMessage) error {
	was, err := t.current(k)
	if err != nil || was == nil {
		return err
	}
	row := was.clone()
	if was.wiped() && k.Entity == wire.Call {
		all := fields
		fields = maps.Clone(all)
		maps.DeleteFunc(fields, func(name string, _ json.RawMessage) bool { return slices.Contains(ofPerson[wire.Call], name) })
		if len(fields) == 0 && len(all) > 0 {
			return refuse(wire.RejectGone, crm.WasRemoved)
		}
	}
	if !t.set(row, fields) {
		return nil
	}
	if recorded[k.Entity] {
		t.signed(row)
	}
	if k.Entity == wire.Lead {
		return t.putLead(was, row)
	}
	return t.put(row)
}

// current is the row of a record that a command changes; nil when it was removed after the command was given, which then does nothing. A
// record that was removed before, or never was there, is a Refusal.
func (t *tx) current(k Key) (*Row, error) {
	r, err := t.row(k)
	switch {
	case err != nil:
		return nil, err
	case r == nil:
		return nil, refuse(wire.RejectGone, crm.NeverThere)
	case r.Deleted && r.Stamps[gone] >= t.at:
		return nil, nil
	case r.Deleted:
		return nil, refuse(wire.RejectGone, crm.WasRemoved)
	}
	return r, nil
}

// importContacts adds many people and companies, without people who were erased (I4).
func (t *tx) importContacts(do crm.ImportContacts) error {
	for _, c := range do.Companies {
		if c.MadeBy == "" {
			c.MadeBy = do.By
		}
		if err := t.create(wire.Company, c.ID, c); err != nil {
			return err
		}
	}
	for _, c := range do.Contacts {
		if c.MadeBy == "" {
			c.MadeBy = do.By
		}
		erased, err := t.wasErased(c)
		if err != nil {
			return err
		}
		if erased {
			continue
		}
		if err := t.create(wire.Contact, c.ID, c); err != nil {
			return err
		}
	}
	return nil
}

// createLead makes a lead that an agent has typed. If another lead with its number is open, that one gets the fields instead (B4).
func (t *tx) createLead(l crm.Lead) error {
	k := Key{wire.Lead, l.ID}
	was, err := t.row(k)
	if err != nil || was.live() {
		return err
	}
	if l.Status == "" {
		l.Status = crm.LeadNew
	}
	open, err := t.openLead(parties(l.Numbers, l.SIP, t.b.region), l.ID)
	if err != nil {
		return err
	}
	if open.None() || !l.Status.Open() {
		if err := t.create(wire.Lead, l.ID, l); err != nil {
			return err
		}
		return t.closing(k)
	}
	if was != nil {
		return refuse(wire.RejectChanged, crm.OpenAlready)
	}
	if err := t.alias(k, open); err != nil {
		return err
	}
	fields, err := filled(l)
	if err != nil {
		return err
	}
	for _, name := range []string{"status", "responsible", "line", "repeat", "source", "became"} {
		delete(fields, name)
	}
	return t.fold(open, fields)
}

// fold sets fields of a record, and adds to its lists instead of replacing them.
func (t *tx) fold(k Key, fields map[string]json.RawMessage) error {
	r, err := t.current(k)
	if err != nil || r == nil {
		return err
	}
	for _, name := range []string{"numbers", "sip", "emails", "addresses", "marks"} {
		if more, ok := fields[name]; ok {
			fields[name] = joined(r.Fields[name], more)
		}
	}
	return t.patch(k, fields)
}

// joined is a list with those elements of more that it lacks.
func joined(list, more json.RawMessage) json.RawMessage {
	var a, b []json.RawMessage
	_ = json.Unmarshal(list, &a)
	_ = json.Unmarshal(more, &b)
	for _, v := range b {
		if !slices.ContainsFunc(a, func(o json.RawMessage) bool { return same(o, v) }) {
			a = append(a, v)
		}
	}
	return raw(a)
}
