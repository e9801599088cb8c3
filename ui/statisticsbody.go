package ui

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// statisticsBody draws an answer: the key figures, charts and tables.
type statisticsBody struct {
	p    *statisticsPage
	has  statisticsAnswer
	when string // the period in words
}

func newStatisticsBody(p *statisticsPage) *statisticsBody {
	return &statisticsBody{p: p, has: p.has, when: p.has.span.words(p.opt.Now())}
}

// statisticsGap is between what lies side by side.
const statisticsGap = 32

func (b *statisticsBody) content() fyne.CanvasObject {
	rows := []fyne.CanvasObject{b.figures(), kit.Gap(18), kit.NewHairline(), kit.Gap(20), b.beside(b.byHour(), b.byDay()), kit.Gap(22), kit.NewHairline(), kit.Gap(20)}
	agents, leads := b.byAgent(), b.bySource()
	if b.has.Reach == crm.ReachOwn {
		agents = nil
	}
	rows = append(rows, b.beside(agents, leads))
	if agents != nil || leads != nil {
		rows = append(rows, kit.Gap(28))
	}
	return kit.Column(0, append(rows, b.beside(b.byLine(), b.byResult()))...)
}

// beside puts two parts side by side, or below each other where there is no room; nil is left out.
func (b *statisticsBody) beside(left, right fyne.CanvasObject) fyne.CanvasObject {
	switch {
	case left == nil && right == nil:
		return kit.Gap(0)
	case right == nil:
		return left
	case left == nil:
		return right
	case b.p.narrow:
		return kit.Column(24, left, right)
	}
	return kit.RowAligned(statisticsGap, kit.Start, kit.GrowBy(61, left), kit.GrowBy(39, right))
}

// figures are the five figures on top.
func (b *statisticsBody) figures() fyne.CanvasObject {
	n, was := b.has.Total, b.has.Before
	figures := []fyne.CanvasObject{
		b.figure("Calls", text.Number(int64(n.Calls)), b.callsBefore(), b.toCalls(text.T("Calls"), b.p.criteria(crm.CallsCounted))),
		b.figure("Answered within 20 s", percent(n.ServiceLevel()), b.than(points(n.ServiceLevel(), was.ServiceLevel()), percent(was.ServiceLevel())),
			b.toCalls(text.T("Answered within 20 s"), b.p.criteria(crm.CallsQuick))),
		b.figure("Missed", text.Number(int64(n.Missed)), b.missedBefore(), b.toCalls(text.T("Missed"), b.p.criteria(crm.CallsMissed))),
		b.figure("Called back", text.Number(int64(n.Back)), plain(text.T("{n} of the missed", "n", percent(crm.Percent(n.Back, n.Missed)))),
			b.toCalls(text.T("Called back"), b.p.criteria(crm.CallsBack))),
	}
	if n.Missed == 0 {
		figures[3] = b.figure("Called back", text.Number(0), plain(text.T("none were missed")), nil)
	}
	if !b.p.noLeads {
		l := b.has.Leads
		figures = append(figures, b.figure("New leads", text.Number(int64(l.Made)), plain(text.Tn(l.Converted, "{n} converted", "{n} converted")),
			b.toLeads(text.T("New leads"), crm.RecordCriteria{})))
	}
	return kit.Columns(0, figures...)
}

// callsBefore compares the number of calls; without any before it says which way they went.
func (b *statisticsBody) callsBefore() change {
	n, was := b.has.Total, b.has.Before
	if was.Calls == 0 {
		return plain(text.T("{in} in, {out} out", "in", text.Number(int64(n.In)), "out", text.Number(int64(n.Out))))
	}
	return b.than(share(n.Calls, was.Calls), text.Number(int64(was.Calls)))
}

// missedBefore compares the missed calls, where there were calls before to miss.
func (b *statisticsBody) missedBefore() change {
	n, was := b.has.Total, b.has.Before
	if was.Calls == 0 {
		return change{}
	}
	return b.than(more(n.Missed, was.Missed, -1), text.Number(int64(was.Missed)))
}

// change is how a figure stands to the one before, in words.
type change struct {
	words string
	than  string // what it was then, and when that was
	icon  theme.IconName
	tone  kit.Tone
}

func plain(words string) change { return change{words: words} }

// than says what a figure is compared with.
func (b *statisticsBody) than(c change, was string) change {
	if c.words != "" {
		c.than = text.T("compared with {value} ({period})", "value", was, "period", b.has.span.beforeWords(b.p.opt.Now()))
	}
	return c
}

// more says by how many a number has grown; good is 1 when that is good news, -1 when it is bad.
func more(now, was, good int) change {
	switch by := now - was; {
	case by == 0:
		return plain(text.T("as before"))
	case by > 0:
		return change{words: text.Tn(by, "{n} more", "{n} more"), icon: theme.IconArrowUp, tone: toneOf(good)}
	default:
		return change{words: text.Tn(-by, "{n} fewer", "{n} fewer"), icon: theme.IconArrowDown, tone: toneOf(-good)}
	}
}

// percentFrom is the number from which on a hundredth of it says something.
const percentFrom = 20

// share says by how many of a hundred a number has grown, and of a small one by how many.
func share(now, was int) change {
	if was < percentFrom {
		return more(now, was, 0)
	}
	switch by := now - was; {
	case crm.Percent(max(by, -by), was) == 0: // next to nothing
		return plain(text.T("as before"))
	case by > 0:
		return change{words: text.T("{n} more", "n", percent(crm.Percent(by, was))), icon: theme.IconArrowUp}
	default:
		return change{words: text.T("{n} fewer", "n", percent(crm.Percent(-by, was))), icon: theme.IconArrowDown}
	}
}

func points(now, was int) change {
	switch by := now - was; {
	case now < 0 || was < 0:
		return change{}
	case by == 0:
		return plain(text.T("as before"))
	case by > 0:
		return change{words: text.Tn(by, "{n} point better", "{n} points better"), icon: theme.IconArrowUp, tone: kit.Good}
	default:
		return change{words: text.Tn(-by, "{n} point worse", "{n} points worse"), icon: theme.IconArrowDown, tone: kit.Bad}
	}
}

func toneOf(good int) kit.Tone {
	switch {
	case good > 0:
		return kit.Good
	case good < 0:
		return kit.Bad
	}
	return kit.Neutral
}

func percent(n int) string {
	if n < 0 {
		return "–"
	}
	return text.Percent(n)
}

func (b *statisticsBody) figure(name text.Key, value string, c change, tap func()) fyne.CanvasObject {
	var below fyne.CanvasObject = kit.NewData(c.words, kit.Secondary).Shrink(20)
	if c.icon != "" {
		below = kit.NewStateWord(c.words, c.icon, c.tone, kit.Secondary)
	}
	content := kit.Pad(0, 8, 0, 0, kit.Column(1, kit.NewLabel(name, kit.Secondary).Shrink(20), kit.NewData(value, kit.Figure), kit.Sized(0, 16, below)))
	w := newPressFocus("tile", 6, content, tap)
	w.english = func() string { return text.English(name) }
	w.shown = func() string { return joined(" · ", text.T(name), value, joined(", ", c.words, c.than)) }
	w.tip = func() string { return c.than }
	return w
}

// toCalls opens the calls that a figure counts.
func (b *statisticsBody) toCalls(words string, c crm.CallCriteria) func() {
	return func() { b.p.host.openCalls(c, joined(" · ", words, b.when)) }
}

// toLeads opens the leads that a figure counts, narrowed by what c says.
func (b *statisticsBody) toLeads(words string, c crm.RecordCriteria) func() {
	c.From, c.To, c.Line, c.Counted = b.has.span.from, b.has.span.to, crm.ID(b.p.line.Chosen()), true
	return func() { b.p.host.openLeads(c, joined(" · ", words, b.when)) }
}

func section(key text.Key, right ...fyne.CanvasObject) fyne.CanvasObject {
	row := kit.Row(14, kit.Grow(kit.NewLabel(key, kit.Body.Weighing(kit.SemiBold)).Shrink(40)))
	for _, o := range right {
		row.Add(o)
	}
	return row
}

func (b *statisticsBody) byHour() fyne.CanvasObject {
	from, to := b.hours()
	var spots []kit.ChartSpot
	for h := from; h <= to; h++ {
		n := b.has.ByHour[h]
		c := b.p.criteria(crm.CallsIn)
		c.Hour = h + 1
		hours := text.T("{from}:00 to {to}:59", "from", strconv.Itoa(h), "to", strconv.Itoa(h))
		spots = append(spots, kit.ChartSpot{Label: strconv.Itoa(h), Name: strconv.Itoa(h) + ":00", Words: joined(" · ", hours, answeredMissed(n)),
			Main: n.Answered, Other: n.Missed, Tap: b.toCalls(joined(", ", text.T("Incoming"), hours), c)})
	}
	return kit.Column(8, section("Incoming calls by hour", kit.NewLegend("Answered", theme.ChartMain), kit.NewLegend("Missed", theme.ChartMissed)),
		kit.Sized(0, 226, kit.NewBarChart("Incoming calls by hour", spots)))
}

// hours are those that the charts show: of the working day, and any others with calls.
func (b *statisticsBody) hours() (from, to int) {
	from, to = 8, 17
	for h, n := range b.has.ByHour {
		if n.In > 0 {
			from, to = min(from, h), max(to, h)
		}
	}
	return from, to
}

func answeredMissed(n crm.CallCounts) string {
	return joined(", ", text.Tn(n.Answered, "{n} answered", "{n} answered"), text.Tn(n.Missed, "{n} missed", "{n} missed"))
}

// byDay is the service level of each day; of a single day, of its hours.
func (b *statisticsBody) byDay() fyne.CanvasObject {
	now := b.p.opt.Now()
	if !b.has.span.days() {
		return kit.Column(8, section("Answered within 20 seconds, by hour"), kit.Sized(0, 226, kit.NewPercentChart("Answered within 20 seconds, by hour", b.levelByHour())))
	}
	var spots []kit.ChartSpot
	every := (len(b.has.ByDay) + 5) / 6
	for i, d := range b.has.ByDay {
		c := b.p.criteria(crm.CallsIn)
		c.From, c.To = d.Day, d.Day.AddDate(0, 0, 1)
		if c.To.After(b.has.span.to) {
			c.To = b.has.span.to
		}
		s := kit.ChartSpot{Name: d.Day.Format(time.DateOnly), Main: d.ServiceLevel(), Words: b.level(text.Weekday(d.Day)+" "+text.Date(d.Day, now), d.CallCounts)}
		day := text.Weekday(d.Day) + " " + text.Date(d.Day, now)
		s.Tap = func() { b.p.host.openCalls(c, joined(" · ", text.T("Incoming"), day)) }
		if i%every == 0 {
			s.Label = text.Date(d.Day, now)
		}
		spots = append(spots, s)
	}
	return kit.Column(8, section("Answered within 20 seconds, by day"), kit.Sized(0, 226, kit.NewPercentChart("Answered within 20 seconds, by day", spots)))
}

func (b *statisticsBody) level(when string, n crm.CallCounts) string {
	return joined(" · ", when, text.T("{n} within 20 s", "n", percent(n.ServiceLevel())), answeredMissed(n))
}

func (b *statisticsBody) levelByHour() []kit.ChartSpot {
	var spots []kit.ChartSpot
	from, to := b.hours()
	for h := from; h <= to; h++ {
		n := b.has.ByHour[h]
		c := b.p.criteria(crm.CallsIn)
		c.Hour = h + 1
		hours := text.T("{from}:00 to {to}:59", "from", strconv.Itoa(h), "to", strconv.Itoa(h))
		spots = append(spots, kit.ChartSpot{Label: strconv.Itoa(h), Name: strconv.Itoa(h) + ":00", Main: n.ServiceLevel(), Words: b.level(hours, n),
			Tap: b.toCalls(joined(", ", text.T("Incoming"), hours), c)})
	}
	return spots
}
