package ui

import (
	"maps"
	"slices"

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
		{missedLine, text.Key("Line"), 106, false, crm.ColumnLine},
		{"waited", text.Key("Waited"), 68, true, crm.ColumnLength},
	}
}

// Where the order of the missed calls and the widths of their columns are kept.
const (
	prefMissedOrder  = prefOrder + "missed"
	prefMissedWidths = prefWidths + "missed"
)

// width is how wide a column is now.
func (p *missedPage) width(c missedColumn) float32 { return p.widths(p.box.Size().Width)[c.id] }

// widths are how wide the columns are in a page of a width: as they were made, where that leaves the callers enough. What is left
// in a wide page goes to the callers and to the lines, whose names are as long as a company likes.
func (p *missedPage) widths(room float32) map[string]float32 {
	usual := map[string]float32{}
	for _, c := range missedTable() {
		usual[c.id] = c.width
	}
	if more := (room - tableUsual) / 4; more > 0 {
		usual[missedLine] = min(usual[missedLine]+more, missedLineMost)
	}
	made := maps.Clone(usual)
	maps.Copy(made, p.wide)
	if room > 0 && room-p.wholeWidth(made) < tableLeastTitle {
		return usual
	}
	return made
}

const (
	tableUsual     = 848 // the width of a page for which the columns are made: of a window of 900
	missedLine     = "line"
	missedLineMost = 260
)

// tableGap is between the callers and what follows.
const tableGap = 10

// tableLeastTitle is what the callers have at least.
const tableLeastTitle = 180

// columns puts cells into the columns of the table.
func (p *missedPage) columns(caller fyne.CanvasObject, cells []fyne.CanvasObject, action fyne.CanvasObject) fyne.CanvasObject {
	row := append([]fyne.CanvasObject{caller}, cells...)
	return &fyne.Container{Layout: missedColumns{p}, Objects: append(row, action)}
}

// missedColumns lays a row of the table: the caller, the columns, and what can be done.
type missedColumns struct{ p *missedPage }

// The margins of a row.
const (
	missedLeft  = 20
	missedRight = 17
)

// Layout is for Fyne.
func (l missedColumns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	widths := l.p.widths(size.Width)
	put := func(o fyne.CanvasObject, x, w float32) {
		h := min(size.Height, o.MinSize().Height)
		o.Move(fyne.NewPos(x, float32(int(size.Height-h)/2)))
		o.Resize(fyne.NewSize(max(0, w), h))
	}
	last := len(objects) - 1
	x := size.Width - missedRight - missedAction
	put(objects[last], x, missedAction)
	for i, c := range slices.Backward(missedTable()) {
		x -= widths[c.id]
		put(objects[1+i], x, widths[c.id])
	}
	put(objects[0], missedLeft, x-missedLeft-tableGap)
}

// MinSize is for Fyne. The height is said by what is around a row, so no cell is asked for its own: with a hundred rows that took
// longer than all else.
func (l missedColumns) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(missedLeft+missedRight+missedAction, 0)
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
		p.drawn = nil // as wide as before, none would be laid out anew
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
	sum := float32(missedAction + missedLeft + missedRight)
	for _, w := range widths {
		sum += w
	}
	return sum
}
