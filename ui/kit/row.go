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

// rowDrawing is what a ListRow is drawn with.
type rowDrawing struct {
	r                        *ListRow
	back, bar, under         frame // the row, the bar of the chosen one, the line below
	title, sub, when, status *canvas.Text
	icon, lead               *Icon
	cells                    *rowCells
}

// CreateRenderer is for Fyne.
func (r *ListRow) CreateRenderer() fyne.WidgetRenderer {
	d := &rowDrawing{r: r, back: newFrame(0), bar: newFrame(0), under: newFrame(0),
		title: &canvas.Text{}, sub: &canvas.Text{}, when: &canvas.Text{}, status: &canvas.Text{},
		icon: NewIcon("", 14, theme.Text2), lead: NewIcon("", 14, theme.Text2), cells: &rowCells{box: container.NewWithoutLayout()}}
	return draw(d.lay, func() fyne.Size { return fyne.NewSize(120, 56) }, d.paint,
		d.back.Rectangle, d.under.Rectangle, d.bar.Rectangle, d.lead.Image, d.title, d.sub, d.when, d.icon.Image, d.status, d.cells.box)
}

func (d *rowDrawing) titleStyle() Style {
	if d.r.data.Unread {
		return Body.Weighing(SemiBold)
	}
	return Strong
}

func (d *rowDrawing) statusStyle() Style { return Secondary.Weighing(Medium).In(d.r.data.Tone.Ink()) }

func (d *rowDrawing) lay(s fyne.Size) {
	d.back.cover(0, 0, s.Width, s.Height)
	d.bar.cover(0, 0, 3, s.Height)
	d.under.cover(3, s.Height-1, s.Width-3, 1)
	left, right := float32(rowLeft), s.Width-rowRight
	if d.r.data.Lead != "" {
		place(d.lead.Image, left, 10, 14, 14)
		left += 22
	}
	d.cells.lay(d.r, right, s.Height)
	if len(d.r.columns) > 0 {
		for _, c := range d.r.columns {
			right -= c.Width
		}
		d.layWords(left, right, right, 1.5)
		return
	}
	qh := Quiet.measure("x").Height
	ww := ceil(Quiet.measure(d.r.data.When).Width)
	place(d.when, right-ww, rowTitle-1-qh/2, ww, qh)
	sw := ceil(d.statusStyle().measure(d.r.data.Status).Width)
	place(d.status, right-sw, rowSub-qh/2, sw, qh)
	edge := right - sw
	if d.r.data.Icon != "" {
		edge -= 18
		place(d.icon.Image, edge, rowSub-7, 14, 14)
	}
	if sw > 0 || d.r.data.Icon != "" {
		edge -= 8
	}
	d.layWords(left, right-ww-8, edge, 0)
}

// layWords places title and sub from left to where each has to end, so much lower than the middles of the two lines.
func (d *rowDrawing) layWords(left, titleEnd, subEnd, lower float32) {
	// A script that Inter lacks is higher: measured as it is, it is not cut.
	th, sh := d.titleStyle().measure(d.r.data.Title).Height, Quiet.measure(d.r.data.Sub).Height
	place(d.title, left, rowTitle+lower-th/2, titleEnd-left, th)
	d.title.Text = Ellipsis(oneLine(d.r.data.Title), d.titleStyle(), titleEnd-left)
	place(d.sub, left, rowSub+lower-sh/2, subEnd-left, sh)
	d.sub.Text = Ellipsis(oneLine(d.r.data.Sub), Secondary, subEnd-left)
}

// paint gives everything the look that it has now.
func (d *rowDrawing) paint() {
	r := d.r
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
	d.back.paint(fill, theme.Clear, 0)
	d.bar.paint(theme.AccentFill, theme.Clear, 0)
	d.bar.Hidden = !r.selected
	d.under.paint(theme.Border, theme.Clear, 0)
	d.titleStyle().wear(d.title)
	Secondary.wear(d.sub)
	Quiet.wear(d.when)
	d.when.Text = r.data.When
	d.statusStyle().wear(d.status)
	d.status.Text = r.data.Status
	d.icon.Set(r.data.Icon, r.data.Tone.Ink())
	d.lead.Set(r.data.Lead, r.data.LeadIn.Ink())
	d.icon.Image.Hidden, d.lead.Image.Hidden = r.data.Icon == "" || len(r.columns) > 0, r.data.Lead == ""
	d.when.Hidden, d.status.Hidden = len(r.columns) > 0, len(r.columns) > 0
	d.cells.wear(r)
	d.lay(r.Size())
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
