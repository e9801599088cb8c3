package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/kit"
	"leadline/ui/theme"
)

// pressArea is a piece of a window that can be clicked as a whole: a row of a
// list, a place of the rail, an account in the status strip. What it shows is
// composed of the kit's parts; it brings hover, selection, focus and keys.
type pressArea struct {
	widget.BaseWidget
	role     string
	english  func() string // its name for the automation door
	shown    func() string // what it says to a screen reader
	onTap    func()
	onKey    func(fyne.KeyName) bool // true when the key is dealt with
	tip      func() string           // what is told to the pointer; nil for nothing
	back     *kit.Area
	bar      fyne.CanvasObject // the 3 px bar of a selected row; nil when it has none
	content  fyne.CanvasObject
	ring     *canvas.Rectangle
	onPaint  func() // draws what depends on hover and selection
	rest     fyne.ThemeColorName
	chosen   fyne.ThemeColorName
	selected bool
	hovered  bool
	pressed  bool
	focused  bool
}

// init makes it transparent at rest and accent-soft when selected.
func (p *pressArea) init(role string, radius float32, content fyne.CanvasObject, tapped func()) {
	p.role, p.onTap, p.content = role, tapped, content
	p.rest, p.chosen = theme.Clear, theme.AccentSoft
	p.back = kit.FillRound(theme.Clear, radius).(*kit.Area)
	p.ring = canvas.NewRectangle(nil)
	p.ring.CornerRadius = radius
	p.ring.StrokeWidth = 2
	p.ring.Hide()
}

func (p *pressArea) paint() {
	fill := p.rest
	switch {
	case p.selected:
		fill = p.chosen
	case p.pressed:
		fill = theme.Pressed
	case p.hovered:
		fill = theme.Hover
	}
	p.back.SetColors(fill, theme.Clear)
	if p.bar != nil {
		if p.selected {
			p.bar.Show()
		} else {
			p.bar.Hide()
		}
	}
	p.ring.FillColor = theme.Color(theme.Clear)
	p.ring.StrokeColor = theme.Color(theme.Accent)
	if p.focused {
		p.ring.Show()
	} else {
		p.ring.Hide()
	}
	if p.onPaint != nil {
		p.onPaint()
	}
}

// SetSelected marks it as the chosen one.
func (p *pressArea) SetSelected(on bool) {
	if p.selected != on {
		p.selected = on
		p.Refresh()
	}
}

// MouseIn is for Fyne.
func (p *pressArea) MouseIn(e *desktop.MouseEvent) {
	p.hovered = true
	p.Refresh()
	if p.tip != nil {
		kit.TipIn(p.back, p.tip(), e.AbsolutePosition)
	}
}

func (p *pressArea) Role() string { return p.role }
func (p *pressArea) Name() string {
	if p.english == nil {
		return ""
	}
	return p.english()
}

func (p *pressArea) Value() string {
	if p.shown == nil {
		return p.Name()
	}
	return p.shown()
}
func (p *pressArea) Enabled() bool                          { return true }
func (p *pressArea) Children() []fyne.CanvasObject          { return []fyne.CanvasObject{p.content} }
func (p *pressArea) AccessibilityLabel() string             { return p.Value() }
func (p *pressArea) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }
func (p *pressArea) HeightFor(width float32) float32        { return p.content.MinSize().Height }
func (p *pressArea) Cursor() desktop.Cursor                 { return desktop.DefaultCursor }
func (p *pressArea) Tapped(*fyne.PointEvent)                { p.Tap() }
func (p *pressArea) MouseMoved(*desktop.MouseEvent)         {}
func (p *pressArea) MouseOut()                              { p.hovered, p.pressed = false, false; kit.TipOut(p.back); p.Refresh() }
func (p *pressArea) MouseDown(*desktop.MouseEvent)          { p.pressed = true; kit.TipOut(p.back); p.Refresh() }
func (p *pressArea) MouseUp(*desktop.MouseEvent)            { p.pressed = false; p.Refresh() }

// TypedRune hands what is typed on to the window.
func (p *pressArea) TypedRune(r rune) { kit.HandOn(p.back, r) }

// Tap does what a click does.
func (p *pressArea) Tap() {
	if p.onTap != nil {
		p.onTap()
	}
}

// CreateRenderer is for Fyne.
func (p *pressArea) CreateRenderer() fyne.WidgetRenderer {
	parts := []fyne.CanvasObject{p.back}
	if p.bar != nil {
		parts = append(parts, p.bar)
	}
	return &pressAreaDrawing{p: p, box: kit.Stack(append(parts, p.content, p.ring)...)}
}

type pressAreaDrawing struct {
	p   *pressArea
	box *fyne.Container
}

func (d *pressAreaDrawing) Layout(s fyne.Size) {
	d.p.paint()
	d.box.Resize(s)
	if d.p.bar != nil {
		d.p.bar.Move(fyne.NewPos(0, 0))
		d.p.bar.Resize(fyne.NewSize(3, s.Height))
	}
	d.p.ring.Move(fyne.NewPos(1, 1))
	d.p.ring.Resize(fyne.NewSize(s.Width-2, s.Height-2))
}

func (d *pressAreaDrawing) MinSize() fyne.Size           { return d.p.content.MinSize() }
func (d *pressAreaDrawing) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{d.box} }
func (d *pressAreaDrawing) Destroy()                     {}
func (d *pressAreaDrawing) Refresh() {
	d.p.paint()
	canvas.Refresh(d.p.ring)
	canvas.Refresh(d.box)
}

// hintKey shows the key that presses a button of the chosen row, and the button in the kind it has there.
func hintKey(b *kit.Button, chosen bool, key string, kind kit.Kind) {
	if b == nil {
		return
	}
	if !chosen || !b.Enabled() {
		key, kind = "", kit.Line
	}
	b.SetKind(kind)
	b.WithHint(key)
}

// pressFocus is a pressArea that Tab reaches.
type pressFocus struct{ pressArea }

// newPressFocus makes a pressArea that Tab reaches.
func newPressFocus(role string, radius float32, content fyne.CanvasObject, tapped func()) *pressFocus {
	p := &pressFocus{}
	p.init(role, radius, content, tapped)
	p.ExtendBaseWidget(p)
	return p
}

// HasKeyboard is as that of the kit's buttons.
func (p *pressFocus) HasKeyboard() bool { return p.focused }

// FocusGained is for Fyne.
func (p *pressFocus) FocusGained() { p.focused = true; p.Refresh(); kit.Reveal(p.back) }

// FocusLost is for Fyne.
func (p *pressFocus) FocusLost() { p.focused = false; p.Refresh() }

// TypedKey taps on Enter and Space.
func (p *pressFocus) TypedKey(e *fyne.KeyEvent) {
	if p.onKey != nil && p.onKey(e.Name) || kit.HandOnEsc(p.back, e) {
		return
	}
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.Tap()
	}
}
