package ledger

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// kept are fields that no update sets: they say how a record came to be.
var kept = []string{"id", "origin", "made_by", "created", "updated", "changed_by"}

// set writes the fields of a row whose stamps are not later, and says whether that changed
// anything. A field that becomes null is taken away. Equal stamps: who comes later wins.
func (t *tx) set(r *Row, fields map[string]json.RawMessage) (changed bool) {
	for name, value := range fields {
		if t.later(r.Stamps[name]) || same(r.Fields[name], value) {
			continue
		}
		if isNull(value) {
			delete(r.Fields, name)
		} else {
			r.Fields[name] = value
		}
		r.Stamps[name] = t.at
		changed = true
	}
	return changed
}

// signed says who changed a row last, and when.
func (t *tx) signed(r *Row) {
	r.Fields["updated"] = raw(t.at.Time().UTC())
	if t.from.User != "" {
		r.Fields["changed_by"] = raw(t.from.User)
	}
}

// same says whether two values are the same, however they are written.
func same(a, b json.RawMessage) bool {
	if isNull(a) || isNull(b) {
		return isNull(a) && isNull(b)
	}
	if bytes.Equal(a, b) {
		return true
	}
	_, plain := text(a)
	if _, both := text(b); plain && both {
		return false
	}
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

func isNull(v json.RawMessage) bool { return len(v) == 0 || string(v) == "null" }

// wholly are the fields of an update that sets all of a type's fields: those that it leaves
// out are taken away, but not those that the type does not know.
func wholly(v any) (map[string]json.RawMessage, error) {
	fields, err := fieldsOf(v)
	if err != nil {
		return nil, err
	}
	for _, name := range namesOf(reflect.TypeOf(v)) {
		if _, ok := fields[name]; !ok {
			fields[name] = nil
		}
	}
	maps.DeleteFunc(fields, func(name string, _ json.RawMessage) bool { return slices.Contains(kept, name) })
	return fields, nil
}

// filled are the fields of a value that say something.
func filled(v any) (map[string]json.RawMessage, error) {
	fields, err := wholly(v)
	maps.DeleteFunc(fields, func(_ string, value json.RawMessage) bool {
		return isNull(value) || slices.Contains([]string{`""`, "[]", "{}", "0", "false"}, string(value))
	})
	return fields, err
}

// namesOf are the names in JSON of a type's fields.
func namesOf(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}
