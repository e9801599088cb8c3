package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// readerStep is how far an arrow key scrolls, in px.
const readerStep = 48

// Reader scrolls what there is to read, by the keys, too: much of it is nothing that Tab stops at.
type Reader struct {
	widget.BaseWidget
	words  words
	scroll *container.Scroll
	ring   frame            // where the keyboard is
	onPast func(later bool) // a key would go on before the first or after the last of it
}

// NewReader makes a reader; onPast, which may be nil, is told of a key that would go on beyond what is there.
func NewReader(key text.Key, content fyne.CanvasObject, onPast func(later bool)) *Reader {
	r := &Reader{words: say(key), scroll: container.NewVScroll(content), ring: newRing(0), onPast: onPast}
	r.ExtendBaseWidget(r)
	return r
}

// Focus gives it the keyboard.
func (r *Reader) Focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(r); c != nil {
		c.Focus(r)
	}
}

// Fit lays what is read out anew, after a part of it became higher or lower.
func (r *Reader) Fit() { r.scroll.Refresh() }

// FocusGained is for Fyne.
func (r *Reader) FocusGained() { r.ring.focus(true); r.Refresh() }

// FocusLost is for Fyne.
func (r *Reader) FocusLost() { r.ring.focus(false); r.Refresh() }

// TypedRune hands what is typed on to the window.
func (r *Reader) TypedRune(typed rune) { HandOn(r, typed) }

// TypedKey scrolls.
func (r *Reader) TypedKey(e *fyne.KeyEvent) {
	if HandOnEsc(r, e) {
		return
	}
	page, all := r.scroll.Size().Height-readerStep, r.scroll.Content.Size().Height
	by, ok := map[fyne.KeyName]float32{fyne.KeyUp: -readerStep, fyne.KeyDown: readerStep, fyne.KeyPageUp: -page, fyne.KeyPageDown: page,
		fyne.KeyHome: -all, fyne.KeyEnd: all}[e.Name]
	if !ok {
		return
	}
	from, most := r.scroll.Offset.Y, max(0, all-r.scroll.Size().Height)
	to := max(0, min(from+by, most))
	if to == from && r.onPast != nil {
		r.onPast(by < 0)
		return
	}
	r.scroll.ScrollToOffset(fyne.NewPos(0, to))
}

func (r *Reader) Role() string                  { return "reader" }
func (r *Reader) Name() string                  { return r.words.english() }
func (r *Reader) Value() string                 { return r.words.shown() }
func (r *Reader) Enabled() bool                 { return true }
func (r *Reader) Children() []fyne.CanvasObject { return []fyne.CanvasObject{r.scroll} }
func (r *Reader) AccessibilityLabel() string    { return r.words.shown() }

// AccessibilityRole is text: Fyne has no role for what is scrolled.
func (r *Reader) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (r *Reader) CreateRenderer() fyne.WidgetRenderer {
	return draw(func(s fyne.Size) {
		r.scroll.Move(fyne.NewPos(0, 0))
		r.scroll.Resize(s)
		r.ring.cover(0, 0, s.Width, s.Height)
	}, func() fyne.Size { return fyne.NewSquareSize(scrollLeast) }, func() { r.ring.paint(theme.Clear, theme.Accent, 2) }, r.scroll, r.ring.Rectangle)
}
