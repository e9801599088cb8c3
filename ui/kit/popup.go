package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
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
	shade  *shade
	closed func()
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

// ShowPopup shows content in a raised box at a position of the window; it is
// moved inwards where it would leave the window. A click beside it closes it
// and calls closed, which may be nil. One popup at a time.
func (l *Layer) ShowPopup(content fyne.CanvasObject, at fyne.Position, size fyne.Size, closed func()) {
	l.ClosePopup()
	sh := &shade{tapped: l.ClosePopup}
	sh.ExtendBaseWidget(sh)
	box := Popup(content)
	size = size.Max(box.MinSize())
	room := l.canvas.Size()
	x := max(0, min(at.X, room.Width-size.Width-4))
	y := max(0, min(at.Y, room.Height-size.Height-4))
	sh.Resize(room)
	place(box, x, y, size.Width, size.Height)
	l.popup = &popup{box: box, shade: sh, closed: closed}
	l.over.Add(sh)
	l.over.Add(box)
}

// ClosePopup closes the popup, if there is one.
func (l *Layer) ClosePopup() {
	p := l.popup
	if p == nil {
		return
	}
	l.popup = nil
	l.over.Remove(p.shade)
	l.over.Remove(p.box)
	if p.closed != nil {
		p.closed()
	}
}

// PopupOpen says whether a popup shows.
func (l *Layer) PopupOpen() bool { return l.popup != nil }
