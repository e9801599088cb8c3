package store

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"leadline/crm"
)

// BenchmarkCalls measures the first page of a log of a million calls: narrowed by what many, some and five of them
// have, and in the order of each column.
func BenchmarkCalls(b *testing.B) {
	s, _ := generate(b, million)
	rare := crm.User{ID: s.NewID(), Name: "Zora Zimt"}
	quiet := crm.Line{ID: s.NewID(), Name: "Quiet"}
	ok(b, s.Do(ctx, crm.SaveUser{User: rare}, crm.SaveLine{Line: quiet}))
	_, err := s.writer.ExecContext(ctx, `UPDATE call SET agent = (SELECT rid FROM user WHERE id = ?), agent_name = 'Zora Zimt', line = ?, line_name = 'Quiet', result = 'Quote'
		WHERE rid % 200000 = 7`, rare.ID.Bytes(), quiet.ID.Bytes())
	ok(b, err)
	users := must(s.Users(ctx))(b)
	lines := must(s.Lines(ctx))(b)
	for _, q := range []struct {
		name string
		crm.Query
	}{
		{"all", crm.Query{}},
		{"agent-many", crm.Query{Calls: crm.CallCriteria{Agent: users[3].ID}}},
		{"agent-rare", crm.Query{Calls: crm.CallCriteria{Agent: rare.ID}}},
		{"mine", crm.Query{Filter: crm.FilterMine}},
		{"line-many", crm.Query{Calls: crm.CallCriteria{Line: lines[1].ID}}},
		{"line-rare", crm.Query{Calls: crm.CallCriteria{Line: quiet.ID}}},
		{"line-none", crm.Query{Calls: crm.CallCriteria{Line: s.NewID()}}},
		{"result-many", crm.Query{Calls: crm.CallCriteria{Result: "Callback"}}},
		{"result-rare", crm.Query{Calls: crm.CallCriteria{Result: "Quote"}}},
		{"result-none", crm.Query{Calls: crm.CallCriteria{Result: "Complaint"}}},
		{"missed", crm.Query{Calls: crm.CallCriteria{Group: crm.CallsMissed}}},
		{"called-back-none", crm.Query{Calls: crm.CallCriteria{Group: crm.CallsBack}}},
		{"waiting-none", crm.Query{Calls: crm.CallCriteria{Group: crm.CallsWaiting}}},
		{"in", crm.Query{Filter: crm.FilterIn}},
		{"out", crm.Query{Filter: crm.FilterOut}},
		{"open-none", crm.Query{Filter: crm.FilterOpen}},
		{"agent-rare-missed", crm.Query{Calls: crm.CallCriteria{Agent: rare.ID, Group: crm.CallsMissed}}},
		{"agent-many-day", crm.Query{Calls: crm.CallCriteria{Agent: users[3].ID, From: benchEnd(million).Add(-24 * time.Hour), To: benchEnd(million)}}},
	} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
			}
			q.Limit = 128
			quantiles(b, "page", 10, func(int) { must(s.Calls(ctx, q.Query))(b) })
		})
	}
	for _, c := range []crm.Column{crm.ColumnAgent, crm.ColumnLine, crm.ColumnResult, crm.ColumnStatus, crm.ColumnLength} {
		b.Run("by-"+string(c), func(b *testing.B) {
			for b.Loop() {
			}
			s.rank.what = ""
			start := time.Now()
			must(s.Calls(ctx, crm.Query{Order: crm.By(c, true), Limit: 128}))(b)
			b.ReportMetric(float64(time.Since(start).Milliseconds()), "sorted-ms")
			quantiles(b, "page", 20, func(int) {
				must(s.Calls(ctx, crm.Query{Order: crm.By(c, true), Offset: rand.IntN(million / 2), Limit: 128}))(b)
			})
		})
	}
}

// BenchmarkBeginCall measures the processor's time of the change that is made when a call begins, and of the one when it ends.
func BenchmarkBeginCall(b *testing.B) {
	s, _ := generate(b, million)
	me := must(s.Me(ctx))(b)
	lines := must(s.Lines(ctx))(b)
	random := rand.New(rand.NewPCG(1, 2))
	const rounds = 5000
	var begin, end time.Duration
	for b.Loop() {
		begin, end = 0, 0
		for i := range rounds {
			c := crm.Call{Direction: crm.Incoming, Party: generatedNumber(random.IntN(million)), Line: lines[i%4].ID, Agent: me.ID}
			before := processorTime(b)
			c, _, err := s.BeginCall(ctx, c)
			ok(b, err)
			between := processorTime(b)
			ok(b, s.EndCall(ctx, c.ID, c.Began.Add(time.Minute), crm.Answered, ""))
			begin, end = begin+between-before, end+processorTime(b)-between
		}
	}
	b.ReportMetric(float64(begin.Nanoseconds())/1000/rounds, "begin-cpu-µs")
	b.ReportMetric(float64(end.Nanoseconds())/1000/rounds, "end-cpu-µs")
}

// processorTime is what the program has taken of it.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	ok(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
