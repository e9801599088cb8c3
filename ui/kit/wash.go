package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/theme"
)

// wash is a plain colour over a large area: one pixel, stretched.
//
// Where a program paints in software (remote desktops, virtual machines), each pixel
// of a canvas.Rectangle runs through a shader that knows of strokes and shadows:
// measured with llvmpipe, a million pixels take 10 ms, with a round corner 16, and as
// a wash 5. Behind a whole window that is half of what the window costs.
type wash struct{ *canvas.Image }

func newWash() wash {
	return wash{&canvas.Image{FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScalePixels, Image: image.NewNRGBA(image.Rect(0, 0, 1, 1))}}
}

func (w wash) paint(fill fyne.ThemeColorName) {
	c := color.NRGBAModel.Convert(theme.Color(fill)).(color.NRGBA)
	w.Hidden = c.A == 0
	if pixel := w.Image.Image.(*image.NRGBA); pixel.NRGBAAt(0, 0) != c {
		pixel = image.NewNRGBA(pixel.Rect)
		pixel.SetNRGBA(0, 0, c)
		w.Image.Image = pixel
	}
}

func (w wash) cover(x, y, width, height float32) {
	w.Move(fyne.NewPos(x, y))
	w.Resize(fyne.NewSize(width, height))
}

// Panel is the surface of the main window: a hairline around it, its top left corner
// round.
type Panel struct{ widget.BaseWidget }

// NewPanel makes one.
func NewPanel() *Panel {
	p := &Panel{}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer is for Fyne. The corner is a small round rectangle; what it has too
// much of lies under the washes.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	const radius = 10
	corner := newFrame(0)
	corner.TopLeftCornerRadius = radius
	top, left, right, bottom := newWash(), newWash(), newWash(), newWash()
	upper, lower := newWash(), newWash()
	return draw(func(s fyne.Size) {
		corner.cover(0, 0, 2*radius, 2*radius)
		top.cover(radius, 0, s.Width-radius, 1)
		left.cover(0, radius, 1, s.Height-radius)
		right.cover(s.Width-1, 0, 1, s.Height)
		bottom.cover(0, s.Height-1, s.Width, 1)
		upper.cover(radius, 1, s.Width-radius-1, radius)
		lower.cover(1, radius, s.Width-2, s.Height-radius-1)
	}, func() fyne.Size { return fyne.Size{} }, func() {
		corner.paint(theme.Surface, theme.Border, 1)
		for _, w := range []wash{top, left, right, bottom} {
			w.paint(theme.Border)
		}
		upper.paint(theme.Surface)
		lower.paint(theme.Surface)
	}, corner.Rectangle, upper.Image, lower.Image, top.Image, left.Image, right.Image, bottom.Image)
}
