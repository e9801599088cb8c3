package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/theme"
)

// TimelineNode is one event on the line: a node of 24 with its icon, title and
// meta in one line, the body below. A title that does not fit goes on in a second line. Heading nodes carry a day.
type TimelineNode struct {
	widget.BaseWidget
	icon           theme.IconName
	tone           Tone
	title, meta    string
	body           *Prose
	heading        bool
	first, last    bool
	below, beside  fyne.CanvasObject
	bodyGap, after float32
	broken         brokenTitle
}

// brokenTitle is a title in the lines for a width with so much beside it.
type brokenTitle struct {
	width, beside float32
	first, more   string
}

// NewTimelineNode makes an event; all texts are written out and translated.
func NewTimelineNode(icon theme.IconName, tone Tone, title, meta, body string) *TimelineNode {
	n := &TimelineNode{icon: icon, tone: tone, title: title, meta: meta, bodyGap: 2, after: 14}
	if body != "" {
		n.body = NewProseData(body, Body.In(theme.Text2))
		n.body.leading = 16
	}
	n.ExtendBaseWidget(n)
	return n
}

// Quietly shows the body small and grey: what the program says, not a person.
func (n *TimelineNode) Quietly() *TimelineNode {
	if n.body != nil {
		n.body.SetStyle(Quiet)
		n.body.leading = 16
	}
	return n
}

// NewTimelineHeading makes a day's heading on the line.
func NewTimelineHeading(day string) *TimelineNode {
	n := &TimelineNode{title: day, heading: true}
	n.ExtendBaseWidget(n)
	return n
}

// Below adds an object under the body: a player, chips.
func (n *TimelineNode) Below(o fyne.CanvasObject) *TimelineNode { n.below = o; return n }

// Beside adds a small object in the title's line, left of the meta, which stays in its column: what can be done about the event.
func (n *TimelineNode) Beside(o fyne.CanvasObject) *TimelineNode { n.beside = o; return n }

// NewTimeline lays nodes on one unbroken line.
func NewTimeline(nodes ...*TimelineNode) *fyne.Container {
	objects := make([]fyne.CanvasObject, len(nodes))
	for i, n := range nodes {
		n.first, n.last = i == 0, i == len(nodes)-1
		objects[i] = n
	}
	return Column(0, objects...)
}

func (n *TimelineNode) Role() string  { return "item" }
func (n *TimelineNode) Name() string  { return n.title }
func (n *TimelineNode) Enabled() bool { return true }

// Value is the meta and the body.
func (n *TimelineNode) Value() string {
	if n.body == nil {
		return n.meta
	}
	if n.meta == "" {
		return n.body.Value()
	}
	return n.meta + " · " + n.body.Value()
}

// Children are what was put beside and below.
func (n *TimelineNode) Children() (all []fyne.CanvasObject) {
	for _, o := range []fyne.CanvasObject{n.beside, n.below} {
		if o != nil {
			all = append(all, o)
		}
	}
	return all
}

// TimelineText is where the text of a node begins, in px.
const TimelineText = 36

// HeightFor is the height in px at a width.
func (n *TimelineNode) HeightFor(width float32) float32 {
	if n.heading {
		return 32
	}
	h := float32(24)
	if _, more := n.titleLines(width); more != "" {
		h += titleLeading
	}
	if n.body != nil {
		h += n.bodyGap + n.body.HeightFor(width-TimelineText)
	}
	if n.below != nil {
		h += 6 + heightFor(n.below, width-TimelineText)
	}
	return h + n.after
}

// titleLeading is from the first line of a title to the second, in px.
const titleLeading = 17

// besideTitle is what stands at the right of a title, in px: the meta, and what is beside it.
func (n *TimelineNode) besideTitle() (meta, all float32) {
	meta = ceil(Quiet.measure(n.meta).Width)
	all = meta
	if n.beside != nil {
		all += n.beside.MinSize().Width + 2
	}
	return meta, all
}

// titleLines is the title beside the meta, and what goes on below it.
func (n *TimelineNode) titleLines(width float32) (first, more string) {
	_, beside := n.besideTitle()
	if b := n.broken; b.width != width || b.beside != beside {
		b = brokenTitle{width: width, beside: beside}
		b.first, b.more = n.breakTitle(width, beside)
		n.broken = b
	}
	return n.broken.first, n.broken.more
}

func (n *TimelineNode) breakTitle(width, beside float32) (first, more string) {
	title, style := oneLine(n.title), Strong
	if n.heading {
		style = Section
	}
	room := width - beside - TimelineText - 8
	if n.heading || style.measure(title).Width <= room {
		return Ellipsis(title, style, room), ""
	}
	lines := Wrap(title, style, max(room, titleLeast))
	if len(lines) < 2 {
		return Ellipsis(title, style, room), ""
	}
	return Ellipsis(lines[0], style, room), Ellipsis(strings.Join(lines[1:], " "), style, width-TimelineText)
}

// titleLeast is how wide the first line of a title is broken at least, in px.
const titleLeast = 60

// CreateRenderer is for Fyne.
func (n *TimelineNode) CreateRenderer() fyne.WidgetRenderer {
	rail, node := newFrame(0), newFrame(12)
	icon := NewIcon("", 12, theme.Text2)
	title, more, meta := &canvas.Text{}, &canvas.Text{}, &canvas.Text{}
	objects := []fyne.CanvasObject{rail.Rectangle, node.Rectangle, icon.Image, title, more, meta}
	if n.body != nil {
		objects = append(objects, n.body)
	}
	objects = append(objects, n.Children()...)
	style := Strong
	if n.heading {
		style = Section
	}
	return draw(func(s fyne.Size) {
		top, end := float32(0), s.Height
		if n.first {
			top = 12
		}
		if n.last {
			end = 12
		}
		rail.cover(11, top, 2, max(0, end-top))
		node.cover(0, 0, 24, 24)
		place(icon.Image, 6, 6, 12, 12)
		h, mh := style.measure(n.title).Height, Quiet.measure("x").Height
		y := float32(12)
		if n.heading {
			y = 16
		}
		mw, right := n.besideTitle()
		place(meta, s.Width-mw, y-mh/2-0.5, mw, mh)
		if n.beside != nil {
			size := n.beside.MinSize()
			place(n.beside, s.Width-right, y-size.Height/2, size.Width, size.Height)
		}
		w := s.Width - TimelineText
		place(title, TimelineText, y-h/2-0.5, w-right-8, h)
		title.Text, more.Text = n.titleLines(s.Width)
		more.Hidden = more.Text == ""
		y = 24
		if !more.Hidden {
			place(more, TimelineText, 12+titleLeading-h/2-0.5, w, h)
			y += titleLeading
		}
		if n.body != nil {
			bh := n.body.HeightFor(w)
			place(n.body, TimelineText, y+n.bodyGap, w, bh)
			y += n.bodyGap + bh
		}
		if n.below != nil {
			place(n.below, TimelineText, y+6, w, heightFor(n.below, w))
		}
	}, func() fyne.Size {
		w := n.Size().Width
		if w <= 0 {
			w = 400
		}
		return fyne.NewSize(120, n.HeightFor(w))
	}, func() {
		rail.paint(theme.Border, theme.Clear, 0)
		node.paint(theme.Surface, theme.Border, 1)
		node.Hidden, icon.Image.Hidden = n.heading, n.heading
		rail.Hidden = n.heading && (n.first || n.last)
		icon.Set(n.icon, n.tone.Ink())
		style.wear(title)
		style.wear(more)
		Quiet.wear(meta)
		meta.Text = n.meta
	}, objects...)
}
