package ledger

import (
	"encoding/json"
	"fmt"
	"maps"

	"leadline/crm"
	"leadline/crm/wire"
)

// Key names a row of the workspace.
type Key struct {
	Entity wire.Entity
	ID     crm.ID
}

// None says whether the key names nothing.
func (k Key) None() bool { return k.ID == "" }

// Ref is the key of a record as the domain writes it.
func (k Key) Ref() crm.Ref { return crm.Ref{Kind: crm.Kind(k.Entity), ID: k.ID} }

// KeyOf is the key of a record.
func KeyOf(r crm.Ref) Key { return Key{wire.EntityOf(r.Kind), r.ID} }

// Entities of the server's own, which no program gets.
const (
	// Redirect says on which records a call is saved whose program wanted a lead that was not made. Its id is the call's.
	Redirect wire.Entity = "redirect"
	// Known says which customer has the number for which such a lead was wanted. Its id is the one that the program gave the lead.
	Known wire.Entity = "known"
	// Rang has the latest incoming calls of a number, on whatever phones they rang. Its id is crm.NumberID's.
	Rang wire.Entity = "rang"
)

// Hidden says whether an entity is the server's own: no program gets its rows.
func Hidden(e wire.Entity) bool { return e == Redirect || e == Known || e == Rang || e == Erased }

// Row is one document. Its fields are those of crm's type in JSON, and those besides that programs of a later version have sent. A Row
// that was passed on is never changed, only replaced.
type Row struct {
	Key
	Rev     uint64
	Deleted bool
	Fields  map[string]json.RawMessage
	Stamps  map[string]crm.HLC // of each field that was written, when
	Former  []crm.ID           // agents whose call it was before: their files have it until it comes as deleted
}

// gone is the name among the stamps for when the row was removed.
const gone = "-"

// wiped is the name among the stamps for when a person was erased whose row it was, or to whose record it referred (I4).
const wiped = "!"

// wiped says whether the row was an erased person's.
func (r *Row) wiped() bool { return r != nil && r.Stamps[wiped] != 0 }

// clone is a row that may be changed.
func (r *Row) clone() *Row {
	c := *r
	c.Fields, c.Stamps = maps.Clone(r.Fields), maps.Clone(r.Stamps)
	if c.Fields == nil {
		c.Fields = map[string]json.RawMessage{}
	}
	if c.Stamps == nil {
		c.Stamps = map[string]crm.HLC{}
	}
	return &c
}

// live says whether the row is there and was not removed; false for nil.
func (r *Row) live() bool { return r != nil && !r.Deleted }

// Read reads a row as crm's type. The error says that it cannot be read as one.
func Read[T any](r *Row) (v T, err error) {
	if r == nil {
		return v, nil
	}
	if err := json.Unmarshal(WriteFields(r.Fields), &v); err != nil {
		return v, fmt.Errorf("%s %s is damaged: %w", r.Entity, r.ID, err)
	}
	return v, nil
}

// field reads one field of a row; the zero value where there is none.
func field[T any](r *Row, name string) (v T) {
	if r == nil || r.Fields[name] == nil {
		return v
	}
	if plain, ok := text(r.Fields[name]); ok {
		switch to := any(&v).(type) {
		case *string:
			*to = string(plain)
			return v
		case *crm.ID:
			*to = crm.ID(plain)
			return v
		case *crm.LeadStatus:
			*to = crm.LeadStatus(plain)
			return v
		}
	}
	_ = json.Unmarshal(r.Fields[name], &v) // a field of another shape counts as none
	return v
}

// fieldsOf is a value of the domain by its fields.
func fieldsOf(v any) (map[string]json.RawMessage, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	return fields, json.Unmarshal(raw, &fields)
}

func raw(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("ledger: %T cannot be JSON: %v", v, err)) // only values of our own come here
	}
	return b
}
