package door

import (
	"image"
	"image/color"

	"github.com/go-gl/gl/v2.1/gl"
)

// picture is what the window shows. Fyne reads the front buffer; Mesa's software
// renderers keep none that could be read and give black, but their back buffer
// still has the last frame, since they copy it to the screen when it is done.
func picture(win Window) image.Image {
	img := win.Canvas.Capture()
	if !blank(img) || win.InContext == nil {
		return img
	}
	size := img.Bounds().Size()
	if size.X <= 0 || size.Y <= 0 {
		return img
	}
	pixels := make([]uint8, size.X*size.Y*4)
	win.InContext(func() {
		gl.ReadBuffer(gl.BACK)
		gl.ReadPixels(0, 0, int32(size.X), int32(size.Y), gl.RGBA, gl.UNSIGNED_BYTE, gl.Ptr(pixels))
	})
	return upright(pixels, size)
}

// upright turns OpenGL's rows, the lowest first, into a picture. Windows are opaque.
func upright(pixels []uint8, size image.Point) image.Image {
	out := image.NewNRGBA(image.Rectangle{Max: size})
	row := size.X * 4
	for y := range size.Y {
		from := pixels[(size.Y-1-y)*row:][:row]
		to := out.Pix[y*out.Stride:][:row]
		copy(to, from)
		for x := 3; x < row; x += 4 {
			to[x] = 0xff
		}
	}
	return out
}

// blank tells whether there is nothing but black.
func blank(img image.Image) bool {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 3 {
		for x := b.Min.X; x < b.Max.X; x += 3 {
			if c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA); c.R|c.G|c.B != 0 {
				return false
			}
		}
	}
	return true
}
