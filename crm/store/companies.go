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
			of, err := ofCompany(t, rid)
			if err := errors.Join(err, t.reword(of)); err != nil {
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

// ofCompany are the people and the deals of a company. They are found by its name, too.
func ofCompany(q querier, company int64) (all []key, err error) {
	for _, kind := range []crm.Kind{crm.KindContact, crm.KindDeal} {
		rids, err := ridsWhere(q, string(kind), "company = ?", company)
		if err != nil {
			return nil, err
		}
		for _, rid := range rids {
			all = append(all, makeKey(kind, rid))
		}
	}
	return all, nil
}

// reword makes people and deals found by the words that they have now, of which the name of their company is one.
func (t *tx) reword(all []key) error {
	for _, k := range all {
		var words string
		if k.kind() == crm.KindContact {
			c, err := contactByRid(t, k.rid())
			if err != nil {
				return err
			}
			words = contactWords(c.Contact, c.companyName)
		} else {
			d, err := dealByRid(t, k.rid())
			if err != nil {
				return err
			}
			words = dealWords(d.Deal, d.companyName)
		}
		if err := t.indexWords(k, words); err != nil {
			return err
		}
	}
	return nil
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
