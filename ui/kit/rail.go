package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// RailItem is one place of the main window, 32 px: icon, word, count. Narrow, it
// is the icon alone with a tooltip.
type RailItem struct {
	press
	icon     theme.IconName
	count    string
	tone     Tone
	selected bool
	narrow   bool
	shortcut string
}

// NewRailItem makes an item that is not selected.
func NewRailItem(key text.Key, icon theme.IconName, tapped func()) *RailItem {
	r := &RailItem{icon: icon}
	r.words, r.onTap = say(key), tapped
	r.extend(r)
	return r
}

// SetCount shows a number at the right, in a tone; "" shows none.
func (r *RailItem) SetCount(count string, tone Tone) {
	if r.count != count || r.tone != tone {
		r.count, r.tone = count, tone
		r.Refresh()
	}
}

// Count is the number shown; "" when there is none.
func (r *RailItem) Count() string { return r.count }

// SetSelected marks where one is.
func (r *RailItem) SetSelected(on bool) {
	if r.selected != on {
		r.selected = on
		r.Refresh()
	}
}

// SetNarrow shows the icon alone; the word becomes the tooltip and only a count
// in red stays, as a badge.
func (r *RailItem) SetNarrow(on bool) {
	if r.narrow != on {
		r.narrow = on
		r.say()
		r.Refresh()
	}
}

// WithShortcut tells in the tooltip which key leads here.
func (r *RailItem) WithShortcut(keys string) *RailItem {
	r.shortcut = keys
	r.say()
	return r
}

// say makes the tooltip: the word where it is not seen, and the key.
func (r *RailItem) say() {
	tip := text.KeyName(r.shortcut)
	if r.narrow {
		tip = strings.TrimSuffix(r.words.shown()+" · "+tip, " · ")
	}
	r.tip = raw(tip)
	if tip == "" {
		r.tip = words{}
	}
}

// told is the number that stands there, for a screen reader.
func (r *RailItem) told() string { return r.count }

// Role is "item".
func (r *RailItem) Role() string { return "item" }

// CreateRenderer is for Fyne.
func (r *RailItem) CreateRenderer() fyne.WidgetRenderer {
	body, ring, badge := newFrame(6), newRing(9), newFrame(8)
	icon, label, count := NewIcon("", 16, theme.Text2), &canvas.Text{}, &canvas.Text{}
	style := func() Style {
		if r.selected {
			return Body.Weighing(SemiBold)
		}
		return Strong.In(theme.Text2)
	}
	countStyle := func() Style {
		switch {
		case r.narrow:
			return Caption.Weighing(SemiBold).In(theme.OnFill).Centered().Sized(9)
		case r.tone == Bad:
			return Secondary.Weighing(SemiBold).In(theme.DangerText)
		}
		return Secondary.Weighing(Medium).In(theme.Text3)
	}
	lay := func(s fyne.Size) {
		body.cover(0, 0, s.Width, s.Height)
		ring.cover(0, 0, s.Width, s.Height)
		cs := countStyle()
		cw, ch := ceil(cs.measure(r.count).Width), cs.measure("0").Height
		if r.narrow {
			place(icon.Image, (s.Width-16)/2, (s.Height-16)/2, 16, 16)
			badge.cover(s.Width-15, 0, 15, 15)
			place(count, s.Width-15, (15-ch)/2, 15, ch)
			return
		}
		place(icon.Image, 12, (s.Height-16)/2, 16, 16)
		h := style().measure("x").Height
		place(label, 38, (s.Height-h)/2-0.5, s.Width-38-cw-18, h)
		label.Text = Ellipsis(r.words.shown(), style(), s.Width-38-cw-12)
		place(count, s.Width-10-cw, (s.Height-ch)/2-1, cw, ch)
	}
	return draw(lay, func() fyne.Size { return fyne.NewSize(36, 32) }, func() {
		fill, ink := theme.Clear, theme.Text2
		switch {
		case r.selected:
			fill, ink = theme.Pressed, theme.Accent
		case r.hovered:
			fill = theme.Hover
		}
		body.paint(fill, theme.Clear, 0)
		badge.paint(theme.DangerFill, theme.Clear, 0)
		ring.focus(r.focused)
		icon.Set(r.icon, ink)
		style().wear(label)
		label.Hidden = r.narrow
		countStyle().wear(count)
		count.Text = r.count
		badge.Hidden = !r.narrow || r.count == "" || r.tone != Bad
		count.Hidden = r.count == "" || r.narrow && r.tone != Bad
		lay(r.Size())
	}, body.Rectangle, icon.Image, label, badge.Rectangle, count, ring.Rectangle)
}
