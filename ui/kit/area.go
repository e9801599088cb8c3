package kit

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/theme"
)

// Area is a coloured shape that follows the theme: a background, a card, a line.
type Area struct {
	widget.BaseWidget
	fill, outline fyne.ThemeColorName
	radius, width float32
	min           fyne.Size
}

func newArea(fill fyne.ThemeColorName, radius float32) *Area {
	a := &Area{fill: fill, outline: theme.Clear, radius: radius}
	a.ExtendBaseWidget(a)
	return a
}

// NewCard is an area with a hairline around it.
func NewCard(fill, outline fyne.ThemeColorName, radius float32) *Area {
	return NewOutlined(fill, outline, 1, radius)
}

// NewOutlined is an area with an outline of that width within its edge.
func NewOutlined(fill, outline fyne.ThemeColorName, width, radius float32) *Area {
	a := newArea(fill, radius)
	a.outline, a.width = outline, width
	return a
}

// NewHairline is a line of 1 px, for rows (Vertical) and columns.
func NewHairline() *Area {
	a := newArea(theme.Border, 0)
	a.min = fyne.NewSize(1, 1)
	return a
}

// SetColors changes fill and outline.
func (a *Area) SetColors(fill, outline fyne.ThemeColorName) {
	if a.fill == fill && a.outline == outline {
		return
	}
	a.fill, a.outline = fill, outline
	a.Refresh()
}

// CreateRenderer is for Fyne.
func (a *Area) CreateRenderer() fyne.WidgetRenderer {
	if a.radius == 0 && a.width == 0 && a.min.IsZero() {
		w := newWash()
		return draw(func(s fyne.Size) { w.cover(0, 0, s.Width, s.Height) },
			func() fyne.Size { return fyne.Size{} },
			func() { w.paint(a.fill) }, w.Image)
	}
	f := newFrame(a.radius)
	return draw(func(s fyne.Size) { f.cover(0, 0, s.Width, s.Height) },
		func() fyne.Size { return a.min },
		func() { f.paint(a.fill, a.outline, a.width) }, f.Rectangle)
}

func ceil(v float32) float32 { return float32(math.Ceil(float64(v))) }
