package kit

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"

	"leadline/ui/theme"
)

// A window that is dragged very small leaves no room for what stands in it.
func TestAWashWithoutRoomIsNotPainted(t *testing.T) {
	dress(t, theme.Light, "en")
	for _, size := range [][2]float32{{0, 0}, {0, 20}, {20, 0}, {-1, 20}, {20, -1}, {-3, -3}, {0.2, 20}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			w := newWash()
			w.paint(theme.Accent)
			c := software.NewCanvas()
			c.SetContent(container.NewWithoutLayout(w.Image))
			c.Resize(fyne.NewSize(40, 40))
			w.cover(2, 2, size[0], size[1])
			bare := c.Capture()
			w.cover(2, 2, 20, 20)
			if got := c.Capture().At(10, 10); got == bare.At(10, 10) {
				t.Error("with room it is not painted either")
			}
		})
	}
}
