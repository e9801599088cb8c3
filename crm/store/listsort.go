package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
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

// callsSortedBy is what the columns of the list of calls are ordered by, but for ColumnBegan, which has an index.
var callsSortedBy = map[crm.Column]string{
	crm.ColumnStatus: "c.outcome * 2 + c.incoming", crm.ColumnLine: folded("c.line_name"), crm.ColumnAgent: folded("c.agent_name"),
	crm.ColumnResult: "c.result", crm.ColumnLength: callLength,
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

// rankedBy asks for the rids of what meets a condition, in an order: what has no value comes last both ways, and same orders
// what has the same.
func rankedBy(rid, by, same, tables, where string, down bool) string {
	way := ""
	if down {
		way = " DESC"
	}
	return "WITH k(rid, v, s) AS MATERIALIZED (SELECT " + rid + ", " + by + ", " + same + tables + "WHERE " + where + ") SELECT rid FROM k ORDER BY v IS NULL OR v = '', v" + way + ", s"
}

// ranked is the rids of a list that rankedBy asks for. ctx interrupts the sorting.
func (s *Store) ranked(ctx context.Context, what string, args []any) ([]int64, error) {
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
	by, is := sortedBy[kinds[l.kind]][column]
	if !is {
		return page, fmt.Errorf("there is no order of %s by %q", kinds[l.kind], column)
	}
	rids, err := s.ranked(ctx, rankedBy(l.rid, by, l.rid, l.tables, where, down), args)
	if err != nil {
		return page, err
	}
	page.Total = len(rids)
	if rids = within(rids, q); len(rids) == 0 {
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

// within are the rids of the page that q asks for.
func within(rids []int64, q crm.Query) []int64 {
	offset, limit := bounds(q)
	return rids[min(offset, len(rids)):min(offset+limit, len(rids))]
}

// sortedCalls is a page of the call log that is sorted by a column.
func (s *Store) sortedCalls(ctx context.Context, q crm.Query, from string, column crm.Column, down bool, where string, args []any) (page crm.CallPage, err error) {
	by, is := callsSortedBy[column]
	if !is {
		return page, fmt.Errorf("there is no order of calls by %q", column)
	}
	if q.Filter == crm.FilterAll && q.Calls.IsZero() && strings.TrimSpace(q.Text) == "" {
		rids, grouped, err := s.groupedCalls(ctx, reader{s}, q, column, down)
		if err != nil {
			return page, err
		}
		if grouped {
			if err := s.readDB.QueryRowContext(ctx, "SELECT count(*) FROM call").Scan(&page.Total); err != nil {
				return page, explain(err)
			}
			page.Rows, err = callsAt(reader{s}, rids)
			return page, err
		}
	}
	rids, err := s.ranked(ctx, rankedBy("c.rid", by, "-c.began", " FROM "+from+" ", where, down), args)
	if err != nil {
		return page, err
	}
	page.Total = len(rids)
	page.Rows, err = callsAt(reader{s}, within(rids, q))
	return page, err
}
