package store

import (
	"errors"
	"time"

	"leadline/crm"
)

var leadColumns = `l.rid, l.id, l.title, l.first, l.last, l.company, l.status, l.source, l.line, l.repeated, l.became,
	u.id, coalesce(u.name, ''), l.numbers, l.more, l.created, l.updated, l.active, ` + trailColumns("l")

const leadTables = ` FROM lead l LEFT JOIN user u ON u.rid = l.responsible `

type leadRow struct {
	crm.Lead
	rid         int64
	responsible string
	active      time.Time // last call or change
}

func scanLead(row interface{ Scan(...any) error }) (l leadRow, err error) {
	var m more
	err = row.Scan(append([]any{&l.rid, idBlob{&l.ID}, &l.Title, &l.FirstName, &l.LastName, &l.CompanyName, &l.Status, &l.Source,
		idBlob{&l.Line}, &l.Repeat, jsonColumn{&l.Became}, idBlob{&l.Responsible}, &l.responsible,
		numbersColumn{&l.Numbers}, jsonColumn{&m}, unixMilli{&l.Created}, unixMilli{&l.Updated}, unixMilli{&l.active}},
		trail(&l.MadeBy, &l.ChangedBy, &l.Origin)...)...)
	l.SIP, l.Emails, l.Addresses, l.Comment, l.Marks, l.Fields = m.SIP, m.Emails, m.Addresses, m.Comment, m.Marks, m.Fields
	return l, explain(err)
}

func leadByRid(q querier, rid int64) (leadRow, error) {
	return scanLead(q.row("SELECT "+leadColumns+leadTables+"WHERE l.rid = ?", rid))
}

func leadByID(q querier, id crm.ID) (leadRow, error) {
	rid, err := ridOf(q, "lead", id)
	if err != nil {
		return leadRow{}, err
	}
	return leadByRid(q, rid)
}

func (t *tx) saveLead(l crm.Lead, at time.Time, create bool) error {
	responsible, err := userRid(t, l.Responsible)
	if err != nil {
		return err
	}
	if l.Status == "" {
		l.Status = crm.LeadNew
	}
	var rid int64
	m := more{SIP: l.SIP, Emails: l.Emails, Addresses: l.Addresses, Comment: l.Comment, Marks: l.Marks, Fields: l.Fields}
	if create {
		created, updated := stamps(l.Created, l.Updated, at)
		rid, err = t.insert(`INSERT INTO lead(id, title, first, last, company, status, open, source, line, repeated, became,
			responsible, numbers, more, created, updated, active) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			l.ID.Bytes(), l.Title, l.FirstName, l.LastName, l.CompanyName, string(l.Status), l.Status.Open(), l.Source,
			l.Line.Bytes(), l.Repeat, toJSON(l.Became), responsible, toJSON(l.Numbers), toJSON(m), created, updated, updated)
		if err != nil {
			return err
		}
	} else {
		was, err := leadByID(t, l.ID)
		if err != nil {
			return err
		}
		rid = was.rid
		if err := t.oneOpenLead(was.Lead, l); err != nil {
			return err
		}
		if err := t.unindexNumbers(makeKey(crm.KindLead, rid), was.Numbers, was.SIP); err != nil {
			return err
		}
		_, err = t.exec(`UPDATE lead SET title = ?, first = ?, last = ?, company = ?, status = ?, open = ?, source = ?, line = ?,
			repeated = ?, became = ?, responsible = ?, numbers = ?, more = ?, updated = ?, active = max(active, ?) WHERE rid = ?`,
			l.Title, l.FirstName, l.LastName, l.CompanyName, string(l.Status), l.Status.Open(), l.Source, l.Line.Bytes(),
			l.Repeat, toJSON(l.Became), responsible, toJSON(l.Numbers), toJSON(m), at.UnixMilli(), at.UnixMilli(), rid)
		if err != nil {
			return err
		}
	}
	if err := t.sign("lead", rid, create, l.MadeBy, l.ChangedBy, l.Origin); err != nil {
		return err
	}
	t.touch(crm.Ref{Kind: crm.KindLead, ID: l.ID})
	return t.indexLead(rid, l)
}

// fromOpenLeads are the open leads with a number. They are kept under the negative number, too: of whom nearly every call was junk there may
// be twenty thousand closed ones, and each would be looked at while it rings.
const fromOpenLeads = "FROM phone WHERE e164 = -?"

func (t *tx) indexLead(rid int64, l crm.Lead) error {
	k := makeKey(crm.KindLead, rid)
	return errors.Join(t.indexRecord(k, l.Numbers, l.SIP, leadWords(l)), t.indexOpen(k, l.Numbers, l.Status.Open()))
}

// indexOpen makes a lead one that is open, or is not any more.
func (t *tx) indexOpen(k key, numbers []crm.Number, open bool) error {
	change := "DELETE FROM phone WHERE e164 = -? AND key = ?"
	if open {
		change = phoneInsert + "(-?, ?)"
	}
	for _, n := range numbers {
		if n.E164 == 0 {
			continue
		}
		if _, err := t.exec(change, int64(n.E164), int64(k)); err != nil {
			return err
		}
	}
	return nil
}

// oneOpenLead refuses to open a lead, or to give an open one a number, while another
// one with that number is open (B4).
func (t *tx) oneOpenLead(was, now crm.Lead) error {
	if !now.Status.Open() || t.fromServer {
		return nil
	}
	had := map[string]bool{}
	if was.Status.Open() {
		for _, p := range t.parties(was.Numbers, was.SIP) {
			had[p.Key()] = true
		}
	}
	for _, p := range t.parties(now.Numbers, now.SIP) {
		if had[p.Key()] {
			continue
		}
		other, err := openLeadOf(t, p, now.ID)
		if err != nil {
			return err
		}
		if !other.None() {
			return crm.Invalid{Text: crm.Say(crm.OpenAlready)}
		}
	}
	return nil
}

func leadWords(l crm.Lead) string {
	return indexed(l.Title, l.FirstName, l.LastName, l.CompanyName, more{SIP: l.SIP, Emails: l.Emails, Addresses: l.Addresses, Comment: l.Comment}.words(), ownWord(l.Responsible))
}
