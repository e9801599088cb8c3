package crm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// UpdateRecord changes single fields of a contact, company, lead or deal, so that two people
// who change different ones at the same time both have their way. Fields have their names in JSON.
type UpdateRecord struct {
	Ref  Ref              `json:"ref"`
	Set  map[string]any   `json:"set,omitempty"`  // the value as in JSON; nil empties. A custom field is "fields.<id>"
	Add  map[string][]any `json:"add,omitempty"`  // elements of PatchLists that are to be there
	Drop map[string][]any `json:"drop,omitempty"` // elements of PatchLists that are not to be there
	// Order has the elements of a list in the order they are to stand, where that does not follow from
	// the rest. What it does not name stands after them.
	Order map[string][]any `json:"order,omitempty"`
}

// CommandName is Change's.
func (UpdateRecord) CommandName() string { return "record.update/1" }

func init() { register[UpdateRecord]() }

// PatchLists are the fields whose elements are added and dropped one by one.
var PatchLists = []string{"numbers", "sip", "emails", "addresses", "marks"}

const (
	customField = "fields."
	changedBy   = "changed_by"
)

// notDiffed are set once, or follow from the command itself.
var notDiffed = []string{"id", "fields", "made_by", "origin", "created", "updated"}

// UnmarshalJSON keeps numbers as they are written: a float has not the digits of every one.
func (u *UpdateRecord) UnmarshalJSON(b []byte) error {
	type plain UpdateRecord
	return decodeNumbers(b, (*plain)(u))
}

// Empty says whether nothing is changed but who changed it.
func (u UpdateRecord) Empty() bool {
	for name := range u.Set {
		if name != changedBy {
			return false
		}
	}
	return len(u.Add)+len(u.Drop)+len(u.Order) == 0
}

// SignedBy is the command as one of a user's, unless it says whose it is.
func (u UpdateRecord) SignedBy(user ID) UpdateRecord {
	if _, signed := u.Set[changedBy]; !signed {
		set := maps.Clone(u.Set)
		if set == nil {
			set = map[string]any{}
		}
		set[changedBy] = string(user)
		u.Set = set
	}
	return u
}

// Diff is the command that makes after of before; both are a record as JSON. The id, who made it
// and when are not compared. An element that stands twice in a list counts once.
func Diff(r Ref, before, after json.RawMessage) (UpdateRecord, error) {
	u := UpdateRecord{Ref: r, Set: map[string]any{}, Add: map[string][]any{}, Drop: map[string][]any{}, Order: map[string][]any{}}
	was, err := readDocument(before)
	if err != nil {
		return u, err
	}
	now, err := readDocument(after)
	if err != nil {
		return u, err
	}
	diffFields(u.Set, "", was, now, func(name string) bool {
		return slices.Contains(notDiffed, name) || slices.Contains(PatchLists, name)
	})
	diffFields(u.Set, customField, object(was["fields"]), object(now["fields"]), func(string) bool { return false })
	for _, list := range PatchLists {
		u.diffList(list, elements(was[list]), elements(now[list]))
	}
	return u, nil
}

// Since makes a change that sets a whole record one of only what differs from the record as it was
// read before, however long ago: what somebody else has changed in it meanwhile stays. Other changes are given back as they are.
func Since(before Record, change Change) (Change, error) {
	var was, now any
	switch do := change.(type) {
	case UpdateContact:
		was, now = before.Contact, do.Contact
	case UpdateCompany:
		was, now = before.Company, do.Company
	case UpdateLead:
		was, now = before.Lead, do.Lead
	case UpdateDeal:
		was, now = before.Deal, do.Deal
	default:
		return change, nil
	}
	a, err := json.Marshal(was)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(now)
	if err != nil {
		return nil, err
	}
	return Diff(before.Ref, a, b)
}

func diffFields(set map[string]any, prefix string, was, now map[string]any, skip func(string) bool) {
	for name, value := range now {
		if !skip(name) && canonical(was[name]) != canonical(value) {
			set[prefix+name] = value
		}
	}
	for name := range was {
		if _, still := now[name]; !still && !skip(name) {
			set[prefix+name] = nil
		}
	}
}

func (u UpdateRecord) diffList(list string, was, now []any) {
	now = once(now)
	if add := without(now, was); len(add) > 0 {
		u.Add[list] = add
	}
	if drop := once(without(was, now)); len(drop) > 0 {
		u.Drop[list] = drop
	}
	same := func(a, b any) bool { return canonical(a) == canonical(b) }
	if result := once(u.patchList(list, was)); !slices.EqualFunc(result, now, same) {
		u.Order[list] = now
	}
}

// Patch is a record's JSON after the command. Fields that this program does not know stay as they are.
func Patch(doc json.RawMessage, u UpdateRecord) (json.RawMessage, error) {
	fields, err := readDocument(doc)
	if err != nil {
		return nil, err
	}
	for name, value := range u.Set {
		switch id, custom := strings.CutPrefix(name, customField); {
		case custom:
			own := maps.Clone(object(fields["fields"]))
			if own == nil {
				own = map[string]any{}
			}
			setField(own, id, value)
			fields["fields"] = own
			if len(own) == 0 {
				delete(fields, "fields")
			}
		case name == "id" || slices.Contains(PatchLists, name):
			return nil, fmt.Errorf("the field %q of a record cannot be set", name)
		default:
			setField(fields, name, value)
		}
	}
	for _, list := range u.lists() {
		result := u.patchList(list, elements(fields[list]))
		fields[list] = result
		if len(result) == 0 {
			delete(fields, list)
		}
	}
	return json.Marshal(fields)
}

func setField(fields map[string]any, name string, value any) {
	if value == nil {
		delete(fields, name)
		return
	}
	fields[name] = value
}

// lists are the fields of which elements are added, dropped or put in order.
func (u UpdateRecord) lists() []string {
	return slices.DeleteFunc(slices.Clone(PatchLists), func(list string) bool {
		return len(u.Add[list])+len(u.Drop[list])+len(u.Order[list]) == 0
	})
}

func (u UpdateRecord) patchList(list string, was []any) []any {
	result := without(was, u.Drop[list])
	result = append(result, once(without(u.Add[list], result))...)
	order := u.Order[list]
	if len(order) == 0 {
		return result
	}
	first := once(without(order, without(order, result)))
	return append(first, without(result, first)...)
}

// without is what of all is not among gone, in its order.
func without(all, gone []any) []any {
	set := make(map[string]bool, len(gone))
	for _, v := range gone {
		set[canonical(v)] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(v any) bool { return set[canonical(v)] })
}

// once is a list without its doubles.
func once(all []any) []any {
	seen := make(map[string]bool, len(all))
	return slices.DeleteFunc(slices.Clone(all), func(v any) bool {
		c := canonical(v)
		double := seen[c]
		seen[c] = true
		return double
	})
}

// canonical is a value's JSON with its keys in order: equal values have the same.
func canonical(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return string(b)
}

func object(v any) map[string]any {
	o, _ := v.(map[string]any)
	return o
}

func elements(v any) []any {
	list, _ := v.([]any)
	return list
}

func readDocument(doc json.RawMessage) (fields map[string]any, err error) {
	if err := decodeNumbers(doc, &fields); err != nil {
		return nil, fmt.Errorf("read a record: %w", err)
	}
	if fields == nil {
		fields = map[string]any{}
	}
	return fields, nil
}

func decodeNumbers(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(into)
}
