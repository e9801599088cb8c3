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
}

// Role is "button".
func (k *padKey) Role() string { return "button" }

// CreateRenderer is for Fyne.
func (k *padKey) CreateRenderer() fyne.WidgetRenderer {
	body, ring := newFrame(8), newRing(11)
	digit, letters := &canvas.Text{}, &canvas.Text{}
	ds, ls := Title.Weighing(Medium).Centered(), Caption.Sized(9).Centered()
	return draw(func(s fyne.Size) {
		body.cover(0, 0, s.Width, s.Height)
		ring.around(s)
		dh, lh := ds.measure("0").Height, ls.measure("A").Height
		y := (s.Height - dh) / 2
		if k.letters != "" {
			y = (s.Height - dh - lh + 4) / 2
		}
		place(digit, 0, y, s.Width, dh)
		place(letters, 0, y+dh-2, s.Width, lh)
	}, func() fyne.Size { return fyne.NewSize(60, 44) }, func() {
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
	}, body.Rectangle, digit, letters, ring.Rectangle)
}

// NewKeypad makes the twelve keys of a telephone; press is called with one of
// 0-9, * and #.
func NewKeypad(press func(digit rune)) *fyne.Container {
	keys := []struct{ digit, letters string }{
		{"1", ""}, {"2", "ABC"}, {"3", "DEF"}, {"4", "GHI"}, {"5", "JKL"}, {"6", "MNO"},
		{"7", "PQRS"}, {"8", "TUV"}, {"9", "WXYZ"}, {"*", ""}, {"0", "+"}, {"#", ""},
	}
	var rows, row []fyne.CanvasObject
	for i, k := range keys {
		p := &padKey{digit: k.digit, letters: k.letters}
		p.words = raw(k.digit)
		p.onTap = func() { press(rune(k.digit[0])) }
		p.extend(p)
		row = append(row, p)
		if i%3 == 2 {
			rows = append(rows, Columns(8, row...))
			row = nil
		}
	}
	return Column(8, rows...)
}
