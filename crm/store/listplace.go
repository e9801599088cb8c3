package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"leadline/crm"
)

// ordering is how a list is ordered: by all terms upwards, or by all downwards. The last one tells rows apart, so that
// each row has a place of its own.
type ordering struct {
	terms []string
	down  bool
}

func (o ordering) by() string {
	if o.down {
		return strings.Join(o.terms, " DESC, ") + " DESC"
	}
	return strings.Join(o.terms, ", ")
}

// behind is the condition for rows behind a place.
func (o ordering) behind(p crm.Bookmark) (where string, args []any, err error) {
	if p == "" {
		return "1", nil, nil
	}
	d := json.NewDecoder(strings.NewReader(string(p)))
	d.UseNumber()
	if err := d.Decode(&args); err != nil || len(args) != len(o.terms) {
		return "", nil, errors.Join(fmt.Errorf("%q is no bookmark of this list", p), err)
	}
	for i, a := range args {
		if n, is := a.(json.Number); is {
			if args[i], err = n.Int64(); err != nil {
				return "", nil, fmt.Errorf("%q is no bookmark of this list: %w", p, err)
			}
		}
	}
	than := ">"
	if o.down {
		than = "<"
	}
	return "(" + strings.Join(o.terms, ", ") + ") " + than + " (?" + strings.Repeat(", ?", len(args)-1) + ")", args, nil
}

// placeOf is where a row stands.
func (o ordering) placeOf(q querier, table, rid string, of int64) (crm.Bookmark, error) {
	values := make([]any, len(o.terms))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	if err := q.row("SELECT "+strings.Join(o.terms, ", ")+" FROM "+table+" WHERE "+rid+" = ?", of).Scan(into...); err != nil {
		if err = explain(err); errors.Is(err, ErrNotFound) {
			return "", nil // removed since
		}
		return "", err
	}
	for i, v := range values {
		if b, is := v.([]byte); is {
			values[i] = string(b)
		}
	}
	raw, err := json.Marshal(values)
	return crm.Bookmark(raw), err
}

// rowsAt are the rids of a page of what meets the conditions: found in the index alone, where it has all of the order.
func (o ordering) rowsAt(q querier, table, rid, where string, args []any, at crm.Query) (rids []int64, err error) {
	behind, more, err := o.behind(at.After)
	if err != nil {
		return nil, err
	}
	offset, limit := bounds(at)
	args = append(append(slices.Clone(args), more...), limit, offset)
	err = each(q, "SELECT "+rid+" FROM "+table+" WHERE "+where+" AND "+behind+" ORDER BY "+o.by()+" LIMIT ? OFFSET ?", args, func(rows *sql.Rows) error {
		var r int64
		err := rows.Scan(&r)
		rids = append(rids, r)
		return err
	})
	return rids, err
}

// patient is a reader for questions that may go through a whole table, and is interrupted when nobody waits any more.
type patient struct {
	reader
	ctx context.Context
}

func (p patient) query(query string, args ...any) (*sql.Rows, error) {
	stmt, err := p.s.reads.get(query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(p.ctx, args...)
}

func (p patient) row(query string, args ...any) *sql.Row {
	return p.s.readDB.QueryRowContext(p.ctx, query, args...)
}

// Count is how many rows the list of a kind has, or the call log for kind "". All of them are counted, which can
// take as long as going through a table; ctx interrupts it.
func (s *Store) Count(ctx context.Context, kind crm.Kind, q crm.Query) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	r := patient{reader{s}, ctx}
	if kind == "" {
		where, args, err := s.callsWhere(ctx, r, q)
		if err != nil {
			return 0, err
		}
		t, err := s.callTableOf(r, q)
		if err != nil {
			return 0, err
		}
		if t.alone && t.total >= 0 {
			return t.total, nil
		}
		err = r.row("SELECT count(*) FROM "+t.from+" WHERE "+where, append(slices.Clone(t.args), args...)...).Scan(&n)
		return n, explain(err)
	}
	l, err := listOf(kind)
	if err != nil {
		return 0, err
	}
	where, args, err := s.recordsWhere(ctx, r, l, q)
	if err != nil {
		return 0, err
	}
	if strings.TrimSpace(q.Text) != "" {
		q.Limit = 1
		page, err := s.foundPage(ctx, r, l, q, where, args)
		return page.Total, err
	}
	err = r.row("SELECT count(*) FROM "+l.table+" WHERE "+where, args...).Scan(&n)
	return n, explain(err)
}

func listOf(kind crm.Kind) (list, error) {
	for _, l := range []list{contactList, companyList, leadList, dealList} {
		if kinds[l.kind] == kind {
			return l, nil
		}
	}
	return list{}, fmt.Errorf("there is no list of kind %q", kind)
}
