package store

import (
	"context"
	"errors"
	"time"

	"leadline/crm"
)

// FollowUpList is a page of follow-ups: FilterMine are the open ones of who works here,
// FilterOpen all open ones, the longest overdue first; FilterDone the done ones, the latest first.
func (s *Store) FollowUpList(ctx context.Context, q crm.Query) (page crm.FollowUpPage, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return page, err
	}
	condition, order := "done IS NULL", "due, rid"
	switch q.Filter {
	case crm.FilterMine:
		condition = "done IS NULL AND responsible IS ?"
	case crm.FilterDone:
		condition, order = "done IS NOT NULL", "done DESC, rid DESC"
	}
	where, args, err := s.filter(r, condition)
	if err != nil {
		return page, err
	}
	if err := r.row("SELECT count(*) FROM followup WHERE "+where, args...).Scan(&page.Total); err != nil {
		return page, explain(err)
	}
	offset, limit := bounds(q)
	all, err := followUps(r, where+" ORDER BY "+order+" LIMIT ? OFFSET ?", append(args, limit, offset)...)
	for _, f := range all {
		if err != nil {
			return page, err
		}
		var row crm.FollowUpRow
		row, err = followUpRow(r, f)
		page.Rows = append(page.Rows, row)
	}
	return page, err
}

// followUpRow is a follow-up with what is shown of its record.
func followUpRow(q querier, f crm.FollowUp) (row crm.FollowUpRow, err error) {
	row.FollowUp = f
	if row.Who, err = nameOfUser(q, f.Responsible); err != nil {
		return row, err
	}
	if f.Call != "" {
		c, err := callByID(q, f.Call)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return row, err
		}
		row.Note = firstLine(c.Note)
	}
	k, err := keyOf(q, f.Ref)
	if err != nil {
		return row, err
	}
	found, err := foundOf(q, k, "")
	row.Name, row.Sub, row.Number = found.Name, found.Sub, found.Number
	if err != nil || k.kind() != crm.KindDeal {
		return row, err
	}
	d, err := dealByRid(q, k.rid()) // whom one calls about it
	if err != nil || d.Contact == "" {
		return row, err
	}
	if k, err = keyOf(q, crm.Ref{Kind: crm.KindContact, ID: d.Contact}); err != nil {
		return row, err
	}
	found, err = foundOf(q, k, "")
	row.Sub, row.Number = found.Name, found.Number
	return row, err
}

// nameOfUser is a user's name; "" for one who is unknown here.
func nameOfUser(q querier, id crm.ID) (string, error) {
	u, err := userByID(q, id)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return u.Name, err
}

// FollowUpCount is how many open follow-ups of who works here are due before a time.
func (s *Store) FollowUpCount(ctx context.Context, before time.Time) (n int, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return 0, err
	}
	where, args, err := s.filter(r, "done IS NULL AND responsible IS ?")
	if err != nil {
		return 0, err
	}
	err = r.row("SELECT count(*) FROM followup WHERE "+where+" AND due < ?", append(args, before.UnixMilli())...).Scan(&n)
	return n, explain(err)
}

// FollowUpOf is the open follow-up that was noted in a call, wherever it hangs by now; the zero FollowUp when there is none.
func (s *Store) FollowUpOf(ctx context.Context, call crm.ID) (f crm.FollowUp, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return f, err
	}
	all, err := followUps(r, "done IS NULL AND json_extract(data, '$.call') = ? LIMIT 1", string(call))
	if len(all) > 0 {
		f = all[0]
	}
	return f, err
}
