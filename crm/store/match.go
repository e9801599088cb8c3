package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"leadline/crm"
)

const mostMatches = 32 // more records with one number than a person would look through

// Match finds the records with the party's number or address, best first (C3).
func (s *Store) Match(ctx context.Context, p crm.Party) ([]crm.Match, error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return match(r, p)
}

// matchByPhone asks all about a number in one question, because it is asked
// between the ring and the window: contacts at once, other kinds by their keys.
const matchByPhone = `SELECT p.key, c.id, c.first, c.last, f.name, c.numbers,
	(SELECT max(k.began) FROM call_link k WHERE k.key = p.key AND k.spoken = 1)
	FROM (SELECT key FROM phone WHERE e164 = ? ORDER BY key & 3 LIMIT ?) p LEFT JOIN contact c ON c.rid = p.key >> 2 AND p.key & 3 = 0 LEFT JOIN company f ON f.rid = c.company`

func match(q querier, p crm.Party) (matches []crm.Match, err error) {
	var others []key
	if p.Kind == crm.Phone {
		err = each(q, matchByPhone, []any{int64(p.E164), mostMatches}, func(rows *sql.Rows) error {
			var k, spoken sql.NullInt64
			var id, first, last, company, numbers sql.RawBytes
			if err := rows.Scan(&k, &id, &first, &last, &company, &numbers, &spoken); err != nil {
				return err
			}
			if len(id) == 0 {
				others = append(others, key(k.Int64))
				return nil
			}
			m := crm.Match{Ref: crm.Ref{Kind: crm.KindContact}, Name: crm.FullName(string(first), string(last)), Sub: string(company)}
			var err error
			if m.Ref.ID, err = crm.IDFromBytes(id); err != nil {
				return err
			}
			if spoken.Valid {
				m.Last = time.UnixMilli(spoken.Int64)
			}
			m.By, m.ByIndex, err = numberIn(numbers, p)
			matches = append(matches, m)
			return err
		})
	} else {
		others, err = keysOf(q, p)
	}
	if err == nil && len(matches)+len(others) >= mostMatches { // the newest leads may be left out, and with them the open one
		var open []key
		open, err = openLeadKeys(q, p)
		others = slices.Compact(slices.Sorted(slices.Values(append(others, open...))))
	}
	for _, k := range others {
		if err != nil {
			return nil, err
		}
		var m crm.Match
		m, err = matchOf(q, k, p)
		matches = append(matches, m)
	}
	if len(matches) > 1 {
		crm.Rank(matches)
	}
	return matches, err
}

// numberIn is numberOf for a column of JSON.
func numberIn(raw []byte, p crm.Party) (crm.Number, int, error) {
	var numbers []crm.Number
	if err := (numbersColumn{&numbers}).Scan(raw); err != nil {
		return crm.Number{}, 0, err
	}
	n, index := numberOf(numbers, p)
	return n, index, nil
}

// keysOf are the records that carry the party's number or address.
func keysOf(q querier, p crm.Party) ([]key, error) {
	switch p.Kind {
	case crm.Phone:
		return readKeys(q, "SELECT key FROM phone WHERE e164 = ? ORDER BY key & 3 LIMIT ?", int64(p.E164), mostMatches)
	case crm.Internal, crm.SIPAddress:
		return readKeys(q, "SELECT key FROM address WHERE peer = ? ORDER BY key & 3 LIMIT ?", p.Key(), mostMatches)
	}
	return nil, nil
}

// readKeys are the keys that a statement with one column gives.
func readKeys(q querier, statement string, args ...any) (keys []key, err error) {
	err = each(q, statement, args, func(rows *sql.Rows) error {
		var k int64
		err := rows.Scan(&k)
		keys = append(keys, key(k))
		return err
	})
	return keys, err
}

// matchOf is the record of a key as a match of the party.
func matchOf(q querier, k key, p crm.Party) (m crm.Match, err error) {
	var numbers []crm.Number
	m.Ref.Kind = k.kind()
	switch k.kind() {
	case crm.KindContact:
		var first, last string
		err = q.row(`SELECT c.id, c.first, c.last, coalesce(f.name, ''), c.numbers FROM contact c
			LEFT JOIN company f ON f.rid = c.company WHERE c.rid = ?`, k.rid()).
			Scan(idBlob{&m.Ref.ID}, &first, &last, &m.Sub, numbersColumn{&numbers})
		m.Name = crm.FullName(first, last)
	case crm.KindCompany:
		err = q.row("SELECT id, name, numbers FROM company WHERE rid = ?", k.rid()).
			Scan(idBlob{&m.Ref.ID}, &m.Name, numbersColumn{&numbers})
	case crm.KindLead:
		var l crm.Lead
		var open bool
		err = q.row("SELECT id, title, first, last, company, open, numbers FROM lead WHERE rid = ?", k.rid()).
			Scan(idBlob{&m.Ref.ID}, &l.Title, &l.FirstName, &l.LastName, &l.CompanyName, &open, numbersColumn{&numbers})
		m.Name, m.Sub, m.Closed = l.Name(), personOf(l), !open
	case crm.KindDeal:
		err = q.row("SELECT id, title FROM deal WHERE rid = ?", k.rid()).Scan(idBlob{&m.Ref.ID}, &m.Name)
	}
	if err != nil {
		return m, explain(err)
	}
	m.By, m.ByIndex = numberOf(numbers, p)
	m.Last, err = lastSpoken(q, k)
	return m, err
}

// personOf is the person of a lead when that is not its name already.
func personOf(l crm.Lead) string {
	if person := crm.FullName(l.FirstName, l.LastName); person != l.Name() {
		return person
	}
	return ""
}

// numberOf finds which of a record's numbers the party's is, and the how manyth of its label: "mobile 2".
func numberOf(numbers []crm.Number, p crm.Party) (n crm.Number, index int) {
	for i, n := range numbers {
		if n.E164 != p.E164 || n.Short != p.Short || p.Kind == crm.SIPAddress {
			continue
		}
		for _, before := range numbers[:i+1] {
			if before.Label == n.Label {
				index++
			}
		}
		return n, index
	}
	return crm.Number{}, 0
}

const lastSpokenTo = "SELECT max(began) FROM call_link WHERE key = ? AND spoken = 1"

// lastSpoken is when there was last a conversation with a record; zero when never.
func lastSpoken(q querier, k key) (at time.Time, err error) {
	err = q.row(lastSpokenTo, int64(k)).Scan(unixMilli{&at})
	return at, explain(err)
}
