package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

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
}

// ListRow is a row of two lines, 56 px: title and time, sub and status.
type ListRow struct {
	touch
	data     RowData
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
	for _, more := range []string{r.data.When, r.data.Status} {
		if more != "" {
			s += " · " + more
		}
	}
	return s
}

// The middles of a row's two lines.
const rowTitle, rowSub = 15.5, 33.5

// CreateRenderer is for Fyne.
func (r *ListRow) CreateRenderer() fyne.WidgetRenderer {
	back, bar, under := newFrame(0), newFrame(0), newFrame(0)
	title, sub, when, status := &canvas.Text{}, &canvas.Text{}, &canvas.Text{}, &canvas.Text{}
	icon, lead := NewIcon("", 14, theme.Text2), NewIcon("", 14, theme.Text2)
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
		left, right := float32(16), s.Width-14
		if r.data.Lead != "" {
			place(lead.Image, left, 10, 14, 14)
			left += 22
		}
		ts, qs := titleStyle(), Quiet
		qh := qs.measure("x").Height
		// A script that Inter lacks is higher: measured as it is, it is not cut.
		th, sh := ts.measure(r.data.Title).Height, qs.measure(r.data.Sub).Height
		ww := ceil(qs.measure(r.data.When).Width)
		place(when, right-ww, rowTitle-qh/2, ww, qh)
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
		icon.Image.Hidden, lead.Image.Hidden = r.data.Icon == "", r.data.Lead == ""
		lay(r.Size())
	}, back.Rectangle, under.Rectangle, bar.Rectangle, lead.Image, title, sub, when, icon.Image, status)
}
