package kit

import (
	"math"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// List shows many rows of one height and makes only those that are seen. It
// knows nothing of what is in them: newRow makes an empty row, fill puts number i
// into one. One row can be chosen by the arrow keys.
//
// It scrolls by itself: Fyne's scrollers count in 32 bits, which among a million rows are steps of 4 pixels.
type List struct {
	widget.BaseWidget
	words  words
	length func() int
	newRow func() fyne.CanvasObject
	fill   func(i int, row fyne.CanvasObject)
	onKey  func(*fyne.KeyEvent) bool

	n      int // rows when it was last asked
	height float32
	top    float64                   // what is scrolled away above, in pixels
	seen   map[int]fyne.CanvasObject // the rows in view, by their numbers
	spare  []fyne.CanvasObject       // hidden, for rows that come into view
	rows   *fyne.Container
	view   *container.Clip
	bar    *scrollBar
	ring   frame // where the keyboard is
}

// NewList makes a list; length is asked whenever it is refreshed.
func NewList(key text.Key, length func() int, newRow func() fyne.CanvasObject, fill func(i int, row fyne.CanvasObject)) *List {
	l := &List{words: say(key), length: length, newRow: newRow, fill: fill, seen: map[int]fyne.CanvasObject{}}
	l.rows = container.NewWithoutLayout()
	l.view = container.NewClip(l.rows)
	l.bar = newScrollBar(func(part float64) { l.scrollTo(part * l.most()) }, func(pages float64) { l.scrollTo(l.top + pages*float64(l.Size().Height)) })
	l.ring = newRing(0)
	l.ring.paint(theme.Clear, theme.Accent, 2)
	row := l.another()
	l.height = row.MinSize().Height
	l.ExtendBaseWidget(l)
	return l
}

// another is one more row, hidden.
func (l *List) another() fyne.CanvasObject {
	row := l.newRow()
	row.Hide()
	l.spare = append(l.spare, row)
	l.rows.Objects = append(l.rows.Objects, row)
	return row
}

// OnKey sees keys first; true keeps them from the list.
func (l *List) OnKey(do func(*fyne.KeyEvent) bool) { l.onKey = do }

// Reload asks again for length and visible rows.
func (l *List) Reload() { l.show(true) }

// most is how much can be scrolled away above.
func (l *List) most() float64 {
	return max(0, float64(l.n)*float64(l.height)-float64(l.Size().Height))
}

func (l *List) scrollTo(top float64) {
	was := l.top
	l.top = max(0, min(top, l.most()))
	if l.top != was {
		l.show(false)
	}
}

// show puts the rows that are in view to their places, and fills those that have come, or all.
func (l *List) show(all bool) {
	if all {
		l.n = l.length()
	}
	size := l.Size()
	if size.Height <= 0 {
		return
	}
	l.top = max(0, min(l.top, l.most()))
	h := float64(l.height)
	first := int(l.top / h)
	end := min(l.n, int(math.Ceil((l.top+float64(size.Height))/h)))
	for i, row := range l.seen {
		if i < first || i >= end {
			delete(l.seen, i)
			row.Hide()
			l.spare = append(l.spare, row)
		}
	}
	made := len(l.rows.Objects)
	for i := first; i < end; i++ {
		row, is := l.seen[i]
		if !is {
			if len(l.spare) == 0 {
				l.another()
			}
			row = l.spare[len(l.spare)-1]
			l.spare = l.spare[:len(l.spare)-1]
			l.seen[i] = row
		}
		row.Resize(fyne.NewSize(size.Width, l.height))
		row.Move(fyne.NewPos(0, whole(float32(float64(i)*h-l.top))))
		if all || !is {
			l.fill(i, row)
		}
		row.Show()
	}
	if len(l.rows.Objects) > made {
		canvas.Refresh(l.rows) // and not each of them: they are filled just now
	}
	l.bar.set(float64(l.n)*h, float64(size.Height), l.top)
}

// ShowRow scrolls so far that row i is in view as a whole.
func (l *List) ShowRow(i int) {
	h, seen := float64(l.height), float64(l.Size().Height)
	switch at := float64(i) * h; {
	case at < l.top:
		l.scrollTo(at)
	case at+h > l.top+seen:
		l.scrollTo(at + h - seen)
	}
}

// FirstRow is the first row in view, 0 at the top.
func (l *List) FirstRow() int { return int(math.Ceil(l.top / float64(l.height))) }

// PageRows is how many rows are in view at a time, at least one.
func (l *List) PageRows() int { return max(1, int(l.Size().Height/l.height)) }

// Shift scrolls by so many rows: what was in view stays there when rows have come above it.
func (l *List) Shift(by int) {
	if by != 0 {
		l.n = l.length()
		l.scrollTo(l.top + float64(by)*float64(l.height))
	}
}

// Top scrolls to the first row.
func (l *List) Top() { l.scrollTo(0) }

// Scrolled is for Fyne: the wheel.
func (l *List) Scrolled(e *fyne.ScrollEvent) { l.scrollTo(l.top - float64(e.Scrolled.DY)) }

// FocusGained is for Fyne.
func (l *List) FocusGained() { l.ring.focus(true); l.Refresh() }

// FocusLost is for Fyne.
func (l *List) FocusLost() { l.ring.focus(false); l.Refresh() }

// TypedRune hands what is typed on to the window.
func (l *List) TypedRune(r rune) { HandOn(l, r) }

// TypedKey is for Fyne: what the page makes of a key, else scrolling.
func (l *List) TypedKey(e *fyne.KeyEvent) {
	if l.onKey != nil && l.onKey(e) {
		return
	}
	page := float64(l.PageRows()) * float64(l.height)
	if HandOnEsc(l, e) {
		return
	}
	switch e.Name {
	case fyne.KeyPageDown:
		l.scrollTo(l.top + page)
	case fyne.KeyPageUp:
		l.scrollTo(l.top - page)
	case fyne.KeyHome:
		l.scrollTo(0)
	case fyne.KeyEnd:
		l.scrollTo(l.most())
	}
}

func (l *List) Role() string  { return "list" }
func (l *List) Name() string  { return l.words.english() }
func (l *List) Value() string { return text.Number(int64(l.length())) }
func (l *List) Enabled() bool { return true }

// AccessibilityLabel is what is listed, and how many.
func (l *List) AccessibilityLabel() string { return l.words.shown() + ": " + l.Value() }

// AccessibilityRole is text: Fyne has no role for lists.
func (l *List) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// Children are the visible rows, in their order, at their places in the list.
func (l *List) Children() []fyne.CanvasObject {
	numbers := make([]int, 0, len(l.seen))
	for i := range l.seen {
		numbers = append(numbers, i)
	}
	sort.Ints(numbers)
	rows := make([]fyne.CanvasObject, len(numbers))
	for at, i := range numbers {
		rows[at] = l.seen[i]
	}
	return rows
}

// CreateRenderer is for Fyne.
func (l *List) CreateRenderer() fyne.WidgetRenderer {
	return draw(func(s fyne.Size) {
		place(l.view, 0, 0, s.Width, s.Height)
		place(l.bar, s.Width-scrollBarArea, 0, scrollBarArea, s.Height)
		l.ring.cover(0, 0, s.Width, s.Height)
		l.show(l.n == 0)
	}, func() fyne.Size { return fyne.NewSize(120, l.height) }, func() {
		for _, row := range l.seen { // in the colours of now
			row.Refresh()
		}
	}, l.view, l.bar, l.ring.Rectangle)
}
