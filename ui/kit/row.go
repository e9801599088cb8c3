package kit

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"leadline/ui/theme"
)

// RowData is what a ListRow shows; all of it written out and translated.
type RowData struct {
	Title  string
	Sub    string
	When   string
	Status string
	Icon   theme.IconName // of the status
	Tone   Tone
	Lead   theme.IconName // before the title: the direction of a call
	LeadIn Tone
	Unread bool
	Cells  [ColumnsMost]Cell // of the columns, instead of time and status
}

// ListRow is a row of two lines, 56 px: title and time, sub and status. With columns, title and sub are the first of them.
type ListRow struct {
	touch
	data     RowData
	columns  []ListColumn
	selected bool
	double   func()
	last     time.Time // of the click before
}

// NewListRow makes an empty row.
func NewListRow(tapped func()) *ListRow {
	r := &ListRow{}
	r.words, r.onTap = raw(""), tapped
	r.extend(r)
	return r
}

// Set fills the row.
func (r *ListRow) Set(d RowData, selected bool) {
	if r.data == d && r.selected == selected {
		return
	}
	r.data, r.selected, r.words = d, selected, raw(d.Title)
	r.Refresh()
}

// SetColumns gives the row columns; none is the row of two lines. The slice is not changed by anybody.
func (r *ListRow) SetColumns(columns []ListColumn) {
	if !slices.Equal(r.columns, columns) {
		r.columns = columns
		r.Refresh()
	}
}

// OnDouble is called on the second of two quick clicks: dial, open. The first
// one acts at once; Fyne's own double taps would hold it back.
func (r *ListRow) OnDouble(do func()) { r.double = do }

// doubleClick is how far apart the two clicks of a double one may be.
const doubleClick = 400 * time.Millisecond

// Tapped is for Fyne.
func (r *ListRow) Tapped(*fyne.PointEvent) {
	now := time.Now()
	quick := now.Sub(r.last) < doubleClick
	r.last = now
	if quick && r.double != nil {
		r.last = time.Time{}
		r.double()
		return
	}
	r.Tap()
}

// Role is "row".
func (r *ListRow) Role() string { return "row" }

// Value is the rest of the row in words.
func (r *ListRow) Value() string {
	s := r.data.Sub
	rest := []string{r.data.When, r.data.Status}
	if len(r.columns) > 0 {
		rest = rest[:0]
		for i := range r.columns {
			rest = append(rest, r.data.Cells[i].Text)
		}
	}
	for _, more := range rest {
		if more != "" {
			s += " · " + more
		}
	}
	return s
}

// The middles of a row's two lines.
const rowTitle, rowSub = 16.5, 33.5

// What is left free at the sides of a row.
const rowLeft, rowRight = 16, 14

// CreateRenderer is for Fyne.
func (r *ListRow) CreateRenderer() fyne.WidgetRenderer {
	back, bar, under := newFrame(0), newFrame(0), newFrame(0)
	title, sub, when, status := &canvas.Text{}, &canvas.Text{}, &canvas.Text{}, &canvas.Text{}
	icon, lead := NewIcon("", 14, theme.Text2), NewIcon("", 14, theme.Text2)
	cells := &rowCells{box: container.NewWithoutLayout()}
	titleStyle := func() Style {
		if r.data.Unread {
			return Body.Weighing(SemiBold)
		}
		return Strong
	}
	lay := func(s fyne.Size) {
		back.cover(0, 0, s.Width, s.Height)
		bar.cover(0, 0, 3, s.Height)
		under.cover(3, s.Height-1, s.Width-3, 1)
		left, right := float32(rowLeft), s.Width-rowRight
		if r.data.Lead != "" {
			place(lead.Image, left, 10, 14, 14)
			left += 22
		}
		ts, qs := titleStyle(), Quiet
		qh := qs.measure("x").Height
		// A script that Inter lacks is higher: measured as it is, it is not cut.
		th, sh := ts.measure(r.data.Title).Height, qs.measure(r.data.Sub).Height
		cells.lay(r, right, s.Height)
		if len(r.columns) > 0 {
			for _, c := range r.columns {
				right -= c.Width
			}
			place(title, left, rowTitle+1.5-th/2, right-left, th)
			title.Text = Ellipsis(oneLine(r.data.Title), ts, right-left)
			place(sub, left, rowSub+1.5-sh/2, right-left, sh)
			sub.Text = Ellipsis(oneLine(r.data.Sub), Secondary, right-left)
			return
		}
		ww := ceil(qs.measure(r.data.When).Width)
		place(when, right-ww, rowTitle-1-qh/2, ww, qh)
		place(title, left, rowTitle-th/2, right-ww-8-left, th)
		title.Text = Ellipsis(oneLine(r.data.Title), ts, right-ww-8-left)
		ss := Secondary.Weighing(Medium).In(r.data.Tone.Ink())
		sw := ceil(ss.measure(r.data.Status).Width)
		place(status, right-sw, rowSub-qh/2, sw, qh)
		edge := right - sw
		if r.data.Icon != "" {
			edge -= 18
			place(icon.Image, edge, rowSub-7, 14, 14)
		}
		if sw > 0 || r.data.Icon != "" {
			edge -= 8
		}
		place(sub, left, rowSub-sh/2, edge-left, sh)
		sub.Text = Ellipsis(oneLine(r.data.Sub), Secondary, edge-left)
	}
	objects := []fyne.CanvasObject{back.Rectangle, under.Rectangle, bar.Rectangle, lead.Image, title, sub, when, icon.Image, status, cells.box}
	return draw(lay, func() fyne.Size { return fyne.NewSize(120, 56) }, func() {
		fill := theme.Clear
		switch {
		case r.selected:
			fill = theme.AccentSoft
		case r.hovered:
			fill = theme.Sunk
			if theme.IsDark() {
				fill = theme.Raised
			}
		}
		back.paint(fill, theme.Clear, 0)
		bar.paint(theme.AccentFill, theme.Clear, 0)
		bar.Hidden = !r.selected
		under.paint(theme.Border, theme.Clear, 0)
		titleStyle().wear(title)
		Secondary.wear(sub)
		Quiet.wear(when)
		when.Text = r.data.When
		Secondary.Weighing(Medium).In(r.data.Tone.Ink()).wear(status)
		status.Text = r.data.Status
		icon.Set(r.data.Icon, r.data.Tone.Ink())
		lead.Set(r.data.Lead, r.data.LeadIn.Ink())
		icon.Image.Hidden, lead.Image.Hidden = r.data.Icon == "" || len(r.columns) > 0, r.data.Lead == ""
		when.Hidden, status.Hidden = len(r.columns) > 0, len(r.columns) > 0
		cells.wear(r)
		lay(r.Size())
	}, objects...)
}

// rowCells draws what a row has in its columns. The texts and icons are made when a row first has so many columns.
type rowCells struct {
	box   *fyne.Container
	texts []*canvas.Text
	icons []*Icon
}

// style is how a cell is written.
func (c Cell) style(right bool) Style {
	s := Secondary
	if c.Icon != "" {
		s = s.Weighing(Medium).In(c.Tone.Ink())
	}
	if right {
		s = s.Right()
	}
	return s
}

func (c *rowCells) wear(r *ListRow) {
	for len(c.texts) < len(r.columns) {
		t, i := &canvas.Text{}, NewIcon("", 14, theme.Text2)
		c.texts, c.icons = append(c.texts, t), append(c.icons, i)
		c.box.Objects = append(c.box.Objects, t, i.Image)
	}
	for i := range c.texts {
		on := i < len(r.columns)
		c.texts[i].Hidden, c.icons[i].Image.Hidden = !on, !on || r.data.Cells[i].Icon == ""
		if on {
			d := r.data.Cells[i]
			d.style(r.columns[i].Right).wear(c.texts[i])
			c.icons[i].Set(d.Icon, d.Tone.Ink())
		}
	}
}

func (c *rowCells) lay(r *ListRow, right, height float32) {
	c.box.Resize(r.Size())
	for i := min(len(r.columns), len(c.texts)) - 1; i >= 0; i-- {
		d, w := r.data.Cells[i], r.columns[i].Width
		x, room := right-w+columnGap, w-columnGap
		if d.Icon != "" {
			place(c.icons[i].Image, x, (height-14)/2, 14, 14)
			x, room = x+18, room-18
		}
		s := d.style(r.columns[i].Right)
		h := s.measure(d.Text).Height
		place(c.texts[i], x, (height-h)/2, room, h)
		c.texts[i].Text = Ellipsis(oneLine(d.Text), s, room)
		right -= w
	}
}
