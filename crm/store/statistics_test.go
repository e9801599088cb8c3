package store

import (
	"fmt"
	"testing"
	"time"

	"leadline/crm"
)

// berlin is a zone with a clock change.
func berlin(t testing.TB) *time.Location {
	return must(time.LoadLocation("Europe/Berlin"))(t)
}

// counter saves calls for the statistics.
type counter struct {
	t     testing.TB
	s     *Store
	zone  *time.Location
	anna  crm.User
	users map[string]crm.ID
	lines map[string]crm.Line
}

func newCounter(t testing.TB) *counter {
	c := &counter{t: t, s: open(t), zone: berlin(t), users: map[string]crm.ID{}, lines: map[string]crm.Line{}}
	c.anna = must(c.s.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101", Department: "Sales"}))(t)
	c.users["Anna Krüger"] = c.anna.ID
	for name, department := range map[string]string{"Petra Weiß": "Sales", "Tobias Schönefeld": "Workshop"} {
		u := crm.User{ID: c.s.NewID(), Name: name, Department: department}
		c.users[name] = u.ID
		ok(t, c.s.Do(ctx, crm.SaveUser{User: u}))
	}
	for _, name := range []string{"Head office", "Workshop"} {
		c.lines[name] = crm.Line{ID: c.s.NewID(), Name: name}
		ok(t, c.s.Do(ctx, crm.SaveLine{Line: c.lines[name]}))
	}
	return c
}

func (c *counter) at(clock string) time.Time {
	return must(time.ParseInLocation("2006-01-02 15:04:05", "2026-"+clock, c.zone))(c.t)
}

// call saves one that began at clock and was answered after waited, or not at all with a negative one.
func (c *counter) call(way crm.Direction, line, agent, number, clock string, waited, talked time.Duration, outcome crm.Outcome, result string) {
	began := c.at(clock)
	call := crm.Call{ID: c.s.NewID(), Direction: way, Party: crm.Parse(number, "DE"), Line: c.lines[line].ID, LineName: line, Began: began,
		Agent: c.users[agent], AgentName: agent, Outcome: outcome, Result: result}
	if waited >= 0 {
		call.Answered = began.Add(waited)
		call.Ended = call.Answered.Add(talked)
	} else {
		call.Ended = began.Add(30 * time.Second)
	}
	ok(c.t, c.s.Do(ctx, crm.BeginCall{Call: call}))
	ok(c.t, c.s.EndCall(ctx, call.ID, call.Ended, outcome, ""))
}

// aWeek is a week with something of everything, in which the clock is put back.
func aWeek(t testing.TB) (c *counter, q crm.StatisticsQuery) {
	c = newCounter(t)
	c.call(crm.Incoming, "Head office", "Anna Krüger", "030 111", "10-23 09:05:00", 8*time.Second, 3*time.Minute, crm.Answered, "Interested")
	c.call(crm.Incoming, "Head office", "Anna Krüger", "030 222", "10-23 09:59:50", 25*time.Second, time.Minute, crm.Answered, "")
	c.call(crm.Incoming, "Workshop", "Petra Weiß", "030 333", "10-25 01:30:00", 20*time.Second, 2*time.Minute, crm.Answered, "Interested")
	// One caller gives up at two phones, and is called back.
	c.call(crm.Incoming, "Head office", "Anna Krüger", "030 444", "10-26 10:00:00", -1, 0, crm.Missed, "")
	c.call(crm.Incoming, "Head office", "Petra Weiß", "030 444", "10-26 10:00:02", -1, 0, crm.Missed, "")
	c.call(crm.Outgoing, "Head office", "Petra Weiß", "030 444", "10-26 10:20:00", 5*time.Second, 4*time.Minute, crm.Answered, "Offer")
	// Again, and again: that is two, though it is the same number.
	c.call(crm.Incoming, "Workshop", "Tobias Schönefeld", "030 555", "10-27 12:00:00", -1, 0, crm.Missed, "")
	c.call(crm.Incoming, "Workshop", "Tobias Schönefeld", "030 555", "10-27 12:01:00", -1, 0, crm.Missed, "")
	// Two who withhold their numbers at the same time are two.
	c.call(crm.Incoming, "Workshop", "Tobias Schönefeld", "anonymous", "10-27 13:00:00", -1, 0, crm.Missed, "")
	c.call(crm.Incoming, "Workshop", "Petra Weiß", "anonymous", "10-27 13:00:00", -1, 0, crm.Missed, "")
	c.call(crm.Incoming, "Workshop", "Tobias Schönefeld", "030 666", "10-28 12:00:00", -1, 0, crm.Declined, "")
	c.call(crm.Outgoing, "Workshop", "Tobias Schönefeld", "030 777", "10-28 12:00:00", -1, 0, crm.NoAnswer, "")
	// Not counted: it was taken by a colleague, and counts there.
	c.call(crm.Incoming, "Head office", "Tobias Schönefeld", "030 111", "10-23 09:05:00", -1, 0, crm.AnsweredElsewhere, "")
	// The week before, and the day after.
	c.call(crm.Incoming, "Head office", "Anna Krüger", "030 888", "10-17 09:00:00", time.Second, time.Minute, crm.Answered, "")
	c.call(crm.Incoming, "Head office", "Anna Krüger", "030 999", "10-30 00:00:00", time.Second, time.Minute, crm.Answered, "")
	for i, l := range []crm.Lead{{Source: crm.SourceCall, Status: crm.LeadConverted}, {Source: crm.SourceCall, Status: crm.LeadNew},
		{Source: crm.SourceCall, Status: crm.LeadJunk, Responsible: c.anna.ID}, {Source: "Radio", Status: crm.LeadProcessed, Responsible: c.anna.ID}} {
		l.ID, l.Title, l.Created = c.s.NewID(), fmt.Sprint("Lead ", i), c.at("10-24 11:00:00")
		ok(t, c.s.Do(ctx, crm.CreateLead{Lead: l}))
	}
	return c, crm.StatisticsQuery{From: c.at("10-23 00:00:00"), To: c.at("10-30 00:00:00"), Before: c.at("10-16 00:00:00")}
}

func TestStatisticsCountCallsAndWhatBecameOfThem(t *testing.T) {
	c, q := aWeek(t)
	st := must(c.s.Statistics(ctx, q))(t)
	want := crm.CallCounts{Calls: 11, In: 9, Answered: 3, Quick: 2, Missed: 5, Back: 1, Out: 2, Reached: 1, Talk: 10 * time.Minute}
	if st.Total != want {
		t.Errorf("total %+v, want %+v", st.Total, want)
	}
	if st.Total.ServiceLevel() != 25 || st.Total.MeanTalk() != 150*time.Second {
		t.Errorf("service level %d %%, mean %v", st.Total.ServiceLevel(), st.Total.MeanTalk())
	}
	if st.Before.Calls != 1 || st.Before.Quick != 1 {
		t.Errorf("before %+v", st.Before)
	}
	if st.ByHour[9].Answered != 2 || st.ByHour[1].Answered != 1 || st.ByHour[12].Missed != 2 || st.ByHour[10].Missed != 1 || st.ByHour[10].Out != 1 {
		t.Errorf("by hour %+v", st.ByHour)
	}
	if len(st.ByDay) != 7 || st.ByDay[0].Answered != 2 || st.ByDay[2].Answered != 1 || !st.ByDay[3].Day.Equal(c.at("10-26 00:00:00")) || st.ByDay[3].Missed != 1 {
		t.Errorf("by day %+v", st.ByDay)
	}
	if len(st.ByLine) != 2 || st.ByLine[0].Name != "Workshop" || st.ByLine[0].Missed != 4 || st.ByLine[1].Name != "Head office" || st.ByLine[1].Missed != 1 {
		t.Errorf("by line %+v", st.ByLine)
	}
	if len(st.ByAgent) != 3 || st.ByAgent[0].Name != "Tobias Schönefeld" || st.ByAgent[0].Calls != 5 || st.ByAgent[1].Name != "Petra Weiß" || st.ByAgent[1].Missed != 2 {
		t.Errorf("by agent %+v", st.ByAgent)
	}
	if len(st.Results) != 3 || st.Results[0].Name != "" || st.Results[1] != (crm.NamedCounts{Name: "Interested", CallCounts: st.Results[1].CallCounts}) || st.Results[1].Calls != 2 {
		t.Errorf("results %+v", st.Results)
	}
	if st.Leads != (crm.LeadCounts{Made: 4, Open: 2, Converted: 1, Junk: 1}) || len(st.Sources) != 2 || st.Sources[0] != (crm.LeadCounts{Source: crm.SourceCall, Made: 3, Open: 1, Converted: 1, Junk: 1}) {
		t.Errorf("leads %+v of %+v", st.Leads, st.Sources)
	}
	q.Line = c.lines["Head office"].ID
	if st := must(c.s.Statistics(ctx, q))(t); st.Total.Calls != 4 || len(st.ByLine) != 1 || st.Leads.Made != 0 {
		t.Errorf("of a line %+v", st)
	}
	if st := must(open(t).Statistics(ctx, q))(t); st.Total != (crm.CallCounts{}) || st.Total.ServiceLevel() != -1 || len(st.ByDay) != 7 {
		t.Errorf("of nothing %+v", st)
	}
}

// A month that is longer than the one before is compared with all of that, and with no day of its own.
func TestAPeriodIsNotComparedWithItself(t *testing.T) {
	c := newCounter(t)
	for _, day := range []string{"02-01", "02-28", "03-01", "03-31"} {
		c.call(crm.Incoming, "Workshop", "Petra Weiß", "030 111", day+" 09:00:00", time.Second, time.Minute, crm.Answered, "")
	}
	st := must(c.s.Statistics(ctx, crm.StatisticsQuery{From: c.at("03-01 00:00:00"), To: c.at("04-01 00:00:00"), Before: c.at("02-01 00:00:00")}))(t)
	if st.Total.Calls != 2 || st.Before.Calls != 2 {
		t.Errorf("%d calls, %d before", st.Total.Calls, st.Before.Calls)
	}
}

// Each figure leads to as many calls as it says.
func TestFiguresLeadToTheirCalls(t *testing.T) {
	c, q := aWeek(t)
	st := must(c.s.Statistics(ctx, q))(t)
	period := crm.CallCriteria{From: q.From, To: q.To}
	leads := func(what string, want int, narrow func(*crm.CallCriteria)) {
		t.Helper()
		k := period
		narrow(&k)
		if page := must(c.s.Calls(ctx, crm.Query{Calls: k, Limit: 128}))(t); page.Total != want || len(page.Rows) != want {
			t.Errorf("%s: %d calls, %d rows, counted %d", what, page.Total, len(page.Rows), want)
		}
	}
	groups := func(what string, n crm.CallCounts, narrow func(*crm.CallCriteria)) {
		t.Helper()
		for _, g := range []struct {
			group crm.CallGroup
			want  int
		}{{crm.CallsCounted, n.Calls}, {crm.CallsIn, n.In}, {crm.CallsOut, n.Out}, {crm.CallsAnswered, n.Answered}, {crm.CallsQuick, n.Quick},
			{crm.CallsMissed, n.Missed}, {crm.CallsBack, n.Back}} {
			leads(what+" "+string(g.group), g.want, func(k *crm.CallCriteria) { k.Group = g.group; narrow(k) })
		}
	}
	groups("total", st.Total, func(*crm.CallCriteria) {})
	for h, n := range st.ByHour {
		groups(fmt.Sprint("hour ", h), n, func(k *crm.CallCriteria) { k.Hour = h + 1 })
	}
	for _, n := range st.ByLine {
		groups(n.Name, n.CallCounts, func(k *crm.CallCriteria) { k.Line = n.ID })
	}
	for _, n := range st.ByAgent {
		groups(n.Name, n.CallCounts, func(k *crm.CallCriteria) { k.Agent = n.ID })
	}
	for _, n := range st.Sources {
		k := crm.RecordCriteria{From: q.From, To: q.To, Source: n.Source, Counted: true}
		if page := must(c.s.Leads(ctx, crm.Query{Records: k, Limit: 128}))(t); page.Total != n.Made {
			t.Errorf("%d leads of %s, counted %d", page.Total, n.Source, n.Made)
		}
		k.Status = string(crm.LeadConverted)
		if page := must(c.s.Leads(ctx, crm.Query{Records: k, Limit: 128}))(t); page.Total != n.Converted {
			t.Errorf("%d converted leads of %s, counted %d", page.Total, n.Source, n.Converted)
		}
	}
	leads("interested", 2, func(k *crm.CallCriteria) { k.Group, k.Result = crm.CallsCounted, "Interested" })
}

// G1: who sees only the own calls gets figures of only those; a head of department those of the department.
func TestG1StatisticsAreOfCallsThatOneMaySee(t *testing.T) {
	c, q := aWeek(t)
	for _, k := range []struct {
		role          crm.ID
		calls, agents int
		leads         int
	}{{crm.Agent, 3, 1, 2}, {crm.HeadOfDepartment, 6, 2, 2}, {crm.ChiefExecutive, 11, 3, 4}} {
		c.anna.Roles = []crm.ID{k.role}
		ok(t, c.s.Do(ctx, crm.SaveUser{User: c.anna}))
		st := must(c.s.Statistics(ctx, q))(t)
		if st.Total.Calls != k.calls || len(st.ByAgent) != k.agents || st.Leads.Made != k.leads {
			t.Errorf("role %s: %d calls, %d agents, %d leads, want %+v", k.role, st.Total.Calls, len(st.ByAgent), st.Leads.Made, k)
		}
		page := must(c.s.Calls(ctx, crm.Query{Calls: crm.CallCriteria{From: q.From, To: q.To, Group: crm.CallsCounted}, Limit: 128}))(t)
		if page.Total != k.calls {
			t.Errorf("role %s: the figure %d leads to %d calls", k.role, k.calls, page.Total)
		}
	}
}

// benchStatistics counts all calls, and parts of them, one compared with the one before.
func benchStatistics(b *testing.B, s *Store) {
	end, year := benchEnd(million), million*30*time.Second
	for b.Loop() {
		quantiles(b, "all", 5, func(int) {
			_, err := s.Statistics(ctx, crm.StatisticsQuery{From: end.Add(-year), To: end})
			ok(b, err)
		})
		quantiles(b, "hundredth", 100, func(int) {
			_, err := s.Statistics(ctx, crm.StatisticsQuery{From: end.Add(-year / 100), To: end})
			ok(b, err)
		})
		quantiles(b, "twelfth", 20, func(int) {
			_, err := s.Statistics(ctx, crm.StatisticsQuery{From: end.Add(-year / 12), To: end})
			ok(b, err)
		})
		quantiles(b, "twelfth-compared", 20, func(int) {
			_, err := s.Statistics(ctx, crm.StatisticsQuery{From: end.Add(-year / 12), To: end, Before: end.Add(-year / 6)})
			ok(b, err)
		})
	}
}
