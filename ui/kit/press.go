package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/text"
)

// press is what widgets share that are clicked and take the keyboard: a touch
// with focus and the keys that mean a click.
type press struct {
	touch
	noEnter bool
	onKey   func(*fyne.KeyEvent) bool // true when the key is dealt with
}

// touch is what all clickable widgets share. By itself it is no stop for Tab: a
// row, whose list has the keyboard.
type touch struct {
	widget.BaseWidget
	self     fyne.Widget
	words    words
	onTap    func()
	tip      words
	reason   string
	hovered  bool
	pressed  bool
	focused  bool
	disabled bool
}

func (p *touch) Name() string  { return p.words.english() }
func (p *touch) Value() string { return p.words.shown() }
func (p *touch) Enabled() bool { return !p.disabled }

// AccessibilityLabel is what is shown, with the choice that stands there, and the reason when it can't be used.
func (p *touch) AccessibilityLabel() string {
	label := p.words.shown()
	if v, ok := p.self.(interface{ told() string }); ok && v.told() != "" {
		label += ": " + v.told()
	}
	if p.disabled && p.reason != "" {
		label += ": " + p.reason
	}
	return label
}

// AccessibilityRole is button.
func (p *touch) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Tap does what a click does; nothing when disabled.
func (p *touch) Tap() {
	if !p.disabled && p.onTap != nil {
		p.onTap()
	}
}

// Tapped is for Fyne.
func (p *touch) Tapped(*fyne.PointEvent) { p.Tap() }

// OnTap changes what a click does.
func (p *touch) OnTap(do func()) { p.onTap = do }

// Enable and Disable are for Fyne; use SetEnabled.
func (p *touch) Enable() { p.SetEnabled(true, "") }

// Disable is for Fyne; use SetEnabled, which tells the reason.
func (p *touch) Disable() { p.SetEnabled(false, "") }

// Disabled says whether clicks are ignored.
func (p *touch) Disabled() bool { return p.disabled }

// SetEnabled switches the widget on or off; the reason, already translated, is
// its tooltip while it is off.
func (p *touch) SetEnabled(on bool, reason string) {
	if p.disabled == !on && p.reason == reason {
		return
	}
	p.disabled, p.reason = !on, reason
	if p.disabled {
		p.pressed = false
	}
	p.Refresh()
}

// SetText shows data instead of the wording; the name stays.
func (p *touch) setWords(w words) {
	if p.words.data == w.data && p.words.shown() == w.shown() && p.words.english() == w.english() {
		return
	}
	p.words = w
	p.Refresh()
}

// Rename changes the wording: name and what is shown.
func (p *touch) Rename(key text.Key, args ...any) { p.setWords(say(key, args...)) }

func (p *touch) tooltip() string {
	if p.disabled && p.reason != "" {
		return p.reason
	}
	if p.tip.key == "" && !p.tip.data {
		return ""
	}
	return p.tip.shown()
}

// MouseIn is for Fyne.
func (p *touch) MouseIn(e *desktop.MouseEvent) {
	p.hovered = true
	p.Refresh()
	tips.enter(p.self, p.tooltip(), e.AbsolutePosition)
}

// MouseMoved is for Fyne.
func (p *touch) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (p *touch) MouseOut() {
	p.hovered, p.pressed = false, false
	p.Refresh()
	tips.leave(p.self)
}

// MouseDown is for Fyne.
func (p *touch) MouseDown(*desktop.MouseEvent) {
	tips.leave(p.self)
	if !p.disabled {
		p.pressed = true
		p.Refresh()
	}
}

// MouseUp is for Fyne.
func (p *touch) MouseUp(*desktop.MouseEvent) {
	if p.pressed {
		p.pressed = false
		p.Refresh()
	}
}

func (p *touch) extend(w fyne.Widget) {
	p.self = w
	p.ExtendBaseWidget(w)
}

// FocusGained is for Fyne.
func (p *press) FocusGained() {
	p.focused = true
	p.Refresh()
	Reveal(p.self)
}

// FocusLost is for Fyne.
func (p *press) FocusLost() {
	p.focused = false
	p.Refresh()
}

// HasKeyboard says whether what is typed comes here: it has the focus, and its window has the keyboard.
func (p *press) HasKeyboard() bool { return p.focused }

// TypedRune hands what is typed on to the window: a button has no use for it.
func (p *press) TypedRune(r rune) { HandOn(p.self, r) }

// HandOn gives its window what was typed while an object without use for it had the keyboard.
func HandOn(o fyne.CanvasObject, r rune) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		if typed := c.OnTypedRune(); typed != nil {
			typed(r)
		}
	}
}

// handOnKey gives its window a key for which an object with the keyboard has no use; Esc closes the popup first.
func handOnKey(o fyne.CanvasObject, e *fyne.KeyEvent) {
	if l := layerOf(o); l != nil && l.PopupOpen() && e.Name == fyne.KeyEscape {
		l.ClosePopup()
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
		if typed := c.OnTypedKey(); typed != nil {
			typed(e)
		}
	}
}

// HandOnEsc is what a key does that nothing but the window has a use for; it tells whether it is one.
func HandOnEsc(o fyne.CanvasObject, e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyEscape {
		handOnKey(o, e)
	}
	return e.Name == fyne.KeyEscape
}

// TypedKey taps on Enter and Space, unless the widget must not answer to them.
func (p *press) TypedKey(e *fyne.KeyEvent) {
	if p.onKey != nil && p.onKey(e) {
		return
	}
	if e.Name == fyne.KeyEscape {
		handOnKey(p.self, e)
		return
	}
	if p.noEnter {
		return
	}
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.Tap()
	}
}
