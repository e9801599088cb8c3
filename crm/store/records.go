package store

import (
	"errors"
	"slices"
	"strings"
	"time"

	"leadline/crm"
)

// more are the fields of a record that nothing asks by, kept as one column of JSON.
type more struct {
	SIP       []string      `json:"sip,omitempty"`
	Emails    []crm.Email   `json:"emails,omitempty"`
	Addresses []crm.Address `json:"addresses,omitempty"`
	Comment   string        `json:"comment,omitempty"`
	Marks     []string      `json:"marks,omitempty"`
	Source    string        `json:"source,omitempty"`
	Fields    crm.Values    `json:"fields,omitempty"`
}

func (m more) empty() bool {
	return len(m.SIP)+len(m.Emails)+len(m.Addresses)+len(m.Marks)+len(m.Fields) == 0 && m.Comment == "" && m.Source == ""
}

func (m more) words() string {
	if len(m.Emails)+len(m.SIP)+len(m.Addresses) == 0 && m.Comment == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString(m.Comment)
	b.WriteByte(' ')
	for _, e := range m.Emails {
		b.WriteString(e.Address)
		b.WriteByte(' ')
	}
	for _, address := range m.SIP {
		b.WriteString(address)
		b.WriteByte(' ')
	}
	for _, a := range m.Addresses {
		b.WriteString(a.Formatted())
		b.WriteByte(' ')
	}
	return b.String()
}

// stamps are when a record was made and last changed; a command need not say.
func stamps(created, updated, at time.Time) (int64, int64) {
	if created.IsZero() {
		created = at
	}
	if updated.IsZero() {
		updated = at
	}
	return created.UnixMilli(), updated.UnixMilli()
}

// trailColumns are who made and who last changed a record, and its origin; x is the table's short name.
func trailColumns(x string) string {
	return "(SELECT id FROM user WHERE rid = " + x + ".made_by), (SELECT id FROM user WHERE rid = " + x + ".changed_by), " +
		x + ".made_call, " + x + ".reason"
}

// trail reads trailColumns.
func trail(madeBy, changedBy *crm.ID, o *crm.Origin) []any {
	return []any{idBlob{madeBy}, idBlob{changedBy}, idBlob{&o.Call}, jsonColumn{&o.Reason}}
}

// sign writes who made a record and how it came to be, or only who changed it.
func (t *tx) sign(table string, rid int64, create bool, madeBy, changedBy crm.ID, o crm.Origin) error {
	changed, err := userRid(t, changedBy)
	if err != nil {
		return err
	}
	if !create {
		_, err = t.exec("UPDATE "+table+" SET changed_by = ? WHERE rid = ?", changed, rid)
		return err
	}
	made, err := userRid(t, madeBy)
	if err != nil || made == nil && changed == nil && o.Call == "" && o.Reason.Key == "" {
		return err
	}
	_, err = t.exec("UPDATE "+table+" SET made_by = ?, changed_by = ?, made_call = ?, reason = ? WHERE rid = ?",
		made, changed, o.Call.Bytes(), toJSON(o.Reason), rid)
	return err
}

// indexRecord makes a record found: by its numbers and SIP addresses, and by its words.
func (t *tx) indexRecord(k key, numbers []crm.Number, sip []string, words string) error {
	for _, p := range t.parties(numbers, sip) {
		var err error
		if p.Kind == crm.Phone {
			t.s.taken.add(p.E164)
			_, err = t.exec(phoneInsert+"(?, ?)", int64(p.E164), int64(k))
		} else {
			_, err = t.exec(addressInsert+"(?, ?)", p.Key(), int64(k))
		}
		if err != nil {
			return err
		}
	}
	if windows := digitWindows(numbers); windows != "" {
		if _, err := t.exec(digitsInsert+"(?, ?)", int64(k), windows); err != nil {
			return err
		}
	}
	return t.indexWords(k, words)
}

const (
	digitsInsert  = "INSERT OR REPLACE INTO digits(rowid, text) VALUES"
	phoneInsert   = "INSERT OR IGNORE INTO phone(e164, key) VALUES"
	addressInsert = "INSERT OR IGNORE INTO address(peer, key) VALUES"
	wordsInsert   = "INSERT OR REPLACE INTO search(rowid, text) VALUES"
)

// parties are who a record is when it calls.
func (t *tx) parties(numbers []crm.Number, sip []string) []crm.Party {
	parties := make([]crm.Party, 0, len(numbers)+len(sip))
	for _, n := range numbers {
		parties = append(parties, n.Party())
	}
	for _, a := range sip {
		parties = append(parties, crm.Parse("sip:"+strings.TrimPrefix(a, "sip:"), t.s.region))
	}
	return slices.DeleteFunc(parties, func(p crm.Party) bool { return p.Kind == crm.Withheld })
}

func (t *tx) indexWords(k key, words string) error {
	_, err := t.exec(wordsInsert+"(?, ?)", int64(k), words)
	return err
}

// unindexNumbers takes away the ways to a record that it had.
func (t *tx) unindexNumbers(k key, numbers []crm.Number, sip []string) error {
	if _, err := t.exec("DELETE FROM digits WHERE rowid = ?", int64(k)); err != nil {
		return err
	}
	for _, p := range t.parties(numbers, sip) {
		var err error
		if p.Kind == crm.Phone {
			_, err = t.exec("DELETE FROM phone WHERE e164 IN (?1, -?1) AND key = ?2", int64(p.E164), int64(k))
		} else {
			_, err = t.exec("DELETE FROM address WHERE peer = ? AND key = ?", p.Key(), int64(k))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keyOf finds a record by its ref. One that was merged is found as what it was merged into.
func keyOf(q querier, r crm.Ref) (key, error) {
	switch r.Kind {
	case crm.KindContact, crm.KindCompany, crm.KindLead, crm.KindDeal:
	default:
		return 0, ErrNotFound
	}
	if r.None() {
		return 0, ErrNotFound
	}
	rid, err := ridOf(q, string(r.Kind), r.ID) // tables are named like the kinds
	if errors.Is(err, ErrNotFound) {
		var now crm.ID
		if aliased := q.row("SELECT new FROM alias WHERE kind = ? AND old = ?", string(r.Kind), r.ID.Bytes()).Scan(idBlob{&now}); aliased == nil {
			rid, err = ridOf(q, string(r.Kind), now)
		}
	}
	return makeKey(r.Kind, rid), err
}
