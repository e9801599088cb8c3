package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// ColumnsMost is how many columns a row has behind its title at most.
const ColumnsMost = 8

// ListColumn is one of the columns of a list behind the title, Width pixels wide with the gap before it.
type ListColumn struct {
	Width float32
	Right bool // numbers
}

// columnGap is between a column and the one before.
const columnGap = 12

// Cell is what a row has in a column.
type Cell struct {
	Text string
	Icon theme.IconName // of a status
	Tone Tone
}

// ColumnHead is the heading of a column, 28 px: a click orders the list by it.
type ColumnHead struct {
	press
	right bool
	way   int
}

// NewColumnHead makes one that the list is not ordered by.
func NewColumnHead(key text.Key, right bool, tapped func()) *ColumnHead {
	h := &ColumnHead{right: right}
	h.words, h.onTap = say(key), tapped
	h.extend(h)
	return h
}

// SetWay says how the list is ordered by it: 1 upwards, -1 downwards, 0 not at all.
func (h *ColumnHead) SetWay(way int) {
	if h.way != way {
		h.way = way
		h.Refresh()
	}
}

// Role is "heading".
func (h *ColumnHead) Role() string { return "heading" }

// Value is "up", "down" or "".
func (h *ColumnHead) Value() string { return [...]string{"down", "", "up"}[h.way+1] }

// AccessibilityLabel says the order too.
func (h *ColumnHead) AccessibilityLabel() string {
	switch h.way {
	case 1:
		return text.T("{column}, ordered upwards", "column", h.words.shown())
	case -1:
		return text.T("{column}, ordered downwards", "column", h.words.shown())
	}
	return h.words.shown()
}

// Fits says whether the heading is shown as a whole, with its arrow, in a column.
func (h *ColumnHead) Fits(width float32) bool {
	return ceil(Section.measure(h.words.shown()).Width)+16 <= width-columnGap
}

// CreateRenderer is for Fyne.
func (h *ColumnHead) CreateRenderer() fyne.WidgetRenderer {
	body, ring, label := newFrame(4), newRing(4), &canvas.Text{}
	arrow := NewIcon("", 12, theme.Accent)
	style := func() Style {
		if h.way != 0 || h.hovered {
			return Section.In(theme.Text1)
		}
		return Section
	}
	lay := func(s fyne.Size) {
		mark := float32(0)
		if h.way != 0 {
			mark = 16
		}
		room := s.Width - mark
		label.Text = Ellipsis(h.words.shown(), style(), room)
		size := style().measure(label.Text)
		w := min(ceil(size.Width), room)
		x := float32(0)
		if h.right {
			x = room - w
		}
		body.cover(x-4, 3, w+mark+8, s.Height-6)
		ring.cover(x-4, 3, w+mark+8, s.Height-6)
		place(label, x, (s.Height-ceil(size.Height))/2, w, size.Height) // as labels beside it are
		place(arrow.Image, x+w+3, (s.Height-12)/2, 12, 12)
	}
	return draw(lay, func() fyne.Size { return fyne.NewSize(20, 28) }, func() {
		fill := theme.Clear
		switch {
		case h.pressed:
			fill = theme.Pressed
		case h.hovered:
			fill = theme.Hover
		}
		body.paint(fill, theme.Clear, 0)
		style().wear(label)
		name := theme.IconArrowUp
		if h.way < 0 {
			name = theme.IconArrowDown
		}
		arrow.Set(name, theme.Accent)
		arrow.Image.Hidden = h.way == 0
		ring.focus(h.focused)
		lay(h.Size())
	}, body.Rectangle, label, arrow.Image, ring.Rectangle)
}

// ColumnHeads puts the heading of the titles and those of the columns over a list whose rows have these columns. Each can be
// widened at its right edge, the titles by the first of widen.
func ColumnHeads(title fyne.CanvasObject, columns []ListColumn, heads []fyne.CanvasObject, widen []ColumnWiden) fyne.CanvasObject {
	all := []fyne.CanvasObject{Grow(title)}
	for i, c := range columns {
		all = append(all, Sized(columnGap, 0, newColumnGrip(widen[i])), Sized(c.Width-columnGap, 0, heads[i]))
	}
	all = append(all, Sized(columnGap, 0, newColumnGrip(widen[len(columns)])))
	for i, head := range append([]fyne.CanvasObject{title}, heads...) {
		if h, is := head.(*ColumnHead); is {
			h.widenBy(widen[i])
		}
	}
	return Sized(0, 28, Stack(Fill(theme.Sunk), Pad(0, rowRight-columnGap, 0, rowLeft, RowAligned(0, Stretch, all...))))
}

// widenStep is by how many pixels an arrow key changes a column's width.
const widenStep = 8

// widenBy lets the arrow keys change the width of a column whose heading has the keyboard.
func (h *ColumnHead) widenBy(w ColumnWiden) {
	h.onKey = func(e *fyne.KeyEvent) bool {
		by := map[fyne.KeyName]float32{fyne.KeyLeft: -widenStep, fyne.KeyRight: widenStep}[e.Name]
		if by != 0 {
			w.By(by, true)
		}
		return by != 0
	}
}

// edgeWidth is how much of a heading takes the mouse for its left edge.
const edgeWidth = 8

// WithEdge is the heading of a column whose left edge can be dragged.
func WithEdge(h *ColumnHead, w ColumnWiden) fyne.CanvasObject {
	h.widenBy(ColumnWiden{By: func(by float32, over bool) { w.By(-by, over) }, Usual: w.Usual})
	return Stack(h, RowAligned(0, Stretch, Sized(edgeWidth, 0, newColumnGrip(w)), Spacer()))
}
