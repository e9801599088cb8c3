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
