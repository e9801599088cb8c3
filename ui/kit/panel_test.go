package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"leadline/ui/theme"
)

// The panel is put together of pieces; it looks like the one shape that it stands for.
func TestPanelIsOneSurfaceWithAHairlineAndARoundCorner(t *testing.T) {
	for _, mode := range []theme.Mode{theme.Light, theme.Dark} {
		dress(t, mode, "en")
		const w, h = 120, 90
		panel := NewPanel()
		win := test.NewTempWindow(t, container.NewWithoutLayout(panel))
		win.SetPadded(false)
		win.Resize(fyne.NewSize(w, h))
		place(panel, 0, 0, w, h)
		img := win.Canvas().Capture()
		for y := 2; y < h-2; y++ {
			for x := 2; x < w-2; x++ {
				if x+y < panelRadius {
					continue // in the corner, or on its line
				}
				if got := at(img, x, y); got != token(theme.Surface) {
					t.Fatalf("theme %v, at %d,%d: %v, want the surface", mode, x, y, got)
				}
			}
		}
		for _, p := range [][2]int{{0, h / 2}, {w - 1, h / 2}, {w / 2, h - 1}} {
			if got := at(img, p[0], p[1]); got != token(theme.Border) {
				t.Errorf("theme %v, at %v: %v, want the hairline", mode, p, got)
			}
		}
		if got := at(img, 0, 0); got != token(theme.Background) {
			t.Errorf("theme %v: the corner is not round, and beside it is %v", mode, got)
		}
	}
}
