package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"leadline/crm"
)

// derived are tables that are made of others, by deriveAll: the ways from numbers
// and words to records, and the board's counts.
var derived = slices.Concat([]string{"phone", "address", "colleague", "unindexed", "deal_count"}, searched)

// searched are those of the search by words and parts of numbers.
var searched = []string{"search", "digits", "note_search"}

// isDerived says whether a table is a derived one, or one that FTS5 keeps for such a one.
func isDerived(table string) bool {
	return slices.ContainsFunc(derived, func(d string) bool { return table == d || strings.HasPrefix(table, d+"_") })
}

// deriveAll makes the derived tables anew. A row that cannot be read is taken away,
// for which the foreign keys must be off.
func (t *tx) deriveAll() error {
	for _, table := range derived {
		if _, err := t.exec("DELETE FROM " + table); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		table  string
		derive func(rid int64) (unreadable, err error)
	}{
		{"user", t.deriveUser},
		{"company", t.deriveCompany},
		{"contact", t.deriveContact},
		{"lead", t.deriveLead},
		{"deal", t.deriveDeal},
		{"call", t.deriveCall},
		{"note", t.deriveNote},
	} {
		if err := t.deriveTable(step.table, step.derive); err != nil {
			return fmt.Errorf("index %s: %w", step.table, err)
		}
	}
	t.changed.Lists = true
	return t.countDeals()
}

// deriveSearch empties the search index and notes all that is to be in it.
func (t *tx) deriveSearch() error {
	for _, table := range searched {
		if _, err := t.exec("INSERT INTO " + table + "(" + table + ") VALUES('delete-all')"); err != nil {
			return err
		}
	}
	for _, table := range []string{"company", "contact", "lead", "deal", "call", "note"} {
		if _, err := t.exec("INSERT INTO unindexed SELECT ?, min(rid), max(rid) FROM "+table+" HAVING max(rid) > 0", table); err != nil {
			return fmt.Errorf("note what is to be indexed of %s: %w", table, err)
		}
	}
	t.changed.Lists = true
	return nil
}

func (t *tx) deriveTable(table string, derive func(rid int64) (unreadable, err error)) error {
	var rids []int64
	err := each(t, "SELECT rid FROM "+table+" ORDER BY rid", nil, func(rows *sql.Rows) error {
		var rid int64
		err := rows.Scan(&rid)
		rids = append(rids, rid)
		return err
	})
	for _, rid := range rids {
		if err != nil {
			return err
		}
		var unreadable error
		if unreadable, err = derive(rid); unreadable != nil {
			t.s.log.Warn("a row cannot be read and is left out", "table", table, "row", rid, "error", unreadable)
			_, err = t.exec("DELETE FROM "+table+" WHERE rid = ?", rid)
		}
	}
	return err
}

func (t *tx) deriveUser(rid int64) (unreadable, err error) {
	u, unreadable := scanUser(t.row("SELECT "+userColumns+" FROM user u WHERE u.rid = ?", rid))
	if unreadable != nil {
		return unreadable, nil
	}
	return nil, t.saveWays(rid, u)
}

func (t *tx) deriveCompany(rid int64) (unreadable, err error) {
	c, unreadable := companyByRid(t, rid)
	if unreadable != nil {
		return unreadable, nil
	}
	return nil, t.indexRecord(makeKey(crm.KindCompany, rid), c.Numbers, c.SIP, companyWords(c.Company))
}

func (t *tx) deriveContact(rid int64) (unreadable, err error) {
	c, unreadable := contactByRid(t, rid)
	if unreadable != nil {
		return unreadable, nil
	}
	return nil, t.indexRecord(makeKey(crm.KindContact, rid), c.Numbers, c.SIP, contactWords(c.Contact, c.companyName))
}

func (t *tx) deriveLead(rid int64) (unreadable, err error) {
	l, unreadable := leadByRid(t, rid)
	if unreadable != nil {
		return unreadable, nil
	}
	return nil, t.indexLead(rid, l.Lead)
}

func (t *tx) deriveDeal(rid int64) (unreadable, err error) {
	d, unreadable := dealByRid(t, rid)
	if unreadable != nil {
		return unreadable, nil
	}
	return nil, t.indexWords(makeKey(crm.KindDeal, rid), dealWords(d.Deal, d.companyName))
}

func (t *tx) deriveCall(rid int64) (unreadable, err error) {
	c, unreadable := scanCall(t.row("SELECT "+callColumns+callTables+"WHERE c.rid = ?", rid))
	if unreadable != nil {
		return unreadable, nil
	}
	return nil, t.indexNote(noteRow(rid, true), c.Note)
}

func (t *tx) deriveNote(rid int64) (unreadable, err error) {
	var n crm.Note
	unreadable = t.row("SELECT data FROM note WHERE rid = ?", rid).Scan(jsonColumn{&n})
	if unreadable != nil {
		return unreadable, nil
	}
	return nil, t.indexNote(noteRow(rid, false), n.Text)
}

// reindex makes a record found by what it has now.
func (t *tx) reindex(k key) error {
	derive := map[crm.Kind]func(int64) (error, error){
		crm.KindContact: t.deriveContact, crm.KindCompany: t.deriveCompany, crm.KindLead: t.deriveLead, crm.KindDeal: t.deriveDeal,
	}[k.kind()]
	unreadable, err := derive(k.rid())
	return errors.Join(unreadable, err)
}
