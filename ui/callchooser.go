package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// callChooser asks who is calling when several records have the number
// (requirements.md C3). The focus starts here, never on Answer.
type callChooser struct {
	v       *callView
	root    *fyne.Container
	list    *fyne.Container
	title   *kit.Label
	rows    []*pressFocus
	matches []desk.Match
	next    int // the row that gets the keyboard once it has its place; -1 for none
}

func newCallChooser(v *callView) *callChooser {
	c := &callChooser{v: v, next: -1, list: kit.Column(chooserGap), title: kit.NewData("", kit.Section).Shrink(0)}
	other := kit.NewButton("Someone else…", kit.Ghost, v.toggleLink).WithIcon(theme.IconUserPlus)
	hint := kit.Row(0, other, kit.Spacer(), kit.NewLabel("↑ ↓ choose, Enter keeps", kit.Quiet))
	c.root = kit.Column(0,
		sectionHead(c.title, kit.NewData("", kit.Caption)),
		kit.Pad(0, callMargin, 0, callMargin, c.list),
		kit.Pad(6, callMargin, 6, callMargin, hint),
		kit.Sized(0, 1, kit.NewHairline()),
	)
	return c
}

func (c *callChooser) begin() { c.matches, c.rows, c.next = nil, nil, -1 }

// whole is how much of it is seen in a height so that no row is cut.
func (c *callChooser) whole(height float32) (seen float32) {
	y := c.root.Objects[0].MinSize().Height
	for _, r := range c.rows {
		if y += r.MinSize().Height; y > height {
			return seen
		}
		seen = y
		y += chooserGap
	}
	return seen
}

// chooserGap is between its rows.
const chooserGap = 2

func (c *callChooser) fill(call desk.Call, now time.Time) {
	matches := call.Card.Matches
	setShown(c.root, len(matches) > 1)
	if len(matches) < 2 || slices.Equal(matches, c.matches) {
		return
	}
	fresh := len(c.matches) == 0
	focused := slices.IndexFunc(c.rows, func(r *pressFocus) bool { return r.focused })
	c.matches = slices.Clone(matches)
	c.title.Say("Who is calling? {n} records have this number", "n", len(matches))
	c.list.Objects, c.rows = nil, nil
	shown := 0
	for i, m := range matches {
		row := c.row(m, i, now)
		c.rows = append(c.rows, row)
		c.list.Objects = append(c.list.Objects, row)
		if m.Shown {
			shown = i
		}
	}
	switch {
	case fresh:
		c.next = shown
	case focused >= 0:
		c.next = min(focused, len(c.rows)-1)
	}
}

// settle gives the keyboard to the row that is to have it. It follows the layout: what gets the keyboard is scrolled to.
func (c *callChooser) settle() {
	if c.root.Visible() {
		c.focus(c.next)
	}
	c.next = -1
}

func (c *callChooser) focus(i int) {
	if i >= 0 && i < len(c.rows) {
		c.v.w.win.Canvas().Focus(c.rows[i])
	}
}

func (c *callChooser) row(m desk.Match, i int, now time.Time) *pressFocus {
	mark, ink := theme.IconRadioOff, theme.Text2
	if m.Shown {
		mark, ink = theme.IconLampFree, theme.Accent
	}
	last := ""
	if !m.Last.IsZero() {
		last = text.Ago(m.Last, now)
	}
	content := kit.Sized(0, 48, kit.Pad(0, 10, 0, 10, kit.Row(10,
		kit.NewIcon(mark, 16, ink).Image,
		kit.Grow(kit.Column(0, kit.NewData(m.Name, kit.Strong).Shrink(0), kit.NewData(m.Sub, kit.Quiet).Shrink(0))),
		kit.ColumnAligned(0, kit.End, kit.NewData(text.T(kindWord(m.Ref.Kind)), kit.Secondary), kit.NewData(last, kit.Quiet)),
	)))
	row := newPressFocus("row", 6, content, func() { c.v.w.desk.Choose(c.v.w.id, m.Ref) })
	row.english = func() string { return m.Name }
	row.shown = func() string { return joined(", ", m.Name, m.Sub, text.T(kindWord(m.Ref.Kind)), last) }
	row.SetSelected(m.Shown)
	row.onKey = func(k fyne.KeyName) bool {
		switch k {
		case fyne.KeyDown:
			c.focus(i + 1)
		case fyne.KeyUp:
			c.focus(i - 1)
		default:
			return false
		}
		return true
	}
	return row
}
