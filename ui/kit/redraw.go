package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Redraw has draw fill root with new objects that show the same thing anew, and leaves the person
// where they are: what they look at stays where it is on the screen, however much has come
// above it, and the keyboard stays with what had it. At the top of a list one stays at the top.
func Redraw(root *fyne.Container, draw func()) {
	canvas := fyne.CurrentApp().Driver().CanvasForObject(root)
	held := heldViews(root)
	var keyboard nth
	if canvas != nil {
		if o, ok := canvas.Focused().(fyne.CanvasObject); ok {
			keyboard = nthOf(root, o, false, Walk)
		}
	}
	redrawing = true
	defer func() { redrawing = false }()
	draw()
	for i, s := range scrolls(root) {
		if i < len(held) {
			held[i].restore(s)
		}
	}
	if o, ok := keyboard.among(root, Walk).(fyne.Focusable); ok && o != canvas.Focused() {
		canvas.Focus(o)
	}
}

// redrawing is set while the keyboard goes back to what had it: nothing is scrolled for that.
var redrawing bool

func scrolls(root fyne.CanvasObject) (all []*container.Scroll) {
	Walk(root, func(o fyne.CanvasObject, _ fyne.Position) {
		if s, ok := o.(*container.Scroll); ok {
			all = append(all, s)
		}
	})
	return all
}

// heldView is what is seen of a scroller's content.
type heldView struct {
	offset fyne.Position
	anchor nth     // the first thing that is in view as a whole
	height float32 // its distance from the top
}

func heldViews(root fyne.CanvasObject) (all []heldView) {
	for _, s := range scrolls(root) {
		h := heldView{offset: s.Offset}
		if s.Offset.Y > 0 {
			if o, y := firstInView(s); o != nil {
				h.anchor, h.height = nthOf(s.Content, o, true, everything), y-s.Offset.Y
			}
		}
		all = append(all, h)
	}
	return all
}

func (h heldView) restore(s *container.Scroll) {
	to := h.offset
	if o := h.anchor.among(s.Content, everything); o != nil {
		everything(s.Content, func(other fyne.CanvasObject, pos fyne.Position) {
			if other == o {
				to.Y = pos.Y - h.height
			}
		})
	}
	size, room := s.Content.Size(), s.Size()
	s.ScrollToOffset(fyne.NewPos(max(0, min(to.X, size.Width-room.Width)), max(0, min(to.Y, size.Height-room.Height))))
}

// firstInView is the first that is in view as a whole, of those that there is one of where there is any: of the buttons that
// each event of a timeline has none can be found again when other events have come.
func firstInView(s *container.Scroll) (first fyne.CanvasObject, y float32) {
	there := map[nth]int{}
	everything(s.Content, func(o fyne.CanvasObject, _ fyne.Position) {
		if n, ok := o.(Named); ok {
			there[kindOf(n)]++
		}
	})
	single := false
	everything(s.Content, func(o fyne.CanvasObject, pos fyne.Position) {
		n, ok := o.(Named)
		if !ok || single || pos.Y < s.Offset.Y {
			return
		}
		if single = there[kindOf(n)] == 1; single || first == nil {
			first, y = o, pos.Y
		}
	})
	return first, y
}

// kindOf is what a widget is, the first of those.
func kindOf(n Named) nth { return nth{role: n.Role(), name: n.Name(), value: n.Value()} }

// everything walks a scroller's content, its position left out, with what is out of view.
func everything(content fyne.CanvasObject, visit func(fyne.CanvasObject, fyne.Position)) {
	walk(content, fyne.NewPos(0, 0).Subtract(content.Position()), nil, visit)
}

// nth is a widget by what it is, and the how manyth of those: the one that is drawn in its
// place is found by that.
type nth struct {
	role, name, value string
	n                 int
}

type walker func(fyne.CanvasObject, func(fyne.CanvasObject, fyne.Position))

// nthOf tells how to find o again; valued: by its value too, which of what has the keyboard
// may change.
func nthOf(root, o fyne.CanvasObject, valued bool, each walker) nth {
	it, ok := o.(Named)
	if !ok {
		return nth{}
	}
	want := nth{role: it.Role(), name: it.Name()}
	if valued {
		want.value = it.Value()
	}
	there := false
	each(root, func(other fyne.CanvasObject, _ fyne.Position) {
		switch {
		case there:
		case other == o:
			there = true
		case want.is(other):
			want.n++
		}
	})
	if !there {
		return nth{}
	}
	return want
}

func (k nth) is(o fyne.CanvasObject) bool {
	n, ok := o.(Named)
	return ok && n.Role() == k.role && n.Name() == k.name && (k.value == "" || n.Value() == k.value)
}

func (k nth) among(root fyne.CanvasObject, each walker) (found fyne.CanvasObject) {
	if k.role == "" {
		return nil
	}
	left := k.n
	each(root, func(o fyne.CanvasObject, _ fyne.Position) {
		if found == nil && k.is(o) {
			if left == 0 {
				found = o
			}
			left--
		}
	})
	return found
}
