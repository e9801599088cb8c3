package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"leadline/ui/kit"
)

// The order in which items of the strip give way to their icons when there is too little room.
const (
	statusFirst = iota // where calls go out
	statusNext         // what is as it should be
	statusLast         // what is wrong
	statusNever        // presence, and the lines between
)

// gives is when an item gives way.
func (it statusItem) gives() int {
	switch {
	case it.presence:
		return statusNever
	case it.lines:
		return statusFirst
	case it.apart || it.tone == kit.Warn || it.tone == kit.Bad:
		return statusLast
	}
	return statusNext
}

// statusIcon is the width of an item that shows only its icon; one that opens a menu has an arrow, too.
const (
	statusIcon  = 14 + 7 + 2*8
	statusArrow = 7 + 12
)

// statusRow lays the items of the strip side by side: when each gives way to its icon.
type statusRow []int

// MinSize is for Fyne: less than all of it has room.
func (r *statusRow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var height float32
	for _, o := range objects {
		height = max(height, o.MinSize().Height)
	}
	return fyne.NewSize(40, height)
}

// Layout is for Fyne.
func (r *statusRow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	widths, sum := make([]float32, len(objects)), float32(0)
	for i, o := range objects {
		widths[i] = o.MinSize().Width
		sum += widths[i]
	}
	for _, when := range []int{statusFirst, statusNext, statusLast} {
		for i := range slices.Backward(objects) {
			if sum <= size.Width || (*r)[i] != when {
				continue
			}
			icon := float32(statusIcon)
			if when == statusFirst {
				icon += statusArrow
			}
			if when == statusLast { // as much of it as there is room for
				icon = max(icon, widths[i]-(sum-size.Width))
				if icon < statusWords {
					icon = statusIcon
				}
			}
			icon = min(icon, widths[i])
			sum += icon - widths[i]
			widths[i] = icon
		}
	}
	var x float32
	for i, o := range objects {
		high := o.MinSize().Height
		o.Move(fyne.NewPos(x, float32(int(size.Height-high)/2)))
		o.Resize(fyne.NewSize(widths[i], high))
		x += widths[i]
	}
}

// statusWords is the least width at which the words of an item tell something.
const statusWords = 110
