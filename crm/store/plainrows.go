package store

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// plainRows are contacts and companies of a snapshot that can be written as an import's are, by the thousand and with the search
// index left for later: of which nothing is here, for which nothing waits, and which have and point to nothing that is not known.
type plainRows struct {
	bulk
	here    map[crm.ID]bool // rows, and old names of rows
	dates   crm.HLC         // the latest
	written []crm.ID
}

// putPlain writes those of the rows of a page that are plain, and gives the rest, in its order.
func (t *tx) putPlain(rows []wire.Row) (rest []wire.Row, err error) {
	var ids []crm.ID
	for _, r := range rows {
		if r.Entity == wire.Contact || r.Entity == wire.Company {
			ids = append(ids, r.ID)
		}
	}
	var waits bool
	if err := t.row("SELECT EXISTS(SELECT 1 FROM pending) OR EXISTS(SELECT 1 FROM shadow)").Scan(&waits); err != nil || waits || len(ids) == 0 {
		return rows, explain(err)
	}
	p := plainRows{bulk: newBulk(t)}
	p.later, p.fromServer = true, true
	if p.here, err = t.knownIDs(ids); err != nil {
		return nil, err
	}
	for _, entity := range []wire.Entity{wire.Company, wire.Contact} { // contacts point to companies
		left := rows[:0:0]
		for _, r := range rows {
			plain := false
			if r.Entity == entity && !r.Deleted && !p.here[r.ID] && !hasEmpty(r.Data) {
				if plain, err = p.take(r); err != nil {
					return nil, fmt.Errorf("take over %s %s from the server: %w", r.Entity, r.ID, err)
				}
			}
			if !plain {
				left = append(left, r)
			}
		}
		rows = left
	}
	if len(p.written) == 0 {
		return rows, nil
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	t.s.hlc = max(t.s.hlc, p.dates)
	t.changed.Lists = true
	return rows, t.resolveAll(p.written)
}

// hasEmpty says whether there may be a field with nothing in it, which this program would leave out.
func hasEmpty(data []byte) bool {
	for _, nothing := range []string{`:""`, ":null", ":[]", ":{}"} {
		if bytes.Contains(data, []byte(nothing)) {
			return true
		}
	}
	return false
}

// knownIDs are those of the ids that a contact or company here has, or had before it was merged.
func (t *tx) knownIDs(ids []crm.ID) (known map[crm.ID]bool, err error) {
	known = map[crm.ID]bool{}
	list := string(mustJSON(ids))
	const among = " IN (SELECT unhex(replace(value, '-', '')) FROM json_each(?1))"
	err = each(t, "SELECT id FROM contact WHERE id"+among+" UNION ALL SELECT id FROM company WHERE id"+among+" UNION ALL SELECT old FROM alias WHERE old"+among, []any{list},
		func(rows *sql.Rows) error {
			var id crm.ID
			err := rows.Scan(idBlob{&id})
			known[id] = true
			return err
		})
	return known, err
}

// take takes a row if it is plain.
func (p *plainRows) take(r wire.Row) (plain bool, err error) {
	if r.Entity == wire.Company {
		var c crm.Company
		if !decodeAll(r.Data, &c) || !plainTrail(c.Origin, c.Created, c.Updated) {
			return false, nil
		}
		c.ID = r.ID
		if there, err := p.usersHere(c.Responsible, c.MadeBy, c.ChangedBy); err != nil || !there {
			return false, err
		}
		p.note(r.ID, c.Updated)
		return true, p.company(c)
	}
	var c crm.Contact
	if !decodeAll(r.Data, &c) || !plainTrail(c.Origin, c.Created, c.Updated) {
		return false, nil
	}
	c.ID = r.ID
	there, err := p.usersHere(c.Responsible, c.MadeBy, c.ChangedBy)
	if err == nil && there && c.Company != "" && p.companies[c.Company].rid == 0 {
		there, err = isHere(p, wire.RowID{Entity: wire.Company, ID: c.Company})
	}
	if err != nil || !there {
		return false, err
	}
	p.note(r.ID, c.Updated)
	return true, p.contact(&PreparedRow{ImportRow: &ImportRow{Contact: c}, row: contactRowValues{id: c.ID.Bytes(), first: c.FirstName, last: c.LastName,
		sort: contactSort(c), position: c.Position, numbers: numbersJSON(c.Numbers), more: moreJSON(contactMore(c))}})
}

// plainTrail says whether a record came of no call, and has its dates.
func plainTrail(o crm.Origin, created, updated time.Time) bool {
	return o.Call == "" && o.Reason.Key == "" && !created.IsZero() && !updated.IsZero()
}

// decodeAll reads a row of which this program knows every field.
func decodeAll(data []byte, into any) bool {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(into) == nil
}

func (p *plainRows) usersHere(ids ...crm.ID) (bool, error) {
	for _, id := range ids {
		if id == "" {
			continue
		}
		if rid, err := p.user(id); err != nil || rid == nil {
			return false, err
		}
	}
	return true, nil
}

func (p *plainRows) note(id crm.ID, updated time.Time) {
	// As in putting.save: an edit that is made after this one was seen is the later one.
	p.dates = max(p.dates, crm.HLC(max(0, updated.UnixMilli()))<<16|0xffff)
	p.written = append(p.written, id)
}

// resolveAll puts rows anew that pointed to some that were not here until now.
func (t *tx) resolveAll(ids []crm.ID) error {
	var waited []crm.ID
	err := each(t, "SELECT DISTINCT target FROM dangling WHERE target IN (SELECT value FROM json_each(?))", []any{string(mustJSON(ids))}, func(rows *sql.Rows) error {
		var id crm.ID
		err := rows.Scan(&id)
		waited = append(waited, id)
		return err
	})
	for _, id := range waited {
		if err == nil {
			err = t.resolve(id)
		}
	}
	return err
}
