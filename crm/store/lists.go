package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"leadline/crm"
)

const (
	searchedRows = 1000  // then "refine"
	countedRows  = 10000 // more are not counted: Total is -1
)

// list is how the records of one kind are listed.
type list struct {
	kind    int    // its place in kinds
	table   string // with its short name
	rid     string
	order   ordering
	newest  ordering // of crm.OrderNewest
	columns string
	tables  string
	status  string                // the column of its status or stage; "" where there is none
	where   map[crm.Filter]string // a ? stands for the rid of who works here
	row     func(rows *sql.Rows) (crm.RecordRow, int64, error)
}

var contactList = list{kind: 0, table: "contact c", rid: "c.rid", order: ordering{terms: []string{"c.sort", "c.rid"}}, newest: ordering{[]string{"c.rid"}, true}, columns: contactColumns, tables: contactTables,
	where: map[crm.Filter]string{crm.FilterMine: "c.responsible = ?"},
	row: func(rows *sql.Rows) (crm.RecordRow, int64, error) {
		c, err := scanContact(rows)
		return crm.RecordRow{Ref: crm.Ref{Kind: crm.KindContact, ID: c.ID}, Name: c.Name(), Sub: c.companyName, Number: first(c.Numbers),
			Open: true, Responsible: c.responsible, At: c.Updated, Company: c.companyName, Position: c.Position, Source: c.Source, Changed: c.Updated}, c.rid, err
	}}

var companyList = list{kind: 1, table: "company f", rid: "f.rid", order: ordering{terms: []string{"f.sort", "f.rid"}}, newest: ordering{[]string{"f.rid"}, true}, columns: companyColumns, tables: companyTables,
	where: map[crm.Filter]string{crm.FilterMine: "f.responsible = ?"},
	row: func(rows *sql.Rows) (crm.RecordRow, int64, error) {
		c, err := scanCompany(rows)
		return crm.RecordRow{Ref: crm.Ref{Kind: crm.KindCompany, ID: c.ID}, Name: c.Name, Number: first(c.Numbers),
			Open: true, Responsible: c.responsible, At: c.Updated, Source: c.Source, Changed: c.Updated}, c.rid, err
	}}

var leadList = list{kind: 2, table: "lead l", rid: "l.rid", order: ordering{[]string{"l.active", "l.rid"}, true}, newest: ordering{[]string{"l.created", "l.rid"}, true}, columns: leadColumns, tables: leadTables, status: "l.status",
	where: map[crm.Filter]string{crm.FilterMine: "l.responsible = ? AND l.open = 1", crm.FilterNew: "l.status = 'New'",
		crm.FilterOpen: "l.open = 1", crm.FilterDone: "l.open = 0"},
	row: func(rows *sql.Rows) (crm.RecordRow, int64, error) {
		l, err := scanLead(rows)
		return crm.RecordRow{Ref: crm.Ref{Kind: crm.KindLead, ID: l.ID}, Name: l.Name(), Sub: personOf(l.Lead), Number: first(l.Numbers),
			Status: string(l.Status), Open: l.Status.Open(), Responsible: l.responsible, At: l.active,
			Company: l.CompanyName, Source: l.Source, Changed: l.Updated}, l.rid, err
	}}

var dealList = list{kind: 3, table: "deal d", rid: "d.rid", order: ordering{[]string{"d.active", "d.rid"}, true}, newest: ordering{[]string{"d.rid"}, true}, columns: dealColumns, tables: dealTables, status: "d.stage",
	where: map[crm.Filter]string{crm.FilterMine: "d.responsible = ? AND d.open = 1", crm.FilterNew: "d.stage = 'New'",
		crm.FilterOpen: "d.open = 1", crm.FilterDone: "d.open = 0"},
	row: func(rows *sql.Rows) (crm.RecordRow, int64, error) {
		d, err := scanDeal(rows)
		return crm.RecordRow{Ref: crm.Ref{Kind: crm.KindDeal, ID: d.ID}, Name: d.Title, Sub: d.companyName, Status: string(d.Stage),
			Open: d.open, Amount: d.Amount, Responsible: d.responsible, At: d.active,
			Company: d.companyName, Source: d.Source, Changed: d.Updated}, d.rid, err
	}}

func first(numbers []crm.Number) crm.Number {
	if len(numbers) == 0 {
		return crm.Number{}
	}
	return numbers[0]
}

// Contacts is a page of contacts, by name.
func (s *Store) Contacts(ctx context.Context, q crm.Query) (crm.RecordPage, error) {
	return s.page(ctx, contactList, q)
}

// Companies is a page of companies, by name.
func (s *Store) Companies(ctx context.Context, q crm.Query) (crm.RecordPage, error) {
	return s.page(ctx, companyList, q)
}

// Leads is a page of leads, newest activity first.
func (s *Store) Leads(ctx context.Context, q crm.Query) (crm.RecordPage, error) {
	return s.page(ctx, leadList, q)
}

// Deals is a page of deals, newest activity first.
func (s *Store) Deals(ctx context.Context, q crm.Query) (crm.RecordPage, error) {
	return s.page(ctx, dealList, q)
}

func (s *Store) page(ctx context.Context, l list, q crm.Query) (page crm.RecordPage, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return page, err
	}
	if q.Order == crm.OrderNewest {
		l.order = l.newest
	}
	where, args, err := s.recordsWhere(ctx, r, l, q)
	if err != nil {
		return page, err
	}
	if strings.TrimSpace(q.Text) != "" {
		return s.foundPage(ctx, r, l, q, where, args)
	}
	if column, down := q.Order.Column(); column != "" {
		return s.sortedPage(ctx, l, q, column, down, where, args)
	}
	if page.Total, err = countUpTo(r, l.table, where, args, q); err != nil {
		return page, err
	}
	rids, err := l.order.rowsAt(r, l.table, l.rid, where, args, q)
	if err != nil || len(rids) == 0 {
		return page, err
	}
	err = each(r, "SELECT "+l.columns+l.tables+"WHERE "+l.rid+" IN (SELECT value FROM json_each(?)) ORDER BY "+l.order.by(), []any{toJSON(rids)},
		func(rows *sql.Rows) error {
			row, _, err := l.row(rows)
			page.Rows = append(page.Rows, row)
			return err
		})
	if err == nil {
		page.End, err = l.order.placeOf(r, l.table, l.rid, rids[len(rids)-1])
	}
	return page, err
}

// recordsWhere is what records of a list have to meet.
func (s *Store) recordsWhere(ctx context.Context, r querier, l list, q crm.Query) (where string, args []any, err error) {
	where, args, err = s.filter(r, l.where[q.Filter])
	if err != nil {
		return "", nil, err
	}
	fits, more, err := s.narrowedRecords(ctx, r, l, q.Records)
	return where + " AND " + fits, append(args, more...), err
}

// countUpTo is how many rows meet the conditions, -1 for more than countedRows. Only the first pages of a list count.
func countUpTo(q querier, table, where string, args []any, at crm.Query) (n int, err error) {
	if at.After != "" {
		return -1, nil
	}
	if err := q.row("SELECT count(*) FROM (SELECT 1 FROM "+table+" WHERE "+where+" LIMIT ?)", append(slices.Clone(args), countedRows+1)...).Scan(&n); err != nil {
		return 0, explain(err)
	}
	if n > countedRows {
		n = -1
	}
	return n, nil
}

// filter is a list's condition with its arguments: mine needs to know who I am.
func (s *Store) filter(q querier, condition string) (where string, args []any, err error) {
	if condition == "" {
		return "1", nil, nil
	}
	if strings.Contains(condition, "?") {
		user, err := me(q)
		if err != nil {
			return "", nil, err
		}
		rid, err := userRid(q, user.ID)
		if err != nil {
			return "", nil, err
		}
		args = append(args, rid)
	}
	return condition, args, nil
}

// foundPage is a page of what the search finds of a list, in the list's order, at most a thousand rows of it.
func (s *Store) foundPage(ctx context.Context, r querier, l list, q crm.Query, where string, args []any) (page crm.RecordPage, err error) {
	keys, err := s.keysByWords(ctx, q.Text, l.kind, searchedRows)
	if err != nil {
		return page, err
	}
	if digits, ok := typedNumber(q.Text); ok {
		more, err := s.keysByPart(ctx, r, digits, searchedRows)
		if err != nil {
			return page, err
		}
		keys = append(keys, more...)
	}
	rids := make([]int64, 0, len(keys))
	for _, k := range keys {
		if int(k&3) == l.kind {
			rids = append(rids, k.rid())
		}
	}
	slices.Sort(rids)
	rids = slices.Compact(rids)
	if len(rids) == 0 {
		return page, nil
	}
	list := toJSON(rids)
	in := where + " AND " + l.rid + " IN (SELECT value FROM json_each(?))"
	args = append(args, list)
	if err := r.row("SELECT count(*) FROM "+l.table+" WHERE "+in, args...).Scan(&page.Total); err != nil {
		return page, explain(err)
	}
	if len(keys) >= searchedRows {
		page.Total = -1
	}
	offset, limit := bounds(q)
	err = each(r, "SELECT "+l.columns+l.tables+"WHERE "+in+" ORDER BY "+l.order.by()+" LIMIT ? OFFSET ?",
		append(args, limit, offset), func(rows *sql.Rows) error {
			row, _, err := l.row(rows)
			page.Rows = append(page.Rows, row)
			return err
		})
	return page, err
}

// Calls is a page of the call log, newest first or in the order of a column. The text finds parties by
// their records' names and by numbers. FilterMine are the calls of who works here.
func (s *Store) Calls(ctx context.Context, q crm.Query) (page crm.CallPage, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return page, err
	}
	where, args, err := s.callsWhere(ctx, r, q)
	if err != nil {
		return page, err
	}
	t, err := s.callTableOf(r, q)
	if err != nil {
		return page, err
	}
	if t.alone && t.total >= 0 {
		where, args = "1", nil
	}
	args = append(slices.Clone(t.args), args...)
	order := latestCall
	if column, down := q.Order.Column(); column == crm.ColumnBegan {
		order.down = down
	} else if column != "" {
		if t.alone && t.total >= 0 {
			t.from = "(SELECT rid FROM " + t.from + ") k CROSS JOIN call c ON c.rid = k.rid"
		}
		return s.sortedCalls(ctx, q, t.from, column, down, where, args)
	}
	if page.Total = t.total; !t.alone {
		if page.Total, err = countUpTo(r, t.from, where, args, q); err != nil {
			return page, err
		}
	}
	rids, err := order.rowsAt(r, t.from, "c.rid", where, args, q)
	if err != nil || len(rids) == 0 {
		return page, err
	}
	if page.Rows, err = callsAt(r, rids); err == nil {
		page.End, err = order.placeOf(r, "call c", "c.rid", rids[len(rids)-1])
	}
	return page, err
}

var latestCall = ordering{[]string{"c.began", "c.rid"}, true}

// callsWhere is what calls of the log have to meet.
func (s *Store) callsWhere(ctx context.Context, r querier, q crm.Query) (where string, args []any, err error) {
	condition := map[crm.Filter]string{crm.FilterMine: callAgent + " = ?", crm.FilterOpen: "c.outcome = 0", crm.FilterDone: "c.outcome <> 0",
		crm.FilterNew: "c.waits = 1", crm.FilterIn: callNumber + " & 1", crm.FilterOut: callNumber + " & 1 = 0"}[q.Filter]
	where, args, err = s.filter(r, condition)
	if err != nil {
		return "", nil, err
	}
	fits, more, err := s.narrowed(ctx, r, q.Calls)
	if err != nil {
		return "", nil, err
	}
	where, args = where+" AND "+fits, append(args, more...)
	if strings.TrimSpace(q.Text) == "" {
		return where, args, nil
	}
	found, more, err := s.callsFound(ctx, r, q.Text)
	return where + " AND (" + found + ")", append(args, more...), err
}

// callsFound is the condition for calls with records that the text finds, or
// with numbers that begin so.
func (s *Store) callsFound(ctx context.Context, q querier, text string) (where string, args []any, err error) {
	keys, err := s.keysByWords(ctx, text, -1, searchedRows)
	if err != nil {
		return "", nil, err
	}
	digits, ok := typedNumber(text)
	if ok {
		more, err := s.keysByPart(ctx, q, digits, searchedRows)
		if err != nil {
			return "", nil, err
		}
		keys = append(keys, more...)
	}
	where, args = "c.rid IN (SELECT call FROM call_link WHERE key IN (SELECT value FROM json_each(?)))", []any{orEmpty(toJSON(keys))}
	if ok {
		prefixes := []string{digits}
		for _, p := range worldPrefixes(digits, s.region) {
			prefixes = append(prefixes, "+"+p)
		}
		for _, p := range prefixes {
			where += " OR c.peer BETWEEN ? AND ?"
			args = append(args, p, p+"~")
		}
	}
	return where, args, nil
}

func orEmpty(list any) any {
	if list == nil {
		return "[]"
	}
	return list
}

// OpenLeads is how many open leads the one who works here is responsible for.
func (s *Store) OpenLeads(ctx context.Context) (n int, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return 0, err
	}
	where, args, err := s.filter(r, "open = 1 AND responsible IS ?")
	if err != nil {
		return 0, err
	}
	err = r.row("SELECT count(*) FROM lead INDEXED BY lead_responsible WHERE "+where, args...).Scan(&n)
	return n, explain(err)
}
