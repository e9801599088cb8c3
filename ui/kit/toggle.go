package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// Check is a box to tick with a wording and a line of help, both wrapping.
type Check struct {
	press
	on      bool
	radio   bool
	help    words
	changed func(bool)
}

// NewCheck makes a check that is off.
func NewCheck(key text.Key, changed func(bool)) *Check {
	c := &Check{changed: changed}
	c.words = say(key)
	c.onTap = func() {
		c.on = !c.on
		c.Refresh()
		if c.changed != nil {
			c.changed(c.on)
		}
	}
	c.extend(c)
	return c
}

// WithHelp adds a line below.
func (c *Check) WithHelp(key text.Key) *Check { c.help = say(key); return c }

// SetOn changes the tick without calling back.
func (c *Check) SetOn(on bool) {
	if c.on != on {
		c.on = on
		c.Refresh()
	}
}

// On says whether it is ticked.
func (c *Check) On() bool { return c.on }

// Role is "check" or "radio".
func (c *Check) Role() string {
	if c.radio {
		return "radio"
	}
	return "check"
}

// Value is "on" or "off".
func (c *Check) Value() string {
	if c.on {
		return "on"
	}
	return "off"
}

// told is how it stands, for a screen reader: Fyne has no role for a box to tick.
func (c *Check) told() string {
	switch {
	case c.on && c.radio:
		return text.T("chosen")
	case c.radio:
		return ""
	case c.on:
		return text.T("on|check")
	}
	return text.T("off|check")
}

func (c *Check) helpText() string {
	if c.disabled && c.reason != "" {
		return c.reason
	}
	if c.help.key == "" && !c.help.data {
		return ""
	}
	return c.help.shown()
}

// HeightFor is the height in px at a width.
func (c *Check) HeightFor(width float32) float32 {
	h := float32(len(Wrap(c.words.shown(), Strong, width-26))) * 17
	if t := c.helpText(); t != "" {
		h += 2 + float32(len(Wrap(t, Quiet, width-26)))*16
	}
	return max(18, h)
}

// CreateRenderer is for Fyne.
func (c *Check) CreateRenderer() fyne.WidgetRenderer {
	radius := float32(4)
	if c.radio {
		radius = 8
	}
	body, dot, ring := newFrame(radius), newFrame(3), newRing(radius+3)
	tick := NewIcon(theme.IconCheck, 12, theme.OnFill)
	title, help := newProse(c.words, Strong), newProse(raw(""), Quiet)
	title.leading, help.leading = 17, 16
	lay := func(s fyne.Size) {
		body.cover(0, 1, 16, 16)
		place(tick.Image, 2, 3, 12, 12)
		dot.cover(5, 6, 6, 6)
		ring.Move(fyne.NewPos(-3, -2))
		ring.Resize(fyne.NewSize(22, 22))
		w := s.Width - 26
		place(title, 26, 0, w, title.HeightFor(w))
		place(help, 26, title.HeightFor(w)+2, w, help.HeightFor(w))
	}
	return draw(lay, func() fyne.Size {
		w := c.Size().Width
		if w <= 0 {
			w = 26 + ceil(Strong.measure(c.words.shown()).Width)
		}
		return fyne.NewSize(80, c.HeightFor(w))
	}, func() {
		fill, outline, width := theme.Surface, theme.FieldOutline, float32(1.5)
		ink, mark := theme.Text1, theme.OnFill
		switch {
		case c.disabled: // how it stands is seen all the same
			fill, outline, ink, mark = theme.Sunk, theme.Disabled, theme.Text2, theme.Text2
		case c.on:
			fill, outline, width = theme.AccentFill, theme.Clear, 0
		case c.hovered:
			fill = theme.Hover
		}
		body.paint(fill, outline, width)
		dot.paint(mark, theme.Clear, 0)
		tick.Set(theme.IconCheck, mark)
		dot.Hidden, tick.Image.Hidden = !c.on || !c.radio, !c.on || c.radio
		ring.focus(c.focused && !c.disabled)
		title.style, help.style = Strong.In(ink), Quiet
		title.words, help.words = c.words, raw(c.helpText())
		title.lines, help.lines = nil, nil
		help.Hidden = c.helpText() == ""
		if s := c.Size(); s.Width > 0 {
			lay(s)
			title.Refresh()
			help.Refresh()
		}
	}, body.Rectangle, dot.Rectangle, tick.Image, title, help, ring.Rectangle)
}

// RadioGroup is a choice of one among a few, each with a line of help.
type RadioGroup struct {
	widget.BaseWidget
	words   words
	options []Option
	items   []*Check
	column  *fyne.Container
	chosen  string
	changed func(id string)
}

// NewRadioGroup makes a group with nothing chosen.
func NewRadioGroup(key text.Key, options []Option, changed func(id string)) *RadioGroup {
	g := &RadioGroup{words: say(key), options: options, changed: changed}
	var objects []fyne.CanvasObject
	for _, o := range options {
		c := &Check{radio: true}
		c.words, c.help = o.words(), raw(o.Help)
		c.onTap = func() { g.pick(o.ID) }
		c.extend(c)
		g.items = append(g.items, c)
		objects = append(objects, c)
	}
	g.column = Column(10, objects...)
	g.ExtendBaseWidget(g)
	return g
}

func (g *RadioGroup) pick(id string) {
	if g.chosen == id {
		return
	}
	g.SetChosen(id)
	if g.changed != nil {
		g.changed(id)
	}
}

// Chosen is the ID of the choice.
func (g *RadioGroup) Chosen() string { return g.chosen }

// SetChosen chooses by ID without calling back.
func (g *RadioGroup) SetChosen(id string) {
	g.chosen = id
	for i, o := range g.options {
		g.items[i].SetOn(o.ID == id)
	}
}

// Choose picks an option as a click would.
func (g *RadioGroup) Choose(option string) error {
	i, err := find(g.options, option)
	if err == nil && g.items[i].Enabled() {
		g.pick(g.options[i].ID)
	}
	return err
}

func (g *RadioGroup) Role() string { return "radio" }
func (g *RadioGroup) Name() string { return g.words.english() }

// Enabled says whether any of the radios can be clicked.
func (g *RadioGroup) Enabled() bool { return slices.ContainsFunc(g.items, (*Check).Enabled) }

// Value is the choice as shown.
func (g *RadioGroup) Value() string {
	for _, o := range g.options {
		if o.ID == g.chosen {
			return o.words().shown()
		}
	}
	return ""
}

// Children are the radios.
func (g *RadioGroup) Children() []fyne.CanvasObject { return []fyne.CanvasObject{g.column} }

// HeightFor is the height in px at a width.
func (g *RadioGroup) HeightFor(width float32) float32 { return heightFor(g.column, width) }

// CreateRenderer is for Fyne.
func (g *RadioGroup) CreateRenderer() fyne.WidgetRenderer {
	return draw(func(s fyne.Size) { place(g.column, 0, 0, s.Width, s.Height) }, g.column.MinSize, nil, g.column)
}

// Segmented is a choice of one in a row of 32 px: Incoming, Outgoing, All.
type Segmented struct {
	press
	options []Option
	chosen  int
	over    int
	changed func(id string)
}

// NewSegmented makes one with the first chosen.
func NewSegmented(key text.Key, options []Option, changed func(id string)) *Segmented {
	s := &Segmented{options: options, changed: changed, over: -1}
	s.words = say(key)
	s.onKey = func(e *fyne.KeyEvent) bool {
		switch {
		case e.Name == fyne.KeyRight && s.chosen < len(s.options)-1:
			s.pick(s.chosen + 1)
		case e.Name == fyne.KeyLeft && s.chosen > 0:
			s.pick(s.chosen - 1)
		default:
			return false
		}
		return true
	}
	s.extend(s)
	return s
}

// Chosen is the ID of the choice.
func (s *Segmented) Chosen() string { return s.options[s.chosen].ID }

// SetChosen chooses by ID without calling back.
func (s *Segmented) SetChosen(id string) {
	for i, o := range s.options {
		if o.ID == id && i != s.chosen {
			s.chosen = i
			s.Refresh()
		}
	}
}

// told is the choice, for a screen reader.
func (s *Segmented) told() string { return s.options[s.chosen].words().shown() }

// Choose picks an option as a click would.
func (s *Segmented) Choose(option string) error {
	i, err := find(s.options, option)
	if err == nil {
		s.pick(i)
	}
	return err
}

func (s *Segmented) pick(i int) {
	if i == s.chosen || s.disabled {
		return
	}
	s.chosen = i
	s.Refresh()
	if s.changed != nil {
		s.changed(s.options[i].ID)
	}
}

// Role is "select".
func (s *Segmented) Role() string { return "select" }

// Value is the choice as shown.
func (s *Segmented) Value() string { return s.options[s.chosen].words().shown() }

// Tapped picks the part that was clicked.
func (s *Segmented) Tapped(e *fyne.PointEvent) {
	x := float32(3)
	for i := range s.options {
		w := s.part(i)
		if e.Position.X < x+w || i == len(s.options)-1 {
			s.pick(i)
			return
		}
		x += w
	}
}

func (s *Segmented) part(i int) float32 {
	return ceil(Secondary.Weighing(SemiBold).measure(s.options[i].words().shown()).Width) + 22
}

// CreateRenderer is for Fyne.
func (s *Segmented) CreateRenderer() fyne.WidgetRenderer {
	body, knob, ring := newFrame(8), newFrame(6), newRing(11)
	objects := []fyne.CanvasObject{body.Rectangle, knob.Rectangle}
	labels := make([]*canvas.Text, len(s.options))
	for i := range labels {
		labels[i] = &canvas.Text{}
		objects = append(objects, labels[i])
	}
	objects = append(objects, ring.Rectangle)
	lay := func(z fyne.Size) {
		body.cover(0, 0, z.Width, z.Height)
		ring.around(z)
		x := float32(3)
		for i, l := range labels {
			w := s.part(i)
			if i == s.chosen {
				knob.cover(x, 3, w, z.Height-6)
			}
			h := Secondary.measure("x").Height
			place(l, x, (z.Height-h)/2-0.5, w, h)
			x += w
		}
	}
	return draw(lay, func() fyne.Size {
		w := float32(6)
		for i := range s.options {
			w += s.part(i)
		}
		return fyne.NewSize(w, 32)
	}, func() {
		body.paint(theme.Hover, theme.Clear, 0)
		knobFill := theme.Surface
		if theme.IsDark() {
			body.paint(theme.Sunk, theme.Clear, 0)
			knobFill = theme.Pressed
		}
		knob.paint(knobFill, theme.Clear, 0)
		ring.focus(s.focused && !s.disabled)
		for i, l := range labels {
			style := Secondary.Weighing(Medium).Centered()
			if i == s.chosen {
				style = style.In(theme.Text1).Weighing(SemiBold)
			}
			style.wear(l)
			l.Text = s.options[i].words().shown()
		}
		lay(s.Size())
	}, objects...)
}
