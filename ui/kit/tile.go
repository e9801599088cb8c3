package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// Tile is a toggle of 75 × 54 with an icon over a word: Mute, Hold, Keypad.
type Tile struct {
	press
	icon  theme.IconName
	on    bool
	alarm bool   // on is red: recording
	data  string // shown instead of the wording: "REC 1:58"
}

// NewTile makes a tile that is off.
func NewTile(key text.Key, icon theme.IconName, tapped func()) *Tile {
	t := &Tile{icon: icon}
	t.words, t.onTap = say(key), tapped
	t.extend(t)
	return t
}

// SetOn shows the tile as on or off.
func (t *Tile) SetOn(on bool) {
	if t.on != on {
		t.on = on
		t.Refresh()
	}
}

// On says whether the tile shows on.
func (t *Tile) On() bool { return t.on }

// SetRecording is SetOn in red, with what is shown instead of the word.
func (t *Tile) SetRecording(on bool, shown string) { t.set(on, on, shown) }

// SetPaused is on, with what is shown instead of the word.
func (t *Tile) SetPaused(shown string) { t.set(true, false, shown) }

func (t *Tile) set(on, alarm bool, shown string) {
	if t.on == on && t.alarm == alarm && t.data == shown {
		return
	}
	t.on, t.alarm, t.data = on, alarm, shown
	t.Refresh()
}

// Role is "tile".
func (t *Tile) Role() string { return "tile" }

// Value is "on" or "off".
func (t *Tile) Value() string {
	if t.on {
		return "on"
	}
	return "off"
}

// CreateRenderer is for Fyne.
func (t *Tile) CreateRenderer() fyne.WidgetRenderer {
	body, ring := newFrame(8), newRing(11)
	icon := NewIcon("", 18, theme.Text1)
	label := &canvas.Text{}
	style := Style{Size: 11, Weight: Medium, Align: fyne.TextAlignCenter}
	shown := func() string {
		if t.data != "" && t.on {
			return t.data
		}
		return t.words.shown()
	}
	lay := func(s fyne.Size) {
		body.cover(0, 0, s.Width, s.Height)
		ring.around(s)
		place(icon.Image, (s.Width-18)/2, 9, 18, 18)
		fit := style
		for fit.Size > 9 && fit.measure(shown()).Width > s.Width-4 {
			fit.Size-- // a longer language: smaller before cut
		}
		label.TextSize = fit.Size
		h := fit.measure("x").Height
		place(label, 0, 37.5-h/2, s.Width, h)
		label.Text = Ellipsis(shown(), fit, s.Width-4)
	}
	return draw(lay, func() fyne.Size { return fyne.NewSize(60, 54) }, func() {
		fill, outline, ink := theme.Background, theme.Clear, theme.Text1
		if theme.IsDark() {
			fill = theme.Raised
		}
		switch {
		case t.disabled:
			fill, outline, ink = theme.Sunk, theme.Border, theme.Disabled
		case t.on && t.alarm:
			fill, outline, ink = theme.DangerSoft, theme.DangerText, theme.DangerText
		case t.on:
			fill, outline, ink = theme.AccentSoft, theme.Accent, theme.Accent
		case t.pressed:
			fill = theme.Pressed
		case t.hovered:
			fill = theme.Hover
		}
		width := float32(1)
		if outline == theme.Clear {
			width = 0
		}
		body.paint(fill, outline, width)
		ring.focus(t.focused && !t.disabled)
		icon.Set(t.icon, ink)
		style.Color = ink
		style.wear(label)
		lay(t.Size())
	}, body.Rectangle, icon.Image, label, ring.Rectangle)
}
