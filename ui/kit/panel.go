package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/theme"
)

// Panel is where the surface of the main window begins: a hairline around it, and its
// top left corner is round. The surface itself is what the window was cleared with:
// it is most of the window, which is painted anew each second of a call.
type Panel struct{ widget.BaseWidget }

const panelRadius = 10

// NewPanel makes one.
func NewPanel() *Panel {
	p := &Panel{}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer is for Fyne. The corner is a small round rectangle; of its outline
// only what is the panel's too is left to be seen (softened edges are wider than a pixel).
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	const size = 2 * panelRadius
	corner := newFrame(0)
	corner.TopLeftCornerRadius = panelRadius
	beside, rightOfIt, belowIt := newWash(), newWash(), newWash()
	top, left, right, bottom := newWash(), newWash(), newWash(), newWash()
	return draw(func(s fyne.Size) {
		beside.cover(0, 0, panelRadius, panelRadius)
		corner.cover(0, 0, size, size)
		rightOfIt.cover(size-1, 1, 2, size)
		belowIt.cover(1, size-1, size, 2)
		top.cover(size-1, 0, s.Width-size+1, 1)
		left.cover(0, size-1, 1, s.Height-size+1)
		right.cover(s.Width-1, 0, 1, s.Height)
		bottom.cover(0, s.Height-1, s.Width, 1)
	}, func() fyne.Size { return fyne.Size{} }, func() {
		beside.paint(theme.Background)
		corner.paint(theme.Surface, theme.Border, 1)
		for _, w := range []wash{rightOfIt, belowIt} {
			w.paint(theme.Surface)
		}
		for _, w := range []wash{top, left, right, bottom} {
			w.paint(theme.Border)
		}
	}, beside.Image, corner.Rectangle, rightOfIt.Image, belowIt.Image, top.Image, left.Image, right.Image, bottom.Image)
}
