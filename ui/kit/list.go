package kit

import (
	"image/color"
	"math"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// List shows many rows of one height and makes only those that are seen. It
// knows nothing of what is in them: newRow makes an empty row, fill puts number i
// into one. One row can be chosen by the arrow keys.
type List struct {
	widget.BaseWidget
	words  words
	list   *keyList
	tight  *container.ThemeOverride
	bound  map[fyne.CanvasObject]int
	height float32 // of a row
	ring   frame   // where the keyboard is
}

// tightTheme is the program's theme without the gap that Fyne leaves between rows.
type tightTheme struct{}

func (tightTheme) now() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

func (t tightTheme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	return t.now().Color(n, v)
}
func (t tightTheme) Font(s fyne.TextStyle) fyne.Resource     { return t.now().Font(s) }
func (t tightTheme) Icon(n fyne.ThemeIconName) fyne.Resource { return t.now().Icon(n) }

func (t tightTheme) Size(n fyne.ThemeSizeName) float32 {
	if n == fynetheme.SizeNamePadding {
		return 0
	}
	return t.now().Size(n)
}

type keyList struct {
	widget.List
	onKey   func(*fyne.KeyEvent) bool
	focused func(bool)
}

// FocusGained is for Fyne.
func (k *keyList) FocusGained() { k.List.FocusGained(); k.focused(true) }

// FocusLost is for Fyne.
func (k *keyList) FocusLost() { k.List.FocusLost(); k.focused(false) }

func (k *keyList) TypedKey(e *fyne.KeyEvent) {
	if k.onKey == nil || !k.onKey(e) {
		k.List.TypedKey(e)
	}
}

// NewList makes a list; length is asked whenever it is refreshed.
func NewList(key text.Key, length func() int, newRow func() fyne.CanvasObject, fill func(i int, row fyne.CanvasObject)) *List {
	l := &List{words: say(key), bound: map[fyne.CanvasObject]int{}}
	l.ring = newRing(0)
	l.ring.paint(theme.Clear, theme.Accent, 2)
	l.list = &keyList{focused: l.ring.focus}
	l.list.Length = length
	l.list.CreateItem = func() fyne.CanvasObject {
		row := newRow()
		l.height = row.MinSize().Height
		return row
	}
	l.list.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		for other, at := range l.bound { // a row that was i before shows something else now
			if at == i && other != o {
				delete(l.bound, other)
			}
		}
		l.bound[o] = i
		fill(i, o)
	}
	l.list.HideSeparators = true
	l.list.ExtendBaseWidget(l.list)
	l.tight = container.NewThemeOverride(l.list, tightTheme{})
	l.ExtendBaseWidget(l)
	return l
}

// OnKey sees keys first; true keeps them from the list.
func (l *List) OnKey(do func(*fyne.KeyEvent) bool) { l.list.onKey = do }

// Reload asks again for length and visible rows.
func (l *List) Reload() {
	n := l.list.Length()
	for o, i := range l.bound {
		if i >= n {
			delete(l.bound, o)
		}
	}
	l.list.Refresh()
}

// Show scrolls to row i.
func (l *List) ShowRow(i int) { l.list.ScrollTo(i) }

// FirstRow is the first row in view, 0 at the top.
func (l *List) FirstRow() int {
	if l.height <= 0 {
		return 0
	}
	return int(math.Ceil(float64(l.list.GetScrollOffset() / l.height)))
}

// Shift scrolls by so many rows: what was in view stays there when rows have come above it.
func (l *List) Shift(by int) {
	if by != 0 {
		l.list.ScrollToOffset(max(0, l.list.GetScrollOffset()+float32(by)*l.height))
	}
}

// Top scrolls to the first row.
func (l *List) Top() { l.list.ScrollToTop() }

func (l *List) Role() string  { return "list" }
func (l *List) Name() string  { return l.words.english() }
func (l *List) Value() string { return text.Number(int64(l.list.Length())) }
func (l *List) Enabled() bool { return true }

// Children are the visible rows, in their order, at their places in the list.
func (l *List) Children() []fyne.CanvasObject {
	rows := make([]fyne.CanvasObject, 0, len(l.bound))
	top := l.list.GetScrollOffset()
	for o, i := range l.bound {
		y := float32(i) * l.height // rows that Fyne keeps for later are bound still
		if y+l.height > top && y < top+l.list.Size().Height {
			rows = append(rows, o)
		}
	}
	sort.Slice(rows, func(a, b int) bool { return l.bound[rows[a]] < l.bound[rows[b]] })
	return rows
}

// offset is where a row of Children lies in the list.
func (l *List) offset(row fyne.CanvasObject) fyne.Position {
	return fyne.NewPos(0, float32(l.bound[row])*l.height-l.list.GetScrollOffset())
}

// CreateRenderer is for Fyne.
func (l *List) CreateRenderer() fyne.WidgetRenderer {
	return draw(func(s fyne.Size) {
		place(l.tight, 0, 0, s.Width, s.Height)
		l.ring.cover(0, 0, s.Width, s.Height)
	}, l.list.MinSize, nil, l.tight, l.ring.Rectangle)
}
