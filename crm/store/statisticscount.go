package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"leadline/crm"
)

// A million calls are counted in one walk over the index, hour by hour: SQLite gives each hour as one text of
// numbers, a number a call, which says all that is counted of it. To group the calls by line, agent and result
// SQLite would sort them all, each time, and a row for each call would cost a crossing into C for each of its columns.

// callNumber is what is counted of a call, as the index call_statistics has it: written otherwise, each call would be read
// for it. A negative one is not counted. It leaves bits free for what depends on other rows: result, line, and whether another phone rang
// before. 20000 is crm.AnsweredQuickly in milliseconds.
const callNumber = `((c.incoming <> 0) | ((c.answered IS NOT NULL) << 1) | (ifnull(c.incoming AND c.answered - c.began <= 20000, 0) << 2)
	| ((c.incoming AND c.outcome = 2) << 3) | ((c.closed_by IS NOT NULL) << 4) | (min(max(ifnull(c.ended - c.answered, 0), 0), 134217727) << 17)
	| ((ifnull(c.agent, 0) & 524287) << 44) | ((c.outcome IN (0, 3)) << 63))`

// callAgent is the rid of who had a call, or 0.
const callAgent = "(" + callNumber + " >> 44 & 524287)"

// What a call's number says, from the lowest bit on. Lines and results are places in a list, which are followed by one
// for those that the list has not; 0 is none.
const (
	callIn = 1 << iota
	callAnswered
	callQuick
	callMissed
	callClosed
	callTwin

	resultAt, resultBits = 6, 5
	lineAt, lineBits     = 11, 6
	talkAt, talkBits     = 17, 27 // milliseconds; what lasted more than a day and a half was not hung up
	agentAt              = 44     // the rid: 19 bits are left
)

const mostLines, mostResults = 1<<lineBits - 2, 1<<resultBits - 2

// tally counts calls that were packed into numbers.
type tally struct {
	unique                 crm.CallCounts // a call that rang at several phones of ours is one
	lines, results         []crm.CallCounts
	agents                 map[int64]*crm.CallCounts
	lineIDs                []crm.ID
	names                  []string // of results
	otherLine, otherResult bool     // there are calls of lines and with results that are in neither list
}

func newTally(lines []crm.Line) *tally {
	t := &tally{names: crm.Results[:min(len(crm.Results), mostResults)]}
	for _, l := range lines[:min(len(lines), mostLines)] {
		t.lineIDs = append(t.lineIDs, l.ID)
	}
	return t.empty()
}

// empty is a tally of the same lists that has counted nothing.
func (t *tally) empty() *tally {
	return &tally{lines: make([]crm.CallCounts, 1<<lineBits), results: make([]crm.CallCounts, 1<<resultBits),
		agents: map[int64]*crm.CallCounts{}, lineIDs: t.lineIDs, names: t.names}
}

// packed is the number of a call with its result and line, in SQL, with what its parameters are.
func (t *tally) packed() (expression string, args []any) {
	var lines, results strings.Builder
	for i, id := range t.lineIDs {
		fmt.Fprintf(&lines, " WHEN ? THEN %d", (i+1)<<lineAt)
		args = append(args, id.Bytes())
	}
	for i, name := range t.names {
		fmt.Fprintf(&results, " WHEN ? THEN %d", (i+1)<<resultAt)
		args = append(args, name)
	}
	return fmt.Sprintf(`%s | CASE WHEN %[1]s & %d AND NOT %s THEN %d ELSE 0 END | CASE c.line WHEN x'' THEN 0%s ELSE iif(c.line IS NULL, 0, %d) END
		| CASE c.result WHEN '' THEN 0%s ELSE %d END`,
		callNumber, callMissed, firstOfTwins, callTwin, &lines, (1<<lineBits-1)<<lineAt, &results, (1<<resultBits-1)<<resultAt), args
}

// add counts one call.
func (t *tally) add(call int64) {
	line, result, agent := call>>lineAt&(1<<lineBits-1), call>>resultAt&(1<<resultBits-1), call>>agentAt
	addTo(&t.results[result], call)
	of := t.agents[agent]
	if of == nil {
		of = new(crm.CallCounts)
		t.agents[agent] = of
	}
	addTo(of, call)
	if call&callTwin == 0 {
		addTo(&t.unique, call)
		addTo(&t.lines[line], call)
	}
	t.otherLine = t.otherLine || line == 1<<lineBits-1
	t.otherResult = t.otherResult || result == 1<<resultBits-1
}

// addTo counts one call in place: it is done four times for each.
func addTo(n *crm.CallCounts, call int64) {
	n.Calls++
	if call&callIn != 0 {
		n.In++
		n.Answered += int(call & callAnswered / callAnswered)
		n.Quick += int(call & callQuick / callQuick)
		n.Missed += int(call & callMissed / callMissed)
		n.Back += int(call & callMissed / callMissed & (call & callClosed / callClosed))
	} else {
		n.Out++
		n.Reached += int(call & callAnswered / callAnswered)
	}
	n.Talk += time.Duration(call>>talkAt&(1<<talkBits-1)) * time.Millisecond
}

// join adds what another tally of the same lists counted.
func (t *tally) join(o *tally) {
	t.unique = t.unique.Plus(o.unique)
	for i, n := range o.lines {
		t.lines[i] = t.lines[i].Plus(n)
	}
	for i, n := range o.results {
		t.results[i] = t.results[i].Plus(n)
	}
	for agent, n := range o.agents {
		if of := t.agents[agent]; of != nil {
			*n = of.Plus(*n)
		}
		t.agents[agent] = n
	}
	t.otherLine, t.otherResult = t.otherLine || o.otherLine, t.otherResult || o.otherResult
}

// halvedFrom is how long a period is that is counted in two halves at once: a year of a million calls takes a second.
const halvedFrom = 90 * 24 * time.Hour

// count counts the calls of a period, and tells of each hour of the day what came to it.
func (sc statisticsScope) count(ctx context.Context, q querier, t *tally, p crm.StatisticsQuery, hour func(at time.Time, n crm.CallCounts)) error {
	if p.To.Sub(p.From) < halvedFrom {
		return sc.countHours(ctx, q, t, p.From, p.To, hour)
	}
	type counted struct {
		at time.Time
		n  crm.CallCounts
	}
	middle := hourEnd(p.From.Add(p.To.Sub(p.From)/2), p.To)
	second, hours, done := t.empty(), []counted(nil), make(chan error, 1)
	go func() {
		done <- sc.countHours(ctx, q, second, middle, p.To, func(at time.Time, n crm.CallCounts) { hours = append(hours, counted{at, n}) })
	}()
	err := sc.countHours(ctx, q, t, p.From, middle, hour)
	if err = errors.Join(err, <-done); err != nil {
		return err
	}
	for _, h := range hours {
		hour(h.at, h.n)
	}
	t.join(second)
	return nil
}

// countHours is count for one goroutine.
func (sc statisticsScope) countHours(ctx context.Context, q querier, t *tally, from, to time.Time, hour func(at time.Time, n crm.CallCounts)) error {
	number, listed := t.packed()
	where, scope := countedOnly+" AND "+sc.calls, sc.args
	if sc.line != "" {
		where, scope = where+" AND c.line = ?", append(append([]any{}, scope...), sc.line.Bytes())
	}
	question := "SELECT group_concat(" + number + ") FROM call c INDEXED BY call_statistics WHERE c.began >= ? AND c.began < ? AND " + where
	for at := from; at.Before(to); {
		if err := ctx.Err(); err != nil {
			return err
		}
		end := hourEnd(at, to)
		args := append(append(append([]any{}, listed...), at.UnixMilli(), end.UnixMilli()), scope...)
		var calls sql.NullString
		if err := q.row(question, args...).Scan(&calls); err != nil {
			return explain(err)
		}
		before := t.unique
		if err := t.addAll(calls.String); err != nil {
			return err
		}
		hour(at, t.unique.Minus(before))
		if calls.Valid {
			at = end
			continue
		}
		var next sql.NullInt64 // the night and what else is quiet is skipped
		if err := q.row("SELECT min(began) FROM call WHERE began >= ?", end.UnixMilli()).Scan(&next); err != nil {
			return explain(err)
		}
		if !next.Valid {
			return nil
		}
		at = time.UnixMilli(next.Int64).In(from.Location())
	}
	return nil
}

// hourEnd is where an hour of the clock ends that a moment is in, at the latest at last.
func hourEnd(at, last time.Time) time.Time {
	end := at.Truncate(quarter)
	for {
		end = end.Add(quarter)
		if !end.Before(last) {
			return last
		}
		if end.Hour() != at.Hour() {
			return end
		}
	}
}

// addAll counts the calls of a text of numbers.
func (t *tally) addAll(calls string) error {
	for len(calls) > 0 {
		var number string
		number, calls, _ = strings.Cut(calls, ",")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return fmt.Errorf("count the calls: %w", err)
		}
		t.add(n)
	}
	return nil
}
