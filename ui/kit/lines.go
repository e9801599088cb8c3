package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/theme"
)

// LineState is the state that the line on top of the call window carries.
type LineState int

const (
	LineRinging LineState = iota // it rings, here or there
	LineTalking                  // answered
	LineHeld                     // by us or by them
	LineEnded                    // the call is over
)

// Color is the line's colour; the word beside it uses Ink.
func (s LineState) Color() fyne.ThemeColorName {
	return [...]fyne.ThemeColorName{theme.AccentFill, theme.AnswerFill, theme.WarningFill, theme.ChartPale}[s]
}

// Ink is the state word's colour.
func (s LineState) Ink() fyne.ThemeColorName {
	return [...]fyne.ThemeColorName{theme.Accent, theme.AnswerText, theme.WarningText, theme.Text2}[s]
}

// StateLine is the line of 3 px on top of the call window.
// Its Area goes into the layout.
type StateLine struct{ Area *Area }

// NewStateLine makes one for a ringing call.
func NewStateLine() *StateLine {
	a := newArea(LineRinging.Color(), 0)
	a.min = fyne.NewSize(3, 3)
	return &StateLine{Area: a}
}

// Set changes the state.
func (l *StateLine) Set(s LineState) { l.Area.SetColors(s.Color(), theme.Clear) }

// StageLine is a record's way through its stages: one part for each, the done
// ones in accent, the names below.
type StageLine struct {
	widget.BaseWidget
	stages  []string
	at      int
	pick    func(i int)
	focused bool
	over    int // the part that the pointer is over, -1 for none
}

// NewStageLine shows stages, translated already; at is the index of the present
// one. pick may be nil.
func NewStageLine(stages []string, at int, pick func(i int)) *StageLine {
	l := &StageLine{stages: stages, at: at, pick: pick, over: -1}
	l.ExtendBaseWidget(l)
	return l
}

// Set changes stages and the present one.
func (l *StageLine) Set(stages []string, at int) {
	l.stages, l.at = stages, at
	l.Refresh()
}

func (l *StageLine) Role() string  { return "select" }
func (l *StageLine) Name() string  { return "Stage" }
func (l *StageLine) Enabled() bool { return l.pick != nil }

// Value is the present stage.
func (l *StageLine) Value() string {
	if l.at < 0 || l.at >= len(l.stages) {
		return ""
	}
	return l.stages[l.at]
}

// Choose picks a stage as a click would.
func (l *StageLine) Choose(option string) error {
	i, err := find(Options(l.stages...), option)
	if err == nil && l.pick != nil {
		l.pick(i)
	}
	return err
}

// Tapped picks the stage under the pointer.
func (l *StageLine) Tapped(e *fyne.PointEvent) {
	if l.pick != nil && len(l.stages) > 0 {
		l.pick(l.part(e.Position))
	}
}

// part is the stage at a place.
func (l *StageLine) part(at fyne.Position) int {
	return max(0, min(len(l.stages)-1, int(at.X/(l.Size().Width/float32(len(l.stages))))))
}

// MouseIn is for Fyne.
func (l *StageLine) MouseIn(e *desktop.MouseEvent) { l.point(e.Position, true) }

// MouseMoved is for Fyne.
func (l *StageLine) MouseMoved(e *desktop.MouseEvent) { l.point(e.Position, true) }

// MouseOut is for Fyne.
func (l *StageLine) MouseOut() { l.point(fyne.Position{}, false) }

func (l *StageLine) point(at fyne.Position, in bool) {
	over := -1
	if in && l.pick != nil && len(l.stages) > 0 {
		over = l.part(at)
	}
	if over != l.over {
		l.over = over
		l.Refresh()
	}
}

// Cursor says that it can be clicked.
func (l *StageLine) Cursor() desktop.Cursor {
	if l.pick == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// FocusGained is for Fyne.
func (l *StageLine) FocusGained() { l.focused = true; l.Refresh(); Reveal(l) }

// FocusLost is for Fyne.
func (l *StageLine) FocusLost() { l.focused = false; l.Refresh() }

// TypedRune hands what is typed on to the window.
func (l *StageLine) TypedRune(r rune) { HandOn(l, r) }

// TypedKey moves by one stage with the arrows.
func (l *StageLine) TypedKey(e *fyne.KeyEvent) {
	to := l.at
	switch e.Name {
	case fyne.KeyLeft:
		to--
	case fyne.KeyRight:
		to++
	}
	if l.pick != nil && to != l.at && to >= 0 && to < len(l.stages) {
		l.pick(to)
	}
}

// Disabled says that it only shows, and that Tab passes it by.
func (l *StageLine) Disabled() bool { return l.pick == nil }

// Enable and Disable are for Fyne, which asks Disabled.
func (l *StageLine) Enable()  {}
func (l *StageLine) Disable() {}

// CreateRenderer is for Fyne.
func (l *StageLine) CreateRenderer() fyne.WidgetRenderer {
	d := &stageDrawing{l: l}
	d.Refresh()
	return d
}

type stageDrawing struct {
	l       *StageLine
	objects []fyne.CanvasObject
}

func (d *stageDrawing) Layout(s fyne.Size) {
	n := len(d.l.stages)
	for i := range n {
		part := (s.Width + 3) / float32(n)
		x := whole(float32(i) * part)
		bar, label := d.objects[2*i], d.objects[2*i+1].(*canvas.Text)
		w := whole(float32(i+1)*part) - x - 3
		place(bar, x, 0, w, 3)
		style := d.style(i)
		label.Text = Ellipsis(d.l.stages[i], style, w-4)
		place(label, x, 8, w, style.measure("x").Height)
	}
	place(d.objects[2*n], -4, -4, s.Width+8, s.Height+6)
}

func (d *stageDrawing) style(i int) Style {
	switch i {
	case d.l.at:
		return Secondary.In(theme.Text1).Weighing(SemiBold)
	case d.l.over:
		return Quiet.In(theme.Accent)
	}
	return Quiet
}

func (d *stageDrawing) MinSize() fyne.Size           { return fyne.NewSize(40*float32(len(d.l.stages)), 26) }
func (d *stageDrawing) Objects() []fyne.CanvasObject { return d.objects }
func (d *stageDrawing) Destroy()                     {}

func (d *stageDrawing) Refresh() {
	d.objects = d.objects[:0]
	for i := range d.l.stages {
		color := theme.ChartPale
		if i <= d.l.at {
			color = theme.AccentFill
		}
		bar := canvas.NewRectangle(theme.Color(color))
		bar.CornerRadius = 1.5
		d.objects = append(d.objects, bar, d.style(i).text(""))
	}
	ring := canvas.NewRectangle(theme.Color(theme.Clear))
	ring.StrokeColor, ring.StrokeWidth, ring.CornerRadius = theme.Color(theme.Accent), 2, 4
	ring.Hidden = !d.l.focused
	d.objects = append(d.objects, ring)
	d.Layout(d.l.Size())
	canvas.Refresh(d.l)
}

// Clock shows a time in which no digit moves: a cell for each, as Inter's
// digits differ in width.
type Clock struct {
	widget.BaseWidget
	shown string
	style Style
}

// NewClock makes a clock of 15 SemiBold: the call clock.
func NewClock(style Style) *Clock {
	c := &Clock{style: style, shown: "0:00"}
	c.ExtendBaseWidget(c)
	return c
}

// Set shows a length or time, written out ("4:31").
func (c *Clock) Set(s string) {
	if c.shown != s {
		c.shown = s
		c.Refresh()
	}
}

func (c *Clock) Role() string  { return "text" }
func (c *Clock) Name() string  { return "Clock" }
func (c *Clock) Value() string { return c.shown }
func (c *Clock) Enabled() bool { return true }

// CreateRenderer is for Fyne.
func (c *Clock) CreateRenderer() fyne.WidgetRenderer {
	d := &clockDrawing{c: c}
	d.Refresh()
	return d
}

type clockDrawing struct {
	c       *Clock
	objects []fyne.CanvasObject
}

func (d *clockDrawing) cell(r rune) float32 {
	if r >= '0' && r <= '9' {
		return floor(d.c.style.measure("0").Width)
	}
	return ceil(d.c.style.measure(string(r)).Width)
}

func (d *clockDrawing) Layout(s fyne.Size) {
	x := s.Width - d.MinSize().Width // the seconds stay where they are when a minute digit joins
	h := d.c.style.measure("0").Height
	for i, r := range []rune(d.c.shown) {
		w := d.cell(r)
		place(d.objects[i], x, (s.Height-h)/2-0.5, w, h)
		x += w
	}
}

func (d *clockDrawing) MinSize() fyne.Size {
	var w float32
	for _, r := range d.c.shown {
		w += d.cell(r)
	}
	return fyne.NewSize(w, ceil(d.c.style.measure("0").Height))
}

func (d *clockDrawing) Objects() []fyne.CanvasObject { return d.objects }
func (d *clockDrawing) Destroy()                     {}

func (d *clockDrawing) Refresh() {
	runes := []rune(d.c.shown)
	for len(d.objects) < len(runes) {
		d.objects = append(d.objects, &canvas.Text{})
	}
	d.objects = d.objects[:len(runes)]
	for i, r := range runes {
		t := d.objects[i].(*canvas.Text)
		d.c.style.Centered().wear(t)
		t.Text = string(r)
	}
	d.Layout(d.c.Size())
	canvas.Refresh(d.c)
}

// Bars are the four bars of call quality, 0 unknown to 4 good.
type Bars struct {
	widget.BaseWidget
	level int
}

// NewBars makes bars of an unknown quality.
func NewBars() *Bars {
	b := &Bars{}
	b.ExtendBaseWidget(b)
	return b
}

// Set changes the level, 0..4.
func (b *Bars) Set(level int) {
	if b.level != level {
		b.level = level
		b.Refresh()
	}
}

// CreateRenderer is for Fyne.
func (b *Bars) CreateRenderer() fyne.WidgetRenderer {
	var objects []fyne.CanvasObject
	for range 4 {
		r := canvas.NewRectangle(theme.Color(theme.Border))
		r.CornerRadius = 1
		objects = append(objects, r)
	}
	return draw(func(s fyne.Size) {
		for i, o := range objects {
			h := float32(3 + 3*i)
			place(o, float32(i)*5, (s.Height+12)/2-h, 3, h)
		}
	}, func() fyne.Size { return fyne.NewSize(18, 12) }, func() {
		color := theme.AnswerText
		switch b.level {
		case 1:
			color = theme.DangerText
		case 2:
			color = theme.WarningText
		}
		for i, o := range objects {
			c := theme.ChartPale
			if i < b.level {
				c = color
			}
			o.(*canvas.Rectangle).FillColor = theme.Color(c)
		}
	}, objects...)
}
