package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

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
	if pixel := w.Image.Image.(*image.NRGBA); pixel.NRGBAAt(0, 0) != c {
		pixel = image.NewNRGBA(pixel.Rect)
		pixel.SetNRGBA(0, 0, c)
		w.Image.Image = pixel
	}
	w.hide()
}

func (w wash) cover(x, y, width, height float32) {
	w.Move(fyne.NewPos(x, y))
	w.Resize(fyne.NewSize(width, height))
	w.hide()
}

// leastPixel is the room, in Fyne's units, in which something can be seen on the finest screens.
const leastPixel = 0.25

// hide hides it where there is nothing to be seen. Fyne's painter in software panics on an image
// without a pixel, and what stands beside a corner may be left with less than none.
func (w wash) hide() {
	size := w.Size()
	w.Hidden = w.Image.Image.At(0, 0).(color.NRGBA).A == 0 || size.Width < leastPixel || size.Height < leastPixel
}
