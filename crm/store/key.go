package store

import (
	"encoding/json"
	"time"

	"leadline/crm"
)

// key points to a record of any kind within the file: rid << 2 | kind. The
// kinds are in the order of requirements.md C3, more or less; the numbers stay for ever.
type key int64

var kinds = [...]crm.Kind{crm.KindContact, crm.KindCompany, crm.KindLead, crm.KindDeal}

func makeKey(kind crm.Kind, rid int64) key {
	for i, k := range kinds {
		if k == kind {
			return key(rid<<2 | int64(i))
		}
	}
	return 0
}

func (k key) kind() crm.Kind { return kinds[k&3] }
func (k key) rid() int64     { return int64(k >> 2) }

// idBlob reads an id column; NULL is the zero ID.
type idBlob struct{ id *crm.ID }

func (b idBlob) Scan(v any) error {
	raw, ok := v.([]byte)
	if !ok || len(raw) == 0 {
		*b.id = ""
		return nil
	}
	id, err := crm.IDFromBytes(raw)
	*b.id = id
	return err
}

// unixMilli reads a time column; NULL is the zero time.
type unixMilli struct{ t *time.Time }

func (m unixMilli) Scan(v any) error {
	if ms, ok := v.(int64); ok {
		*m.t = time.UnixMilli(ms)
	} else {
		*m.t = time.Time{}
	}
	return nil
}

// milli writes a time column.
func milli(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// jsonColumn reads a column of JSON; NULL leaves the value as it is.
type jsonColumn struct{ v any }

func (j jsonColumn) Scan(v any) error {
	switch raw := v.(type) {
	case string:
		return json.Unmarshal([]byte(raw), j.v)
	case []byte:
		if len(raw) > 0 {
			return json.Unmarshal(raw, j.v)
		}
	}
	return nil
}

// toJSON writes a column of JSON; what is empty becomes NULL.
func toJSON(v any) any { return column(textJSON(v)) }

// textJSON is JSON; what is empty becomes "".
func textJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil || string(b) == "null" || string(b) == "{}" || string(b) == "[]" {
		return ""
	}
	return string(b)
}
