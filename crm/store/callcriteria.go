package store

import (
	"context"
	"strings"
	"time"

	"leadline/crm"
)

// narrowed is the condition for calls that fit criteria; "1" for none. What the statistics counted
// is what they lead to: of whom the user may see, and a call that rang at several once.
func (s *Store) narrowed(ctx context.Context, q querier, c crm.CallCriteria) (where string, args []any, err error) {
	all := conditions{where: "1"}
	if c.IsZero() {
		return all.where, nil, nil
	}
	and := all.and
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
		and(callAgent+" = (SELECT rid FROM user WHERE id = ?)", c.Agent.Bytes())
	}
	if c.Result != "" {
		and("c.result = ?", c.Result)
	}
	if c.NoLine {
		and("(c.line IS NULL OR c.line = x'')")
	}
	if c.NoAgent {
		and(callAgent + " = 0")
	}
	if c.NoResult {
		and("c.result = ''")
	}
	rights, err := s.Rights(ctx)
	if err != nil {
		return "", nil, err
	}
	scope, err := s.scopeOf(q, rights.SeeCalls, "")
	and(scope.calls, scope.args...)
	return all.where, all.args, err
}

// conditions that all have to be met.
type conditions struct {
	where string
	args  []any
}

func (c *conditions) and(condition string, args ...any) {
	c.where, c.args = c.where+" AND "+condition, append(c.args, args...)
}

// narrowedRecords is the condition for records of a list that fit criteria; "1" for none.
func (s *Store) narrowedRecords(ctx context.Context, q querier, l list, c crm.RecordCriteria) (where string, args []any, err error) {
	all := conditions{where: "1"}
	short := l.rid[:1]
	if !c.From.IsZero() {
		all.and(short+".created >= ?", c.From.UnixMilli())
	}
	if !c.To.IsZero() {
		all.and(short+".created < ?", c.To.UnixMilli())
	}
	if c.Source != "" && l.status != "" {
		all.and(short+".source = ?", c.Source)
	}
	if c.Status != "" && l.status != "" {
		all.and(l.status+" = ?", c.Status)
	}
	if short == "l" {
		ofLeads(&all, c)
	}
	if c.Responsible != "" {
		all.and(short+".responsible = (SELECT rid FROM user WHERE id = ?)", c.Responsible.Bytes())
	}
	if !c.Counted {
		return all.where, all.args, nil
	}
	rights, err := s.Rights(ctx)
	if err != nil {
		return "", nil, err
	}
	scope, err := s.scopeOf(q, rights.SeeCalls, "")
	all.and(strings.ReplaceAll(scope.owned, "l.", short+"."), scope.args...)
	return all.where, all.args, err
}

// ofLeads adds what leads alone are narrowed by.
func ofLeads(all *conditions, c crm.RecordCriteria) {
	if c.NoSource {
		all.and("l.source = ''")
	}
	if c.Line != "" {
		all.and("l.line = ?", c.Line.Bytes())
	}
	switch c.Fate {
	case crm.FateOpen:
		all.and("l.open")
	case crm.FateConverted:
		all.and("l.status = 'Converted'")
	case crm.FateJunk:
		all.and("NOT l.open AND l.status <> 'Converted'")
	}
}

// hoursOf are the beginnings of the hour on each day.
func hoursOf(c crm.CallCriteria) (at []int64) {
	for d := c.From; d.Before(c.To) && len(at) < mostDays; d = d.AddDate(0, 0, 1) {
		at = append(at, time.Date(d.Year(), d.Month(), d.Day(), c.Hour-1, 0, 0, 0, d.Location()).UnixMilli())
	}
	return at
}

func groupCondition(c crm.CallCriteria) string {
	once := "" // of agents and results each telephone's part counts
	if c.Agent == "" && !c.NoAgent && c.Result == "" && !c.NoResult {
		once = " AND (" + callNumber + " & 8 = 0 OR " + firstOfTwins + ")"
	}
	switch c.Group {
	case crm.CallsCounted:
		return countedOnly + once
	case crm.CallsIn:
		return countedOnly + " AND " + callNumber + " & 1" + once
	case crm.CallsOut:
		return countedOnly + " AND " + callNumber + " & 1 = 0"
	case crm.CallsAnswered:
		return countedOnly + " AND " + callNumber + " & 3 = 3"
	case crm.CallsQuick:
		return countedOnly + " AND " + callNumber + " & 4"
	case crm.CallsMissed:
		return callNumber + " & 8" + once
	case crm.CallsBack:
		return callNumber + " & 24 = 24" + once
	case crm.CallsWaiting:
		return "c.waits = 1" + once
	}
	return ""
}
