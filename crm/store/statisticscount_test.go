package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// plainCounts counts calls by the columns themselves, in the slowest way there is.
func plainCounts(t *testing.T, s *Store, key, twin string, q crm.StatisticsQuery) (counts []crm.CallCounts) {
	t.Helper()
	rows, err := s.readDB.Query(`SELECT count(*) FILTER (WHERE NOT TWIN), count(*) FILTER (WHERE c.incoming AND NOT TWIN), count(*) FILTER (WHERE c.incoming AND c.answered IS NOT NULL),
			count(*) FILTER (WHERE c.incoming AND c.answered - c.began <= 20000), count(*) FILTER (WHERE c.incoming AND c.outcome = 2 AND NOT TWIN),
			count(*) FILTER (WHERE c.incoming AND c.outcome = 2 AND c.closed_by IS NOT NULL AND NOT TWIN),
			count(*) FILTER (WHERE NOT c.incoming), count(*) FILTER (WHERE NOT c.incoming AND c.answered IS NOT NULL), ifnull(sum(c.ended - c.answered), 0)
		FROM (SELECT *, `+twin+` AS TWIN FROM call c NOT INDEXED WHERE began >= ?1 AND began < ?2 AND outcome NOT IN (0, 3) AND (?3 = x'' OR line = ?3)) c GROUP BY `+key,
		q.From.UnixMilli(), q.To.UnixMilli(), append([]byte{}, q.Line.Bytes()...))
	ok(t, err)
	defer rows.Close()
	for rows.Next() {
		var n crm.CallCounts
		ok(t, rows.Scan(&n.Calls, &n.In, &n.Answered, &n.Quick, &n.Missed, &n.Back, &n.Out, &n.Reached, &n.Talk))
		n.Talk *= time.Millisecond
		counts = append(counts, n)
	}
	ok(t, rows.Err())
	return counts
}

// plainTwin says whether a missed call rang at another phone of ours just before.
const plainTwin = `(c.incoming AND c.outcome = 2 AND c.peer <> '' AND EXISTS (SELECT 1 FROM call t WHERE t.peer = c.peer AND t.began BETWEEN c.began - 5000 AND c.began
	AND t.incoming AND (t.began < c.began OR t.rid < c.rid)))`

// What the walk over the index counts is what a plain count finds, whatever became of the calls meanwhile; also those
// of a line that is no more and of results of the company's own.
func TestCallsAreCountedAsTheyAre(t *testing.T) {
	c := newCounter(t)
	const calls = 3000
	change := func(query string, args ...any) {
		t.Helper()
		_, err := c.s.writer.ExecContext(ctx, query, args...)
		ok(t, err)
	}
	change(`INSERT INTO call(rid, id, incoming, peer, party, account, line, line_name, queue, began, answered, ended, outcome, detail, note, result, agent, agent_name, closed_by)
			WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i+1 < ` + fmt.Sprint(calls) + `)
			SELECT i+1, unhex(printf('%012x7002', i) || hex(randomblob(8))), i%3 > 0 OR i%10 = 0, iif(i%17 = 0, '', printf('+4930%d', i/5)), '{}', '',
				iif(i%7 = 0, NULL, iif(i%7 = 1, x'0102030405060708090a0b0c0d0e0f10', (SELECT id FROM line WHERE rid = i%2+1))), '', '',
				1700000000000 + i*4200017 - i%10/8*4199017, iif(i%10 IN (0, 8, 9), NULL, 1700000000000 + i*4200017 + i%40*1000), 1700000000000 + i*4200017 + 60000,
				iif(i%10 IN (0, 8, 9), 2, i%4), '', '', iif(i%5 = 0, 'Our own', iif(i%5 = 1, 'Quote', '')), nullif(i%4, 3)+1, '', iif(i%19 = 0, 1, NULL) FROM n`)
	from := time.Date(2023, 11, 14, 0, 0, 0, 0, c.zone)
	check := func(what string) {
		t.Helper()
		// All of them, which are counted in two halves; two of their months, with as long before; and of a line.
		for _, q := range []crm.StatisticsQuery{{From: from, To: from.AddDate(0, 6, 0)}, {From: from.AddDate(0, 3, 0), To: from.AddDate(0, 5, 0), Before: from},
			{From: from, To: from.AddDate(0, 6, 0), Line: c.lines["Workshop"].ID}} {
			st := must(c.s.Statistics(ctx, q))(t)
			total := plainCounts(t, c.s, "'all'", plainTwin, q)[0]
			var hours, days crm.CallCounts
			for _, n := range st.ByHour {
				hours = hours.Plus(n)
			}
			for _, d := range st.ByDay {
				days = days.Plus(d.CallCounts)
			}
			if st.Total != total || hours != total || days != total || total.Calls == 0 || total.Missed == 0 || total.Back == 0 || total.Reached == 0 {
				t.Errorf("%s: %+v, by hours %+v, by days %+v, want %+v", what, st.Total, hours, days, total)
			}
			for key, counted := range map[string][]crm.NamedCounts{"c.line": st.ByLine, "c.agent": st.ByAgent, "c.result": st.Results} {
				twin := "0"
				if key == "c.line" {
					twin = plainTwin
				}
				want := map[crm.CallCounts]int{}
				for _, n := range plainCounts(t, c.s, key, twin, q) {
					want[n]++
				}
				for _, n := range counted {
					want[n.CallCounts]--
				}
				for n, left := range want {
					if left != 0 {
						t.Errorf("%s, by %s: %+v is counted %+d times too few", what, key, n, left)
					}
				}
			}
			if !q.Before.IsZero() {
				q.From, q.To = q.Before, q.Before.Add(q.To.Sub(q.From))
				if want := plainCounts(t, c.s, "'all'", plainTwin, q)[0]; st.Before != want || want.Calls == 0 {
					t.Errorf("%s: before %+v, want %+v", what, st.Before, want)
				}
			}
		}
	}
	check("as they came")
	random := rand.New(rand.NewPCG(4, 100))
	for range 300 {
		rid := 1 + random.IntN(calls)
		change([]string{
			"UPDATE call SET outcome = (outcome + 1) % 4 WHERE rid = ?",
			"UPDATE call SET answered = iif(answered IS NULL, began + 15000, NULL) WHERE rid = ?",
			"UPDATE call SET ended = NULL WHERE rid = ?",
			"UPDATE call SET agent = nullif(agent % 3 + 1, 3) WHERE rid = ?",
			"UPDATE call SET closed_by = iif(closed_by IS NULL, 2, NULL), line = NULL WHERE rid = ?",
			"UPDATE call SET began = began + 7200000, result = 'Quote', peer = '+49301' WHERE rid = ?",
			"DELETE FROM call WHERE rid = ? AND rid > 2",
		}[random.IntN(7)], rid)
	}
	check("after changes")
	c.mergeUndoImportAndSync(random)
	check("after merges, undos, imports and what the server sent")
}

// mergeUndoImportAndSync does each of them many times, in any order, with records that calls of the file hang on.
func (c *counter) mergeUndoImportAndSync(random *rand.Rand) {
	c.t.Helper()
	var ids []crm.ID
	ok(c.t, each(reader{c.s}, "SELECT id FROM call ORDER BY rid", nil, func(rows *sql.Rows) error {
		ids = append(ids, "")
		return rows.Scan(idBlob{&ids[len(ids)-1]})
	}))
	aCall := func() crm.ID { return ids[random.IntN(len(ids))] }
	number := func() string { return fmt.Sprintf("030 55501%02d", random.IntN(100)) }
	rev := uint64(1)
	fromServer := func(rows ...wire.Row) {
		rev++
		ok(c.t, c.s.ApplyPage(ctx, wire.Page{Rev: rev, Rows: rows, More: true}))
	}
	var undos []int64
	for i := range 40 {
		switch i % 4 {
		case 0: // two persons with calls become one
			keep, gone := contactWith(c.t, c.s, "Ida", "Weiß", number(), "", ""), contactWith(c.t, c.s, "Ida", "Weiss", number(), "", "")
			ok(c.t, c.s.LinkCall(ctx, aCall(), keep))
			ok(c.t, c.s.LinkCall(ctx, aCall(), gone))
			m, _, err := c.s.MergeOf(ctx, keep, gone, nil)
			ok(c.t, err)
			undos = append(undos, must(c.s.Merge(ctx, m))(c.t).ID)
		case 1: // every other merge is taken back
			if i%8 == 1 {
				ok(c.t, c.s.Undo(ctx, undos[len(undos)-1]))
			}
		case 2:
			people := must(c.s.PrepareImport([]ImportRow{importRow(c.t, fmt.Sprint("Neu ", i), "Works", number()), importRow(c.t, "Ida Weiß", "", number())}))(c.t)
			must(c.s.Import(ctx, people, []Duplicates{Skip, Update, Add}[random.IntN(3)]))(c.t)
		case 3: // a call changed on another desk, a new one of it, and one that is no more
			call := must(c.s.Call(ctx, aCall()))(c.t).Call
			call.Party, call.Direction = crm.Parse(number(), "DE"), []crm.Direction{crm.Incoming, crm.Outgoing}[random.IntN(2)]
			call.Outcome = []crm.Outcome{crm.Answered, crm.Missed, crm.AnsweredElsewhere, crm.Declined}[random.IntN(4)]
			call.Answered, call.Ended = time.Time{}, call.Began.Add(90*time.Second)
			if call.Outcome == crm.Answered {
				call.Answered = call.Began.Add(time.Duration(random.IntN(40)) * time.Second)
			}
			call.Agent, call.Line, call.Result = c.users["Petra Weiß"], c.lines["Workshop"].ID, crm.Results[random.IntN(len(crm.Results))]
			other, gone := call, random.IntN(len(ids))
			other.ID, other.Began = c.s.NewID(), call.Began.Add(-3*time.Second)
			data, more := must(json.Marshal(call))(c.t), must(json.Marshal(other))(c.t)
			fromServer(wire.Row{Entity: wire.Call, ID: call.ID, Rev: rev + 1, Data: data}, wire.Row{Entity: wire.Call, ID: other.ID, Rev: rev + 1, Data: more})
			if ids[gone] != call.ID {
				fromServer(wire.Row{Entity: wire.Call, ID: ids[gone], Rev: rev + 1, Deleted: true})
				ids = slices.Delete(ids, gone, gone+1)
			}
		}
	}
}

// The question of each hour reads nothing but the index.
func TestCallsAreCountedByTheIndexAlone(t *testing.T) {
	s := open(t)
	number, _ := newTally(nil).packed()
	for _, step := range planOf(t, s, "SELECT group_concat("+number+") FROM call c INDEXED BY call_statistics WHERE c.began >= 1 AND c.began < 2 AND "+countedOnly) {
		if strings.HasPrefix(step, "SEARCH") && !strings.Contains(step, "COVERING INDEX call_statistics") {
			t.Error(step)
		}
	}
}
