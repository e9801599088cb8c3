package store

import (
	"database/sql"
	"time"

	"leadline/crm"
)

var dealColumns = `d.rid, d.id, d.title, d.stage, d.cents, d.currency, c.id, coalesce(trim(c.first || ' ' || c.last), ''),
	f.id, coalesce(f.name, ''), d.source, d.comment, u.id, coalesce(u.name, ''), d.created, d.updated, d.active, d.open,
	d.pipeline, d.lead, d.more, ` + trailColumns("d")

const dealTables = ` FROM deal d LEFT JOIN contact c ON c.rid = d.contact LEFT JOIN company f ON f.rid = d.company
	LEFT JOIN user u ON u.rid = d.responsible `

type dealRow struct {
	crm.Deal
	rid                      int64
	contactName, companyName string
	responsible              string
	active                   time.Time
	open                     bool
}

func scanDeal(row interface{ Scan(...any) error }) (d dealRow, err error) {
	var m more
	err = row.Scan(append([]any{&d.rid, idBlob{&d.ID}, &d.Title, &d.Stage, &d.Amount.Minor, &d.Amount.Currency, idBlob{&d.Contact}, &d.contactName,
		idBlob{&d.Company}, &d.companyName, &d.Source, &d.Comment, idBlob{&d.Responsible}, &d.responsible,
		unixMilli{&d.Created}, unixMilli{&d.Updated}, unixMilli{&d.active},
		&d.open, idBlob{&d.Pipeline}, idBlob{&d.Lead}, jsonColumn{&m}}, trail(&d.MadeBy, &d.ChangedBy, &d.Origin)...)...)
	d.Fields = m.Fields
	return d, explain(err)
}

func dealByRid(q querier, rid int64) (dealRow, error) {
	return scanDeal(q.row("SELECT "+dealColumns+dealTables+"WHERE d.rid = ?", rid))
}

// openDeals are those of a contact or a company, the largest first.
func openDeals(q querier, k key, limit int) (deals []dealRow, err error) {
	where := ofCustomer(k, true)
	if where == "" {
		return nil, nil
	}
	err = each(q, "SELECT "+dealColumns+dealTables+where, []any{k.rid(), limit}, func(rows *sql.Rows) error {
		d, err := scanDeal(rows)
		deals = append(deals, d)
		return err
	})
	return deals, err
}

// countOpenDeals is how many there are of openDeals.
func countOpenDeals(q querier, k key) (n int, err error) {
	if k.kind() != crm.KindContact && k.kind() != crm.KindCompany {
		return 0, nil
	}
	err = q.row("SELECT count(*) FROM deal WHERE open = 1 AND "+string(k.kind())+" = ?", k.rid()).Scan(&n)
	return n, explain(err)
}

// openDealRefs are the refs of openDeals, of which the rules ask no more between the ring and the
// window. Those of a company are all of its deals, or only those that are of none of its people.
func openDealRefs(q querier, k key, ofPeople bool) (refs []crm.Ref, err error) {
	where := ofCustomer(k, ofPeople)
	if where == "" {
		return nil, nil
	}
	err = each(q, "SELECT d.id FROM deal d "+where, []any{k.rid(), mostMatches}, func(rows *sql.Rows) error {
		r := crm.Ref{Kind: crm.KindDeal}
		err := rows.Scan(idBlob{&r.ID})
		refs = append(refs, r)
		return err
	})
	return refs, err
}

// ofCustomer is the condition for the open deals of a contact or company (?1), at most ?2 of them, without those of the company's
// people unless ofPeople; "" for other records, which have none.
func ofCustomer(k key, ofPeople bool) string {
	column := map[crm.Kind]string{crm.KindContact: "d.contact", crm.KindCompany: "d.company"}[k.kind()]
	if column == "" {
		return ""
	}
	alone := ""
	if !ofPeople {
		alone = " AND d.contact IS NULL"
	}
	return "WHERE d.open = 1 AND " + column + " = ?1" + alone + " ORDER BY d.cents DESC, d.rid LIMIT ?2"
}

func (t *tx) saveDeal(d crm.Deal, at time.Time, create bool) error {
	responsible, err := userRid(t, d.Responsible)
	if err != nil {
		return err
	}
	contact, err := ridOf(t, "contact", d.Contact)
	if err != nil {
		return err
	}
	company, err := ridOf(t, "company", d.Company)
	if err != nil {
		return err
	}
	pipeline, err := pipelineByID(t, d.Pipeline)
	if err != nil {
		return err
	}
	if d.Stage == "" {
		d.Stage = pipeline.First()
	}
	open, more := pipeline.Open(d.Stage), toJSON(more{Fields: d.Fields})
	var rid int64
	if create {
		created, updated := stamps(d.Created, d.Updated, at)
		rid, err = t.insert(`INSERT INTO deal(id, title, stage, open, cents, currency, contact, company, source, comment, responsible,
			created, updated, active, pipeline, lead, more) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			d.ID.Bytes(), d.Title, string(d.Stage), open, d.Amount.Minor, d.Amount.Currency, nullRid(contact), nullRid(company),
			d.Source, d.Comment, responsible, created, updated, updated,
			d.Pipeline.Bytes(), d.Lead.Bytes(), more)
	} else if rid, err = ridOf(t, "deal", d.ID); err == nil {
		_, err = t.exec(`UPDATE deal SET title = ?, stage = ?, open = ?, cents = ?, currency = ?, contact = ?, company = ?,
			source = ?, comment = ?, responsible = ?, updated = ?, active = max(active, ?),
			pipeline = ?, lead = ?, more = ? WHERE rid = ?`,
			d.Title, string(d.Stage), open, d.Amount.Minor, d.Amount.Currency, nullRid(contact), nullRid(company),
			d.Source, d.Comment, responsible, at.UnixMilli(), at.UnixMilli(),
			d.Pipeline.Bytes(), d.Lead.Bytes(), more, rid)
	}
	if err != nil {
		return err
	}
	if err := t.sign("deal", rid, create, d.MadeBy, d.ChangedBy, d.Origin); err != nil {
		return err
	}
	t.touch(crm.Ref{Kind: crm.KindDeal, ID: d.ID})
	companyName, err := nameOfCompany(t, company)
	if err != nil {
		return err
	}
	return t.indexWords(makeKey(crm.KindDeal, rid), dealWords(d, companyName))
}

func dealWords(d crm.Deal, companyName string) string {
	return indexed(d.Title, companyName, d.Comment, ownWord(d.Responsible))
}
