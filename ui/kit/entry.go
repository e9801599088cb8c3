package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// entry is Fyne's entry that tells of its focus and lets keys be taken first.
type entry struct {
	widget.Entry
	onFocus func(bool)
	onKey   func(*fyne.KeyEvent) bool
	onShort func(fyne.Shortcut) bool
	field   fyne.CanvasObject // what it is the inside of
	window  func() fyne.Canvas
	focused fyne.Canvas // where it got the keyboard
	has     bool        // the keyboard
}

// CreateRenderer is for Fyne, whose own border is not shown: the field has one, which goes round its icon, too.
func (e *entry) CreateRenderer() fyne.WidgetRenderer {
	return inset{Borderless(e.Entry.CreateRenderer()), !e.MultiLine}
}

// inset lays an entry out as if it were larger than what is seen of it: text that is too long ends within the field's outline, and
// begins where it would without. One of a line is higher as well: the bar by which Fyne scrolls it, once its words are too long, lay
// over them.
type inset struct {
	fyne.WidgetRenderer
	line bool
}

const (
	fieldEdge = 2  // the outline at its thickest, which an entry leaves free on all sides, in px
	barRoom   = 12 // more than the bar is high, with the pointer over it too, in px
)

func (i inset) Layout(size fyne.Size) {
	grow, shift := fyne.NewSize(fieldEdge, fieldEdge), fyne.NewPos(-fieldEdge, -fieldEdge)
	if i.line {
		grow.Height, shift.Y = barRoom, 0
	}
	i.WidgetRenderer.Layout(size.Add(grow))
	for _, o := range i.Objects() {
		o.Move(o.Position().Add(shift))
	}
}

// IsClip has Fyne paint nothing beyond the entry's size.
func (inset) IsClip() {}

// Borderless takes the border away that Fyne's entry draws.
func Borderless(r fyne.WidgetRenderer) fyne.WidgetRenderer {
	for _, o := range r.Objects() {
		if border, is := o.(*canvas.Rectangle); is && border.StrokeWidth > 0 {
			border.Hide()
		}
	}
	return r
}

func (e *entry) FocusGained() {
	e.focused, e.has = e.window(), true
	e.Entry.FocusGained()
	e.onFocus(true)
	Reveal(e.field)
}

func (e *entry) FocusLost() {
	e.has = false
	e.Entry.FocusLost()
	e.onFocus(false)
}

// HasKeyboard is as that of buttons.
func (e *entry) HasKeyboard() bool { return e.has }

func (e *entry) TypedKey(k *fyne.KeyEvent) {
	if e.onKey != nil && e.onKey(k) {
		return
	}
	if l := layerOf(e); k.Name == fyne.KeyEscape && l != nil && l.PopupOpen() {
		l.ClosePopup()
		return
	}
	e.Entry.TypedKey(k)
}

// TypedShortcut hands the window its own shortcuts: Fyne gives them to the
// widget with the keyboard alone, and Ctrl+D must hang up while one types.
func (e *entry) TypedShortcut(s fyne.Shortcut) {
	if e.onShort != nil && e.onShort(s) {
		return
	}
	if c, ok := s.(*desktop.CustomShortcut); ok && !edits(c.KeyName) {
		window := e.window()
		if window == nil { // its form has gone, and nothing has taken the keyboard since
			window = e.focused
		}
		if window, ok := window.(fyne.Shortcutable); ok {
			window.TypedShortcut(s)
			return
		}
	}
	e.Entry.TypedShortcut(s)
}

// edits says whether an entry has a use of its own for a key with a modifier.
func edits(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete, fyne.KeyInsert:
		return true
	}
	return false
}
