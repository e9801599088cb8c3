package store

import (
	"context"
	"database/sql"

	"leadline/crm"
)

// Belongings are at most n of the people of a company and n of the deals of a contact or company, open ones first, and how many
// there are.
func (s *Store) Belongings(ctx context.Context, r crm.Ref, n int) (b crm.Belongings, err error) {
	q, err := s.read(ctx)
	if err != nil {
		return b, err
	}
	k, err := keyOf(q, r)
	if err != nil {
		return b, err
	}
	column := map[crm.Kind]string{crm.KindContact: "contact", crm.KindCompany: "company"}[k.kind()]
	if column == "" {
		return b, nil
	}
	if k.kind() == crm.KindCompany {
		if b.People, b.PeopleInAll, err = someOf(q, contactList, "c.company = ?", "c.sort, c.rid", k, n); err != nil {
			return b, err
		}
	}
	b.Deals, b.DealsInAll, err = someOf(q, dealList, "d."+column+" = ?", "d.open DESC, d.active DESC, d.rid DESC", k, n)
	return b, err
}

// someOf are the first n records of a list that belong to a record, and how many do.
func someOf(q querier, l list, where, order string, k key, n int) (rows []crm.RecordRow, all int, err error) {
	if err := q.row("SELECT count(*) FROM "+l.table+" WHERE "+where, k.rid()).Scan(&all); err != nil || all == 0 {
		return nil, 0, explain(err)
	}
	// What stands beside them in other tables is asked of those that are shown, and not of all that are sorted.
	first := "SELECT " + l.rid + " FROM " + l.table + " WHERE " + where + " ORDER BY " + order + " LIMIT ?"
	err = each(q, "SELECT "+l.columns+l.tables+"WHERE "+l.rid+" IN ("+first+") ORDER BY "+order, []any{k.rid(), n}, func(found *sql.Rows) error {
		row, _, err := l.row(found)
		rows = append(rows, row)
		return err
	})
	return rows, all, err
}
