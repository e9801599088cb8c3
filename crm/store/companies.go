package store

import (
	"database/sql"
	"errors"
	"time"

	"leadline/crm"
)

var companyColumns = `f.rid, f.id, f.name, u.id, coalesce(u.name, ''), f.numbers, f.more, f.created, f.updated, ` + trailColumns("f")

const companyTables = ` FROM company f LEFT JOIN user u ON u.rid = f.responsible `

type companyRow struct {
	crm.Company
	rid         int64
	responsible string
}

func scanCompany(row interface{ Scan(...any) error }) (c companyRow, err error) {
	var m more
	err = row.Scan(append([]any{&c.rid, idBlob{&c.ID}, &c.Name, idBlob{&c.Responsible}, &c.responsible,
		numbersColumn{&c.Numbers}, jsonColumn{&m}, unixMilli{&c.Created}, unixMilli{&c.Updated}},
		trail(&c.MadeBy, &c.ChangedBy, &c.Origin)...)...)
	c.SIP, c.Emails, c.Addresses, c.Comment, c.Marks, c.Source, c.Fields = m.SIP, m.Emails, m.Addresses, m.Comment, m.Marks, m.Source, m.Fields
	return c, explain(err)
}

func companyByRid(q querier, rid int64) (companyRow, error) {
	return scanCompany(q.row("SELECT "+companyColumns+companyTables+"WHERE f.rid = ?", rid))
}

func companyMore(c crm.Company) more {
	return more{c.SIP, c.Emails, c.Addresses, c.Comment, c.Marks, c.Source, c.Fields}
}

const (
	companyInsert = "INSERT INTO company(rid, id, name, sort, responsible, numbers, more, created, updated, made_by, changed_by) VALUES"
	companyWidth  = 11 // values of it
)

// companyValues are those of companyInsert; rid nil lets SQLite choose, made is the row of who makes it.
func companyValues(rid any, c crm.Company, responsible, made any, at time.Time) []any {
	created, updated := stamps(c.Created, c.Updated, at)
	return []any{rid, c.ID.Bytes(), c.Name, fold(c.Name), responsible, numbersJSON(c.Numbers), moreJSON(companyMore(c)), created, updated, made, made}
}

func (t *tx) saveCompany(c crm.Company, at time.Time, create bool) error {
	responsible, err := userRid(t, c.Responsible)
	if err != nil {
		return err
	}
	var rid int64
	m := companyMore(c)
	if create {
		rid, err = t.insert(companyInsert+"(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", companyValues(nil, c, responsible, nil, at)...)
		if err != nil {
			return err
		}
	} else {
		if rid, err = ridOf(t, "company", c.ID); err != nil {
			return err
		}
		was, err := companyByRid(t, rid)
		if err != nil {
			return err
		}
		if err := t.unindexNumbers(makeKey(crm.KindCompany, rid), was.Numbers, was.SIP); err != nil {
			return err
		}
		_, err = t.exec("UPDATE company SET name = ?, sort = ?, responsible = ?, numbers = ?, more = ?, updated = ? WHERE rid = ?",
			c.Name, fold(c.Name), responsible, toJSON(c.Numbers), toJSON(m), at.UnixMilli(), rid)
		if err != nil {
			return err
		}
		if was.Name != c.Name {
			if err := t.indexPeopleOf(rid, c.Name); err != nil {
				return err
			}
		}
	}
	if err := t.sign("company", rid, create, c.MadeBy, c.ChangedBy, c.Origin); err != nil {
		return err
	}
	t.touch(crm.Ref{Kind: crm.KindCompany, ID: c.ID})
	return t.indexRecord(makeKey(crm.KindCompany, rid), c.Numbers, c.SIP, companyWords(c))
}

func companyWords(c crm.Company) string {
	return indexed(c.Name, companyMore(c).words(), ownWord(c.Responsible))
}

// indexPeopleOf makes the people of a company findable by its new name.
func (t *tx) indexPeopleOf(company int64, name string) error {
	var people []contactRow
	err := each(t, "SELECT "+contactColumns+contactTables+"WHERE c.company = ?", []any{company}, func(rows *sql.Rows) error {
		c, err := scanContact(rows)
		people = append(people, c)
		return err
	})
	for _, c := range people {
		if err == nil {
			err = t.indexWords(makeKey(crm.KindContact, c.rid), contactWords(c.Contact, name))
		}
	}
	return err
}

// companyNamed finds a company by its name, however its letters are written; 0 when there is none.
func companyNamed(q querier, name string) (rid int64, err error) {
	sort := fold(name)
	if sort == "" {
		return 0, nil
	}
	err = q.row("SELECT rid FROM company WHERE sort = ? ORDER BY rid LIMIT 1", sort).Scan(&rid)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return rid, explain(err)
}
