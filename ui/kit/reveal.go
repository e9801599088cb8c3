package kit

import (
	"math"

	"fyne.io/fyne/v2"
)

// revealRoom is what stays between what has the keyboard and the edge of the view.
const revealRoom = 12

// lastRevealed got the keyboard last: a window that comes to the front gives it the same object again, which is no reason to
// leave what is being looked at.
var lastRevealed fyne.CanvasObject

// Reveal scrolls to what has just got the keyboard, where it is out of view: who goes on by Tab is to see where they are. What is
// at least half in view stays where it is, since it may just be clicked. Widgets call it as they get the focus.
func Reveal(o fyne.CanvasObject) {
	if o == lastRevealed {
		return
	}
	lastRevealed = o
	reveal(o, false)
}

// RevealWhole scrolls to what is to be read now, so that all of it is in view where there is room for that.
func RevealWhole(o fyne.CanvasObject) { reveal(o, true) }

func reveal(o fyne.CanvasObject, whole bool) {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(o)
	if c == nil || c.Content() == nil || redrawing {
		return
	}
	at := driver.AbsolutePositionForObject(o)
	for _, s := range scrolls(c.Content()) {
		y := at.Y - driver.AbsolutePositionForObject(s.Content).Y
		if !has(s.Content, o, fyne.NewPos(at.X-driver.AbsolutePositionForObject(s.Content).X, y)) {
			continue
		}
		top, height := s.Offset.Y, s.Size().Height
		if middle := y + o.Size().Height/2; !whole && middle >= top && middle <= top+height || y >= top && y+o.Size().Height <= top+height {
			return
		}
		to := y - revealRoom
		if y > top {
			to = y + o.Size().Height + revealRoom - height
		}
		s.ScrollToOffset(fyne.NewPos(s.Offset.X, max(0, min(to, s.Content.Size().Height-height))))
		return
	}
}

// has says whether an object that lies at a place of a scroller's content is a part of it. What a widget calls itself may
// be a part of the widget, as large as it.
func has(content, o fyne.CanvasObject, at fyne.Position) (found bool) {
	near := func(a, b float32) bool { return math.Abs(float64(a-b)) < 1 }
	everything(content, func(other fyne.CanvasObject, pos fyne.Position) {
		found = found || other == o || near(pos.X, at.X) && near(pos.Y, at.Y) && near(other.Size().Width, o.Size().Width) && near(other.Size().Height, o.Size().Height)
	})
	return found
}
