package ui

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"

	"leadline/assets"
	"leadline/ui/theme"
)

// trayMark is what the icon of the tray tells at a glance.
type trayMark struct {
	offline bool // no account is registered: the icon is grey, with a cross
	quiet   bool // calls don't ring here: a bar
	missed  int  // the count, which stands before the others' signs
}

// trayIconSize is in pixels; panels shrink it to 16 to 32.
const trayIconSize = 64

// trayIcon draws the program's icon with a mark, as a PNG. Colours are those of the light theme
// in both: the panel is the desktop's, and whether it is dark the program isn't told.
func trayIcon(m trayMark) ([]byte, error) {
	logo, err := trayLogo()
	if err != nil {
		return nil, err
	}
	parts := []fyne.CanvasObject{placed(canvas.NewImageFromImage(shaded(logo, m.offline)), 0, 0, trayIconSize, trayIconSize)}
	fill := func(name fyne.ThemeColorName) color.Color {
		c, _ := theme.Value(name, 1) // light
		return c
	}
	const side = 38 // of the badge: what is left of it at 16 pixels is 10
	const at = trayIconSize - side
	badge := func(fill color.Color) {
		parts = append(parts, placed(canvas.NewCircle(color.White), at-3, at-3, side+6, side+6), placed(canvas.NewCircle(fill), at, at, side, side))
	}
	line := func(x1, y1, x2, y2 float32) {
		l := canvas.NewLine(color.White)
		l.StrokeWidth = 6
		l.Position1, l.Position2 = fyne.NewPos(x1, y1), fyne.NewPos(x2, y2)
		parts = append(parts, l)
	}
	const mid = at + side/2
	switch {
	case m.missed > 0:
		badge(fill(theme.DangerFill))
		count := strconv.Itoa(m.missed)
		if m.missed > 9 {
			count = "9+"
		}
		words := canvas.NewText(count, color.White)
		words.TextSize, words.TextStyle = 28, fyne.TextStyle{Bold: true}
		words.FontSource = theme.Cut(words.TextStyle) // else Fyne reads a font of the system beside ours, from the disk
		size := words.MinSize()
		parts = append(parts, placed(words, mid-size.Width/2, mid-size.Height/2, size.Width, size.Height))
	case m.offline:
		badge(fill(theme.Text2))
		line(mid-8, mid-8, mid+8, mid+8)
		line(mid-8, mid+8, mid+8, mid-8)
	case m.quiet:
		badge(fill(theme.WarningText))
		line(mid-10, mid, mid+10, mid)
	}
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	box := container.NewWithoutLayout(parts...)
	c.SetContent(box)
	c.Resize(fyne.NewSquareSize(trayIconSize))
	var file bytes.Buffer
	err = png.Encode(&file, c.Capture())
	return file.Bytes(), err
}

func placed(o fyne.CanvasObject, x, y, w, h float32) fyne.CanvasObject {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	return o
}

// trayLogo is the program's icon in the tray's size.
var trayLogo = sync.OnceValues(func() (*image.NRGBA, error) {
	large, err := png.Decode(bytes.NewReader(assets.Logo))
	if err != nil {
		return nil, err
	}
	small := image.NewNRGBA(image.Rect(0, 0, trayIconSize, trayIconSize))
	step := large.Bounds().Dx() / trayIconSize
	n := uint32(step * step)
	for y := range trayIconSize {
		for x := range trayIconSize {
			var r, g, b, a uint32
			for i := range step * step {
				r1, g1, b1, a1 := large.At(x*step+i%step, y*step+i/step).RGBA()
				r, g, b, a = r+r1, g+g1, b+b1, a+a1
			}
			small.Set(x, y, color.RGBA64{uint16(r / n), uint16(g / n), uint16(b / n), uint16(a / n)})
		}
	}
	return small, nil
})

// shaded is a picture as it is, or without its colours.
func shaded(of *image.NRGBA, grey bool) image.Image {
	if !grey {
		return of
	}
	out := image.NewNRGBA(of.Rect)
	for i := 0; i < len(of.Pix); i += 4 {
		v := color.GrayModel.Convert(color.NRGBA{of.Pix[i], of.Pix[i+1], of.Pix[i+2], 255}).(color.Gray).Y
		out.Pix[i], out.Pix[i+1], out.Pix[i+2], out.Pix[i+3] = v, v, v, of.Pix[i+3]
	}
	return out
}
