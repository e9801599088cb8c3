package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"leadline/crm"
)

// Statistics are the figures of a period (requirements.md G1: of what the user may see).
func (s *Store) Statistics(ctx context.Context, q crm.StatisticsQuery) (st crm.Statistics, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return st, err
	}
	rights, err := s.Rights(ctx)
	if err != nil {
		return st, err
	}
	st.Reach = rights.SeeCalls
	scope, err := s.scopeOf(r, rights.SeeCalls, q.Line)
	if err != nil {
		return st, err
	}
	before, done := crm.CallCounts{}, make(chan error, 1)
	go func() { // beside the period itself: the comparison costs no time where a core is free
		var err error
		before, err = scope.before(ctx, r, q)
		done <- err
	}()
	err = scope.ofPeriod(ctx, r, q, &st)
	if err == nil {
		err = scope.leads(r, q, &st)
	}
	err = errors.Join(ctx.Err(), err, <-done)
	st.Before = before
	return st, err
}

// statisticsScope is whose calls and leads are counted.
type statisticsScope struct {
	calls, owned string // conditions on calls and on leads
	args         []any
	line         crm.ID
}

func (s *Store) scopeOf(q querier, reach crm.Reach, line crm.ID) (scope statisticsScope, err error) {
	scope = statisticsScope{calls: "1", owned: "1", line: line}
	if reach >= crm.ReachAll {
		return scope, nil
	}
	user, err := me(q)
	if err != nil {
		return scope, err
	}
	users, err := usersByRid(q)
	mine := []int64{}
	for rid, u := range users {
		if reach.Includes(user, u) {
			mine = append(mine, rid)
		}
	}
	scope.calls, scope.owned = callAgent+" IN (SELECT value FROM json_each(?))", "l.responsible IN (SELECT value FROM json_each(?))"
	scope.args = []any{orEmpty(toJSON(mine))}
	return scope, err
}

// countedCalls are the columns of crm.CallCounts, of calls as numbers. A missed call
// that began just after another one of the same number is the same call, at another phone of ours.
const countedCalls = `count(*), sum(NUMBER & 1), count(*) FILTER (WHERE NUMBER & 3 = 3), count(*) FILTER (WHERE NUMBER & 4 <> 0),
	count(*) FILTER (WHERE NUMBER & 8 <> 0 AND TWIN), count(*) FILTER (WHERE NUMBER & 24 = 24 AND TWIN),
	sum(NUMBER & 1 = 0), count(*) FILTER (WHERE NUMBER & 3 = 2), sum(NUMBER >> 17 & 134217727),
	count(*) FILTER (WHERE NUMBER & 8 <> 0 AND NOT TWIN)`

// firstOfTwins is the condition that no other phone of ours rang with the same call before.
var firstOfTwins = `(c.peer = '' OR NOT EXISTS (SELECT 1 FROM call t INDEXED BY call_statistics WHERE t.began BETWEEN c.began - 5000 AND c.began
	AND t.peer = c.peer AND ` + strings.ReplaceAll(callNumber, "c.", "t.") + ` & 1 AND (t.began < c.began OR t.rid < c.rid)))`

func counted(once bool) string {
	twin := "1"
	if once {
		twin = firstOfTwins
	}
	return strings.NewReplacer("NUMBER", callNumber, "TWIN", twin).Replace(countedCalls)
}

// countedOnly is what the statistics count: not what goes on, nor what a colleague's phone answered.
const countedOnly = callNumber + " >= 0"

// each runs over the counts of the calls of a period, by a key.
func (sc statisticsScope) each(q querier, key string, once bool, from, to time.Time, f func(key any, n crm.CallCounts)) error {
	where, args := "c.began >= ? AND c.began < ? AND "+countedOnly+" AND "+sc.calls, append([]any{from.UnixMilli(), to.UnixMilli()}, sc.args...)
	if sc.line != "" {
		where, args = where+" AND c.line = ?", append(args, sc.line.Bytes())
	}
	return each(q, "SELECT "+key+", "+counted(once)+" FROM call c INDEXED BY call_statistics WHERE "+where+" GROUP BY 1", args, func(rows *sql.Rows) error {
		var k any
		var n crm.CallCounts
		var talk sql.NullInt64
		var twins int
		err := rows.Scan(&k, &n.Calls, &n.In, &n.Answered, &n.Quick, &n.Missed, &n.Back, &n.Out, &n.Reached, &talk, &twins)
		n.Talk = time.Duration(talk.Int64) * time.Millisecond
		n.Calls, n.In = n.Calls-twins, n.In-twins
		f(k, n)
		return err
	})
}

// quarter is as long as an hour is the same in every time zone: offsets are multiples of it.
const quarter = 15 * time.Minute

// ofPeriod counts the calls of the period, by time, line, agent and result.
func (sc statisticsScope) ofPeriod(ctx context.Context, q querier, p crm.StatisticsQuery, st *crm.Statistics) error {
	at := map[time.Time]int{}
	for d := p.From; d.Before(p.To) && len(st.ByDay) < mostDays; d = d.AddDate(0, 0, 1) {
		midnight := time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, d.Location())
		at[midnight] = len(st.ByDay)
		st.ByDay = append(st.ByDay, crm.DayCounts{Day: midnight})
	}
	lines, err := q.store().Lines(ctx)
	if err != nil {
		return err
	}
	users, err := usersByRid(q)
	if err != nil {
		return err
	}
	t := newTally(lines)
	err = sc.count(ctx, q, t, p, func(hour time.Time, n crm.CallCounts) {
		st.ByHour[hour.Hour()] = st.ByHour[hour.Hour()].Plus(n)
		if i, known := at[time.Date(hour.Year(), hour.Month(), hour.Day(), 0, 0, 0, 0, hour.Location())]; known {
			st.ByDay[i].CallCounts = st.ByDay[i].Plus(n)
		}
	})
	if err != nil {
		return err
	}
	st.Total = t.unique
	for rid, n := range t.agents {
		st.ByAgent = append(st.ByAgent, crm.NamedCounts{ID: users[rid].ID, Name: users[rid].Name, CallCounts: *n})
	}
	sortCounts(st.ByAgent)
	return errors.Join(sc.byLine(q, p, t, st), sc.byResult(q, p, t, st))
}

// mostDays is how many days are told apart: some three years.
const mostDays = 1100

// before counts the calls of the period that it is compared with, in all.
func (sc statisticsScope) before(ctx context.Context, q querier, p crm.StatisticsQuery) (crm.CallCounts, error) {
	if p.Before.IsZero() {
		return crm.CallCounts{}, nil
	}
	end := p.Before.Add(p.To.Sub(p.From))
	if end.After(p.From) { // a month is followed by a longer one
		end = p.From
	}
	p.From, p.To = p.Before, end
	t := newTally(nil)
	err := sc.count(ctx, q, t, p, func(time.Time, crm.CallCounts) {})
	return t.unique, err
}

// byLine are the lines that were counted; those that are no more are asked for by themselves.
func (sc statisticsScope) byLine(q querier, p crm.StatisticsQuery, t *tally, st *crm.Statistics) (err error) {
	for i, n := range t.lines[:len(t.lineIDs)+1] {
		if n == (crm.CallCounts{}) {
			continue
		}
		line := crm.NamedCounts{CallCounts: n}
		if i > 0 {
			line.ID = t.lineIDs[i-1]
		}
		st.ByLine = append(st.ByLine, line)
	}
	if t.otherLine {
		err = sc.each(q, "c.line", true, p.From, p.To, func(key any, n crm.CallCounts) {
			if id := idOf(key); id != "" && !slices.Contains(t.lineIDs, id) {
				st.ByLine = append(st.ByLine, crm.NamedCounts{ID: id, CallCounts: n})
			}
		})
	}
	for i, l := range st.ByLine {
		if err != nil || l.ID == "" {
			continue
		}
		err = q.row(`SELECT coalesce((SELECT name FROM line WHERE id = ?1),
			(SELECT line_name FROM call WHERE line = ?1 AND began >= ?2 AND began < ?3 ORDER BY began DESC LIMIT 1), '')`,
			l.ID.Bytes(), p.From.UnixMilli(), p.To.UnixMilli()).Scan(&st.ByLine[i].Name)
	}
	sortCounts(st.ByLine)
	return explain(err)
}

// usersByRid are all users, those who have left too.
func usersByRid(q querier) (map[int64]crm.User, error) {
	users := map[int64]crm.User{}
	err := each(q, "SELECT "+userColumns+", rid FROM user u", nil, func(rows *sql.Rows) error {
		var rid int64
		u, err := scanUser(withLast{rows, &rid})
		users[rid] = u
		return err
	})
	return users, err
}

// byResult are the results that were counted; those of the company's own are asked for by themselves.
func (sc statisticsScope) byResult(q querier, p crm.StatisticsQuery, t *tally, st *crm.Statistics) (err error) {
	for i, n := range t.results[:len(t.names)+1] {
		if n == (crm.CallCounts{}) {
			continue
		}
		result := crm.NamedCounts{CallCounts: n}
		if i > 0 {
			result.Name = t.names[i-1]
		}
		st.Results = append(st.Results, result)
	}
	if t.otherResult {
		err = sc.each(q, "c.result", false, p.From, p.To, func(key any, n crm.CallCounts) {
			if name, _ := key.(string); name != "" && !slices.Contains(t.names, name) {
				st.Results = append(st.Results, crm.NamedCounts{Name: name, CallCounts: n})
			}
		})
	}
	sortCounts(st.Results)
	return err
}

func (sc statisticsScope) leads(q querier, p crm.StatisticsQuery, st *crm.Statistics) error {
	where, args := "l.created >= ? AND l.created < ? AND "+sc.owned, append([]any{p.From.UnixMilli(), p.To.UnixMilli()}, sc.args...)
	if sc.line != "" {
		where, args = where+" AND l.line = ?", append(args, sc.line.Bytes())
	}
	err := each(q, `SELECT l.source, count(*), sum(l.open), sum(l.status = 'Converted') FROM lead l INDEXED BY lead_created
		WHERE `+where+" GROUP BY 1 ORDER BY 2 DESC, 1", args, func(rows *sql.Rows) error {
		var n crm.LeadCounts
		err := rows.Scan(&n.Source, &n.Made, &n.Open, &n.Converted)
		n.Junk = n.Made - n.Open - n.Converted
		st.Sources = append(st.Sources, n)
		all := &st.Leads
		all.Made, all.Open, all.Converted, all.Junk = all.Made+n.Made, all.Open+n.Open, all.Converted+n.Converted, all.Junk+n.Junk
		return err
	})
	return err
}

func sortCounts(all []crm.NamedCounts) {
	slices.SortFunc(all, func(a, b crm.NamedCounts) int {
		if a.Calls != b.Calls {
			return b.Calls - a.Calls
		}
		return strings.Compare(a.Name, b.Name)
	})
}

// idOf is the id in a column; "" for NULL.
func idOf(column any) crm.ID {
	b, _ := column.([]byte)
	id, _ := crm.IDFromBytes(b)
	return id
}
