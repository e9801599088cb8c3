package ledger

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"leadline/crm"
)

// Each command reads and writes the documents that it touches. encoding/json would look through every value again, also those that are
// only passed on. The functions here do the same as it does, for what a Row has, and leave unusual spellings to it.

// AppendFields writes the fields of a row as one JSON object, sorted by name, as encoding/json does.
func AppendFields(to []byte, fields map[string]json.RawMessage) []byte {
	if fields == nil {
		return append(to, "null"...)
	}
	to = append(to, '{')
	for i, name := range slices.Sorted(maps.Keys(fields)) {
		to = appendName(to, i, name)
		if value := fields[name]; value == nil {
			to = append(to, "null"...)
		} else {
			to = append(to, value...)
		}
	}
	return append(to, '}')
}

// WriteFields is AppendFields to a new text.
func WriteFields(fields map[string]json.RawMessage) []byte {
	size := len("null")
	for name, value := range fields {
		size += len(name) + len(value) + len(`"":null,`)
	}
	return AppendFields(make([]byte, 0, size), fields)
}

// WriteStamps writes the stamps of a row in the same way.
func WriteStamps(stamps map[string]crm.HLC) []byte {
	if stamps == nil {
		return []byte("null")
	}
	const digits = 20
	size := len("{}")
	for name := range stamps {
		size += len(name) + len(`"":,`) + digits
	}
	to := append(make([]byte, 0, size), '{')
	for i, name := range slices.Sorted(maps.Keys(stamps)) {
		to = strconv.AppendUint(appendName(to, i, name), uint64(stamps[name]), 10)
	}
	return append(to, '}')
}

func appendName(to []byte, i int, name string) []byte {
	if i > 0 {
		to = append(to, ',')
	}
	if !asItIs(name) {
		return append(append(to, raw(name)...), ':')
	}
	return append(append(append(to, '"'), name...), '"', ':')
}

// asItIs says whether JSON writes a text unchanged: it is ASCII, and nothing in it is escaped.
func asItIs[T ~string | ~[]byte](text T) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}

// ReadFields splits a JSON object into its fields, which share its bytes.
func ReadFields(doc []byte) (fields map[string]json.RawMessage, err error) {
	fields = make(map[string]json.RawMessage, bytes.Count(doc, []byte(`":`)))
	if eachField(doc, func(name, value []byte) bool { fields[string(name)] = value; return true }) {
		return fields, nil
	}
	fields = nil
	return fields, json.Unmarshal(doc, &fields)
}

// ReadStamps reads what WriteStamps has written.
func ReadStamps(doc []byte) (stamps map[string]crm.HLC, err error) {
	stamps = make(map[string]crm.HLC, bytes.Count(doc, []byte(`":`)))
	if eachField(doc, func(name, value []byte) bool {
		n, err := strconv.ParseUint(string(value), 10, 64)
		stamps[string(name)] = crm.HLC(n)
		return err == nil
	}) {
		return stamps, nil
	}
	stamps = nil
	return stamps, json.Unmarshal(doc, &stamps)
}

// eachField calls f for each field of a JSON object that has no blanks and whose names are written unchanged (asItIs). It is false when
// doc is no such object, or f says so. Of the values it finds only where they end.
func eachField(doc []byte, f func(name, value []byte) bool) bool {
	if len(doc) < 2 || doc[0] != '{' {
		return false
	}
	if string(doc) == "{}" {
		return true
	}
	for at := 1; ; {
		if at >= len(doc) || doc[at] != '"' {
			return false
		}
		end := bytes.IndexByte(doc[at+1:], '"')
		if end < 0 || !asItIs(doc[at+1:at+1+end]) {
			return false
		}
		name := doc[at+1 : at+1+end]
		at += end + len(`""`)
		if at >= len(doc) || doc[at] != ':' {
			return false
		}
		at++
		after := valueEnd(doc, at)
		if after <= at || after >= len(doc) || !f(name, doc[at:after:after]) {
			return false
		}
		switch {
		case doc[after] == '}':
			return after == len(doc)-1
		case doc[after] != ',':
			return false
		}
		at = after + 1
	}
}

// valueEnd is where the value at a place of a JSON object ends: the index of the comma or brace after it; -1 where a blank stands between
// values.
func valueEnd(doc []byte, at int) int {
	depth, quoted := 0, false
	for ; at < len(doc); at++ {
		switch c := doc[at]; {
		case quoted:
			if c == '\\' {
				at++
			}
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == '}'):
			return at
		case c == '}' || c == ']':
			depth--
		case c <= ' ':
			return -1
		}
	}
	return -1
}

// text reads a JSON string that is written unchanged (asItIs); ok is false for everything else.
func text(value json.RawMessage) (s []byte, ok bool) {
	n := len(value)
	if n < 2 || value[0] != '"' || value[n-1] != '"' || !asItIs(value[1:n-1]) {
		return nil, false
	}
	return value[1 : n-1], true
}
