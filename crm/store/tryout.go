package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"leadline/crm"
)

// TryRules says what the calls since a time would have made under changed settings,
// before they are saved. Nothing is written. Whether an outgoing call rang that nobody
// took is not in the file; those that ended as not answered or declined there count as such.
func (s *Store) TryRules(ctx context.Context, since time.Time, change crm.RuleChange) (crm.Tryout, error) {
	r, err := s.read(ctx)
	if err != nil {
		return crm.Tryout{}, err
	}
	var ids []crm.ID
	err = each(r, "SELECT id FROM call WHERE began >= ? ORDER BY began, rid", []any{since.UnixMilli()}, func(rows *sql.Rows) error {
		var id crm.ID
		err := rows.Scan(idBlob{&id})
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return crm.Tryout{}, err
	}
	calls := make([]crm.PastFacts, 0, len(ids))
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return crm.Tryout{}, err
		}
		c, err := pastFacts(r, id, since)
		if err != nil {
			return crm.Tryout{}, fmt.Errorf("try the rules on call %s: %w", id, err)
		}
		calls = append(calls, c)
	}
	var failed error
	out := crm.TryRules(calls, change, func(l crm.Line) crm.User {
		u, err := firstInQueue(r, l.Queue)
		if err != nil {
			failed = err
		}
		return u
	})
	return out, failed
}

// pastFacts are a call's facts as they were when it began, without what the rules made since.
func pastFacts(q querier, id crm.ID, since time.Time) (p crm.PastFacts, err error) {
	c, err := callByID(q, id)
	if err != nil {
		return p, err
	}
	p.Call = c.Call
	f, err := factsOf(q, c.Call)
	if err != nil {
		return p, err
	}
	f.Reached = f.Reached || c.Outcome == crm.NoAnswer || c.Outcome == crm.DeclinedThere
	var there []crm.Match
	for _, m := range f.Matches {
		was, err := wasThere(q, m.Ref, c.Began, since)
		if err != nil {
			return p, err
		}
		if was {
			there = append(there, m)
		}
	}
	changed := len(there) > 0 && there[0].Ref != f.Matches[0].Ref
	f.Matches = there
	switch {
	case len(there) == 0:
		f.Company, f.Deals = crm.Match{}, nil
	case changed:
		f.Company, f.Deals = crm.Match{}, nil
		if err := addBelongings(q, &f); err != nil {
			return p, err
		}
	}
	deals := f.Deals
	f.Deals = nil
	for _, d := range deals {
		was, err := wasThere(q, d, c.Began, since)
		if err != nil {
			return p, err
		}
		if was {
			f.Deals = append(f.Deals, d)
		}
	}
	p.Facts = f
	return p, nil
}

// wasThere says whether a record was there at a time and is not what a rule made since the other.
func wasThere(q querier, r crm.Ref, at, since time.Time) (bool, error) {
	k, err := keyOf(q, r)
	if err != nil {
		return false, err
	}
	var created time.Time
	var call crm.ID
	var reason crm.Text
	err = q.row("SELECT created, made_call, reason FROM "+string(k.kind())+" WHERE rid = ?", k.rid()).
		Scan(unixMilli{&created}, idBlob{&call}, jsonColumn{&reason})
	if err != nil {
		return false, explain(err)
	}
	byRule := reason.Key != "" && reason.Key != crm.ReasonByHand && slices.Contains(crm.Reasons, reason.Key)
	return !created.After(at) && (created.Before(since) || !byRule), nil
}
