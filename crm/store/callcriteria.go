package store

import (
	"context"
	"time"

	"leadline/crm"
)

// narrowed is the condition for calls that fit criteria; "1" for none. What the statistics counted
// is what they lead to: of whom the user may see, and a call that rang at several once.
func (s *Store) narrowed(ctx context.Context, q querier, c crm.CallCriteria) (where string, args []any, err error) {
	where = "1"
	if c.IsZero() {
		return where, nil, nil
	}
	and := func(condition string, more ...any) {
		where, args = where+" AND "+condition, append(args, more...)
	}
	if !c.From.IsZero() {
		and("c.began >= ?", c.From.UnixMilli())
	}
	if !c.To.IsZero() {
		and("c.began < ?", c.To.UnixMilli())
	}
	if c.Hour > 0 && !c.From.IsZero() && !c.To.IsZero() {
		and("c.rid IN (SELECT h.rid FROM json_each(?) r JOIN call h ON h.began >= r.value AND h.began < r.value + 3600000)",
			orEmpty(toJSON(hoursOf(c))))
	}
	if condition := groupCondition(c); condition != "" {
		and(condition)
	}
	if c.Line != "" {
		and("c.line = ?", c.Line.Bytes())
	}
	if c.Agent != "" {
		and("c.agent = (SELECT rid FROM user WHERE id = ?)", c.Agent.Bytes())
	}
	if c.Result != "" {
		and("c.result = ?", c.Result)
	}
	rights, err := s.Rights(ctx)
	if err != nil {
		return "", nil, err
	}
	scope, err := s.scopeOf(q, rights.SeeCalls, "")
	and(scope.calls, scope.args...)
	return where, args, err
}

// hoursOf are the beginnings of the hour on each day.
func hoursOf(c crm.CallCriteria) (at []int64) {
	for d := c.From; d.Before(c.To) && len(at) < mostDays; d = d.AddDate(0, 0, 1) {
		at = append(at, time.Date(d.Year(), d.Month(), d.Day(), c.Hour-1, 0, 0, 0, d.Location()).UnixMilli())
	}
	return at
}

func groupCondition(c crm.CallCriteria) string {
	once := ""
	if c.Agent == "" {
		once = " AND (c.outcome <> 2 OR NOT c.incoming OR " + firstOfTwins + ")"
	}
	switch c.Group {
	case crm.CallsCounted:
		return countedOnly + once
	case crm.CallsIn:
		return "c.incoming AND " + countedOnly + once
	case crm.CallsOut:
		return "NOT c.incoming AND " + countedOnly
	case crm.CallsAnswered:
		return "c.incoming AND c.answered IS NOT NULL AND " + countedOnly
	case crm.CallsQuick:
		return "c.incoming AND c.answered - c.began <= 20000 AND " + countedOnly
	case crm.CallsMissed:
		return "c.incoming AND c.outcome = 2" + once
	case crm.CallsBack:
		return "c.incoming AND c.outcome = 2 AND c.closed_by IS NOT NULL" + once
	case crm.CallsWaiting:
		return "c.waits = 1" + once
	}
	return ""
}
