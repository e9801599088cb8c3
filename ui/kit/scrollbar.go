package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/theme"
)

const (
	scrollBarArea  = 12 // px at the right that take the mouse
	scrollBarThin  = 3
	scrollBarWide  = 8 // under the mouse
	scrollBarShort = 28
)

// scrollBar shows which part of a long list is in view, and moves it: dragged, or by a page where it is clicked
// beside the bar. It is hidden while everything is in view.
type scrollBar struct {
	widget.BaseWidget
	moved   func(part float64)  // dragged to a part of the way, 0..1
	paged   func(pages float64) // a click above the bar, -1, or below it, 1
	shape   frame
	hovered bool
	dragged bool
	grip    float32 // where in the bar it was taken
	length  float32
	at      float32
}

func newScrollBar(moved, paged func(float64)) *scrollBar {
	b := &scrollBar{moved: moved, paged: paged, shape: newFrame(scrollBarThin / 2)}
	b.Hide()
	b.ExtendBaseWidget(b)
	return b
}

// set says how much there is, how much of it is in view and what is above that, in pixels.
func (b *scrollBar) set(all, seen, above float64) {
	if all <= seen {
		b.Hide()
		return
	}
	height := b.Size().Height
	length := max(scrollBarShort, float32(seen/all)*height)
	at := float32(above/(all-seen)) * (height - length)
	if b.Visible() && length == b.length && at == b.at {
		return
	}
	b.length, b.at = length, at
	b.Show()
	b.Refresh()
}

// Dragged is for Fyne.
func (b *scrollBar) Dragged(e *fyne.DragEvent) {
	if !b.dragged {
		b.dragged = true
		b.grip = min(max(e.Position.Y-e.Dragged.DY-b.at, 0), b.length)
	}
	if room := b.Size().Height - b.length; room > 0 {
		b.moved(float64(min(max((e.Position.Y-b.grip)/room, 0), 1)))
	}
}

// DragEnd is for Fyne.
func (b *scrollBar) DragEnd() { b.dragged = false; b.Refresh() }

// Tapped is for Fyne: a click beside the bar.
func (b *scrollBar) Tapped(e *fyne.PointEvent) {
	switch {
	case e.Position.Y < b.at:
		b.paged(-1)
	case e.Position.Y > b.at+b.length:
		b.paged(1)
	}
}

// MouseIn is for Fyne.
func (b *scrollBar) MouseIn(*desktop.MouseEvent) { b.hovered = true; b.Refresh() }

// MouseMoved is for Fyne.
func (b *scrollBar) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (b *scrollBar) MouseOut() { b.hovered = false; b.Refresh() }

// CreateRenderer is for Fyne.
func (b *scrollBar) CreateRenderer() fyne.WidgetRenderer {
	lay := func(s fyne.Size) {
		width := float32(scrollBarThin)
		if b.hovered || b.dragged {
			width = scrollBarWide
		}
		b.shape.CornerRadius = width / 2
		b.shape.cover(s.Width-width-2, b.at, width, b.length)
	}
	return draw(lay, func() fyne.Size { return fyne.NewSize(scrollBarArea, scrollBarShort) }, func() {
		b.shape.paint(theme.FieldOutline, theme.Clear, 0)
		lay(b.Size())
	}, b.shape.Rectangle)
}
