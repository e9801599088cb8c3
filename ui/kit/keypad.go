package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"leadline/ui/theme"
)

// padKey is one key of the keypad.
type padKey struct {
	press
	digit, letters string
	height         float32
}

// Role is "button".
func (k *padKey) Role() string { return "button" }

// CreateRenderer is for Fyne.
func (k *padKey) CreateRenderer() fyne.WidgetRenderer {
	body, ring := newFrame(8), newRing(11)
	digit, letters := &canvas.Text{}, &canvas.Text{}
	ds, ls := Title.Weighing(Medium).Centered(), Caption.Sized(9).Centered()
	lay := func(s fyne.Size) {
		body.cover(0, 0, s.Width, s.Height)
		ring.around(s)
		dh, lh := ds.measure("0").Height, ls.measure("A").Height
		letters.Hidden = k.letters == "" || dh+lh-4 > s.Height // a low key has the digit alone
		y := (s.Height - dh) / 2
		if !letters.Hidden {
			y = (s.Height - dh - lh + 4) / 2
		}
		place(digit, 0, y, s.Width, dh)
		place(letters, 0, y+dh-2, s.Width, lh)
	}
	return draw(lay, func() fyne.Size { return fyne.NewSize(60, k.height) }, func() {
		fill := theme.Background
		if theme.IsDark() {
			fill = theme.Raised
		}
		switch {
		case k.pressed:
			fill = theme.Pressed
		case k.hovered:
			fill = theme.Hover
		}
		body.paint(fill, theme.Clear, 0)
		ring.focus(k.focused)
		ds.wear(digit)
		ls.wear(letters)
		digit.Text, letters.Text = k.digit, k.letters
		if s := k.Size(); s.Width > 0 {
			lay(s)
		}
	}, body.Rectangle, digit, letters, ring.Rectangle)
}

// Keypad is the twelve keys of a telephone.
type Keypad struct {
	*fyne.Container
	keys []*padKey
}

// The gap between the keys of a keypad, and how high each is, in px: as a rule, and at least.
const (
	padGap   = 8
	padKeyPx = 44
	padLeast = 24
)

// NewKeypad makes a keypad; press is called with one of 0-9, * and #.
func NewKeypad(press func(digit rune)) *Keypad {
	keys := []struct{ digit, letters string }{
		{"1", ""}, {"2", "ABC"}, {"3", "DEF"}, {"4", "GHI"}, {"5", "JKL"}, {"6", "MNO"},
		{"7", "PQRS"}, {"8", "TUV"}, {"9", "WXYZ"}, {"*", ""}, {"0", "+"}, {"#", ""},
	}
	pad := &Keypad{}
	var rows, row []fyne.CanvasObject
	for i, k := range keys {
		p := &padKey{digit: k.digit, letters: k.letters, height: padKeyPx}
		p.words = raw(k.digit)
		p.onTap = func() { press(rune(k.digit[0])) }
		p.extend(p)
		pad.keys = append(pad.keys, p)
		row = append(row, p)
		if i%3 == 2 {
			rows = append(rows, Columns(padGap, row...))
			row = nil
		}
	}
	pad.Container = Column(padGap, rows...)
	return pad
}

// Fit makes the keys as high as px have room for all four rows, no higher than they are as a rule.
func (k *Keypad) Fit(px float32) {
	height := min(padKeyPx, max(padLeast, floor((px-3*padGap)/4)))
	for _, key := range k.keys {
		key.height = height
	}
}
