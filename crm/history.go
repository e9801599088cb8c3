package crm

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// FieldChange is what somebody did to one field of a record: a Note without words keeps it, so that the timeline tells
// of it and it can be taken back.
type FieldChange struct {
	Field string `json:"field"`          // as in UpdateRecord: "status", "fields.<id>", "numbers"
	From  any    `json:"from,omitempty"` // nil for nothing; of a list the elements that were dropped
	To    any    `json:"to,omitempty"`   // nil for nothing; of a list the elements that were added
}

// UnmarshalJSON keeps numbers as they are written, as that of UpdateRecord.
func (c *FieldChange) UnmarshalJSON(b []byte) error {
	type plain FieldChange
	return decodeNumbers(b, (*plain)(c))
}

// Custom is the id of the company's own field that it is, "" for others.
func (c FieldChange) Custom() ID {
	id, _ := strings.CutPrefix(c.Field, customField)
	if id == c.Field {
		return ""
	}
	return ID(id)
}

// Empty says that the note has nothing to say, and is to be taken away.
func (n Note) Empty() bool { return n.Text == "" && len(n.Changes) == 0 }

// History is what a record became from before to after, both as JSON, field by field. That elements of a list
// changed places is not told, nor who changed it and when.
func History(r Ref, before, after json.RawMessage) ([]FieldChange, error) {
	u, err := Diff(r, before, after)
	if err != nil {
		return nil, err
	}
	was, err := readDocument(before)
	if err != nil {
		return nil, err
	}
	own := object(was["fields"])
	var all []FieldChange
	for _, name := range slices.Sorted(maps.Keys(u.Set)) {
		c := FieldChange{Field: name, From: was[name], To: u.Set[name]}
		if id := c.Custom(); id != "" {
			c.From = own[string(id)]
		}
		if name != changedBy {
			all = append(all, c)
		}
	}
	for _, list := range PatchLists {
		if len(u.Drop[list])+len(u.Add[list]) > 0 {
			all = append(all, FieldChange{Field: list, From: some(u.Drop[list]), To: some(u.Add[list])})
		}
	}
	return all, nil
}

// some is a list, nil when it is empty.
func some(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

// Back is the command that takes the changes of a note back, for a record that is now, as JSON. It is false when
// something of them was changed since, or is as it was already.
func (n Note) Back(now json.RawMessage) (u UpdateRecord, ok bool, err error) {
	is, err := readDocument(now)
	if err != nil || len(n.Changes) == 0 {
		return u, false, err
	}
	u = UpdateRecord{Ref: n.Ref, Set: map[string]any{}, Add: map[string][]any{}, Drop: map[string][]any{}}
	for _, c := range n.Changes {
		if slices.Contains(PatchLists, c.Field) {
			there := elements(is[c.Field])
			if len(without(elements(c.To), there)) > 0 || len(without(elements(c.From), there)) < len(elements(c.From)) {
				return u, false, nil
			}
			u.Add[c.Field], u.Drop[c.Field] = elements(c.From), elements(c.To)
			continue
		}
		value := is[c.Field]
		if id := c.Custom(); id != "" {
			value = object(is["fields"])[string(id)]
		}
		if canonical(value) != canonical(c.To) {
			return u, false, nil
		}
		u.Set[c.Field] = c.From
	}
	return u, true, nil
}
