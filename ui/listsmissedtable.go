package ui

import (
	"maps"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// missedColumn is a column of the missed calls behind the caller, who takes what is left.
type missedColumn struct {
	id    string
	name  text.Key
	width float32
	right bool
	by    crm.Column
}

// missedAction is the width of what can be done, at the right.
const missedAction = 154

func missedTable() []missedColumn {
	return []missedColumn{
		{"attempts", text.Key("Attempts"), 76, false, crm.ColumnAttempts},
		{"last", text.Key("Last"), 104, false, crm.ColumnBegan},
		{"line", text.Key("Line"), 106, false, crm.ColumnLine},
		{"waited", text.Key("Waited"), 68, true, crm.ColumnLength},
	}
}

// Where the order of the missed calls and the widths of their columns are kept.
const (
	prefMissedOrder  = prefOrder + "missed"
	prefMissedWidths = prefWidths + "missed"
)

// width is how wide a column is: as it was made, where that leaves the callers enough.
func (p *missedPage) width(c missedColumn) float32 {
	widths := map[string]float32{}
	for _, o := range missedTable() {
		widths[o.id] = o.width
	}
	usual := widths[c.id]
	maps.Copy(widths, p.wide)
	if room := p.box.Size().Width; room > 0 && room-p.wholeWidth(widths) < tableLeastTitle {
		return usual
	}
	return widths[c.id]
}

// tableGap is between the callers and what follows.
const tableGap = 10

// tableLeastTitle is what the callers have at least.
const tableLeastTitle = 180

// columns puts cells into the columns of the table.
func (p *missedPage) columns(caller fyne.CanvasObject, cells []fyne.CanvasObject, action fyne.CanvasObject) fyne.CanvasObject {
	row := []fyne.CanvasObject{kit.Grow(kit.Pad(0, tableGap, 0, 0, caller))}
	for i, c := range missedTable() {
		row = append(row, kit.Sized(p.width(c), 0, cells[i]))
	}
	return kit.Pad(0, 17, 0, 20, kit.Row(0, append(row, kit.Sized(missedAction, 0, action))...))
}

// drawHeads draws the headings: a click orders by one, and its left edge can be dragged.
func (p *missedPage) drawHeads() {
	var heads []fyne.CanvasObject
	for i, c := range missedTable() {
		h := kit.NewColumnHead(c.name, c.right, func() { p.orderBy(c.by) })
		h.SetWay(p.way(c.by))
		heads = append(heads, kit.WithEdge(h, p.widen(i)))
	}
	p.heads.Objects = []fyne.CanvasObject{kit.Stack(kit.Fill(theme.Sunk), p.columns(kit.NewLabel("Caller", kit.Section), heads, kit.Gap(1)))}
	p.heads.Refresh()
}

// way is how the calls are ordered by a column: 1 upwards, -1 downwards, 0 not at all.
func (p *missedPage) way(by crm.Column) int {
	return wayOf(p.order, by, crm.ColumnBegan, true)
}

// orderBy orders the calls by a column, the most first but for lines; a second time turns it round.
func (p *missedPage) orderBy(by crm.Column) {
	down := p.way(by) == 1 || p.way(by) == 0 && by != crm.ColumnLine
	if p.order = crm.By(by, down); by == crm.ColumnBegan && down {
		p.order = crm.OrderUsual
	}
	p.opt.Kept.SetString(prefMissedOrder, string(p.order))
	p.drawHeads()
	p.show()
}

// widen moves the left edge of a column: it and the one before, or the callers, share their room anew. The rows follow when it
// is let go.
func (p *missedPage) widen(i int) kit.ColumnWiden {
	all := missedTable()
	keep := func() {
		p.opt.Kept.SetString(prefMissedWidths, writeWidths(p.wide))
		p.taken = nil
		p.drawHeads()
		p.draw()
	}
	return kit.ColumnWiden{
		By: func(by float32, over bool) {
			if p.taken == nil {
				p.taken = map[string]float32{}
				for _, c := range all {
					p.taken[c.id] = p.width(c)
				}
			}
			by = min(by, p.taken[all[i].id]-tableLeast)
			if i > 0 {
				by = max(by, tableLeast-p.taken[all[i-1].id])
				p.wide[all[i-1].id] = p.taken[all[i-1].id] + by
			} else {
				by = max(by, p.wholeWidth(p.taken)+tableLeastTitle-p.box.Size().Width)
			}
			p.wide[all[i].id] = p.taken[all[i].id] - by
			if over {
				keep()
				return
			}
			p.drawHeads()
		},
		Usual: func() {
			clear(p.wide)
			keep()
		},
	}
}

// wholeWidth is what the callers do not have.
func (p *missedPage) wholeWidth(widths map[string]float32) float32 {
	sum := float32(missedAction + 17 + 20)
	for _, w := range widths {
		sum += w
	}
	return sum
}
