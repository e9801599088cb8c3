package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"leadline/crm"
)

// A million calls are counted in one walk over the index, hour by hour: SQLite gives each hour as one text of
// numbers, a number a call, which says all that is counted of it. To group the calls by line, agent and result
// SQLite would sort them all, each time, and a row for each call would cost a crossing into C for each of its columns.

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
	all, unique            crm.CallCounts // unique: a call that rang at several phones of ours is one
	lines, results         []crm.CallCounts
	agents                 map[int64]*crm.CallCounts
	lineIDs                []crm.ID
	names                  []string // of results
	otherLine, otherResult bool     // there are calls of lines and with results that are in neither list
}

func newTally(lines []crm.Line) *tally {
	t := &tally{agents: map[int64]*crm.CallCounts{}, names: crm.Results[:min(len(crm.Results), mostResults)]}
	for _, l := range lines[:min(len(lines), mostLines)] {
		t.lineIDs = append(t.lineIDs, l.ID)
	}
	t.lines, t.results = make([]crm.CallCounts, 1<<lineBits), make([]crm.CallCounts, 1<<resultBits)
	return t
}

// packed is the number of a call, in SQL, with what its parameters are.
func (t *tally) packed() (expression string, args []any) {
	const missed = "(c.incoming AND c.outcome = 2)"
	var lines, results strings.Builder
	for i, id := range t.lineIDs {
		fmt.Fprintf(&lines, " WHEN ? THEN %d", i+1)
		args = append(args, id.Bytes())
	}
	for i, name := range t.names {
		fmt.Fprintf(&results, " WHEN ? THEN %d", i+1)
		args = append(args, name)
	}
	// | and << are of one rank in SQLite
	return `(c.incoming <> 0) | ((c.answered IS NOT NULL) << 1) | (ifnull(c.incoming AND c.answered - c.began <= 20000, 0) << 2) | (` + missed + ` << 3)
		| ((c.closed_by IS NOT NULL) << 4) | ((CASE WHEN ` + missed + ` THEN NOT ` + firstOfTwins + ` ELSE 0 END) << 5)
		| ((CASE c.line WHEN x'' THEN 0` + lines.String() + ` ELSE iif(c.line IS NULL, 0, ` + strconv.Itoa(1<<lineBits-1) + `) END) << ` + strconv.Itoa(lineAt) + `)
		| ((CASE c.result WHEN '' THEN 0` + results.String() + ` ELSE ` + strconv.Itoa(1<<resultBits-1) + ` END) << ` + strconv.Itoa(resultAt) + `)
		| (min(max(ifnull(c.ended - c.answered, 0), 0), ` + strconv.Itoa(1<<talkBits-1) + `) << ` + strconv.Itoa(talkAt) + `) | (ifnull(c.agent, 0) << ` + strconv.Itoa(agentAt) + ")", args
}

// add counts one call.
func (t *tally) add(call int64) {
	var n crm.CallCounts
	n.Calls = 1
	if call&callIn != 0 {
		n.In = 1
		n.Answered = int(call & callAnswered / callAnswered)
		n.Quick = int(call & callQuick / callQuick)
		n.Missed = int(call & callMissed / callMissed)
		n.Back = n.Missed & int(call&callClosed/callClosed)
	} else {
		n.Out = 1
		n.Reached = int(call & callAnswered / callAnswered)
	}
	n.Talk = time.Duration(call>>talkAt&(1<<talkBits-1)) * time.Millisecond
	line, result, agent := call>>lineAt&(1<<lineBits-1), call>>resultAt&(1<<resultBits-1), call>>agentAt
	t.all = t.all.Plus(n)
	t.results[result] = t.results[result].Plus(n)
	of := t.agents[agent]
	if of == nil {
		of = new(crm.CallCounts)
		t.agents[agent] = of
	}
	*of = of.Plus(n)
	if call&callTwin == 0 {
		t.unique = t.unique.Plus(n)
		t.lines[line] = t.lines[line].Plus(n)
	}
	t.otherLine = t.otherLine || line == 1<<lineBits-1
	t.otherResult = t.otherResult || result == 1<<resultBits-1
}

// count counts the calls of a period, and tells of each hour of the day what came to it.
func (sc statisticsScope) count(ctx context.Context, q querier, t *tally, p crm.StatisticsQuery, hour func(at time.Time, n crm.CallCounts)) error {
	number, listed := t.packed()
	where, scope := countedOnly+" AND "+sc.calls, sc.args
	if sc.line != "" {
		where, scope = where+" AND c.line = ?", append(append([]any{}, scope...), sc.line.Bytes())
	}
	question := "SELECT group_concat(" + number + ") FROM call c INDEXED BY call_statistics WHERE c.began >= ? AND c.began < ? AND " + where
	for at := p.From; at.Before(p.To); {
		if err := ctx.Err(); err != nil {
			return err
		}
		end := hourEnd(at, p.To)
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
		at = time.UnixMilli(next.Int64).In(p.From.Location())
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
