package ui

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// countedCalls makes a month of calls of four agents on two lines, and leads of some sources.
func countedCalls(t *testing.T, s *store.Store) (lines []crm.Line) {
	t.Helper()
	me, err := s.Me(ctx)
	if err != nil {
		t.Fatal(err)
	}
	agents := []crm.User{me}
	var changes []crm.Change
	for _, name := range []string{"Petra Weiß", "Özlem Yılmaz", "Dr. Karl-Heinz Oberschelp-Wöhrmann"} {
		u := crm.User{ID: s.NewID(), Name: name}
		agents = append(agents, u)
		changes = append(changes, crm.SaveUser{User: u})
	}
	for _, name := range []string{"Zentrale", "Rechnungsstelle und Mahnwesen Süd"} {
		l := crm.Line{ID: s.NewID(), Name: name}
		lines = append(lines, l)
		changes = append(changes, crm.SaveLine{Line: l})
	}
	do(t, s, changes...)
	var calls []crm.Change
	results := append([]string{"", ""}, crm.Results...)
	for i := range 240 {
		day := mainNow.AddDate(0, 0, -i*25/240)
		began := time.Date(day.Year(), day.Month(), day.Day(), 7+i*7%11, i*13%60, i%60, 0, day.Location())
		if began.After(mainNow) {
			began = began.AddDate(0, 0, -1)
		}
		agent := agents[min(3, i*i%7)]
		c := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse(fmt.Sprintf("030 %d", 20000+i), "DE"), Began: began, Ended: began.Add(30 * time.Second),
			Outcome: crm.Missed, Agent: agent.ID, AgentName: agent.Name, Line: lines[i*i%3%2].ID, LineName: lines[i*i%3%2].Name}
		if i%9 != 0 {
			c.Outcome, c.Answered, c.Result = crm.Answered, began.Add(time.Duration(4+i*5%23)*time.Second), results[i%len(results)]
			c.Ended = c.Answered.Add(time.Duration(60+i*7%400) * time.Second)
		}
		if i%6 == 5 {
			c.Direction = crm.Outgoing
		}
		calls = append(calls, crm.BeginCall{Call: c}, crm.EndCall{ID: c.ID, Ended: c.Ended, Outcome: c.Outcome})
	}
	do(t, s, calls...)
	for i, source := range []string{crm.SourceCall, crm.SourceCall, crm.SourceCall, "Website", "Website", "Trade show", "Anzeige im Wochenblatt der Region"} {
		status := []crm.LeadStatus{crm.LeadNew, crm.LeadConverted, crm.LeadJunk}[i%3]
		do(t, s, crm.CreateLead{Lead: crm.Lead{ID: s.NewID(), Title: fmt.Sprint("Lead ", i), Source: source, Status: status, Created: mainNow.AddDate(0, 0, -i)}})
	}
	return lines
}

func TestStatisticsLeadToCallsAndLeads(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	b.m.Go(pageStatistics)
	b.waits("No calls in this time")
	lines := countedCalls(t, s)
	b.choose("select", "Period", "Month")
	b.waits("By agent")
	page := b.m.pages[pageStatistics].(*statisticsPage)
	n := page.has.Total
	if n.Calls == 0 || n.Missed == 0 || page.has.Leads.Made != 7 {
		t.Fatalf("counted %+v, %+v", n, page.has.Leads)
	}
	leads := func(role, name string, to pageName, want int) {
		t.Helper()
		b.tap(role, name)
		if b.m.at != to {
			t.Fatalf("%s leads to %s", name, b.m.at)
		}
		list := b.m.pages[to].(*listPage)
		rows := func() int { n, _ := list.pager.Total(); return n }
		pumpUntil(t, b.d, func() bool { return !list.pager.stale && rows() == want })
		b.tap("button", list.narrows.Name())
		pumpUntil(t, b.d, func() bool { return !list.pager.stale && (to != pageCalls || rows() == 240) })
		if list.chipRow.Visible() != (len(list.spec.filters) > 0) {
			t.Errorf("%s is taken back, and still says that the list is narrowed", name)
		}
		b.m.Go(pageStatistics)
		b.waits("By agent")
	}
	leads("tile", "Missed", pageCalls, n.Missed)
	leads("tile", "Answered within 20 s", pageCalls, n.Quick)
	leads("tile", "New leads", pageLeads, 7)
	leads("bar", "10:00", pageCalls, page.has.ByHour[10].In)
	for _, a := range page.has.ByAgent {
		leads("row", a.Name, pageCalls, a.Calls)
	}
	page.body.Objects[0].(*fyne.Container).Objects[0].(*container.Scroll).ScrollToBottom()
	b.settle()
	for _, l := range page.has.ByLine {
		leads("row", l.Name, pageCalls, l.Calls)
		page.body.Objects[0].(*fyne.Container).Objects[0].(*container.Scroll).ScrollToBottom()
		b.settle()
	}

	b.choose("select", "Line", "Zentrale")
	b.waits("By agent")
	pumpUntil(t, b.d, func() bool { return page.has.Total.Calls == countOf(t, s, page.span, lines[0]) })
}

// Each figure leads to what it counts, those of nobody and nothing too.
func TestFiguresOfNoneLeadToWhatTheyCount(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	lines := countedCalls(t, s)
	began := mainNow.Add(-2 * time.Hour)
	for i, party := range []string{"030 30001", "030 30002"} { // missed, and nobody's
		c := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse(party, "DE"), Began: began.Add(time.Duration(i) * time.Minute), Ended: began.Add(time.Duration(i+1) * time.Minute), Outcome: crm.Missed}
		do(t, s, crm.BeginCall{Call: c}, crm.EndCall{ID: c.ID, Ended: c.Ended, Outcome: c.Outcome})
	}
	do(t, s, crm.CreateLead{Lead: crm.Lead{ID: s.NewID(), Title: "From nowhere", Status: crm.LeadNew, Line: lines[0].ID, Created: mainNow.Add(-time.Hour)}})
	b.m.Go(pageStatistics)
	b.choose("select", "Period", "Month")
	b.waits("By agent")
	page := b.m.pages[pageStatistics].(*statisticsPage)
	pumpUntil(t, b.d, func() bool { return page.has.Leads.Made == 8 })
	of := func(all []crm.NamedCounts) int {
		for _, n := range all {
			if n.ID == "" && n.Name == "" {
				return n.Calls
			}
		}
		t.Fatal("none are of none")
		return 0
	}
	for _, x := range []struct {
		role, name string
		to         pageName
		want       int
	}{
		{"row", "Nobody", pageCalls, of(page.has.ByAgent)}, {"row", "No line", pageCalls, of(page.has.ByLine)}, {"row", "No result", pageCalls, of(page.has.Results)},
		{"row", "No source", pageLeads, 1}, {"tile", "Still open", pageLeads, page.has.Leads.Open}, {"tile", "Converted", pageLeads, page.has.Leads.Converted},
		{"tile", "Junk", pageLeads, page.has.Leads.Junk},
	} {
		b.m.Go(pageStatistics)
		b.waits("By agent")
		page.body.Objects[0].(*fyne.Container).Objects[0].(*container.Scroll).ScrollToBottom()
		b.settle()
		b.tap(x.role, x.name)
		list := b.m.pages[x.to].(*listPage)
		if x.want == 0 {
			t.Fatalf("%s counts nothing", x.name)
		}
		pumpUntil(t, b.d, func() bool { n, _ := list.pager.Total(); return !list.pager.stale && n == x.want })
	}
	b.m.Go(pageStatistics)
	b.choose("select", "Line", "Zentrale")
	pumpUntil(t, b.d, func() bool { return page.has.Leads.Made == 1 })
	page.body.Objects[0].(*fyne.Container).Objects[0].(*container.Scroll).ScrollToTop()
	b.settle()
	b.tap("tile", "New leads")
	list := b.m.pages[pageLeads].(*listPage)
	pumpUntil(t, b.d, func() bool { n, _ := list.pager.Total(); return !list.pager.stale && n == 1 }) // the line's alone
}

func TestStatisticsOfAQuietLineOfferAllLines(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	countedCalls(t, s)
	do(t, s, crm.SaveLine{Line: crm.Line{ID: s.NewID(), Name: "Quiet"}})
	b.m.Go(pageStatistics)
	b.choose("select", "Period", "Month")
	b.waits("By agent")
	b.choose("select", "Line", "Quiet")
	b.waits("No calls in this time")
	b.tap("button", "Show all lines")
	b.waits("By agent")
	if was := b.widget("select", "Line").Value(); was != "All lines" {
		t.Errorf("the line is still %q", was)
	}
}

// slowStatistics count when they are let.
type slowStatistics struct {
	Customers
	asked chan context.Context
	count chan crm.Statistics
}

func (c slowStatistics) Statistics(ctx context.Context, _ crm.StatisticsQuery) (crm.Statistics, error) {
	c.asked <- ctx
	select {
	case s := <-c.count:
		return s, nil
	case <-ctx.Done():
		return crm.Statistics{}, ctx.Err()
	}
}

// While colleagues work, what takes longer to count than until the next change is counted to its end, and then once more.
func TestStatisticsAreCountedToTheEndWhileCallsChange(t *testing.T) {
	b, _ := customersBench(t, Look{"en", "light"})
	slow := slowStatistics{b.m.opt.Customers, make(chan context.Context, 10), make(chan crm.Statistics)}
	p := newStatisticsPage(MainOptions{Do: b.d, Customers: slow, Now: func() time.Time { return mainNow }}, b.m)
	p.Enter()
	counting := <-slow.asked
	for range 3 {
		p.Draw(b.m.snap, true)
	}
	if counting.Err() != nil || len(slow.asked) > 0 {
		t.Fatal("a change of calls has it begin anew")
	}
	slow.count <- crm.Statistics{Total: crm.CallCounts{Calls: 7}}
	pumpUntil(t, b.d, func() bool { return p.has.Total.Calls == 7 })
	pumpUntil(t, b.d, func() bool { return len(slow.asked) > 0 })
	<-slow.asked
	slow.count <- crm.Statistics{Total: crm.CallCounts{Calls: 8}}
	pumpUntil(t, b.d, func() bool { return p.has.Total.Calls == 8 })
	p.load() // another period is asked for
	first := <-slow.asked
	p.load()
	<-slow.asked
	<-first.Done()
	p.Leave()
}

func countOf(t *testing.T, s *store.Store, p span, l crm.Line) int {
	t.Helper()
	page, err := s.Calls(ctx, crm.Query{Calls: crm.CallCriteria{From: p.from, To: p.to, Line: l.ID, Group: crm.CallsCounted}, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return page.Total
}

func TestStatisticsOfDaysThatAreTyped(t *testing.T) {
	b, s := customersBench(t, Look{"de", "light"})
	countedCalls(t, s)
	b.m.Go(pageStatistics)
	b.choose("select", "Period", "From–to")
	b.type_("First day", "gestern")
	b.type_("Last day", "31.11.")
	b.tap("button", "Show")
	if !b.says("Kein Tag") {
		t.Error("what is no day is not said")
	}
	b.type_("First day", "15.11.")
	b.type_("Last day", "10.11.")
	b.tap("button", "Show")
	if !b.says("Vor dem ersten Tag") {
		t.Error("a last day before the first is not said")
	}
	b.type_("Last day", "20.11.2026")
	b.tap("button", "Show")
	b.waits("15.11. – 20.11.")
	page := b.m.pages[pageStatistics].(*statisticsPage)
	if len(page.has.ByDay) != 6 || !page.span.before.Equal(at("2026-11-09", "00:00")) {
		t.Errorf("%d days, before %v", len(page.has.ByDay), page.span.before)
	}
}

func TestStatisticsAreCopiedAndExported(t *testing.T) {
	b, s := customersBench(t, Look{"de", "light"})
	countedCalls(t, s)
	evil := crm.User{ID: s.NewID(), Name: "=1+\t1"}
	call := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse("030 1", "DE"), Began: mainNow.Add(-time.Hour), Ended: mainNow.Add(-time.Minute), Outcome: crm.Missed, Agent: evil.ID}
	do(t, s, crm.SaveUser{User: evil}, crm.BeginCall{Call: call}, crm.EndCall{ID: call.ID, Ended: call.Ended, Outcome: call.Outcome})
	b.m.Go(pageStatistics)
	b.choose("select", "Period", "Month")
	b.waits("Nach Mitarbeiter")
	b.tap("button", "Copy")
	page := b.m.pages[pageStatistics].(*statisticsPage)
	want := fmt.Sprintf("Gesamt\t\t%d\t%d\t", page.has.Total.Calls, page.has.Total.In)
	if got := b.m.opt.App.Clipboard().Content(); !strings.Contains(got, want) || !strings.Contains(got, "Quelle\tMesse\t1\t0\t0\t1") {
		t.Errorf("copied %s, which lacks %q", got, want)
	}
	if got := b.m.opt.App.Clipboard().Content(); !strings.Contains(got, "\t'=1+ 1\t1\t") {
		t.Errorf("a name is a formula, or more than a cell: %s", got)
	}
	folder := t.TempDir()
	for _, name := range []string{"Auswertung 2026-11-01.csv", "Auswertung 2026-11-01 2.csv"} {
		page.exportTo(folder)
		b.waits(name)
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
		r.Comma, r.FieldsPerRecord = ';', -1
		if rows, err := r.ReadAll(); err != nil || len(rows) != len(page.rows()) {
			t.Errorf("%d rows, %v, want %d", len(rows), err, len(page.rows()))
		}
	}
	page.exportTo(filepath.Join(folder, "gone"))
	b.waits("Die Datei konnte nicht geschrieben werden")
}

func TestCellsAreNoFormulas(t *testing.T) {
	for cell, want := range map[string]string{"=1+1": "'=1+1", "@x": "'@x", "+49 30 1234": "+49 30 1234", "-5": "-5", "-5+A1": "'-5+A1", "Meier": "Meier", "": ""} {
		if got := harmless(cell); got != want {
			t.Errorf("%q is written as %q, want %q", cell, got, want)
		}
	}
}

func TestStatisticsSayWhatIsWrong(t *testing.T) {
	b, _ := customersBench(t, Look{"en", "light"})
	page := b.m.pages[pageStatistics].(*statisticsPage)
	page.failed = errors.New("the disk is gone")
	page.draw()
	b.m.Go(pageStatistics)
	page.failed, page.began = errors.New("the disk is gone"), false
	page.draw()
	if !b.says("The calls could not be counted") || page.sub.Text() != "" {
		t.Error("it does not say that it could not count")
	}
	b.tap("button", "Try again")
	b.waits("No calls in this time")
	page.has.Reach = crm.ReachNone
	page.draw()
	if !b.says("Your role shows no calls") {
		t.Error("G1: it does not say that the role shows none")
	}
}

// A day that is not over is compared with as much of the one before, and a week with as much of a week.
func TestPeriodsAreComparedWithTheSameOfBefore(t *testing.T) {
	now := at("2026-11-25", "10:44") // a Wednesday
	for _, c := range []struct {
		period       statisticsPeriod
		from, before string
	}{{periodToday, "2026-11-25", "2026-11-24"}, {periodWeek, "2026-11-23", "2026-11-16"}, {periodMonth, "2026-11-01", "2026-10-01"}} {
		s := spanOf(c.period, now)
		if s.from != at(c.from, "00:00") || s.before != at(c.before, "00:00") || s.to != at("2026-11-25", "10:45") {
			t.Errorf("%s: %+v", c.period, s)
		}
	}
	for _, c := range []struct {
		s    span
		want string
	}{
		{spanOf(periodToday, now), "Tue 24 Nov until 10:45"}, {spanOf(periodWeek, now), "16 Nov – 18 Nov until 10:45"},
		{spanOf(periodMonth, at("2026-03-31", "10:44")), "1 Feb – 28 Feb"}, {spanBetween(at("2026-11-20", "00:00"), at("2026-11-20", "00:00"), now), "Thu 19 Nov"},
		{spanBetween(at("2026-11-24", "00:00"), at("2026-11-25", "00:00"), now), "22 Nov – 23 Nov until 10:45"},
	} {
		if got := c.s.beforeWords(now); got != c.want {
			t.Errorf("%+v is compared with %q instead of %q", c.s, got, c.want)
		}
	}
	if s := spanOf(periodWeek, at("2026-11-22", "10:00")); s.from != at("2026-11-16", "00:00") { // a Sunday
		t.Errorf("the week of a Sunday: %+v", s)
	}
}

// A figure says how it stands to the one before, of how many, and of when; nothing where there is nothing to compare it with.
func TestFiguresAreComparedWithThePeriodBefore(t *testing.T) {
	page := &statisticsPage{opt: MainOptions{Now: func() time.Time { return at("2026-11-25", "10:44") }}}
	page.has.span = spanOf(periodToday, at("2026-11-25", "10:44"))
	for _, c := range []struct {
		now, was                  crm.CallCounts
		calls, missed, than, lang string
	}{
		{crm.CallCounts{Calls: 1214, In: 1214, Missed: 73}, crm.CallCounts{Calls: 1124, Missed: 61}, "8% more", "12 more", "compared with 61 (Tue 24 Nov until 10:45)", "en"},
		{crm.CallCounts{Calls: 1124, Missed: 61}, crm.CallCounts{Calls: 1214, Missed: 73}, "7\u00a0% weniger", "12 weniger", "verglichen mit 73 (Di. 24.11. bis 10:45)", "de"},
		{crm.CallCounts{Calls: 3, Missed: 1}, crm.CallCounts{Calls: 2}, "1 more", "1 more", "compared with 0 (Tue 24 Nov until 10:45)", "en"},
		{crm.CallCounts{Calls: 1001, Missed: 2}, crm.CallCounts{Calls: 1000, Missed: 2}, "as before", "as before", "compared with 2 (Tue 24 Nov until 10:45)", "en"},
		{crm.CallCounts{Missed: 0}, crm.CallCounts{Calls: 40}, "100% fewer", "as before", "compared with 0 (Tue 24 Nov until 10:45)", "en"},
		{crm.CallCounts{Calls: 5, In: 3, Out: 2, Missed: 1}, crm.CallCounts{}, "3 in, 2 out", "", "", "en"},
	} {
		if err := text.SetLanguage(c.lang); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = text.SetLanguage("en") })
		page.has.Total, page.has.Before = c.now, c.was
		b := newStatisticsBody(page)
		if got := b.callsBefore(); got.words != c.calls {
			t.Errorf("%d calls after %d: %q instead of %q", c.now.Calls, c.was.Calls, got.words, c.calls)
		}
		if got := b.missedBefore(); got.words != c.missed || got.than != c.than {
			t.Errorf("%d missed after %d: %+v instead of %q, %q", c.now.Missed, c.was.Missed, got, c.missed, c.than)
		}
	}
}

func TestPicturesOfStatistics(t *testing.T) {
	for _, c := range []struct {
		name   string
		look   Look
		size   fyne.Size
		period string
	}{
		{"statistics-dark-de", Look{"de", "dark"}, fyne.NewSize(1280, 800), "Month"}, {"statistics-light", Look{"en", "light"}, fyne.NewSize(1280, 800), "Week"},
		{"statistics-900-light-de", Look{"de", "light"}, fyne.NewSize(900, 600), "From–to"}, {"statistics-today-dark", Look{"en", "dark"}, fyne.NewSize(1600, 1000), "Today"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, s := customersBench(t, c.look)
			b.m.Window().Resize(c.size)
			countedCalls(t, s)
			var earlier []crm.Change
			for i := range 200 { // from 22 October on, and with fewer missed
				began := mainNow.AddDate(0, 0, -32).Add(time.Duration(i) * 70 * time.Minute)
				if began.Day() > 23 && began.Month() == time.October {
					began = began.AddDate(0, 0, -20)
				}
				call := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse(fmt.Sprintf("030 %d", 50000+i), "DE"), Began: began, Ended: began.Add(time.Minute), Outcome: crm.Missed}
				if i%12 > 0 {
					call.Outcome, call.Answered = crm.Answered, began.Add(time.Duration(i%40)*time.Second)
				}
				earlier = append(earlier, crm.BeginCall{Call: call}, crm.EndCall{ID: call.ID, Ended: call.Ended, Outcome: call.Outcome})
			}
			do(t, s, earlier...)
			b.m.Go(pageStatistics)
			b.choose("select", "Period", c.period)
			b.waits(text.T("Incoming calls by hour"))
			if before := b.m.pages[pageStatistics].(*statisticsPage).has.Before; before.Calls == 0 && c.period == "Month" {
				t.Error("there is nothing to compare it with")
			}
			b.shot(c.name)
			kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, at fyne.Position) {
				if n, ok := o.(kit.Named); ok && (n.Role() == "button" || n.Role() == "select") && at.X+o.Size().Width > c.size.Width {
					t.Errorf("%s %q does not fit", n.Role(), n.Name())
				}
			})
		})
	}
}

// Two of our phones rang with the same missed call, which is one call in all and is none's result twice.
func TestSharesOfResultsAreOneWhole(t *testing.T) {
	b, s := customersBench(t, Look{"en", "light"})
	for i := range 4 {
		call := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse("030 1", "DE"), Began: mainNow.Add(-time.Hour + time.Duration(i)*time.Second)}
		end := crm.EndCall{ID: call.ID, Ended: call.Began.Add(time.Minute), Outcome: crm.Missed}
		do(t, s, crm.BeginCall{Call: call}, end)
	}
	b.m.Go(pageStatistics)
	b.waits("By result")
	page := b.m.pages[pageStatistics].(*statisticsPage)
	if got := page.has; got.Total.Calls != 1 || len(got.Results) != 1 || got.Results[0].Calls != 4 {
		t.Fatalf("counted %+v, %+v", got.Total, got.Results)
	}
	page.body.Objects[0].(*fyne.Container).Objects[0].(*container.Scroll).ScrollToBottom()
	b.settle()
	if !b.says("100%") || b.says("400%") {
		t.Errorf("the share is not 100%%")
	}
}
