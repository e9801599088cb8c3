package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Named is what the automation door and screen readers know a widget by.
type Named interface {
	Role() string  // "button", "text", "field", "select", "radio", "check", "row", "item", "tile", "chip", "list", "lamp"
	Name() string  // English label, stable whatever the language shown
	Value() string // what is shown or typed, in the language shown
	Enabled() bool
}

// Tappable does what a click does. A disabled widget does nothing.
type Tappable interface{ Tap() }

// Typable takes text as if it was typed in place of what is there.
type Typable interface{ Type(text string) }

// Choosable picks an option by its English or its shown wording; the error
// lists the options when there is no such one.
type Choosable interface{ Choose(option string) error }

// Parent is a widget with widgets inside that Walk has to visit.
type Parent interface{ Children() []fyne.CanvasObject }

// Walk visits root and what is visible below it, parents first, with positions
// relative to root's own parent. What scrolling has moved out of a scroller's
// view is not visible. Call it on Fyne's goroutine.
func Walk(root fyne.CanvasObject, visit func(o fyne.CanvasObject, pos fyne.Position)) {
	walk(root, fyne.NewPos(0, 0), nil, visit)
}

type box struct{ pos, end fyne.Position }

func (b box) within(c box) box {
	return box{
		pos: fyne.NewPos(max(b.pos.X, c.pos.X), max(b.pos.Y, c.pos.Y)),
		end: fyne.NewPos(min(b.end.X, c.end.X), min(b.end.Y, c.end.Y)),
	}
}

func walk(o fyne.CanvasObject, offset fyne.Position, clip *box, visit func(fyne.CanvasObject, fyne.Position)) {
	if o == nil || !o.Visible() {
		return
	}
	pos := offset.Add(o.Position())
	end := pos.Add(o.Size())
	if clip != nil && (end.X <= clip.pos.X || end.Y <= clip.pos.Y || pos.X >= clip.end.X || pos.Y >= clip.end.Y) {
		return
	}
	visit(o, pos)
	switch w := o.(type) {
	case *fyne.Container:
		for _, c := range w.Objects {
			walk(c, pos, clip, visit)
		}
	case *container.Scroll:
		b := box{pos, end}
		if clip != nil {
			b = b.within(*clip)
		}
		walk(w.Content, pos, &b, visit)
	case *container.ThemeOverride:
		walk(w.Content, pos, clip, visit)
	case *container.Clip:
		b := box{pos, end}
		if clip != nil {
			b = b.within(*clip)
		}
		walk(w.Content, pos, &b, visit)
	case *List:
		b := box{pos, end}
		if clip != nil {
			b = b.within(*clip)
		}
		for _, c := range w.Children() {
			walk(c, pos, &b, visit)
		}
	case Parent:
		for _, c := range w.Children() {
			walk(c, pos, clip, visit)
		}
	}
}
