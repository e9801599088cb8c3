package kit

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/ui/theme"
)

// OpenGL paints a mean of fill and outline between the two: where one of them is nothing to see, it has the other's colour all the
// same, or a grey fringe is there that no picture of the tests shows.
func TestAnOutlineHasNoDarkFringe(t *testing.T) {
	for _, mode := range []theme.Mode{theme.Light, theme.Dark} {
		dress(t, mode, "en")
		f := newFrame(8)
		for _, c := range []struct{ fill, outline fyne.ThemeColorName }{{theme.Clear, theme.Border}, {theme.Clear, theme.Accent}, {theme.Surface, theme.Clear}} {
			f.paint(c.fill, c.outline, 1)
			unseen, seen := f.FillColor, f.StrokeColor
			if c.outline == theme.Clear {
				unseen, seen = seen, unseen
			}
			r, g, b, a := unseen.RGBA()
			if a == 0 || a > 0x101 {
				t.Fatalf("%s, %s: %d of 65535 of what is not to be seen is", c.fill, c.outline, a)
			}
			want := color.NRGBAModel.Convert(seen).(color.NRGBA)
			for i, got := range []uint32{r, g, b} { // as Fyne hands it to the shader
				if part := int(got * 255 / a); part < int([]uint8{want.R, want.G, want.B}[i])-1 || part > int([]uint8{want.R, want.G, want.B}[i])+1 {
					t.Errorf("%s, %s: colour %d is %d beside %v", c.fill, c.outline, i, part, want)
				}
			}
		}
		if f.paint(theme.Clear, theme.Clear, 1); f.FillColor != color.Transparent || f.StrokeColor != color.Transparent {
			t.Error("nothing at all is painted")
		}
	}
}
