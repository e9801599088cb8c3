package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"leadline/ui/theme"
)

// drawing is the renderer of every widget here: some objects, how they lie, how
// small they may get, and how they look now.
type drawing struct {
	objects []fyne.CanvasObject
	layout  func(fyne.Size)
	min     func() fyne.Size
	look    func()
}

func draw(layout func(fyne.Size), min func() fyne.Size, look func(), objects ...fyne.CanvasObject) *drawing {
	if look != nil {
		look()
	}
	return &drawing{objects: objects, layout: layout, min: min, look: look}
}

func (d *drawing) Layout(s fyne.Size)           { d.layout(s) }
func (d *drawing) MinSize() fyne.Size           { return d.min() }
func (d *drawing) Objects() []fyne.CanvasObject { return d.objects }
func (d *drawing) Destroy()                     {}

func (d *drawing) Refresh() {
	if d.look != nil {
		d.look()
	}
	for _, o := range d.objects {
		canvas.Refresh(o)
	}
}

// frame is a filled and outlined shape. The outline lies inside the box.
type frame struct{ *canvas.Rectangle }

func newFrame(radius float32) frame {
	r := canvas.NewRectangle(theme.Color(theme.Clear))
	r.CornerRadius = radius
	return frame{r}
}

// paint sets fill and outline; width 0 is no outline.
func (f frame) paint(fill, outline fyne.ThemeColorName, width float32) {
	f.FillColor = theme.Color(fill)
	f.StrokeColor = theme.Color(outline)
	f.StrokeWidth = width
	if width > 0 && fill != outline {
		f.FillColor, f.StrokeColor = tinted(f.FillColor, f.StrokeColor), tinted(f.StrokeColor, f.FillColor)
	}
}

// tinted is c, and where that paints nothing, next to nothing of the colour beside it: between an outline and its fill OpenGL paints
// a mean of the two, and nothing is black to it.
func tinted(c, beside color.Color) color.Color {
	if c != color.Transparent {
		return c
	}
	n := color.NRGBAModel.Convert(beside).(color.NRGBA)
	n.A = 1
	return n
}

// cover lays the frame over the box from x, y, inset by half its stroke: Fyne's
// stroke straddles the edge.
func (f frame) cover(x, y, w, h float32) {
	in := f.StrokeWidth / 2
	f.Move(fyne.NewPos(x+in, y+in))
	f.Resize(fyne.NewSize(w-2*in, h-2*in))
}

// newRing is the focus ring; hidden at first.
func newRing(radius float32) frame {
	r := newFrame(radius)
	r.Hide()
	return r
}

// around lays the ring of 2 px outside the box, 2 px away.
func (f frame) around(s fyne.Size) {
	f.Move(fyne.NewPos(-3, -3))
	f.Resize(fyne.NewSize(s.Width+6, s.Height+6))
}

func (f frame) focus(on bool) {
	f.paint(theme.Clear, theme.Accent, 2)
	if on {
		f.Show()
	} else {
		f.Hide()
	}
}

// Icon is a picture of the set in one colour, 12 to 24 px. Its Image goes into
// the layout.
type Icon struct {
	Image *canvas.Raster
	name  theme.IconName
	color fyne.ThemeColorName
}

// NewIcon draws an icon in size × size; without a name it is an empty place.
func NewIcon(name theme.IconName, size float32, color fyne.ThemeColorName) *Icon {
	i := &Icon{name: name, color: color}
	i.Image = canvas.NewRaster(i.draw)
	i.Image.SetMinSize(fyne.NewSquareSize(size))
	return i
}

func (i *Icon) draw(width, height int) image.Image {
	if i.name == "" || width <= 0 || height <= 0 {
		return image.NewRGBA(image.Rect(0, 0, max(width, 1), max(height, 1)))
	}
	return theme.DrawIcon(i.name, i.color, width, height)
}

// Set changes the icon and its colour.
func (i *Icon) Set(name theme.IconName, color fyne.ThemeColorName) {
	if i.name == name && i.color == color {
		return
	}
	i.name, i.color = name, color
	i.Image.Refresh()
}

// Fill is a plain area of a colour, for backgrounds.
func Fill(color fyne.ThemeColorName) fyne.CanvasObject { return FillRound(color, 0) }

// FillRound is a plain area with round corners.
func FillRound(color fyne.ThemeColorName, radius float32) fyne.CanvasObject {
	return newArea(color, radius)
}
