package ledger

import (
	"errors"

	"leadline/crm"
	"leadline/crm/wire"
)

// remove removes a record. What refers to it refers to r.Instead afterwards, if that is named. A record that somebody has changed after
// the command was given stays, and the command is refused.
func (t *tx) remove(r crm.RemoveRecord) error {
	was, err := t.current(KeyOf(r.Ref))
	var refusal *Refusal
	if errors.As(err, &refusal) && refusal.Code == wire.RejectGone {
		return nil // somebody else has removed it
	}
	if err != nil || was == nil {
		return err
	}
	for _, stamp := range was.Stamps {
		if t.later(stamp) {
			return refuse(wire.RejectChanged, crm.RemoveChanged)
		}
	}
	var instead Key
	if !r.Instead.None() {
		if instead, err = t.root(KeyOf(r.Instead)); err != nil {
			return err
		}
		there, err := t.row(instead)
		if err != nil {
			return err
		}
		if !there.live() {
			return refuse(wire.RejectGone, crm.WasRemoved)
		}
	}
	return t.bury(was, instead)
}

// bury makes a row a tombstone, and its id an alias of instead, if that is of the same kind.
func (t *tx) bury(was *Row, instead Key) error {
	if instead == was.Key {
		return refuse(wire.RejectInvalid, crm.NoSense)
	}
	if err := t.moveChildren(was.Key, instead); err != nil {
		return err
	}
	row := was.clone()
	row.Deleted = true
	row.Stamps[gone] = t.at
	if err := t.put(row); err != nil || instead.Entity != was.Entity {
		return err
	}
	return t.alias(was.Key, instead)
}

// moveChildren changes all references to a row into references to another; the zero Key takes them away.
func (t *tx) moveChildren(from, to Key) error {
	children, err := t.childrenOf(from)
	if err != nil {
		return err
	}
	for _, k := range children {
		child, err := t.row(k)
		if err != nil {
			return err
		}
		if err := t.moveChild(child, from, to); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) moveChild(child *Row, from, to Key) error {
	switch child.Entity {
	case wire.Alias, Known: // they lead to the root, which is to now
		return t.moveAlias(child, from, to)
	case wire.Call:
		return t.moveCall(child, from, to)
	case wire.Note, wire.FollowUp:
		row := child.clone()
		if to.None() {
			row.Deleted = true
			row.Stamps[gone] = t.at
		} else {
			row.Fields["ref"] = raw(to.Ref())
		}
		return t.put(row)
	}
	row := child.clone()
	for _, name := range []string{"contact", "company", "pipeline"} {
		if name != string(from.Entity) || field[crm.ID](row, name) != from.ID {
			continue
		}
		delete(row.Fields, name)
		if to.Entity == from.Entity {
			row.Fields[name] = raw(to.ID)
		}
	}
	return t.put(row)
}

func (t *tx) moveAlias(child *Row, from, to Key) error {
	if err := t.drop(child.Key); err != nil || to.None() {
		return err
	}
	k := Key{from.Entity, child.ID}
	if child.Entity == Known {
		k.Entity = wire.Lead
	} else if to.Entity != from.Entity {
		return nil
	}
	return t.alias(k, to)
}

func (t *tx) moveCall(call *Row, from, to Key) error {
	var refs []crm.Ref
	for _, r := range field[[]crm.Ref](call, "refs") {
		if KeyOf(r) == from {
			r = to.Ref()
		}
		if !r.None() {
			refs = union(refs, []crm.Ref{r})
		}
	}
	return t.rehang(call, refs)
}

// merge merges one record into another: references to it go to the other, and its id becomes an alias.
func (t *tx) merge(m crm.MergeRecords) error {
	if m.Keep.Kind != m.Gone.Kind || m.Keep == m.Gone {
		return crm.Invalid{Text: crm.Say(crm.MergeUnlike)}
	}
	keep, err := t.root(KeyOf(m.Keep))
	if err != nil {
		return err
	}
	loser, err := t.root(KeyOf(m.Gone))
	if err != nil || loser == keep {
		return err // another program has merged them
	}
	if kind := wire.EntityOf(m.Keep.Kind); keep.Entity != kind || loser.Entity != kind {
		return refuse(wire.RejectGone, crm.WasKnown) // a lead that turned out to be a customer
	}
	survivor, err := t.current(keep)
	if err != nil {
		return err
	}
	if survivor == nil { // it was removed after the command was given: the other would be lost with it
		return refuse(wire.RejectGone, crm.WasRemoved)
	}
	was, err := t.current(loser)
	if err != nil || was == nil {
		return err
	}
	var v any
	switch {
	case m.Keep.Kind == crm.KindContact && m.Contact != nil && m.Contact.ID == m.Keep.ID:
		v = *m.Contact
	case m.Keep.Kind == crm.KindCompany && m.Company != nil && m.Company.ID == m.Keep.ID:
		v = *m.Company
	case m.Keep.Kind == crm.KindLead && m.Lead != nil && m.Lead.ID == m.Keep.ID:
		v = *m.Lead
	default:
		return refuse(wire.RejectInvalid, crm.NoSense)
	}
	if err := t.bury(was, keep); err != nil {
		return err
	}
	fields, err := wholly(v)
	if err != nil {
		return err
	}
	if err := t.patch(keep, fields); err != nil {
		return err
	}
	return t.takeLists(keep, was)
}

// takeLists adds to the survivor of a merge the numbers and addresses of the other that the sender had not seen yet.
func (t *tx) takeLists(keep Key, gone *Row) error {
	now, err := t.row(keep)
	if err != nil || !now.live() {
		return err
	}
	row := now.clone()
	for _, name := range []string{"numbers", "sip", "emails", "addresses", "marks"} {
		if !isNull(gone.Fields[name]) {
			row.Fields[name] = joined(row.Fields[name], gone.Fields[name])
		}
	}
	if keep.Entity == wire.Lead {
		return t.putLead(now, row)
	}
	return t.put(row)
}
