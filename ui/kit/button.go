package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// Kind is a button's meaning; it decides the colours.
type Kind int

const (
	Line          Kind = iota // outlined: secondary
	Primary                   // accent fill: the next step, one in a view
	Answer                    // green fill: taking or placing a call
	Danger                    // red fill: hang up, confirmed deletion
	DangerOutline             // decline
	Ghost                     // no box: rare
	Chosen                    // outlined and on: accent-soft
	Link                      // accent text, no box
	WarningLink               // the same on warning-soft: Use it
)

type looks struct{ fill, hover, pressed, outline, text fyne.ThemeColorName }

var kinds = map[Kind]looks{
	Line:          {theme.Raised, theme.Hover, theme.Pressed, theme.Outline, theme.Text1},
	Primary:       {theme.AccentFill, theme.AccentHover, theme.AccentHover, theme.Clear, theme.OnFill},
	Answer:        {theme.AnswerFill, theme.AnswerHover, theme.AnswerHover, theme.Clear, theme.OnFill},
	Danger:        {theme.DangerFill, theme.DangerHover, theme.DangerHover, theme.Clear, theme.OnFill},
	DangerOutline: {theme.Surface, theme.DangerSoft, theme.DangerSoft, theme.DangerText, theme.DangerText},
	Ghost:         {theme.Clear, theme.Hover, theme.Pressed, theme.Clear, theme.Text2},
	Chosen:        {theme.AccentSoft, theme.AccentSoft, theme.AccentSoft, theme.Accent, theme.Accent},
	Link:          {theme.Clear, theme.Clear, theme.Clear, theme.Clear, theme.Accent},
	WarningLink:   {theme.Clear, theme.Clear, theme.Clear, theme.Clear, theme.WarningText},
}

// Button is a push button with an icon, a wording and the hint of a key.
type Button struct {
	press
	kind   Kind
	icon   theme.IconName
	hint   string
	height float32
	size   float32
	fixed  bool // shows no text: the icon only
	data   string
	left   bool
}

// NewButton makes a button of 32 px height.
func NewButton(key text.Key, kind Kind, tapped func()) *Button {
	b := &Button{kind: kind, height: 32, size: 13}
	b.words, b.onTap = say(key), tapped
	if kind == Link || kind == WarningLink {
		b.height, b.size = 20, 12
	}
	b.extend(b)
	return b
}

// NewIconButton shows only an icon; its wording is name and tooltip.
func NewIconButton(key text.Key, icon theme.IconName, kind Kind, tapped func()) *Button {
	b := NewButton(key, kind, tapped)
	b.icon, b.fixed, b.tip = icon, true, say(key)
	return b
}

// WithArgs fills the places in the wording, also where it is the tooltip.
func (b *Button) WithArgs(args ...any) *Button {
	b.words.args, b.tip.args = args, args
	return b
}

// WithTip explains the wording to a pointer that rests on it.
func (b *Button) WithTip(key text.Key) *Button { b.tip = say(key); return b }

// Tip is what a pointer that rests on it is told; "" for nothing.
func (b *Button) Tip() string { return b.tooltip() }

// WithIcon puts an icon before the text.
func (b *Button) WithIcon(name theme.IconName) *Button { b.icon = name; return b }

// WithHint puts a shortcut ("Ctrl+D") behind the text.
func (b *Button) WithHint(shortcut string) *Button { b.hint = shortcut; return b }

// Tall makes it a call action of 44 px.
func (b *Button) Tall() *Button { b.height = 44; return b }

// Small makes it 26 px high.
func (b *Button) Small() *Button { b.height = 26; return b }

// High sets any height.
func (b *Button) High(px float32) *Button { b.height = px; return b }

// NoEnter lets bare Enter and Space do nothing, even when it has the focus: Answer.
func (b *Button) NoEnter() *Button { b.noEnter = true; return b }

// SetKind changes meaning and colours.
func (b *Button) SetKind(k Kind) {
	if b.kind != k {
		b.kind = k
		b.Refresh()
	}
}

// SetIcon changes the icon.
func (b *Button) SetIcon(name theme.IconName) {
	if b.icon != name {
		b.icon = name
		b.Refresh()
	}
}

// SetData shows data instead of the wording; the name stays the wording.
func (b *Button) SetData(s string) {
	if b.data != s {
		b.data = s
		b.Refresh()
	}
}

// Role is "button".
func (b *Button) Role() string { return "button" }

// Value is what is shown.
func (b *Button) Value() string { return b.label() }

func (b *Button) label() string {
	if b.data != "" {
		return b.data
	}
	return b.words.shown()
}

// smallest is the height below which icon and margins are small, too.
const smallest = 28

func (b *Button) iconSize() float32 {
	if b.height < smallest && !b.fixed {
		return 14
	}
	return 16
}

func (b *Button) colors() looks {
	l := kinds[b.kind]
	switch {
	case b.disabled && (b.kind == Ghost || b.kind == Link || b.kind == WarningLink):
		return looks{fill: theme.Clear, outline: theme.Clear, text: theme.Disabled}
	case b.disabled:
		return looks{fill: theme.Sunk, outline: theme.Border, text: theme.Disabled}
	case b.pressed:
		l.fill = l.pressed
	case b.hovered:
		l.fill = l.hover
	}
	return l
}

// CreateRenderer is for Fyne.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	body, ring := newFrame(6), newRing(9)
	icon := NewIcon("", 16, theme.Text1)
	label, hint := &canvas.Text{}, &canvas.Text{}
	labelStyle := func() Style { return Style{Size: b.size, Weight: Medium, Color: b.colors().text} }
	hintStyle := func() Style {
		s := Style{Size: 11, Color: theme.Text3}
		switch {
		case b.disabled:
			s.Color = theme.Disabled
		case b.colors().text == theme.OnFill:
			s.Color = theme.OnFill2
		case b.kind == DangerOutline:
			s.Color = theme.DangerText
		case b.kind == Chosen:
			s.Color = theme.Accent
		}
		return s
	}
	pad := func() float32 {
		switch {
		case b.kind == Link || b.kind == WarningLink:
			return 0
		case b.fixed:
			return 8
		case b.kind == Ghost || b.height < smallest:
			return 8
		}
		return 12
	}
	parts := func() (w, iw, lw, hw float32) {
		if b.icon != "" {
			iw = b.iconSize()
		}
		if !b.fixed {
			lw = whole(labelStyle().measure(b.label()).Width)
			if iw > 0 {
				iw += 6
			}
		}
		if b.hint != "" {
			hw = 6 + whole(hintStyle().measure(text.KeyName(b.hint)).Width)
		}
		return iw + lw + hw, iw, lw, hw
	}
	lay := func(s fyne.Size) {
		body.cover(0, 0, s.Width, s.Height)
		ring.around(s)
		w, iw, lw, _ := parts()
		label.Text = b.label()
		if over := w + 2*pad() - s.Width; over > 0 && b.data != "" { // what is not ours can be of any length
			label.Text = Ellipsis(b.data, labelStyle(), lw-over)
			was := lw
			lw = ceil(labelStyle().measure(label.Text).Width)
			w -= was - lw
		}
		x := max(0, whole((s.Width-w)/2))
		if b.left {
			x = pad()
		}
		if b.icon != "" {
			px := b.iconSize()
			place(icon.Image, x, (s.Height-px)/2, px, px)
		}
		lh := labelStyle().measure(b.label()).Height
		place(label, x+iw, (s.Height-lh)/2-0.5, lw, lh)
		hh := hintStyle().measure("x").Height
		place(hint, x+iw+lw+6, (s.Height-hh)/2-0.5, s.Width, hh)
	}
	return draw(lay, func() fyne.Size {
		w, _, _, _ := parts()
		return fyne.NewSize(w+2*pad(), b.height)
	}, func() {
		c := b.colors()
		width := float32(1)
		if c.outline == theme.Clear {
			width = 0
		}
		body.paint(c.fill, c.outline, width)
		ring.focus(b.focused && !b.disabled)
		labelStyle().wear(label)
		hintStyle().wear(hint)
		hint.Text = text.KeyName(b.hint)
		icon.Set(b.icon, c.text)
		label.Hidden, hint.Hidden, icon.Image.Hidden = b.fixed, b.hint == "", b.icon == ""
		if s := b.Size(); s.Width > 0 {
			lay(s)
		} else {
			label.Text = b.label()
		}
	}, body.Rectangle, icon.Image, label, hint, ring.Rectangle)
}
