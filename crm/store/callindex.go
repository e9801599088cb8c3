package store

import (
	"context"
	"slices"
	"strings"

	"leadline/crm"
)

// callIndex leads to the calls with a value, by which a list of those that few calls have is found without going through all
// the others. A call is written into most of them when it has ended, and not while it begins and the agent waits for the name.
//
// In a file with 200,000 calls and as many contacts, 223 MB, call_line takes 48 bytes a call, call_agent 34, call_outcome 19,
// call_result 14 and call_length (see callorder.go) 21: an eighth of it.
type callIndex struct {
	name      string
	condition string // what its calls have, in the words of the index
	args      []any
	ended     bool // calls that go on are not in it
}

// callIndexes are those that lead to what a list of calls is narrowed by.
func (s *Store) callIndexes(q querier, of crm.Query) (all []callIndex, err error) {
	const ofAgent, ofLine = "c.agent = (SELECT rid FROM user WHERE id = ?) AND c.outcome <> 0", "c.line = ? AND c.outcome <> 0"
	closed := callIndex{"call_closed", "c.closed_by IS NOT NULL", nil, false}
	missed := callIndex{"call_outcome", "c.outcome = 2 AND c.incoming = 1 AND c.outcome <> 0", nil, false}
	waiting := callIndex{"call_waits", "c.waits = 1", nil, false}
	switch of.Filter {
	case crm.FilterMine:
		user, err := me(q)
		if err != nil {
			return nil, err
		}
		all = append(all, callIndex{"call_agent", ofAgent, []any{user.ID.Bytes()}, true})
	case crm.FilterOpen:
		all = append(all, callIndex{"call_open", "c.outcome = 0", nil, false})
	case crm.FilterNew:
		all = append(all, waiting)
	}
	switch of.Calls.Group {
	case crm.CallsMissed:
		all = append(all, missed)
	case crm.CallsBack:
		all = append(all, missed, closed)
	case crm.CallsWaiting:
		all = append(all, waiting)
	}
	if of.Calls.Agent != "" {
		all = append(all, callIndex{"call_agent", ofAgent, []any{of.Calls.Agent.Bytes()}, true})
	}
	if of.Calls.Line != "" {
		all = append(all, callIndex{"call_line", ofLine, []any{of.Calls.Line.Bytes()}, true})
	}
	if of.Calls.Result != "" {
		all = append(all, callIndex{"call_result", "c.result = ? AND c.result <> ''", []any{of.Calls.Result}, false})
	}
	return all, nil
}

// fewCalls are so few that each may be read for whether it meets all that is asked for.
const fewCalls = 3000

// callTable is what a list of calls is read from: the table, or those calls alone to which the index leads that has fewest of
// them, where these are few. Else the list finds enough of them on its way through the latest.
type callTable struct {
	from  string
	args  []any
	alone bool // nothing is asked for but what its calls have
	total int  // of alone: how many there are; -1 for more than countedRows
}

func (s *Store) callTableOf(q querier, of crm.Query) (t callTable, err error) {
	t = callTable{from: "call c", total: -1}
	all, err := s.callIndexes(q, of)
	if err != nil || len(all) == 0 {
		return t, err
	}
	if t.alone, err = s.onlyAsked(q, of, all); err != nil {
		return t, err
	}
	fewest := fewCalls + 1
	if t.alone {
		fewest = countedRows + 1
	}
	if !of.Calls.From.IsZero() || !of.Calls.To.IsZero() { // the way through a short time is shorter
		during, args := period(of.Calls)
		if fewest, err = countOf(q, "call c", during, args, fewest); err != nil {
			return t, err
		}
	}
	for _, i := range all {
		n, err := countOf(q, "call c INDEXED BY "+i.name, i.condition, i.args, fewest)
		if err != nil {
			return t, err
		}
		if n >= fewest {
			continue
		}
		these := "SELECT c.rid AS rid, c.began AS began FROM call c INDEXED BY " + i.name + " WHERE " + i.condition
		t.from, t.args, t.total, fewest = these, i.args, n, n
		if i.ended {
			going := "c.outcome = 0 AND " + strings.ReplaceAll(i.condition, " AND c.outcome <> 0", "")
			t.from += " UNION ALL SELECT c.rid, c.began FROM call c INDEXED BY call_open WHERE " + going
			t.args = slices.Concat(i.args, i.args)
			more, err := countOf(q, "call c INDEXED BY call_open", going, i.args, countedRows)
			if err != nil {
				return t, err
			}
			t.total += more
		}
	}
	switch {
	case t.args == nil && t.from == "call c":
	case t.alone:
		t.from = "(" + t.from + ") c"
	default:
		t.from = "(" + t.from + ") k CROSS JOIN call c ON c.rid = k.rid"
	}
	return t, nil
}

// onlyAsked says whether nothing is asked for but what the calls of one index have.
func (s *Store) onlyAsked(q querier, of crm.Query, all []callIndex) (bool, error) {
	rest := of.Calls
	rest.Agent, rest.Line, rest.Result = "", "", ""
	if rights, err := s.Rights(context.Background()); err != nil || rights.SeeCalls < crm.ReachAll && !of.Calls.IsZero() {
		return false, err
	}
	return len(all) == 1 && rest.IsZero() && (of.Filter == crm.FilterAll || of.Calls.IsZero()) && strings.TrimSpace(of.Text) == "", nil
}

func period(c crm.CallCriteria) (where string, args []any) {
	all := conditions{where: "1"}
	if !c.From.IsZero() {
		all.and("c.began >= ?", c.From.UnixMilli())
	}
	if !c.To.IsZero() {
		all.and("c.began < ?", c.To.UnixMilli())
	}
	return all.where, all.args
}

// countOf is how many calls meet a condition, at most so many.
func countOf(q querier, from, where string, args []any, most int) (n int, err error) {
	err = q.row("SELECT count(*) FROM (SELECT 1 FROM "+from+" WHERE "+where+" LIMIT ?)", append(slices.Clone(args), most)...).Scan(&n)
	return n, explain(err)
}
