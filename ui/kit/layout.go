package kit

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Align is how a row or column places its children across its direction.
type Align int

const (
	Stretch Align = iota // as wide or high as the row or column
	Start                // at the top or the left
	Center               // in the middle
	End                  // at the bottom or the right
)

// Row places its children from left to right, centred across, gap apart.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return RowAligned(gap, Center, objects...)
}

// RowAligned is Row with another cross alignment.
func RowAligned(gap float32, across Align, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &line{gap: gap, across: across}, Objects: objects}
}

// Column places its children from top to bottom, as wide as itself, gap apart.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return ColumnAligned(gap, Stretch, objects...)
}

// ColumnAligned is Column with another cross alignment.
func ColumnAligned(gap float32, across Align, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &line{gap: gap, across: across, down: true}, Objects: objects}
}

// Grow lets o take a share of what a row or column has left, and shrink below
// its minimum when there is too little.
func Grow(o fyne.CanvasObject) *fyne.Container { return GrowBy(1, o) }

// GrowBy is Grow with a weight.
func GrowBy(weight float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &cell{grow: weight}, Objects: []fyne.CanvasObject{o}}
}

// Sized gives o a fixed width, height or both; 0 leaves the minimum.
func Sized(w, h float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &cell{w: w, h: h}, Objects: []fyne.CanvasObject{o}}
}

// Pad puts space around o: top, right, bottom, left.
func Pad(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &cell{top: top, right: right, bottom: bottom, left: left}, Objects: []fyne.CanvasObject{o}}
}

// PadGrow is Pad that grows in its row or column.
func PadGrow(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &cell{grow: 1, top: top, right: right, bottom: bottom, left: left}, Objects: []fyne.CanvasObject{o}}
}

// Spacer takes what is left of a row or column.
func Spacer() *fyne.Container { return &fyne.Container{Layout: &cell{grow: 1}} }

// Gap is an empty place of a fixed size along the row or column.
func Gap(size float32) *fyne.Container { return &fyne.Container{Layout: &cell{w: size, h: size}} }

// Middle centres o on whole pixels, no wider than there is room.
func Middle(o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: middle{}, Objects: []fyne.CanvasObject{o}}
}

// Stack lays its children over each other.
func Stack(objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &cell{}, Objects: objects}
}

// Columns shares the width evenly between its children, gap apart: two halves,
// five tiles.
func Columns(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	for i, o := range objects {
		objects[i] = Grow(o)
	}
	return RowAligned(gap, Stretch, objects...)
}

// HeightFor is an object whose height depends on its width: wrapped prose.
type HeightFor interface{ HeightFor(width float32) float32 }

// heightFor is how high o must be when it is width wide.
func heightFor(o fyne.CanvasObject, width float32) float32 {
	switch w := o.(type) {
	case HeightFor:
		return w.HeightFor(width)
	case *fyne.Container:
		if l, ok := w.Layout.(interface {
			heightFor(objects []fyne.CanvasObject, width float32) float32
		}); ok {
			return l.heightFor(w.Objects, width)
		}
	}
	return o.MinSize().Height
}

func whole(v float32) float32 { return float32(math.Round(float64(v))) }

func floor(v float32) float32 { return float32(math.Floor(float64(v))) }

// place puts o on whole pixels; half a pixel of a centred line goes upwards,
// where it looks right with Inter's deep descent.
func place(o fyne.CanvasObject, x, y, w, h float32) {
	if _, words := o.(*canvas.Text); words {
		placeWords(o, x, y, w, h)
		return
	}
	o.Move(fyne.NewPos(whole(x), floor(y+0.01)))
	o.Resize(fyne.NewSize(whole(w), whole(h)))
}

// placeWords is place for words, on the next pixel downwards, and exactly as high as their font has them. Given more, as a whole
// number of pixels is for some sizes, Fyne puts half of that above them, and rounds it up on a picture and down on a screen.
func placeWords(o fyne.CanvasObject, x, y, w, h float32) {
	if whole(h) > h {
		y = floor(y+0.01) + 1
	}
	o.Move(fyne.NewPos(whole(x), ceil(y-0.01)))
	o.Resize(fyne.NewSize(whole(w), h))
}

// shown says whether o takes part in a layout: a cell around something hidden does not.
func shown(o fyne.CanvasObject) bool {
	if !o.Visible() {
		return false
	}
	c, ok := o.(*fyne.Container)
	if !ok {
		return true
	}
	if _, isCell := c.Layout.(*cell); !isCell || len(c.Objects) == 0 {
		return true
	}
	for _, in := range c.Objects {
		if shown(in) {
			return true
		}
	}
	return false
}

func growOf(o fyne.CanvasObject) float32 {
	if c, ok := o.(*fyne.Container); ok {
		if l, ok := c.Layout.(*cell); ok {
			return l.grow
		}
	}
	return 0
}

// cell wraps objects with padding, a fixed size or a share of what is left.
type cell struct {
	grow                     float32
	w, h                     float32
	top, right, bottom, left float32
}

func (c *cell) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		place(o, c.left, c.top, max(0, size.Width-c.left-c.right), max(0, size.Height-c.top-c.bottom))
	}
}

func (c *cell) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if c.w > 0 && c.h > 0 {
		return fyne.NewSize(c.w, c.h)
	}
	var m fyne.Size
	for _, o := range objects {
		if shown(o) {
			m = m.Max(o.MinSize())
		}
	}
	m = m.AddWidthHeight(c.left+c.right, c.top+c.bottom)
	if c.w > 0 {
		m.Width = c.w
	}
	if c.h > 0 {
		m.Height = c.h
	}
	return m
}

func (c *cell) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	if c.h > 0 {
		return c.h
	}
	var h float32
	for _, o := range objects {
		if shown(o) {
			h = max(h, heightFor(o, width-c.left-c.right))
		}
	}
	return h + c.top + c.bottom
}

type middle struct{}

func (middle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		m := o.MinSize()
		if m.Width > size.Width {
			m = fyne.NewSize(size.Width, heightFor(o, size.Width))
		}
		place(o, float32(math.Floor(float64(size.Width-m.Width)/2)), float32(math.Floor(float64(size.Height-m.Height)/2)), m.Width, m.Height)
	}
}

func (middle) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		if shown(o) {
			m = m.Max(o.MinSize())
		}
	}
	return m
}

// line is a row, or a column when down.
type line struct {
	gap    float32
	across Align
	down   bool
}

func (l *line) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var along, cross float32
	n := 0
	for _, o := range objects {
		if !shown(o) {
			continue
		}
		m := o.MinSize()
		if l.down {
			m.Width, m.Height = m.Height, m.Width
		}
		along += m.Width
		cross = max(cross, m.Height)
		n++
	}
	along += l.gap * float32(max(0, n-1))
	if l.down {
		return fyne.NewSize(cross, along)
	}
	return fyne.NewSize(along, cross)
}

func (l *line) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	if l.down {
		var h float32
		n := 0
		for _, o := range objects {
			if shown(o) {
				h += heightFor(o, width)
				n++
			}
		}
		return h + l.gap*float32(max(0, n-1))
	}
	var h float32
	for i, w := range l.lengths(objects, fyne.NewSize(width, 0)) {
		if shown(objects[i]) {
			h = max(h, heightFor(objects[i], w))
		}
	}
	return h
}

// lengths shares the room along the line: minimums first, what is left by weight.
func (l *line) lengths(objects []fyne.CanvasObject, size fyne.Size) []float32 {
	room := size.Width
	if l.down {
		room = size.Height
	}
	out := make([]float32, len(objects))
	var used, weights, soft float32
	n := 0
	for i, o := range objects {
		if !shown(o) {
			continue
		}
		n++
		if l.down {
			out[i] = heightFor(o, size.Width)
		} else {
			out[i] = o.MinSize().Width
		}
		used += out[i]
		if g := growOf(o); g > 0 {
			weights += g
			soft += out[i]
		}
	}
	left := room - used - l.gap*float32(max(0, n-1))
	if weights == 0 {
		return out
	}
	if !l.down {
		// Growing cells of a row share by weight alone, so that two halves are halves.
		left += soft
		var fixed float32
		open := weights
		done := make([]bool, len(objects))
		if left >= soft { // no cell below its minimum while there is room for all
			for again := true; again; {
				again = false
				for i, o := range objects {
					g := growOf(o)
					if g == 0 || done[i] || !shown(o) {
						continue
					}
					if share := (left - fixed) * g / open; out[i] > share {
						done[i], again = true, true
						fixed += out[i]
						open -= g
					}
				}
			}
		}
		for i, o := range objects {
			if g := growOf(o); g > 0 && !done[i] && shown(o) {
				out[i] = max(0, (left-fixed)*g/open)
			}
		}
		return out
	}
	for i, o := range objects {
		if g := growOf(o); g > 0 && shown(o) {
			out[i] = max(0, out[i]+left*g/weights)
		}
	}
	return out
}

func (l *line) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	lengths := l.lengths(objects, size)
	var at float32
	for i, o := range objects {
		if !shown(o) {
			continue
		}
		room := size.Height
		if l.down {
			room = size.Width
		}
		cross := room
		if l.across != Stretch {
			if l.down {
				cross = min(room, o.MinSize().Width)
			} else {
				cross = min(room, heightFor(o, lengths[i]))
			}
		}
		var off float32
		switch l.across {
		case Center:
			off = float32(math.Floor(float64(room-cross) / 2))
		case End:
			off = room - cross
		}
		from, to := whole(at), whole(at+lengths[i])
		if l.down {
			place(o, off, from, cross, to-from)
		} else {
			place(o, from, off, to-from, cross)
		}
		at += lengths[i] + l.gap
	}
}
