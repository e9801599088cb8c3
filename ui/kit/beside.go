package kit

import "fyne.io/fyne/v2"

// Beside puts side, width px wide, at the right of o, gap px away. Where that leaves o less than least px, side stands
// below, as wide as o.
func Beside(gap, width, least float32, o, side fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &beside{gap: gap, width: width, least: least}, Objects: []fyne.CanvasObject{o, side}}
}

type beside struct {
	gap, width, least float32
	below             bool // as it was laid out last
}

func (b *beside) fits(width float32) bool { return width-b.gap-b.width >= b.least }

func (b *beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	o, side := objects[0], objects[1]
	b.below = !b.fits(size.Width)
	if b.below {
		high := heightFor(o, size.Width)
		place(o, 0, 0, size.Width, high)
		place(side, 0, high+b.gap, size.Width, heightFor(side, size.Width))
		return
	}
	left := size.Width - b.gap - b.width
	place(o, 0, 0, left, heightFor(o, left))
	place(side, left+b.gap, 0, b.width, heightFor(side, b.width))
}

// MinSize is as wide as o alone: side finds its place.
func (b *beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	o, side := objects[0].MinSize(), objects[1].MinSize()
	if b.below {
		return fyne.NewSize(max(o.Width, side.Width), o.Height+b.gap+side.Height)
	}
	return fyne.NewSize(o.Width, max(o.Height, side.Height))
}

func (b *beside) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	if b.fits(width) {
		return max(heightFor(objects[0], width-b.gap-b.width), heightFor(objects[1], b.width))
	}
	return heightFor(objects[0], width) + b.gap + heightFor(objects[1], width)
}

// Labelled puts a label, width px wide, at the left of o, gap px away. Where that leaves o less than least px, or less than it
// needs, the label stands above it.
func Labelled(gap, width, least float32, label, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &labelled{gap: gap, width: width, least: least}, Objects: []fyne.CanvasObject{label, o}}
}

type labelled struct {
	gap, width, least float32
	above             bool // as it was laid out last
}

// labelGap is between a label and what stands below it.
const labelGap = 8

func (l *labelled) fits(o fyne.CanvasObject, width float32) bool {
	return width-l.gap-l.width >= max(l.least, o.MinSize().Width)
}

func (l *labelled) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	label, o := objects[0], objects[1]
	l.above = !l.fits(o, size.Width)
	if l.above {
		high := heightFor(label, size.Width)
		place(label, 0, 0, size.Width, high)
		place(o, 0, high+labelGap, size.Width, heightFor(o, size.Width))
		return
	}
	left := l.width + l.gap
	place(label, 0, 0, l.width, heightFor(label, l.width))
	place(o, left, 0, size.Width-left, heightFor(o, size.Width-left))
}

// MinSize is as wide as o alone: the label finds its place.
func (l *labelled) MinSize(objects []fyne.CanvasObject) fyne.Size {
	label, o := objects[0].MinSize(), objects[1].MinSize()
	if l.above {
		return fyne.NewSize(o.Width, label.Height+labelGap+o.Height)
	}
	return fyne.NewSize(o.Width, max(label.Height, o.Height))
}

func (l *labelled) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	label, o := objects[0], objects[1]
	if l.fits(o, width) {
		return max(heightFor(label, l.width), heightFor(o, width-l.gap-l.width))
	}
	return heightFor(label, width) + labelGap + heightFor(o, width)
}
