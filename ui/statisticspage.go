package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// statisticsPage shows the figures of a period; each leads to its calls or leads.
type statisticsPage struct {
	opt     MainOptions
	host    recordHost
	box     *fyne.Container
	body    *fyne.Container
	title   *fyne.Container
	sub     *kit.Label
	which   *kit.Segmented
	line    *kit.Select
	days    *fyne.Container // the fields of a period of one's own
	first   *kit.Field
	last    *kit.Field
	output  []*kit.Button // copy and export
	asking  asker[crm.StatisticsQuery, statisticsAnswer]
	waiting *mainDelay
	// While it counts, and for some time after that, a change is only noted: it would be counting all the time else, and with
	// very many calls never be done, while colleagues work.
	counting, changed bool
	resting           *mainDelay
	period            statisticsPeriod
	span              span
	has               statisticsAnswer
	began             bool
	failed            error
	narrow            bool
	noLeads           bool
}

type statisticsAnswer struct {
	crm.Statistics
	lines []crm.Line
	span  span
}

func newStatisticsPage(opt MainOptions, host recordHost) *statisticsPage {
	p := &statisticsPage{opt: opt, host: host, period: periodToday, body: kit.Stack()}
	p.asking = asker[crm.StatisticsQuery, statisticsAnswer]{do: opt.Do, ask: p.read}
	p.waiting = newMainDelay(opt.Do, 150*time.Millisecond, func() { p.say(text.T("Counting…")) })
	p.resting = newMainDelay(opt.Do, 0, func() {
		if p.changed {
			p.load()
		}
	})
	p.sub = kit.NewData("", kit.Secondary)
	p.which = kit.NewSegmented("Period", []kit.Option{{ID: string(periodToday), Key: text.Key("Today")}, {ID: string(periodWeek), Key: text.Key("Week")},
		{ID: string(periodMonth), Key: text.Key("Month")}, {ID: string(periodFrom), Key: text.Key("From–to")}}, func(id string) { p.setPeriod(statisticsPeriod(id)) })
	p.line = kit.NewBareSelect("Line", []kit.Option{{ID: "", Key: text.Key("All lines")}}, func(string) { p.load() })
	p.line.SetChosen("")
	p.output = []*kit.Button{kit.NewButton("Copy", kit.Line, p.copy).WithIcon(theme.IconCopy), kit.NewButton("Export", kit.Line, p.export).WithIcon(theme.IconDownload)}
	p.first = kit.NewField("First day", func(string) { p.first.SetError("") })
	p.last = kit.NewField("Last day", func(string) { p.last.SetError("") })
	for _, f := range []*kit.Field{p.first, p.last} {
		f.OnSubmit(func(string) { p.load() })
	}
	p.days = kit.Column(0, kit.Pad(10, 20, 10, 20, kit.RowAligned(8, kit.End, kit.Sized(150, 0, p.first), kit.Sized(150, 0, p.last),
		kit.NewButton("Show", kit.Line, p.load), kit.Spacer())), kit.NewHairline())
	p.days.Hide()
	p.title = kit.NewPageTitle(kit.NewLabel("Statistics", kit.PageTitle), p.sub)
	head := kit.Row(8, kit.Grow(p.title), p.which, kit.Sized(140, 32, p.line), p.output[0], p.output[1])
	p.box = kit.Column(0, kit.Sized(0, 56, kit.Pad(0, 16, 0, 20, head)), kit.NewHairline(), p.days, kit.Grow(p.body))
	return p
}

func (p *statisticsPage) read(ctx context.Context, q crm.StatisticsQuery) (a statisticsAnswer, err error) {
	if a.lines, err = p.opt.Customers.Lines(ctx); err != nil {
		return a, err
	}
	a.Statistics, err = p.opt.Customers.Statistics(ctx, q)
	return a, err
}

// Object is the whole page.
func (p *statisticsPage) Object() fyne.CanvasObject { return p.box }

// Enter counts.
func (p *statisticsPage) Enter() { p.load() }

// Leave stops what is on its way.
func (p *statisticsPage) Leave() {
	p.asking.Stop()
	p.waiting.Stop()
	p.resting.Stop()
	p.counting, p.changed = false, false
}

// Draw counts anew when calls may have changed.
func (p *statisticsPage) Draw(s desk.Snapshot, data bool) {
	if p.noLeads != s.NoLeads {
		p.noLeads = s.NoLeads
		p.draw()
	}
	switch {
	case !data:
	case p.counting || p.resting.waiting:
		p.changed = true
	default:
		p.load()
	}
}

// restsFor is how long it is not counted anew, as a multiple of what counting took.
const restsFor = 4

// SetNarrow puts one below the other what lies side by side.
func (p *statisticsPage) SetNarrow(on bool) {
	if p.narrow != on {
		p.narrow = on
		p.draw()
	}
}

// say tells what is shown, beside the page's name.
func (p *statisticsPage) say(words string) {
	p.sub.SetText(words)
	p.title.Refresh()
}

func (p *statisticsPage) setPeriod(to statisticsPeriod) {
	p.period = to
	setShown(p.days, to == periodFrom)
	p.box.Refresh()
	if to == periodFrom {
		now := p.opt.Now()
		p.first.SetText(typedDay(p.span.from))
		p.last.SetText(typedDay(now))
		if c := fyne.CurrentApp().Driver().CanvasForObject(p.first); c != nil {
			c.Focus(p.first.Focusable())
		}
	}
	p.load()
}

// chosenSpan is the period to count; ok is false when what was typed is none, which the fields say.
func (p *statisticsPage) chosenSpan() (s span, ok bool) {
	now := p.opt.Now()
	if p.period != periodFrom {
		return spanOf(p.period, now), true
	}
	first, ok1 := pastDay(p.first.Text(), now)
	last, ok2 := pastDay(p.last.Text(), now)
	if !ok1 {
		p.first.SetError(text.T("Not a day"))
	}
	switch {
	case !ok2:
		p.last.SetError(text.T("Not a day"))
	case ok1 && last.Before(first):
		p.last.SetError(text.T("Before the first day"))
		return s, false
	}
	return spanBetween(first, last, now), ok1 && ok2
}

// pastDay is a day as typed; one without a year is the last such day.
func pastDay(typed string, now time.Time) (time.Time, bool) {
	day, ok := dayOf(typed, now)
	if ok && day.After(now) && !strings.Contains(typed, strconv.Itoa(day.Year())) {
		day = day.AddDate(-1, 0, 0)
	}
	return day, ok
}

func (p *statisticsPage) load() {
	s, ok := p.chosenSpan()
	if !ok {
		return
	}
	p.span = s
	p.waiting.Start()
	p.resting.Stop()
	p.counting, p.changed = true, false
	begun := time.Now()
	p.asking.Ask(crm.StatisticsQuery{From: s.from, To: s.to, Before: s.before, Line: crm.ID(p.line.Chosen())}, func(a statisticsAnswer, err error) {
		p.waiting.Stop()
		p.counting, p.resting.wait = false, restsFor*time.Since(begun)
		p.resting.Start()
		if p.failed = err; err == nil {
			p.has, p.began = a, true
			p.has.span = s
			p.offerLines()
		}
		p.draw()
	})
}

func (p *statisticsPage) offerLines() {
	options := []kit.Option{{ID: "", Key: text.Key("All lines")}}
	for _, l := range p.has.lines {
		options = append(options, kit.Option{ID: string(l.ID), Label: l.Name})
	}
	chosen := p.line.Chosen()
	p.line.SetOptions(options)
	if !slices.ContainsFunc(options, func(o kit.Option) bool { return o.ID == chosen }) {
		chosen = ""
	}
	p.line.SetChosen(chosen)
}

func (p *statisticsPage) draw() {
	if !p.began && p.failed == nil {
		return
	}
	words := ""
	if p.began {
		words = p.has.span.words(p.opt.Now())
	}
	switch p.has.Reach {
	case crm.ReachOwn:
		words = joined(" · ", words, text.T("your own calls"))
	case crm.ReachDepartment:
		words = joined(" · ", words, text.T("calls of your department"))
	}
	p.say(words)
	for _, b := range p.output {
		b.SetEnabled(p.began && !p.nothing(), text.T("There is nothing to write"))
	}
	kit.Redraw(p.body, func() {
		p.body.Objects = []fyne.CanvasObject{p.content()}
		p.body.Refresh()
	})
}

func (p *statisticsPage) nothing() bool {
	return p.has.Total.Calls == 0 && (p.noLeads || p.has.Leads.Made == 0)
}

func (p *statisticsPage) content() fyne.CanvasObject {
	switch {
	case p.failed != nil:
		return kit.Middle(kit.ColumnAligned(10, kit.Center,
			kit.NewStateWord(text.T("The calls could not be counted"), theme.IconAlert, kit.Bad, kit.Body),
			kit.NewButton("Try again", kit.Line, p.load)))
	case p.has.Reach == crm.ReachNone:
		return noSight()
	case p.nothing():
		var other *kit.Button
		switch {
		case p.line.Chosen() != "":
			other = kit.NewButton("Show all lines", kit.Line, func() {
				p.line.SetChosen("")
				p.load()
			})
		case p.period != periodMonth:
			other = kit.NewButton("Show the month", kit.Line, func() {
				p.which.SetChosen(string(periodMonth))
				p.setPeriod(periodMonth)
			})
		}
		return kit.NewEmptyState(theme.IconChart, "No calls in this time", "Calls are counted here as soon as they end.", nil, other)
	}
	return kit.Scroll(kit.Pad(16, 20, 24, 20, newStatisticsBody(p).content()))
}

// criteria are those of the period and line that are shown, narrowed by more.
func (p *statisticsPage) criteria(group crm.CallGroup) crm.CallCriteria {
	return crm.CallCriteria{From: p.has.span.from, To: p.has.span.to, Line: crm.ID(p.line.Chosen()), Group: group}
}
