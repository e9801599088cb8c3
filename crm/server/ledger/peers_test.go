package ledger

import (
	"encoding/json"
	"reflect"
	"testing"

	"leadline/crm/wire"
)

// In which ways a row is found depends on the fields in linking alone, and on each of them.
func TestARowIsFoundByItsLinkingFields(t *testing.T) {
	all := map[string]json.RawMessage{"numbers": raw(phone(number)), "sip": raw([]string{"sip:anna@example.org"}), "company": raw("c"), "contact": raw("d"), "pipeline": raw("p"),
		"left": raw(false), "extension": raw("101"), "refs": json.RawMessage(`[{"kind":"lead","id":"l"}]`), "ref": json.RawMessage(`{"kind":"lead","id":"l"}`), "note": raw("x"), "title": raw("x")}
	other := map[string]json.RawMessage{"numbers": json.RawMessage("[]"), "sip": json.RawMessage("[]"), "left": raw(true), "refs": json.RawMessage("[]"), "ref": json.RawMessage("{}")}
	for entity, fields := range linking {
		was := &Row{Key: Key{entity, "r"}, Fields: all}
		for name := range all {
			r := was.clone()
			if r.Fields[name] = other[name]; other[name] == nil {
				r.Fields[name] = raw("9")
			}
			alike := reflect.DeepEqual(peersOf(was, "DE"), peersOf(r, "DE")) && reflect.DeepEqual(parentsOf(was), parentsOf(r))
			if got := linkedAlike(was, r); got != alike {
				t.Errorf("another %s of a %s: linked alike %t, want %t; %v", name, entity, got, alike, fields)
			}
		}
		gone := was.clone()
		if gone.Deleted = true; linkedAlike(was, gone) || linkedAlike(gone, was) || linkedAlike(nil, was) {
			t.Errorf("a %s that is removed is found as before", entity)
		}
	}
	for _, entity := range []wire.Entity{wire.Alias, Known} {
		if linkedAlike(&Row{Key: Key{entity, "r"}}, &Row{Key: Key{entity, "r"}}) {
			t.Errorf("what a %s stands for is not compared", entity)
		}
	}
}
