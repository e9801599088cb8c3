package kit

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// ChartSpot is one place of a chart: an hour, a day. It can be clicked, and Tab reaches it.
type ChartSpot struct {
	Label string // below it; "" for none
	Name  string // its English name, for the automation door
	Words string // what it says in full: the tooltip, and for screen readers
	Main  int    // the height of the bar, or of the line; in a line -1 is none
	Other int    // of the part on top of the bar: missed
	Tap   func()
}

// Chart draws numbers over hours or days, as bars of two parts or as a line.
type Chart struct {
	widget.BaseWidget
	words words
	spots []*chartSpot
	line  bool
	low   int // the value at the bottom
	top   int
	unit  func(int) string
	said  int // the spot whose value is written beside it; -1 for none
}

// NewBarChart draws bars; the highest one has its number above.
func NewBarChart(key text.Key, spots []ChartSpot) *Chart {
	c := &Chart{words: say(key), unit: func(n int) string { return text.Number(int64(n)) }, said: -1}
	most := 0
	for i, s := range spots {
		if n := s.Main + s.Other; n > most {
			most, c.said = n, i
		}
	}
	c.top = topOf(most)
	c.init(spots)
	return c
}

// NewPercentChart draws a line of percents; the last one is written beside it.
func NewPercentChart(key text.Key, spots []ChartSpot) *Chart {
	c := &Chart{words: say(key), line: true, low: 80, top: 100, unit: text.Percent, said: -1}
	for i, s := range spots {
		if s.Main < 0 {
			continue
		}
		c.said = i
		for c.low > 0 && s.Main < c.low {
			c.low -= 20
		}
	}
	c.init(spots)
	return c
}

func (c *Chart) init(spots []ChartSpot) {
	for i, s := range spots {
		c.spots = append(c.spots, newChartSpot(c, i, s))
	}
	c.ExtendBaseWidget(c)
}

// topOf is the round number above the highest bar.
func topOf(most int) int {
	for unit := 1; ; unit *= 10 {
		for _, by := range []int{3, 6, 9, 12, 15, 18, 24} {
			if by*unit >= most {
				return by * unit
			}
		}
	}
}

func (c *Chart) Role() string  { return "chart" }
func (c *Chart) Name() string  { return c.words.english() }
func (c *Chart) Value() string { return c.words.shown() }
func (c *Chart) Enabled() bool { return true }

// Children are the spots.
func (c *Chart) Children() []fyne.CanvasObject {
	all := make([]fyne.CanvasObject, len(c.spots))
	for i, s := range c.spots {
		all[i] = s
	}
	return all
}

// The room around the drawing, and where its bottom line lies.
const (
	chartLeft   = 38
	chartRight  = 4
	chartTop    = 20
	chartBottom = 24
)

func (c *Chart) ticks() []int {
	steps := 3
	if c.line {
		steps = (c.top - c.low) / 20
		if steps > 3 {
			steps = 2
		}
	}
	var all []int
	for i := range steps + 1 {
		all = append(all, c.low+(c.top-c.low)*i/steps)
	}
	return all
}

// y is how high above the bottom line a value is drawn, of a chart of this height.
func (c *Chart) y(value int, height float32) float32 {
	return (height - chartTop - chartBottom) * float32(value-c.low) / float32(c.top-c.low)
}

// slot is where a spot lies.
func (c *Chart) slot(i int, width float32) (x, w float32) {
	right := float32(chartRight)
	if c.line { // the last value stands there
		right = 44
	}
	room := (width - chartLeft - right) / float32(max(1, len(c.spots)))
	x = whole(chartLeft + float32(i)*room)
	return x, whole(chartLeft+float32(i+1)*room) - x
}

// CreateRenderer is for Fyne.
func (c *Chart) CreateRenderer() fyne.WidgetRenderer {
	var objects []fyne.CanvasObject
	var grid []frame
	var axis []*canvas.Text
	for range c.ticks() {
		g, t := newFrame(0), Caption.Right().text("")
		grid, axis = append(grid, g), append(axis, t)
		objects = append(objects, g.Rectangle, t)
	}
	var segments []*canvas.Line
	if c.line {
		for range c.spots {
			l := canvas.NewLine(nil)
			l.StrokeWidth = 2
			segments = append(segments, l)
			objects = append(objects, l)
		}
	}
	objects = append(objects, c.Children()...)
	lay := func(s fyne.Size) {
		bottom := s.Height - chartBottom
		for i, v := range c.ticks() {
			y := whole(bottom - c.y(v, s.Height))
			grid[i].cover(chartLeft, y, s.Width-chartLeft, 1)
			h := Caption.measure("0").Height
			place(axis[i], 0, y-h/2, chartLeft-8, h)
		}
		for i, spot := range c.spots {
			x, w := c.slot(i, s.Width)
			place(spot, x, 0, w, s.Height)
		}
		c.connect(segments, s)
	}
	return draw(lay, func() fyne.Size { return fyne.NewSize(200, 220) }, func() {
		for i, v := range c.ticks() {
			grid[i].paint(theme.Border, theme.Clear, 0)
			Caption.Right().wear(axis[i])
			axis[i].Text = c.unit(v)
		}
		for _, l := range segments {
			l.StrokeColor = theme.Color(theme.ChartMain)
		}
		for _, s := range c.spots {
			s.Refresh()
		}
	}, objects...)
}

// connect draws the line from each value to the next one; days without any are skipped.
func (c *Chart) connect(segments []*canvas.Line, s fyne.Size) {
	last := fyne.Position{X: -1}
	for i, l := range segments {
		l.Hide()
		if c.spots[i].spot.Main < 0 {
			continue
		}
		x, w := c.slot(i, s.Width)
		at := fyne.NewPos(x+w/2, s.Height-chartBottom-c.y(c.spots[i].spot.Main, s.Height))
		if last.X >= 0 {
			l.Position1, l.Position2 = last, at
			l.Show()
		}
		last = at
	}
}

// chartSpot is a slot of a chart from top to bottom, so that low bars are easily hit.
type chartSpot struct {
	press
	spot ChartSpot
	c    *Chart
	i    int
}

func newChartSpot(c *Chart, i int, s ChartSpot) *chartSpot {
	w := &chartSpot{spot: s, c: c, i: i}
	w.words = words{data: true, raw: s.Words, name: s.Name}
	w.tip = raw(s.Words)
	w.onTap = s.Tap
	w.onKey = func(e *fyne.KeyEvent) bool { return c.step(i, e.Name) }
	w.extend(w)
	return w
}

// step moves the focus by the arrows.
func (c *Chart) step(i int, key fyne.KeyName) bool {
	switch key {
	case fyne.KeyLeft:
		i--
	case fyne.KeyRight:
		i++
	default:
		return false
	}
	if i >= 0 && i < len(c.spots) {
		if at := fyne.CurrentApp().Driver().CanvasForObject(c); at != nil {
			at.Focus(c.spots[i])
		}
	}
	return true
}

// Role is "bar".
func (s *chartSpot) Role() string { return "bar" }

// CreateRenderer is for Fyne.
func (s *chartSpot) CreateRenderer() fyne.WidgetRenderer {
	back, ring := newFrame(4), newRing(4)
	main, other, dot := newFrame(2), newFrame(2), newFrame(4)
	label, value := &canvas.Text{}, &canvas.Text{}
	lay := func(z fyne.Size) {
		back.cover(0, 4, z.Width, z.Height-4)
		ring.cover(1, 5, z.Width-2, z.Height-6)
		bottom := z.Height - chartBottom
		h := Caption.measure("0").Height
		lw := ceil(Caption.measure(s.spot.Label).Width)
		place(label, whole((z.Width-lw)/2), bottom+6, lw, h)
		if s.c.line {
			y := bottom - s.c.y(max(s.spot.Main, s.c.low), z.Height)
			dot.cover(z.Width/2-4, y-4, 8, 8)
			place(value, z.Width/2+8, y-8, 44, 16)
			return
		}
		w := min(30, max(2, whole(z.Width*0.6)))
		x := whole((z.Width - w) / 2)
		mh, oh := whole(s.c.y(s.spot.Main, z.Height)), whole(s.c.y(s.spot.Other, z.Height))
		if s.spot.Main > 0 {
			mh = max(mh, 2)
		}
		if s.spot.Other > 0 {
			oh = max(oh, 2)
		}
		main.cover(x, bottom-mh, w, mh)
		gap := float32(0)
		if s.spot.Main > 0 {
			gap = 2
		}
		other.cover(x, bottom-mh-gap-oh, w, oh)
		vw := ceil(valueStyle.measure(value.Text).Width)
		place(value, whole((z.Width-vw)/2), bottom-mh-gap-oh-18, vw, 16)
	}
	return draw(lay, func() fyne.Size { return fyne.NewSize(2, 40) }, func() {
		fill := theme.Clear
		if s.hovered {
			fill = theme.Hover
		}
		back.paint(fill, theme.Clear, 0)
		ring.focus(s.focused)
		main.paint(theme.ChartMain, theme.Clear, 0)
		other.paint(theme.ChartMissed, theme.Clear, 0)
		dot.paint(theme.ChartMain, theme.Clear, 0)
		main.Hidden, other.Hidden = s.c.line || s.spot.Main <= 0, s.c.line || s.spot.Other <= 0
		dot.Hidden = !s.c.line || s.spot.Main < 0 || s.c.said != s.i && !s.hovered && !s.focused
		Caption.wear(label)
		label.Text = s.spot.Label
		valueStyle.wear(value)
		value.Text = ""
		if s.c.said == s.i {
			value.Text = s.c.unit(s.spot.Main + s.spot.Other)
		}
		lay(s.Size())
	}, back.Rectangle, main.Rectangle, other.Rectangle, dot.Rectangle, label, value, ring.Rectangle)
}

var valueStyle = Caption.In(theme.Text1).Weighing(Medium)

// ShareBar is a bar of 10 px within a row: a part, and another one behind it, of the most there is.
type ShareBar struct {
	widget.BaseWidget
	main, other, most int
}

// NewShareBar makes one.
func NewShareBar(main, other, most int) *ShareBar {
	b := &ShareBar{main: main, other: other, most: max(most, 1)}
	b.ExtendBaseWidget(b)
	return b
}

func (b *ShareBar) Role() string  { return "meter" }
func (b *ShareBar) Name() string  { return "" }
func (b *ShareBar) Value() string { return strconv.Itoa(b.main) + " + " + strconv.Itoa(b.other) }
func (b *ShareBar) Enabled() bool { return true }

// CreateRenderer is for Fyne.
func (b *ShareBar) CreateRenderer() fyne.WidgetRenderer {
	main, other := newFrame(2), newFrame(2)
	width := func(n int, s fyne.Size) float32 {
		if n == 0 {
			return 0
		}
		return max(2, whole((s.Width-2)*float32(n)/float32(b.most)))
	}
	return draw(func(s fyne.Size) {
		y := whole((s.Height - 10) / 2)
		w := width(b.main, s)
		main.cover(0, y, w, 10)
		if w > 0 {
			w += 2
		}
		other.cover(w, y, width(b.other, s), 10)
	}, func() fyne.Size { return fyne.NewSize(20, 10) }, func() {
		main.paint(theme.ChartMain, theme.Clear, 0)
		other.paint(theme.ChartMissed, theme.Clear, 0)
		main.Hidden, other.Hidden = b.main == 0, b.other == 0
	}, main.Rectangle, other.Rectangle)
}

// NewLegend is a square of a chart's colour with its word.
func NewLegend(key text.Key, color fyne.ThemeColorName) *fyne.Container {
	return Row(6, Middle(Sized(10, 10, FillRound(color, 2))), NewLabel(key, Secondary))
}
