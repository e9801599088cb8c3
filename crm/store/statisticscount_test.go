package store

import (
	"fmt"
	"testing"
	"time"

	"leadline/crm"
)

// The walk over the calls counts what grouping them counts, also those of a line that is no more and of results of the company's own.
func TestCallsAreCountedAsTheyAreGrouped(t *testing.T) {
	c := newCounter(t)
	const calls = 3000
	_, err := c.s.writer.ExecContext(ctx, `INSERT INTO call(rid, id, incoming, peer, party, account, line, line_name, queue, began, answered, ended, outcome, detail, note, result, agent, agent_name, closed_by)
			WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i+1 < `+fmt.Sprint(calls)+`)
			SELECT i+1, unhex(printf('%012x7002', i) || hex(randomblob(8))), i%3 > 0 OR i%10 = 0, iif(i%17 = 0, '', printf('+4930%d', i/5)), '{}', '',
				iif(i%7 = 0, NULL, iif(i%7 = 1, x'0102030405060708090a0b0c0d0e0f10', (SELECT id FROM line WHERE rid = i%2+1))), '', '',
				1700000000000 + i*700003 - i%10/8*699003, iif(i%10 IN (0, 8, 9), NULL, 1700000000000 + i*700003 + i%40*1000), 1700000000000 + i*700003 + 60000,
				iif(i%10 IN (0, 8, 9), 2, i%4), '', '', iif(i%5 = 0, 'Our own', iif(i%5 = 1, 'Quote', '')), nullif(i%4, 3)+1, '', iif(i%19 = 0, 1, NULL) FROM n`)
	ok(t, err)
	q := crm.StatisticsQuery{From: time.Date(2023, 11, 14, 0, 0, 0, 0, c.zone), To: time.Date(2023, 12, 1, 0, 0, 0, 0, c.zone)} // two thirds of them
	for _, q.Line = range []crm.ID{"", c.lines["Workshop"].ID} {
		st := must(c.s.Statistics(ctx, q))(t)
		r := must(c.s.read(ctx))(t)
		scope := must(c.s.scopeOf(r, crm.ReachAll, q.Line))(t)
		var total crm.CallCounts
		ok(t, scope.each(r, "1", true, q.From, q.To, func(_ any, n crm.CallCounts) { total = n }))
		var hours, days crm.CallCounts
		for _, n := range st.ByHour {
			hours = hours.Plus(n)
		}
		for _, d := range st.ByDay {
			days = days.Plus(d.CallCounts)
		}
		if st.Total != total || hours != total || days != total || total.Calls == 0 || total.Missed == 0 || total.Back == 0 || total.Reached == 0 {
			t.Errorf("%+v, by hours %+v, by days %+v, want %+v", st.Total, hours, days, total)
		}
		for key, counted := range map[string][]crm.NamedCounts{"c.line": st.ByLine, "c.agent": st.ByAgent, "c.result": st.Results} {
			want := map[crm.CallCounts]int{}
			ok(t, scope.each(r, key, key == "c.line", q.From, q.To, func(_ any, n crm.CallCounts) { want[n]++ }))
			for _, n := range counted {
				want[n.CallCounts]--
			}
			for n, left := range want {
				if left != 0 {
					t.Errorf("by %s: %+v is counted %+d times too few", key, n, left)
				}
			}
		}
	}
}
