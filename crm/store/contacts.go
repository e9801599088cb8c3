package store

import (
	"database/sql"
	"errors"
	"time"

	"leadline/crm"
)

var contactColumns = `c.rid, c.id, c.first, c.last, c.position, f.id, coalesce(f.name, ''), u.id, coalesce(u.name, ''),
	c.numbers, c.more, c.created, c.updated, ` + trailColumns("c")

const contactTables = ` FROM contact c LEFT JOIN company f ON f.rid = c.company LEFT JOIN user u ON u.rid = c.responsible `

// contactRow is a contact with the names of what it points to.
type contactRow struct {
	crm.Contact
	rid         int64
	companyName string
	responsible string
}

func scanContact(row interface{ Scan(...any) error }) (c contactRow, err error) {
	var m more
	err = row.Scan(append([]any{&c.rid, idBlob{&c.ID}, &c.FirstName, &c.LastName, &c.Position, idBlob{&c.Company}, &c.companyName,
		idBlob{&c.Responsible}, &c.responsible, numbersColumn{&c.Numbers}, jsonColumn{&m}, unixMilli{&c.Created}, unixMilli{&c.Updated}},
		trail(&c.MadeBy, &c.ChangedBy, &c.Origin)...)...)
	c.SIP, c.Emails, c.Addresses, c.Comment, c.Marks, c.Source, c.Fields = m.SIP, m.Emails, m.Addresses, m.Comment, m.Marks, m.Source, m.Fields
	return c, explain(err)
}

func contactByRid(q querier, rid int64) (contactRow, error) {
	return scanContact(q.row("SELECT "+contactColumns+contactTables+"WHERE c.rid = ?", rid))
}

func contactMore(c crm.Contact) more {
	return more{c.SIP, c.Emails, c.Addresses, c.Comment, c.Marks, c.Source, c.Fields}
}

func contactSort(c crm.Contact) string { return fold(c.LastName + " " + c.FirstName) }

const (
	contactInsert = "INSERT INTO contact(rid, id, first, last, sort, position, company, responsible, numbers, more, created, updated, made_by, changed_by) VALUES"
	contactWidth  = 14 // values of it
)

// contactValues are those of contactInsert; rid nil lets SQLite choose, made is the row of who makes it.
func contactValues(rid any, c crm.Contact, company int64, responsible, made any, at time.Time) []any {
	created, updated := stamps(c.Created, c.Updated, at)
	return []any{rid, c.ID.Bytes(), c.FirstName, c.LastName, contactSort(c), c.Position, nullRid(company), responsible,
		toJSON(c.Numbers), toJSON(contactMore(c)), created, updated, made, made}
}

func (t *tx) saveContact(c crm.Contact, at time.Time, create bool) error {
	company, err := ridOf(t, "company", c.Company)
	if err != nil {
		return err
	}
	responsible, err := userRid(t, c.Responsible)
	if err != nil {
		return err
	}
	var rid int64
	m := contactMore(c)
	if create {
		rid, err = t.insert(contactInsert+"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", contactValues(nil, c, company, responsible, nil, at)...)
		if err != nil {
			return err
		}
	} else {
		if rid, err = ridOf(t, "contact", c.ID); err != nil {
			return err
		}
		was, err := contactByRid(t, rid)
		if err != nil {
			return err
		}
		if err := t.unindexNumbers(makeKey(crm.KindContact, rid), was.Numbers, was.SIP); err != nil {
			return err
		}
		_, err = t.exec(`UPDATE contact SET first = ?, last = ?, sort = ?, position = ?, company = ?, responsible = ?,
			numbers = ?, more = ?, updated = ? WHERE rid = ?`, c.FirstName, c.LastName, contactSort(c), c.Position,
			nullRid(company), responsible, toJSON(c.Numbers), toJSON(m), at.UnixMilli(), rid)
		if err != nil {
			return err
		}
	}
	if err := t.sign("contact", rid, create, c.MadeBy, c.ChangedBy, c.Origin); err != nil {
		return err
	}
	t.touch(crm.Ref{Kind: crm.KindContact, ID: c.ID})
	companyName, err := nameOfCompany(t, company)
	if err != nil {
		return err
	}
	return t.indexRecord(makeKey(crm.KindContact, rid), c.Numbers, c.SIP, contactWords(c, companyName))
}

func contactWords(c crm.Contact, companyName string) string {
	return indexed(c.FirstName, c.LastName, c.Position, companyName, contactMore(c).words(), ownWord(c.Responsible))
}

func nameOfCompany(q querier, rid int64) (name string, err error) {
	if rid == 0 {
		return "", nil
	}
	err = q.row("SELECT name FROM company WHERE rid = ?", rid).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return name, explain(err)
}
