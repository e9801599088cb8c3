package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/theme"
)

// ColumnWiden widens a column by so many pixels from where it was when it was taken, or makes it narrower; over says that it
// was let go. A double click asks for the usual width.
type ColumnWiden struct {
	By    func(by float32, over bool)
	Usual func()
}

// columnGrip is the edge of a column, which is dragged.
type columnGrip struct {
	widget.BaseWidget
	widen   ColumnWiden
	line    frame
	by      float32
	dragged bool
	hovered bool
}

func newColumnGrip(w ColumnWiden) *columnGrip {
	g := &columnGrip{widen: w, line: newFrame(0)}
	g.ExtendBaseWidget(g)
	return g
}

// Dragged is for Fyne.
func (g *columnGrip) Dragged(e *fyne.DragEvent) {
	g.dragged = true
	g.by += e.Dragged.DX
	g.widen.By(whole(g.by), false)
}

// DragEnd is for Fyne.
func (g *columnGrip) DragEnd() {
	g.widen.By(whole(g.by), true)
	g.dragged, g.by = false, 0
	g.Refresh()
}

// DoubleTapped is for Fyne.
func (g *columnGrip) DoubleTapped(*fyne.PointEvent) { g.widen.Usual() }

// MouseIn is for Fyne.
func (g *columnGrip) MouseIn(*desktop.MouseEvent) { g.hovered = true; g.Refresh() }

// MouseMoved is for Fyne.
func (g *columnGrip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (g *columnGrip) MouseOut() { g.hovered = false; g.Refresh() }

// Cursor is for Fyne.
func (g *columnGrip) Cursor() desktop.Cursor { return desktop.HResizeCursor }

// CreateRenderer is for Fyne.
func (g *columnGrip) CreateRenderer() fyne.WidgetRenderer {
	return draw(func(s fyne.Size) { g.line.cover(whole(s.Width/2)-1, 5, 2, s.Height-10) },
		func() fyne.Size { return fyne.NewSize(columnGap, 0) }, func() {
			color := theme.Clear
			if g.hovered || g.dragged {
				color = theme.Accent
			}
			g.line.paint(color, theme.Clear, 0)
		}, g.line.Rectangle)
}
