package store

import (
	"context"
	"database/sql"

	"leadline/crm"
)

// The party's own record is the first that a call is saved on.
const callListColumns = callColumns + `, coalesce((SELECT key FROM call_link k WHERE k.call = c.rid ORDER BY k.pos LIMIT 1), -1)`

// Call is one call, as the log shows it.
func (s *Store) Call(ctx context.Context, id crm.ID) (row crm.CallRow, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return row, err
	}
	c, err := callByID(r, id)
	if err != nil {
		return row, err
	}
	rows, err := callRows(r, []int64{c.rid})
	row = rows[c.rid]
	row.Call = c.Call
	return row, err
}

// callsAt are calls as the log shows them, in the order of their rids; one that is gone is left out.
func callsAt(q querier, rids []int64) (rows []crm.CallRow, err error) {
	found, err := callRows(q, rids)
	for _, rid := range rids {
		if row, there := found[rid]; there {
			rows = append(rows, row)
		}
	}
	return rows, err
}

// callRows are calls as the log shows them, by their rids. What their parties are called is asked once for all of
// them: a page of the log has up to 128 calls, and has to be there before the window is painted.
func callRows(q querier, rids []int64) (map[int64]crm.CallRow, error) {
	found := make(map[int64]crm.CallRow, len(rids))
	saved := make(map[int64]key, len(rids)) // on which record; those of nobody are left out
	var keys []key
	var peers []string
	err := each(q, "SELECT "+callListColumns+callTables+"WHERE c.rid IN (SELECT value FROM json_each(?))", []any{toJSON(rids)},
		func(rows *sql.Rows) error {
			var k int64
			c, err := scanCall(rows, &k)
			found[c.rid] = crm.CallRow{Call: c.Call, Attempts: 1, Closed: !c.waits}
			if k < 0 {
				peers = append(peers, c.Party.Key())
				return err
			}
			saved[c.rid] = key(k)
			keys = append(keys, key(k))
			return err
		})
	if err != nil {
		return nil, err
	}
	records, err := titlesOf(q, keys)
	if err != nil {
		return nil, err
	}
	colleagues, err := colleaguesNamed(q, peers)
	if err != nil {
		return nil, err
	}
	for rid, row := range found {
		if r, is := records[saved[rid]]; is {
			row.Ref, row.Name, row.Sub = r.ref, r.name, r.sub
			row.Call.Refs = []crm.Ref{r.ref}
		} else {
			row.Name = colleagues[row.Call.Party.Key()]
		}
		found[rid] = row
	}
	return found, nil
}

// titled is what a list shows of a record besides its own columns.
type titled struct {
	ref       crm.Ref
	name, sub string // sub: the company of a contact, the person of a lead
}

// titledRows read the titles of a kind's rows, whose rids are given as JSON.
var titledRows = map[crm.Kind]struct {
	query string
	scan  func(rows *sql.Rows, rid *int64, t *titled) error
}{
	crm.KindContact: {`SELECT c.rid, c.id, c.first, c.last, coalesce(f.name, '') FROM contact c
		LEFT JOIN company f ON f.rid = c.company WHERE c.rid IN (SELECT value FROM json_each(?))`,
		func(rows *sql.Rows, rid *int64, t *titled) error {
			var first, last string
			err := rows.Scan(rid, idBlob{&t.ref.ID}, &first, &last, &t.sub)
			t.name = crm.FullName(first, last)
			return err
		}},
	crm.KindCompany: {"SELECT rid, id, name FROM company WHERE rid IN (SELECT value FROM json_each(?))",
		func(rows *sql.Rows, rid *int64, t *titled) error { return rows.Scan(rid, idBlob{&t.ref.ID}, &t.name) }},
	crm.KindLead: {"SELECT rid, id, title, first, last, company FROM lead WHERE rid IN (SELECT value FROM json_each(?))",
		func(rows *sql.Rows, rid *int64, t *titled) error {
			var l crm.Lead
			err := rows.Scan(rid, idBlob{&t.ref.ID}, &l.Title, &l.FirstName, &l.LastName, &l.CompanyName)
			t.name, t.sub = l.Name(), personOf(l)
			return err
		}},
	crm.KindDeal: {"SELECT rid, id, title FROM deal WHERE rid IN (SELECT value FROM json_each(?))",
		func(rows *sql.Rows, rid *int64, t *titled) error { return rows.Scan(rid, idBlob{&t.ref.ID}, &t.name) }},
}

// titlesOf are the titles of records by their keys, in one query a kind.
func titlesOf(q querier, keys []key) (map[key]titled, error) {
	titles := make(map[key]titled, len(keys))
	rids := map[crm.Kind][]int64{}
	for _, k := range keys {
		rids[k.kind()] = append(rids[k.kind()], k.rid())
	}
	for kind, some := range rids {
		from := titledRows[kind]
		err := each(q, from.query, []any{toJSON(some)}, func(rows *sql.Rows) error {
			t := titled{ref: crm.Ref{Kind: kind}}
			var rid int64
			err := from.scan(rows, &rid, &t)
			titles[makeKey(kind, rid)] = t
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return titles, nil
}

// colleaguesNamed are the names of the users with whom calls were, by their keys as parties; strangers are left out.
func colleaguesNamed(q querier, peers []string) (map[string]string, error) {
	names := map[string]string{}
	if len(peers) == 0 {
		return names, nil
	}
	err := each(q, "SELECT c.peer, u.name FROM colleague c JOIN user u ON u.rid = c.user WHERE c.peer IN (SELECT value FROM json_each(?))",
		[]any{toJSON(peers)}, func(rows *sql.Rows) error {
			var peer, name string
			err := rows.Scan(&peer, &name)
			names[peer] = name
			return err
		})
	return names, err
}
