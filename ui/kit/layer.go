package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"leadline/ui/theme"
)

// Layer lies over a window's content: toasts, popups and the tooltip.
type Layer struct {
	over   *fyne.Container // free positions
	toasts *fyne.Container
	canvas fyne.Canvas
	tip    *fyne.Container
	popup  *popup
}

// layers finds the layer of a canvas; Fyne's goroutine only.
var layers = map[fyne.Canvas]*Layer{}

// Cover sets content as the window's, without padding, and lays a Layer over it.
func Cover(w fyne.Window, content fyne.CanvasObject) *Layer {
	l := &Layer{canvas: w.Canvas()}
	l.over = container.NewWithoutLayout()
	l.toasts = &fyne.Container{Layout: toastLayout{}}
	w.SetPadded(false)
	w.SetContent(container.NewStack(content, l.toasts, l.over))
	layers[l.canvas] = l
	return l
}

// Release forgets the layer of a window that is gone for good.
func (l *Layer) Release() { delete(layers, l.canvas) }

func layerOf(o fyne.CanvasObject) *Layer {
	if o == nil {
		return nil
	}
	return layers[fyne.CurrentApp().Driver().CanvasForObject(o)]
}

// lay lays objects over the content, and lift takes them away. Fyne's container notes neither: without a refresh nothing is painted
// until something else changes, and what was not painted gets no keys.
func (l *Layer) lay(objects ...fyne.CanvasObject) {
	for _, o := range objects {
		l.over.Add(o)
	}
	canvas.Refresh(l.over)
}

func (l *Layer) lift(objects ...fyne.CanvasObject) {
	for _, o := range objects {
		l.over.Remove(o)
	}
	canvas.Refresh(l.over)
}

func (l *Layer) showTip(s string, at fyne.Position) {
	l.hideTip()
	words := NewData(s, Secondary.In(theme.Text1))
	l.tip = Stack(newPopupBox(6), Pad(5, 8, 5, 8, words))
	m := l.tip.MinSize()
	room := l.canvas.Size()
	x := min(at.X+8, room.Width-m.Width-4)
	y := at.Y + 20
	if y+m.Height > room.Height {
		y = at.Y - m.Height - 8
	}
	place(l.tip, max(4, x), max(4, y), m.Width, m.Height)
	l.lay(l.tip)
}

func (l *Layer) hideTip() {
	if l.tip != nil {
		l.lift(l.tip)
		l.tip = nil
	}
}
