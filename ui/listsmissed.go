package ui

import (
	"reflect"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// missedPage is the list of missed calls that is worked off (requirements.md H6).
type missedPage struct {
	opt      MainOptions
	box      *fyne.Container
	sub      *kit.Label
	chips    map[bool]*kit.FilterChip
	line     *kit.Select // whose calls are shown; hidden where there is one line
	body     *fyne.Container
	open     *listPager
	done     *listPager
	showDone bool
	rows     []*missedRow
	drawn    map[drawnKey]drawnRow // what is on the screen
	at       string                // the key of the chosen row
	most     int                   // how many rows are drawn
	order    crm.Order
	heads    *fyne.Container
	wide     map[string]float32 // widths of columns that were changed
	taken    map[string]float32 // widths when the edge was taken that is being dragged; nil for none
	why      string             // why no call can be placed; "" when one can
	sight    callSight
	record   func(desk.Row) // opens the record of a row, or the call of a stranger
}

const missedStep = 100

func newMissedPage(opt MainOptions, record func(desk.Row)) *missedPage {
	p := &missedPage{opt: opt, record: record, sight: callSight{opt: opt}, most: missedStep, order: crm.Order(opt.Kept.String(prefMissedOrder)), wide: readWidths(opt.Kept.String(prefMissedWidths))}
	p.heads = kit.Sized(0, 28, kit.Gap(0))
	p.open = newListPager(opt.Do, opt.Desk, p.draw)
	p.done = newListPager(opt.Do, opt.Desk, p.draw)
	p.sub = kit.NewData("", kit.Secondary)
	p.chips = map[bool]*kit.FilterChip{
		false: kit.NewFilterChip("Open", func() { p.filter(false) }),
		true:  kit.NewFilterChip("Done", func() { p.filter(true) }),
	}
	p.chips[false].SetOn(true)
	p.line = kit.NewBareSelect("Line", []kit.Option{{ID: "", Key: text.Key("All lines")}}, func(string) {
		p.most = missedStep
		p.show()
	})
	p.line.SetChosen("")
	p.line.Hide()
	p.box = kit.Column(0)
	p.body = kit.Stack()
	head := kit.Sized(0, 48, kit.Pad(0, 20, 0, 20, kit.Row(8,
		kit.NewLabel("Missed calls", kit.PageTitle), kit.Grow(p.sub.Shrink(0)), p.chips[false], p.chips[true], kit.Sized(160, 32, p.line))))
	p.box.Objects = []fyne.CanvasObject{head, kit.NewHairline(), kit.Grow(p.body)}
	p.drawHeads()
	return p
}

// Object is the whole page.
func (p *missedPage) Object() fyne.CanvasObject { return p.box }

// Enter loads both lists.
func (p *missedPage) Enter() {
	p.readLines()
	p.sight.read(p.draw)
	p.show()
}

func (p *missedPage) show() {
	of := crm.CallCriteria{Line: crm.ID(p.line.Chosen())}
	p.open.ShowSoon(desk.Query{List: desk.MissedList, Filter: "open", Calls: of, Order: p.order})
	p.done.ShowSoon(desk.Query{List: desk.MissedList, Filter: "done", Calls: of})
}

// readLines offers the lines to choose from, where there are several.
func (p *missedPage) readLines() {
	if p.opt.Customers == nil {
		return
	}
	fileAsk(p.opt, p.opt.Customers.Lines, func(lines []crm.Line, err error) {
		if err != nil {
			return // the lists say that the file can't be read
		}
		options, known := []kit.Option{{ID: "", Key: text.Key("All lines")}}, p.line.Chosen() == ""
		for _, l := range lines {
			options = append(options, kit.Option{ID: string(l.ID), Label: l.Name})
			known = known || p.line.Chosen() == string(l.ID)
		}
		p.line.SetOptions(options)
		if !known { // the line is no more
			p.line.SetChosen("")
			p.show()
		}
		setShown(p.line, len(lines) > 1)
		p.box.Refresh()
	})
}

// Leave stops what is on its way.
func (p *missedPage) Leave() {
	p.open.Stop()
	p.done.Stop()
}

// Draw reloads when calls may have changed.
func (p *missedPage) Draw(s desk.Snapshot, data bool) {
	why := ""
	if len(s.Accounts) == 0 {
		why = text.T("Connect a PBX account first")
	}
	if why != p.why {
		p.why = why
		p.draw()
	}
	if data {
		p.sight.read(p.draw)
		p.open.Reload()
		p.done.Reload()
	}
}

// SetNarrow changes nothing: the table gives way by itself.
func (p *missedPage) SetNarrow(bool) {}

func (p *missedPage) filter(done bool) {
	p.showDone, p.most = done, missedStep
	p.chips[false].SetOn(!done)
	p.chips[true].SetOn(done)
	p.draw()
}

func (p *missedPage) draw() {
	if !p.open.Started() && p.open.Failed() == nil || !p.done.Started() && p.done.Failed() == nil {
		return
	}
	now := p.opt.Now()
	waiting, _ := p.open.Total()
	today := p.doneToday(now)
	p.sub.SetText(text.T("{n} open, {done} done today", "n", text.Number(int64(waiting)), "done", text.Number(int64(len(today)))))
	before := p.drawn
	p.rows, p.drawn = nil, map[drawnKey]drawnRow{}
	kit.Redraw(p.body, func() {
		p.body.Objects = []fyne.CanvasObject{p.content(before, waiting, today, now)}
		p.body.Refresh()
	})
}

// drawnKey is a row in a list: a call that was just worked off is in both for a moment.
type drawnKey struct {
	row  string // rowKey
	done bool
}

// drawnRow is a row with what it was drawn from.
type drawnRow struct {
	row    desk.Row
	words  [3]string // what is not in the row, and changes its words: the day it is, the language, why no call can be placed
	object fyne.CanvasObject
}

// keep is the row that was drawn from the same the last time, else a new one: while calls are worked off, most of a long list
// stays as it is. A hundred new rows take some 7 ms of processor time.
func (p *missedPage) keep(before map[drawnKey]drawnRow, done bool, r desk.Row, when string, make func() fyne.CanvasObject) fyne.CanvasObject {
	now := drawnRow{row: r, words: [3]string{when, text.Language(), p.why}}
	key := drawnKey{rowKey(r), done}
	if was, ok := before[key]; ok && was.words == now.words && reflect.DeepEqual(was.row, now.row) {
		now.object = was.object
	} else {
		now.object = make()
	}
	p.drawn[key] = now
	return now.object
}

func (p *missedPage) content(before map[drawnKey]drawnRow, waiting int, today []desk.Row, now time.Time) fyne.CanvasObject {
	if p.open.Failed() != nil || p.done.Failed() != nil {
		return kit.Middle(kit.ColumnAligned(10, kit.Center,
			kit.NewStateWord(text.T("The list could not be read"), theme.IconAlert, kit.Bad, kit.Body),
			kit.NewButton("Try again", kit.Line, p.Enter)))
	}
	if p.sight.none {
		return noSight()
	}
	if p.showDone {
		rows := p.take(p.done)
		if len(rows) == 0 {
			return kit.NewEmptyState(theme.IconMissed, "Nothing is done yet", "Missed calls come here when somebody has called back.", nil, nil)
		}
		return p.scroll(p.doneRows(before, rows, now, false), p.done)
	}
	if waiting == 0 && len(today) == 0 {
		return kit.NewEmptyState(theme.IconCheckCheck, "No missed calls", "Whoever was not answered appears here until somebody calls back.", nil, nil)
	}
	var column []fyne.CanvasObject
	rows := p.take(p.open)
	if len(rows) > 0 {
		column = append(column, p.heads, kit.NewHairline())
	}
	known := false
	for _, r := range rows {
		known = known || rowKey(r) == p.at
	}
	for i, r := range rows {
		if i == 0 && !known {
			p.at = rowKey(r)
		}
		row := p.keep(before, false, r, text.Day(r.At, now), func() fyne.CanvasObject { return newMissedRow(p, r, now) }).(*missedRow)
		row.choose(rowKey(r) == p.at)
		p.rows = append(p.rows, row)
		column = append(column, row, kit.NewHairline())
	}
	if len(rows) == 0 {
		column = append(column, kit.Pad(20, 20, 20, 20, kit.NewLabel("All called back.", kit.Body.In(theme.Text2))), kit.NewHairline())
	}
	if len(today) > 0 {
		column = append(column, kit.Pad(14, 20, 9, 20, kit.NewSection("Called back today", nil)), kit.NewHairline())
		column = append(column, p.doneRows(before, today, now, true)...)
	}
	return p.scroll(column, p.open)
}

// take is the rows that are drawn; those behind come with "Show more".
func (p *missedPage) take(from *listPager) []desk.Row {
	var rows []desk.Row
	for i := range min(from.Len(), p.most) {
		if r, ok := from.Row(i); ok {
			rows = append(rows, r)
		}
	}
	return rows
}

func (p *missedPage) scroll(column []fyne.CanvasObject, from *listPager) fyne.CanvasObject {
	if from.Len() > p.most {
		column = append(column, kit.Pad(12, 20, 12, 20, kit.Row(0, kit.Spacer(), kit.NewButton("Show more", kit.Line, func() {
			p.most += missedStep
			p.draw()
		}), kit.Spacer())))
	}
	return kit.Scroll(kit.Column(0, column...))
}

// doneToday is what was worked off since midnight, the latest first.
func (p *missedPage) doneToday(now time.Time) []desk.Row {
	var rows []desk.Row
	for i := range min(p.done.Len(), listPageRows) {
		r, ok := p.done.Row(i)
		if !ok {
			break
		}
		at := r.At.In(now.Location())
		if at.Year() == now.Year() && at.YearDay() == now.YearDay() {
			rows = append(rows, r)
		}
	}
	return rows
}

// closedWidth is the width of when a call was worked off, so that the names before it end below each other.
func closedWidth(timeOnly bool) float32 {
	if timeOnly {
		return 44
	}
	return 96
}

func (p *missedPage) doneRows(before map[drawnKey]drawnRow, rows []desk.Row, now time.Time, timeOnly bool) []fyne.CanvasObject {
	var column []fyne.CanvasObject
	for _, r := range rows {
		when := text.Day(r.At, now)
		if timeOnly {
			when = text.Time(r.At)
		}
		row := p.keep(before, true, r, when, func() fyne.CanvasObject { return p.doneRow(r, when, closedWidth(timeOnly)) })
		column = append(column, row, kit.NewHairline())
	}
	return column
}

func (p *missedPage) doneRow(r desk.Row, when string, width float32) fyne.CanvasObject {
	line := kit.Sized(0, 35, kit.Pad(0, 20, 2, 20, kit.Row(8,
		kit.NewIcon(theme.IconCheck, 14, theme.AnswerText).Image, kit.Grow(kit.NewData(joined("  ·  ", r.Title, r.Sub), kit.Body.In(theme.Text2)).Shrink(60)),
		kit.NewData(r.ClosedBy, kit.Quiet), kit.Sized(width, 0, kit.NewData(when, kit.Quiet.Right())))))
	row := newPressFocus("row", 0, line, func() { p.record(r) })
	row.english = func() string { return r.Title }
	row.shown = func() string { return joined(" · ", r.Title, r.Sub, r.ClosedBy, when) }
	return row
}

// move chooses the row by so many below.
func (p *missedPage) move(by int) {
	for i, r := range p.rows {
		if rowKey(r.row) == p.at {
			to := p.rows[max(0, min(i+by, len(p.rows)-1))]
			p.choose(to)
			if c := fyne.CurrentApp().Driver().CanvasForObject(to); c != nil {
				c.Focus(to)
			}
			return
		}
	}
}

// Key is for keys that nothing with the keyboard wanted: they are the chosen row's.
func (p *missedPage) Key(k fyne.KeyName) {
	for _, r := range p.rows {
		if rowKey(r.row) == p.at && !r.focused {
			r.onKey(k)
			return
		}
	}
}

func (p *missedPage) choose(row *missedRow) {
	p.at = rowKey(row.row)
	for _, r := range p.rows {
		r.choose(r == row)
	}
}
