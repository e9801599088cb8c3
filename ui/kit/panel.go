package kit

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/theme"
)

// Panel is where the surface of the main window begins: a hairline around it, and its
// top left corner is round. The surface itself is what the window was cleared with:
// it is most of the window, which is painted anew each second of a call.
type Panel struct{ widget.BaseWidget }

const panelRadius = 10

// NewPanel makes one.
func NewPanel() *Panel {
	p := &Panel{}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer is for Fyne. The corner is drawn pixel by pixel: the softened outline of a rectangle is wider than one.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	corner := canvas.NewRaster(paintCorner)
	top, left, right, bottom := newWash(), newWash(), newWash(), newWash()
	return draw(func(s fyne.Size) {
		place(corner, 0, 0, panelRadius, panelRadius)
		top.cover(panelRadius, 0, s.Width-panelRadius, 1)
		left.cover(0, panelRadius, 1, s.Height-panelRadius)
		right.cover(s.Width-1, 0, 1, s.Height)
		bottom.cover(0, s.Height-1, s.Width, 1)
	}, func() fyne.Size { return fyne.Size{} }, func() {
		for _, w := range []wash{top, left, right, bottom} {
			w.paint(theme.Border)
		}
		corner.Refresh()
	}, corner, top.Image, left.Image, right.Image, bottom.Image)
}

// paintCorner paints a round corner of w × h pixels: what is beside the panel, its hairline and its surface.
func paintCorner(w, h int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := float64(min(w, h))
	line := max(1, math.Round(r/panelRadius))
	beside, border, surface := theme.Color(theme.Background), theme.Color(theme.Border), theme.Color(theme.Surface)
	for y := range h {
		for x := range w {
			d := math.Hypot(float64(w)-float64(x)-0.5, float64(h)-float64(y)-0.5)
			inner := max(0, min(1, d-(r-line)+0.5)) // 0 inside of the hairline, 1 on it
			outer := max(0, min(1, d-r+0.5))        // 0 on the hairline, 1 beside it
			img.Set(x, y, mix(mix(surface, border, inner), beside, outer))
		}
	}
	return img
}

// mix is a colour on the way from a to b, of which it has a part, 0..1. Both are opaque.
func mix(a, b color.Color, part float64) color.Color {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	way := func(a, b uint32) uint8 { return uint8(math.Round((float64(a)*(1-part) + float64(b)*part) / 257)) }
	return color.NRGBA{R: way(ar, br), G: way(ag, bg), B: way(ab, bb), A: 255}
}
