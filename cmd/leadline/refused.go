package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"leadline/crm"
)

// wantedBy is what a refused change would have set, a line for each value under its field's name: what somebody typed can be kept
// elsewhere before the change is dropped. Ids, which say nothing to a person, and values that are empty are left out.
func wantedBy(c crm.Change) string {
	if c == nil {
		return ""
	}
	data, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return ""
	}
	var lines []string
	values("", v, func(field, value string) { lines = append(lines, field+": "+value) })
	return strings.Join(lines, "\n")
}

// noTime is a time that is not set, as JSON has it.
const noTime = "0001-01-01T00:00:00Z"

// values gives the texts and numbers within a JSON value to say, by the name of the field that each is in.
func values(field string, v any, say func(field, value string)) {
	switch v := v.(type) {
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			values(name, v[name], say)
		}
	case []any:
		for _, one := range v {
			values(field, one, say)
		}
	case string:
		if _, id := crm.ParseID(v); v != "" && v != noTime && id != nil {
			say(field, v)
		}
	case float64:
		if v != 0 {
			say(field, fmt.Sprint(v))
		}
	case bool:
		if v {
			say(field, "true")
		}
	}
}
