package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// trackBar is how wide a bar of a soundtrack is, with its gap, in px.
const trackBar = 3

// Soundtrack shows who speaks when in a recording, us above and them below the middle, and how
// far it was played. A click, and the arrow keys, go to another place.
type Soundtrack struct {
	press
	ours, theirs []uint8 // 0..255, evenly over the whole
	part         float32 // played, 0..1
	seek         func(part float32)
	shown        string // in words
}

// NewSoundtrack makes an empty one.
func NewSoundtrack(key text.Key, seek func(part float32)) *Soundtrack {
	s := &Soundtrack{seek: seek}
	s.words = say(key)
	s.onKey = func(e *fyne.KeyEvent) bool {
		switch e.Name {
		case fyne.KeyRight:
			s.move(s.part + 0.05)
		case fyne.KeyLeft:
			s.move(s.part - 0.05)
		default:
			return false
		}
		return true
	}
	s.extend(s)
	return s
}

// SetShape shows how loud both sides are.
func (s *Soundtrack) SetShape(ours, theirs []uint8) {
	s.ours, s.theirs = ours, theirs
	s.Refresh()
}

// Set shows how far it was played, 0..1, and what that is in words.
func (s *Soundtrack) Set(part float32, words string) {
	if s.part != part || s.shown != words {
		s.part, s.shown = part, words
		s.Refresh()
	}
}

func (s *Soundtrack) move(part float32) {
	if s.seek != nil && !s.disabled {
		s.seek(max(0, min(1, part)))
	}
}

// Role is "slider".
func (s *Soundtrack) Role() string { return "slider" }

// Value is how far it was played.
func (s *Soundtrack) Value() string { return s.shown }

// Tapped goes to where the click was.
func (s *Soundtrack) Tapped(e *fyne.PointEvent) {
	if w := s.Size().Width; w > 0 {
		s.move(e.Position.X / w)
	}
}

// loudest is the loudest of a side in the i-th of n bars, 0..1.
func loudest(side []uint8, i, n int) float32 {
	var top uint8
	for _, v := range side[i*len(side)/n : max(i*len(side)/n, (i+1)*len(side)/n)] {
		top = max(top, v)
	}
	return float32(top) / 255
}

// CreateRenderer is for Fyne.
func (s *Soundtrack) CreateRenderer() fyne.WidgetRenderer {
	return &trackDrawing{s: s, ring: newRing(6)}
}

// trackDrawing has as many bars as there is room for.
type trackDrawing struct {
	s    *Soundtrack
	ring frame
	bars []*canvas.Rectangle
}

func (d *trackDrawing) MinSize() fyne.Size { return fyne.NewSize(80, 26) }
func (d *trackDrawing) Destroy()           {}

func (d *trackDrawing) Objects() []fyne.CanvasObject {
	all := make([]fyne.CanvasObject, 0, len(d.bars)+1)
	for _, b := range d.bars {
		all = append(all, b)
	}
	return append(all, d.ring.Rectangle)
}

func (d *trackDrawing) Layout(z fyne.Size) {
	n := int(z.Width / trackBar)
	for len(d.bars) < 2*n {
		d.bars = append(d.bars, canvas.NewRectangle(nil))
	}
	d.bars = d.bars[:2*n]
	middle := whole(z.Height / 2)
	for i := range n {
		x, half := float32(i*trackBar), middle-1
		up, down := max(1, whole(half*loudest(d.s.ours, i, n))), max(1, whole(half*loudest(d.s.theirs, i, n)))
		place(d.bars[2*i], x, middle-up, trackBar-1, up)
		place(d.bars[2*i+1], x, middle+1, trackBar-1, down)
	}
	d.ring.around(z)
	d.paint()
}

func (d *trackDrawing) paint() {
	played := int(d.s.part * float32(len(d.bars)/2))
	for i, b := range d.bars {
		fill := theme.ChartPale
		switch {
		case i/2 >= played:
		case i%2 == 0:
			fill = theme.AccentFill
		default:
			fill = theme.AnswerFill
		}
		b.FillColor = theme.Color(fill)
	}
	d.ring.focus(d.s.focused && !d.s.disabled)
}

func (d *trackDrawing) Refresh() {
	d.Layout(d.s.Size())
	canvas.Refresh(d.s)
}
