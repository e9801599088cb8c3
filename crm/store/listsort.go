package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"leadline/crm"
)

// sortedBy is what the columns of lists are ordered by. Names of companies and users are joined.
var sortedBy = map[crm.Kind]map[crm.Column]string{
	crm.KindContact: {crm.ColumnName: "c.sort", crm.ColumnCompany: "f.sort", crm.ColumnPosition: folded("c.position"), crm.ColumnSource: folded("c.more ->> '$.source'"),
		crm.ColumnResponsible: folded("u.name"), crm.ColumnChanged: "c.updated"},
	crm.KindCompany: {crm.ColumnName: "f.sort", crm.ColumnSource: folded("f.more ->> '$.source'"), crm.ColumnResponsible: folded("u.name"), crm.ColumnChanged: "f.updated"},
	crm.KindLead: {crm.ColumnName: folded("coalesce(nullif(l.title, ''), nullif(l.company, ''), trim(l.first || ' ' || l.last))"), crm.ColumnStatus: "l.status",
		crm.ColumnSource: folded("l.source"), crm.ColumnResponsible: folded("u.name"), crm.ColumnChanged: "l.updated"},
	crm.KindDeal: {crm.ColumnName: folded("d.title"), crm.ColumnCompany: "f.sort", crm.ColumnStatus: "d.stage", crm.ColumnAmount: "nullif(d.cents, 0)",
		crm.ColumnSource: folded("d.source"), crm.ColumnResponsible: folded("u.name"), crm.ColumnChanged: "d.updated"},
}

// folded is a text as contacts are sorted by their names, in small letters without accents: Özlem is not behind Petra.
func folded(text string) string { return "fold(coalesce(" + text + ", ''))" }

// sortedAnew is how long an order stands, as a multiple of what it takes to make: meanwhile changes show in the rows
// and do not move them. A list of a million sorted for a second would be sorted all the time else, while colleagues work.
const sortedAnew = 20

// ranking is a list in an order that no index has: its rids, eight bytes a row. There is one, of the list that
// was last sorted.
type ranking struct {
	lock sync.Mutex
	what string // the question
	told uint64 // Store.told when it was asked
	made time.Time
	took time.Duration
	rids []int64
}

// ranked is a list in the order of a column. ctx interrupts the sorting.
func (s *Store) ranked(ctx context.Context, l list, column crm.Column, down bool, where string, args []any) ([]int64, error) {
	by, is := sortedBy[kinds[l.kind]][column]
	if !is {
		return nil, fmt.Errorf("there is no order of %s by %q", kinds[l.kind], column)
	}
	way := ""
	if down {
		way = " DESC"
	}
	what := "WITH k(rid, v) AS MATERIALIZED (SELECT " + l.rid + ", " + by + l.tables + "WHERE " + where + ") SELECT rid FROM k ORDER BY v IS NULL OR v = '', v" + way + ", rid"
	key := what + fmt.Sprint(args)
	k := &s.rank
	k.lock.Lock()
	defer k.lock.Unlock()
	told := s.told.Load()
	if k.what == key && (k.told == told || time.Since(k.made) < sortedAnew*k.took) {
		return k.rids, nil
	}
	k.what, k.rids = "", nil // not both in memory
	begun := time.Now()
	var rids []int64
	err := each(patient{reader{s}, ctx}, what, args, func(rows *sql.Rows) error {
		var rid int64
		err := rows.Scan(&rid)
		rids = append(rids, rid)
		return err
	})
	if err != nil {
		return nil, err
	}
	k.what, k.told, k.made, k.took, k.rids = key, told, time.Now(), time.Since(begun), rids
	return rids, nil
}

// sortedPage is a page of a list that is sorted by a column.
func (s *Store) sortedPage(ctx context.Context, l list, q crm.Query, column crm.Column, down bool, where string, args []any) (page crm.RecordPage, err error) {
	rids, err := s.ranked(ctx, l, column, down, where, args)
	if err != nil {
		return page, err
	}
	page.Total = len(rids)
	offset, limit := bounds(q)
	rids = rids[min(offset, len(rids)):min(offset+limit, len(rids))]
	if len(rids) == 0 {
		return page, nil
	}
	// json_each's key is the place of a row among them.
	err = each(reader{s}, "SELECT "+l.columns+l.tables+"JOIN json_each(?) j ON j.value = "+l.rid+" ORDER BY j.key", []any{toJSON(rids)}, func(rows *sql.Rows) error {
		row, _, err := l.row(rows)
		page.Rows = append(page.Rows, row)
		return err
	})
	return page, err
}
