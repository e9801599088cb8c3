package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Scroll scrolls o up and down. It asks for the same little room whatever is in it: before each frame Fyne asks everything for
// its least size, and a scroller of its own asks all of o again for each of the containers around it.
func Scroll(o fyne.CanvasObject) *fyne.Container { return bounded(container.NewVScroll(o)) }

// ScrollAcross is Scroll to the left and the right.
func ScrollAcross(o fyne.CanvasObject) *fyne.Container { return bounded(container.NewHScroll(o)) }

func bounded(s *container.Scroll) *fyne.Container {
	return &fyne.Container{Layout: bound{}, Objects: []fyne.CanvasObject{s}}
}

// scrollLeast is the least width and height of what scrolls, in px.
const scrollLeast = 32

type bound struct{}

func (bound) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

func (bound) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSquareSize(scrollLeast) }
