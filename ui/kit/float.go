package kit

import (
	"fyne.io/fyne/v2"

	"leadline/ui/theme"
)

// Float lays an object over the window at a position of it, until Sink: a card that is
// dragged. Where it lies already it is moved.
func (l *Layer) Float(o fyne.CanvasObject, at fyne.Position, size fyne.Size) {
	for _, over := range l.over.Objects {
		if over == o {
			o.Move(at)
			return
		}
	}
	place(o, at.X, at.Y, size.Width, size.Height)
	l.over.Add(o)
}

// Sink takes a floating object away.
func (l *Layer) Sink(o fyne.CanvasObject) { l.over.Remove(o) }

// Lifted is content as it looks while it is dragged: raised, with a shadow, outlined as the place that it goes to.
func Lifted(content fyne.CanvasObject) *fyne.Container {
	return Stack(newPopupBox(8), NewCard(theme.Clear, theme.Accent, 8), content)
}
