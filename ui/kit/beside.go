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
