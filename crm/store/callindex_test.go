package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"leadline/crm"
)

// manyCalls makes a file with calls of all kinds, of which some go on.
func manyCalls(t *testing.T) (s *Store, ben crm.User, lines []crm.Line) {
	t.Helper()
	s = open(t)
	anna := must(s.SignIn(ctx, crm.User{Name: "Anna", Extension: "101"}))(t)
	ben = crm.User{ID: s.NewID(), Name: "Ben"}
	lines = []crm.Line{{ID: s.NewID(), Name: "Sales"}, {ID: s.NewID(), Name: "Service"}}
	ok(t, s.Do(ctx, crm.SaveUser{User: ben}, crm.SaveLine{Line: lines[0]}, crm.SaveLine{Line: lines[1]}))
	random := rand.New(rand.NewPCG(7, 7))
	for i := range 400 {
		c := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse(fmt.Sprintf("030 5550%03d", i), "DE"), Began: noon.Add(time.Duration(i/2) * time.Minute)}
		if random.IntN(3) == 0 {
			c.Direction = crm.Outgoing
		}
		c.Agent = []crm.ID{anna.ID, anna.ID, ben.ID, s.NewID()}[random.IntN(4)]
		c.AgentName = []string{"", "", "Özlem", "ozlem"}[random.IntN(4)] // as they were called then
		c.Line = []crm.ID{"", lines[0].ID, lines[1].ID}[random.IntN(3)]
		c.LineName = []string{"", "Sales", "sales"}[random.IntN(3)]
		_, _, err := s.BeginCall(ctx, c)
		ok(t, err)
		if random.IntN(2) == 0 {
			ok(t, s.SaveResult(ctx, c.ID, crm.Results[random.IntN(2)]))
		}
		switch o := crm.Outcome(random.IntN(4)); o {
		case crm.Open:
		case crm.Answered:
			ok(t, s.AnswerCall(ctx, c.ID, c.Began.Add(5*time.Second)))
			fallthrough
		default:
			ok(t, s.EndCall(ctx, c.ID, c.Began.Add(time.Duration(10+random.IntN(50))*time.Second), o, ""))
		}
	}
	return s, ben, lines
}

// Whatever a list of calls is narrowed by and ordered by, it has what going through all calls would find, whichever index leads there.
func TestCallsAreTheSameByAnyIndex(t *testing.T) {
	s, ben, lines := manyCalls(t)
	rids := func(q crm.Query) (found []crm.ID, total int) {
		t.Helper()
		for {
			q.Limit, q.Offset = 128, len(found)
			page := must(s.Calls(ctx, q))(t)
			if total = page.Total; len(page.Rows) == 0 {
				return found, total
			}
			for _, r := range page.Rows {
				found = append(found, r.Call.ID)
			}
		}
	}
	for _, filter := range []crm.Filter{crm.FilterAll, crm.FilterMine, crm.FilterOpen, crm.FilterDone, crm.FilterNew, crm.FilterIn, crm.FilterOut} {
		for _, group := range []crm.CallGroup{"", crm.CallsMissed, crm.CallsBack, crm.CallsWaiting, crm.CallsAnswered} {
			for _, agent := range []crm.ID{"", ben.ID, s.NewID()} {
				for _, line := range []crm.ID{"", lines[0].ID} {
					for _, result := range []string{"", crm.Results[0], "Never"} {
						q := crm.Query{Filter: filter, Calls: crm.CallCriteria{Group: group, Agent: agent, Line: line, Result: result}}
						where, args, err := s.callsWhere(ctx, reader{s}, q)
						ok(t, err)
						for _, order := range []crm.Order{crm.OrderUsual, crm.By(crm.ColumnBegan, false), crm.By(crm.ColumnLine, true)} {
							by := map[crm.Order]string{crm.OrderUsual: "c.began DESC, c.rid DESC", crm.By(crm.ColumnBegan, false): "c.began, c.rid"}[order]
							var want []crm.ID
							ok(t, each(reader{s}, "SELECT c.id FROM call c WHERE "+where+" ORDER BY "+cmp.Or(by, "c.rid"), args, idsInto(&want)))
							q.Order = order
							got, total := rids(q)
							if by == "" { // only what is in it
								slices.Sort(got)
								slices.Sort(want)
							}
							if !slices.Equal(got, want) || total != len(want) {
								t.Fatalf("%+v: %d calls of %d, want %d", q, len(got), total, len(want))
							}
							if n := must(s.Count(ctx, "", q))(t); n != len(want) {
								t.Fatalf("%+v: counted %d, want %d", q, n, len(want))
							}
						}
					}
				}
			}
		}
	}
}

// The whole log in the order of a column is as sorting it would have it, page by page.
func TestTheLogIsOrderedByGroupsAsBySorting(t *testing.T) {
	s, _, _ := manyCalls(t)
	for column, by := range callsSortedBy {
		if groups := must(callGroups(reader{s}, column, false))(t); groups == nil {
			t.Errorf("%s has no groups", column)
		}
		for _, down := range []bool{false, true} {
			same := "-(c.began * 10000 + c.rid)"
			if column == crm.ColumnLength && !down {
				same = "iif(c.ended IS NULL, -1, 1) * (c.began * 10000 + c.rid)"
			}
			var want, got []int64
			ok(t, each(reader{s}, rankedBy("c.rid", by, same, " FROM call c ", "1", down), nil, func(rows *sql.Rows) error {
				want = append(want, 0)
				return rows.Scan(&want[len(want)-1])
			}))
			for _, limit := range []int{1, 7, 128} {
				for offset := range len(want) {
					if offset%limit > 0 || limit == 1 && offset > 50 {
						continue
					}
					page := must(s.Calls(ctx, crm.Query{Order: crm.By(column, down), Offset: offset, Limit: limit}))(t)
					got = got[:0]
					for _, r := range page.Rows {
						got = append(got, must(ridOf(reader{s}, "call", r.Call.ID))(t))
					}
					if !slices.Equal(got, want[offset:min(offset+limit, len(want))]) || page.Total != len(want) {
						t.Fatalf("by %s, down %t, from %d: %v of %d, want %v", column, down, offset, got, page.Total, want[offset:min(offset+limit, len(want))])
					}
				}
			}
		}
	}
}

// A list of what few calls have is read by the index that leads to them, and to no more than the page.
func TestWhatFewCallsHaveIsFoundByAnIndex(t *testing.T) {
	s := open(t)
	anna := must(s.SignIn(ctx, crm.User{Name: "Anna", Extension: "101"}))(t)
	for what, q := range map[string]crm.Query{
		"call_agent": {Calls: crm.CallCriteria{Agent: anna.ID}}, "call_line": {Calls: crm.CallCriteria{Line: s.NewID()}},
		"call_result": {Calls: crm.CallCriteria{Result: "Quote"}}, "call_outcome": {Calls: crm.CallCriteria{Group: crm.CallsMissed}},
		"call_waits": {Filter: crm.FilterNew}, "call_open": {Filter: crm.FilterOpen},
	} {
		table := must(s.callTableOf(reader{s}, q))(t)
		where, _, err := s.callsWhere(ctx, reader{s}, q)
		ok(t, err)
		if table.alone {
			where = "1"
		}
		led := false
		for _, step := range planOf(t, s, "SELECT c.rid FROM "+table.from+" WHERE "+where+" ORDER BY c.began DESC LIMIT 128") {
			led = led || strings.HasPrefix(step, "SEARCH") && strings.Contains(step, what+" (") || strings.HasPrefix(step, "SCAN") && strings.Contains(step, "INDEX "+what)
			if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "INDEX call_open") && !strings.Contains(step, "INDEX call_waits") && !strings.HasSuffix(step, " k") && !(table.alone && step == "SCAN c") && !strings.Contains(step, "json_each") {
				t.Errorf("%s: %s", what, step)
			}
		}
		if !led {
			t.Errorf("%s does not lead to %+v", what, q)
		}
	}
}

func idsInto(all *[]crm.ID) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var id crm.ID
		err := rows.Scan(idBlob{&id})
		*all = append(*all, id)
		return err
	}
}
