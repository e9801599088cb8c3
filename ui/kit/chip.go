package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// Tone is a colour with a meaning, for chips, lamps and words of state.
type Tone int

const (
	Neutral Tone = iota // neither good nor bad
	Accent              // chosen, or new
	Good                // done, answered, registered
	Bad                 // missed, failed, lost
	Warn                // needs attention
)

// Soft and Ink are the tone's fill and its text.
func (t Tone) Soft() fyne.ThemeColorName {
	return [...]fyne.ThemeColorName{theme.Hover, theme.AccentSoft, theme.AnswerSoft, theme.DangerSoft, theme.WarningSoft}[t]
}

// Ink is the tone's text colour.
func (t Tone) Ink() fyne.ThemeColorName {
	return [...]fyne.ThemeColorName{theme.Text2, theme.Accent, theme.AnswerText, theme.DangerText, theme.WarningText}[t]
}

// Chip is a mark of 20 px height with an icon; it can't be clicked.
type Chip struct {
	widget.BaseWidget
	words words
	icon  theme.IconName
	tone  Tone
}

// NewChip makes a chip; icon may be "".
func NewChip(key text.Key, icon theme.IconName, tone Tone, args ...any) *Chip {
	c := &Chip{words: say(key, args...), icon: icon, tone: tone}
	c.ExtendBaseWidget(c)
	return c
}

// NewDataChip is a chip that shows data.
func NewDataChip(s string, icon theme.IconName, tone Tone) *Chip {
	c := NewChip("", icon, tone)
	c.words = raw(s)
	return c
}

func (c *Chip) Role() string  { return "chip" }
func (c *Chip) Name() string  { return c.words.english() }
func (c *Chip) Value() string { return c.words.shown() }
func (c *Chip) Enabled() bool { return true }

// AccessibilityLabel is the text.
func (c *Chip) AccessibilityLabel() string { return c.words.shown() }

// AccessibilityRole is text.
func (c *Chip) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	body := newFrame(10)
	icon := NewIcon("", 12, theme.Text1)
	label := &canvas.Text{}
	style := func() Style { return Style{Size: 11, Weight: Medium, Color: c.tone.Ink()} }
	lead := func() float32 {
		if c.icon == "" {
			return 8
		}
		return 24
	}
	lay := func(s fyne.Size) {
		body.cover(0, 0, s.Width, s.Height)
		place(icon.Image, 8, (s.Height-12)/2, 12, 12)
		h := style().measure("x").Height
		place(label, lead(), (s.Height-h)/2-0.5, s.Width-lead()-8, h)
		label.Text = Ellipsis(c.words.shown(), style(), s.Width-lead()-8)
	}
	return draw(lay, func() fyne.Size {
		return fyne.NewSize(lead()+whole(style().measure(c.words.shown()).Width)+8, 20)
	}, func() {
		body.paint(c.tone.Soft(), theme.Clear, 0)
		icon.Set(c.icon, c.tone.Ink())
		icon.Image.Hidden = c.icon == ""
		style().wear(label)
		lay(c.Size())
	}, body.Rectangle, icon.Image, label)
}

// FilterChip is a small choice of 26 px above a list, on or off.
type FilterChip struct {
	Button
	on bool
}

// NewFilterChip makes one that is off.
func NewFilterChip(key text.Key, tapped func()) *FilterChip {
	f := &FilterChip{Button: Button{kind: Line, height: 26, size: 12}}
	f.words, f.onTap = say(key), tapped
	f.extend(f)
	return f
}

// NewDataFilterChip is a choice that shows data: a filter with a name of its own.
func NewDataFilterChip(s string, tapped func()) *FilterChip {
	f := NewFilterChip("", tapped)
	f.words = raw(s)
	return f
}

// WithIcon puts an icon before the text.
func (f *FilterChip) WithIcon(name theme.IconName) *FilterChip { f.icon = name; return f }

// Value is "on" or "off".
func (f *FilterChip) Value() string {
	if f.on {
		return "on"
	}
	return "off"
}

// SetOn shows it as chosen.
func (f *FilterChip) SetOn(on bool) {
	f.on = on
	if on {
		f.SetKind(Chosen)
	} else {
		f.SetKind(Line)
	}
}

// On says whether it is chosen.
func (f *FilterChip) On() bool { return f.on }

// KeyHint is a key in a little box: "Esc".
type KeyHint struct {
	widget.BaseWidget
	shortcut string
}

// NewKeyHint shows a shortcut ("Ctrl+K") by its name on the keyboard.
func NewKeyHint(shortcut string) *KeyHint {
	k := &KeyHint{shortcut: shortcut}
	k.ExtendBaseWidget(k)
	return k
}

func (k *KeyHint) Role() string  { return "text" }
func (k *KeyHint) Name() string  { return k.shortcut }
func (k *KeyHint) Value() string { return text.KeyName(k.shortcut) }
func (k *KeyHint) Enabled() bool { return true }

// CreateRenderer is for Fyne.
func (k *KeyHint) CreateRenderer() fyne.WidgetRenderer {
	body, label := newFrame(4), &canvas.Text{}
	style := Caption
	return draw(func(s fyne.Size) {
		body.cover(0, 0, s.Width, s.Height)
		h := style.measure("x").Height
		place(label, 5, (s.Height-h)/2-0.5, s.Width, h)
	}, func() fyne.Size {
		return fyne.NewSize(whole(style.measure(text.KeyName(k.shortcut)).Width)+10, 18)
	}, func() {
		body.paint(theme.Sunk, theme.Border, 1)
		style.wear(label)
		label.Text = text.KeyName(k.shortcut)
	}, body.Rectangle, label)
}
