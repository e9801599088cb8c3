package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"
	"time"

	"leadline/crm"
)

// The whole log in the order of a column is not sorted: few agents, lines and results have very many calls, so that the index
// gives all calls of one, the latest first, and then those of the next. By their length an index has them one by one.

// callGroup are the calls that have the same in a column.
type callGroup struct {
	key   string // what the groups are ordered by; the one with "" comes last, both ways
	order string // of its calls
	parts []callPart
	n     int // how many they are; counted when a page behind them is asked for
}

// grouping are the groups of a column, as they were counted last. Like a ranking they stand for a while.
type grouping struct {
	lock   sync.Mutex
	order  crm.Order
	told   uint64 // Store.told when they were found
	made   time.Time
	took   time.Duration // to find and count them
	groups []callGroup
}

// callPart is a question for the rids of some calls and when they began, which an index answers in the order of their group.
type callPart struct {
	from, where string
	args        []any
}

const (
	latestFirst   = "began DESC, rid DESC"
	shortestFirst = "length, began, rid"
	longestFirst  = "length DESC, began DESC, rid DESC" // the same from its end
)

// callGroups are the calls by what they have in a column, in its order; nil for a column of which no index tells.
func callGroups(q querier, column crm.Column, down bool) (groups []callGroup, err error) {
	byKey := map[string]int{}
	add := func(key string, p callPart) {
		at, is := byKey[key]
		if !is {
			at = len(groups)
			byKey[key], groups = at, append(groups, callGroup{key: key, order: latestFirst})
		}
		groups[at].parts = append(groups[at].parts, p)
	}
	switch column {
	case crm.ColumnAgent:
		err = namedGroups(q, "call_agent", "c.agent", "c.agent_name", add)
	case crm.ColumnLine:
		err = namedGroups(q, "call_line", "c.line", "c.line_name", add)
	case crm.ColumnStatus:
		err = statusGroups(q, add)
	case crm.ColumnResult:
		err = resultGroups(q, add)
	case crm.ColumnLength:
		return lengthGroups(down), nil
	default:
		return nil, nil
	}
	slices.SortFunc(groups, func(a, b callGroup) int {
		by := strings.Compare(a.key, b.key)
		if down {
			by = -by
		}
		return cmp.Or(b2i(a.key == "")-b2i(b.key == ""), by)
	})
	return groups, err
}

// namedGroups are calls by a name that stands in an index behind an id. Each step jumps to the next pair of them.
func namedGroups(q querier, index, id, name string, add func(string, callPart)) error {
	of := " FROM call c INDEXED BY " + index + " WHERE c.outcome <> 0 AND "
	var known [][2]any
	for next := "1"; ; {
		var pair [2]any
		var args []any
		if len(known) > 0 {
			last := known[len(known)-1]
			next, args = "("+id+" IS ? AND "+name+" > ?)", []any{last[0], last[1]}
		}
		found, err := pairOf(q, "SELECT "+id+", "+name+of+next+" ORDER BY "+id+", "+name+" LIMIT 1", args, &pair)
		if err == nil && !found && len(known) > 0 { // the next id
			last := known[len(known)-1][0]
			next, args = id+" > ?", []any{last}
			if last == nil {
				next, args = id+" IS NOT NULL", nil
			}
			found, err = pairOf(q, "SELECT "+id+", "+name+of+next+" ORDER BY "+id+", "+name+" LIMIT 1", args, &pair)
		}
		if err != nil {
			return err
		}
		if !found {
			break
		}
		known = append(known, pair)
		text, _ := pair[1].(string)
		add(fold(text), callPart{"call c INDEXED BY " + index, id + " IS ? AND " + name + " = ? AND c.outcome <> 0", pair[:]})
	}
	return each(q, "SELECT DISTINCT "+name+" FROM call c INDEXED BY call_open WHERE c.outcome = 0", nil, func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		add(fold(text), callPart{"call c INDEXED BY call_open", "c.outcome = 0 AND " + name + " = ?", []any{text}})
		return err
	})
}

func pairOf(q querier, query string, args []any, pair *[2]any) (found bool, err error) {
	err = each(q, query, args, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(&pair[0], &pair[1])
	})
	for i, v := range pair { // a blob that is kept
		if b, is := v.([]byte); is {
			pair[i] = slices.Clone(b)
		}
	}
	return found, err
}

// statusGroups are calls by how they ended and by who called, as callsSortedBy has it. An outcome is one of few.
func statusGroups(_ querier, add func(string, callPart)) error {
	for o := crm.Open; o <= crm.Interrupted; o++ {
		for incoming := range 2 {
			p := callPart{"call c INDEXED BY call_outcome", "c.outcome = ? AND c.incoming = ? AND c.outcome <> 0", []any{int(o), incoming}}
			if o == crm.Open {
				p.from, p.where = "call c INDEXED BY call_open", "c.outcome = ? AND c.incoming = ? AND c.outcome = 0"
			}
			add(string(rune('A'+2*int(o)+incoming)), p)
		}
	}
	return nil
}

func resultGroups(q querier, add func(string, callPart)) error {
	for last, found := "", true; found; {
		found = false
		err := each(q, "SELECT c.result FROM call c INDEXED BY call_result WHERE c.result > ? AND c.result <> '' ORDER BY c.result LIMIT 1", []any{last}, func(rows *sql.Rows) error {
			found = true
			return rows.Scan(&last)
		})
		if err != nil {
			return err
		}
		if found {
			add(last, callPart{"call c INDEXED BY call_result", "c.result = ? AND c.result <> ''", []any{last}})
		}
	}
	add("", callPart{"call c INDEXED BY call_statistics", "c.result = ''", nil})
	return nil
}

// callLength is how long a call took or rang; nothing while it goes on.
const callLength = "c.ended - coalesce(c.answered, c.began)"

// lengthGroups are all calls that have ended, and the others.
func lengthGroups(down bool) []callGroup {
	const (
		first  = "ended" // of the two groups: the one without a name comes last
		goesOn = "c.outcome = 0"
		ended  = "c.outcome <> 0 AND " + callLength
	)
	order := shortestFirst
	if down {
		order = longestFirst
	}
	return []callGroup{
		{key: first, order: order, parts: []callPart{{from: "call c INDEXED BY call_length", where: ended + " IS NOT NULL"}}},
		{order: latestFirst, parts: []callPart{
			{from: "call c INDEXED BY call_length", where: ended + " IS NULL"},
			{from: "call c INDEXED BY call_open", where: goesOn},
		}},
	}
}

// groupedCalls are the rids of a page of the whole log in the order of a column; ok is false for a column of which no index tells.
func (s *Store) groupedCalls(ctx context.Context, r querier, q crm.Query, column crm.Column, down bool) (rids []int64, ok bool, err error) {
	k := &s.groups
	k.lock.Lock()
	defer k.lock.Unlock()
	if told := s.told.Load(); k.order != q.Order || k.told != told && time.Since(k.made) >= sortedAnew*k.took {
		k.order = ""
		begun := time.Now()
		groups, err := callGroups(r, column, down)
		if err != nil || groups == nil {
			return nil, false, err
		}
		k.order, k.told, k.made, k.took, k.groups = q.Order, told, time.Now(), time.Since(begun), groups
	}
	offset, limit := bounds(q)
	for i := range k.groups {
		g := &k.groups[i]
		if err := ctx.Err(); err != nil || limit == 0 {
			return rids, true, err
		}
		if offset > 0 {
			begun := time.Now()
			if err := g.count(r); err != nil {
				return nil, false, err
			}
			k.took += time.Since(begun)
			if g.n <= offset {
				offset -= g.n
				continue
			}
		}
		more, err := g.rids(r, offset, limit)
		if err != nil {
			return nil, false, err
		}
		rids, offset, limit = append(rids, more...), 0, limit-len(more)
	}
	return rids, true, nil
}

// count counts them unless it has.
func (g *callGroup) count(q querier) error {
	if g.n > 0 {
		return nil
	}
	for _, p := range g.parts {
		var some int
		if err := q.row("SELECT count(*) FROM "+p.from+" WHERE "+p.where, p.args...).Scan(&some); err != nil {
			return explain(err)
		}
		g.n += some
	}
	return nil
}

// rids are those of the group's calls, in its order.
func (g callGroup) rids(q querier, offset, limit int) (rids []int64, err error) {
	var parts []string
	var args []any
	columns := "c.rid AS rid, c.began AS began, NULL"
	if g.order != latestFirst {
		columns = "c.rid AS rid, c.began AS began, " + callLength + " AS length"
	}
	for _, p := range g.parts {
		parts = append(parts, "SELECT "+columns+" FROM "+p.from+" WHERE "+p.where)
		args = append(args, p.args...)
	}
	err = each(q, strings.Join(parts, " UNION ALL ")+" ORDER BY "+g.order+" LIMIT ? OFFSET ?", append(args, limit, offset), func(rows *sql.Rows) error {
		var rid int64
		var orderedBy sql.RawBytes
		err := rows.Scan(&rid, &orderedBy, &orderedBy)
		rids = append(rids, rid)
		return err
	})
	return rids, err
}
