package ledger

import (
	"encoding/json"
	"maps"

	"leadline/crm"
	"leadline/crm/wire"
)

// serverFields are fields that no program sets by a patch.
var serverFields = map[string]bool{"id": true, "origin": true, "made_by": true, "created": true, "updated": true, "changed_by": true,
	closedAt: true}

// updateRecord sets single fields of a record. For each field the last writer wins; elements of lists are added and removed one by one.
func (t *tx) updateRecord(u crm.UpdateRecord) error {
	if !recorded[wire.EntityOf(u.Ref.Kind)] {
		return refuse(wire.RejectInvalid, crm.NoSense)
	}
	k, err := t.root(KeyOf(u.Ref))
	if err != nil {
		return err
	}
	if k.Entity != wire.EntityOf(u.Ref.Kind) {
		return refuse(wire.RejectGone, crm.WasKnown)
	}
	was, err := t.current(k)
	if err != nil || was == nil {
		return err
	}
	u.Set = maps.Clone(u.Set)
	maps.DeleteFunc(u.Set, func(name string, _ any) bool { return serverFields[name] || t.later(was.Stamps[name]) })
	after, err := crm.Patch(WriteFields(was.Fields), u)
	if err != nil {
		return refuse(wire.RejectInvalid, crm.NoSense)
	}
	row := was.clone()
	row.Fields = nil
	if err := json.Unmarshal(after, &row.Fields); err != nil {
		return err
	}
	if err := readable(row); err != nil {
		return refuse(wire.RejectInvalid, crm.NoSense)
	}
	if sameFields(was.Fields, row.Fields) {
		return nil
	}
	for name := range u.Set {
		row.Stamps[name] = t.at
	}
	t.signed(row)
	if k.Entity == wire.Lead {
		return t.putLead(was, row)
	}
	return t.put(row)
}

// readable says why package crm cannot read a record; nil when it can. A patch must not make a record unreadable.
func readable(r *Row) (err error) {
	switch r.Entity {
	case wire.Contact:
		_, err = Read[crm.Contact](r)
	case wire.Company:
		_, err = Read[crm.Company](r)
	case wire.Lead:
		_, err = Read[crm.Lead](r)
	case wire.Deal:
		_, err = Read[crm.Deal](r)
	}
	return err
}

func sameFields(a, b map[string]json.RawMessage) bool {
	return maps.EqualFunc(a, b, func(x, y json.RawMessage) bool { return same(x, y) })
}
