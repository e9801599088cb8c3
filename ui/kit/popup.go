package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/theme"
)

// popupBox is a raised box with a shadow.
type popupBox struct {
	widget.BaseWidget
	radius float32
}

func newPopupBox(radius float32) *popupBox {
	b := &popupBox{radius: radius}
	b.ExtendBaseWidget(b)
	return b
}

// CreateRenderer is for Fyne.
func (b *popupBox) CreateRenderer() fyne.WidgetRenderer {
	f := newFrame(b.radius)
	return draw(func(s fyne.Size) { f.cover(0, 0, s.Width, s.Height) }, func() fyne.Size { return fyne.Size{} }, func() {
		f.paint(theme.Raised, theme.Border, 1)
		f.Shadow = canvas.Shadow{Color: theme.Color(theme.Shadow), BlurRadius: 22, Offset: fyne.NewPos(0, 7)}
	}, f.Rectangle)
}

// Popup is a raised box with a shadow around content: menus, the omnibox' list.
func Popup(content fyne.CanvasObject) *fyne.Container {
	return Stack(newPopupBox(10), content)
}

// popup is the one that a layer shows now.
type popup struct {
	box    fyne.CanvasObject
	scroll *container.Scroll // of what is higher than the window; nil else
	shade  *shade
	closed func()
	before fyne.Focusable // what had the keyboard; nil for nothing
}

// shade lies under a popup and takes the click beside it.
type shade struct {
	widget.BaseWidget
	tapped func()
}

func (s *shade) Tapped(*fyne.PointEvent)          { s.tapped() }
func (s *shade) TappedSecondary(*fyne.PointEvent) { s.tapped() }
func (s *shade) CreateRenderer() fyne.WidgetRenderer {
	r := newFrame(0)
	return draw(func(fyne.Size) {}, func() fyne.Size { return fyne.Size{} }, nil, r.Rectangle)
}

// popupEdge is what a popup leaves free at the window's edge.
const popupEdge = 4

// ShowPopup shows content in a raised box at a position of the window; it is
// moved inwards where it would leave the window, and scrolls where it is higher than that. It has the keyboard: in a
// menu, what is chosen. A click beside it or Esc closes it and calls closed, which may be nil. One popup at a time.
func (l *Layer) ShowPopup(content fyne.CanvasObject, at fyne.Position, size fyne.Size, closed func()) {
	l.ClosePopup()
	sh := &shade{tapped: l.ClosePopup}
	sh.ExtendBaseWidget(sh)
	p := &popup{shade: sh, closed: closed, before: l.canvas.Focused()}
	size, room := size.Max(content.MinSize()), l.canvas.Size()
	if most := room.Height - 2*popupEdge; size.Height > most {
		p.scroll = container.NewVScroll(content)
		content, size.Height = p.scroll, most
	}
	p.box = Popup(content)
	x := max(0, min(at.X, room.Width-size.Width-popupEdge))
	y := max(0, min(at.Y, room.Height-size.Height-popupEdge))
	sh.Resize(room)
	place(p.box, x, y, size.Width, size.Height)
	l.popup = p
	p.each(func(o fyne.CanvasObject) {
		if m, ok := o.(*menuItem); ok {
			m.layer = l
		}
	})
	l.lay(sh, p.box)
	if first := p.first(); first != nil {
		l.canvas.Focus(first)
	} else {
		l.canvas.Unfocus() // Esc is the window's
	}
}

// first is what has the keyboard as the popup opens: of a menu what is chosen, else its first line.
func (p *popup) first() (first fyne.Focusable) {
	chosen := false
	p.each(func(o fyne.CanvasObject) {
		item, _ := o.(*menuItem)
		if f, ok := o.(fyne.Focusable); ok && (first == nil || item != nil && item.chosen && !chosen) {
			first, chosen = f, item != nil && item.chosen
		}
	})
	return first
}

// each visits all that is in the popup, also what is scrolled out of view.
func (p *popup) each(visit func(fyne.CanvasObject)) {
	seen := func(o fyne.CanvasObject, _ fyne.Position) { visit(o) }
	if p.scroll != nil {
		everything(p.scroll.Content, seen)
	} else {
		Walk(p.box, seen)
	}
}

// reveal scrolls so far that something in the popup is in view.
func (p *popup) reveal(it fyne.CanvasObject) {
	if p.scroll == nil {
		return
	}
	everything(p.scroll.Content, func(o fyne.CanvasObject, at fyne.Position) {
		if o != it {
			return
		}
		view, to := p.scroll.Size().Height, p.scroll.Offset
		to.Y = max(min(to.Y, at.Y), at.Y+o.Size().Height-view)
		p.scroll.ScrollToOffset(to)
	})
}

// ClosePopup closes the popup, if there is one; what had the keyboard before has it again.
func (l *Layer) ClosePopup() {
	p := l.popup
	if p == nil {
		return
	}
	l.popup = nil
	inside := l.canvas.Focused() == nil
	p.each(func(o fyne.CanvasObject) {
		f, ok := o.(fyne.Focusable)
		inside = inside || ok && f == l.canvas.Focused()
	})
	l.lift(p.shade, p.box)
	if inside {
		l.refocus(p.before)
	}
	if p.closed != nil {
		p.closed()
	}
}

// refocus gives the keyboard to what had it, where that is still in the window.
func (l *Layer) refocus(to fyne.Focusable) {
	o, ok := to.(fyne.CanvasObject)
	if ok && o.Visible() && fyne.CurrentApp().Driver().CanvasForObject(o) == l.canvas {
		l.canvas.Focus(to)
	}
	// What was drawn anew while the popup was open may not be in the window any more, though Fyne knows its canvas for a minute.
	if !ok || l.canvas.Focused() != to {
		l.canvas.Unfocus()
	}
}

// ScrollPopup scrolls the popup by px, where it is higher than the window.
func (l *Layer) ScrollPopup(px float32) {
	if l.popup != nil && l.popup.scroll != nil {
		l.popup.scroll.ScrollToOffset(l.popup.scroll.Offset.AddXY(0, px))
	}
}

// PopupOpen says whether a popup shows.
func (l *Layer) PopupOpen() bool { return l.popup != nil }
