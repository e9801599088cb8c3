package ledger

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// kept are fields that no update sets: they say who made a record, when and how.
var kept = []string{"id", "origin", "made_by", "created", "updated", "changed_by"}

// set writes those fields whose stamps in the row are not later than the command, and says whether that changed anything. Null removes a
// field. Of equal stamps the command that arrives later wins.
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

// signed notes in a row who has changed it last, and when.
func (t *tx) signed(r *Row) {
	r.Fields["updated"] = raw(t.at.Time().UTC())
	if t.from.User != "" {
		r.Fields["changed_by"] = raw(t.from.User)
	}
}

// same says whether two JSON values are equal, however they are written.
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

// wholly are the fields for an update that sets all fields of v's type: null for those that v leaves out. Fields that the type does not
// know are not among them, and stay.
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

// filled are the fields of v that are not empty.
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
