package ui

import (
	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// boardHead is what stands above a column: the name of its stage, how many deals it has and their sum.
// Where a name and a sum do not fit beside each other, the sums of all columns stand below the names.
type boardHead struct {
	box              *fyne.Container
	name, count, sum *kit.Label
	below            bool
}

// The heights of a head, and the room between its parts.
const boardHeadOne, boardHeadTwo, boardHeadGap = 32, 48, 6

func newBoardHead(c crm.BoardColumn, sum string) *boardHead {
	h := &boardHead{name: kit.NewData(stageName(c.Stage), kit.Body.Weighing(kit.SemiBold)), count: kit.NewData(text.Number(int64(c.Count)), kit.Body.In(theme.Text3)),
		sum: kit.NewData(sum, kit.Secondary)}
	h.box = &fyne.Container{Layout: h, Objects: []fyne.CanvasObject{h.name, h.count, h.sum}}
	return h
}

// need is how wide it has to be for all to stand on one line.
func (h *boardHead) need() float32 {
	w := h.name.MinSize().Width + boardHeadGap + h.count.MinSize().Width
	if sum := h.sum.MinSize().Width; sum > 0 {
		w += 2*boardHeadGap + sum
	}
	return w
}

// Layout is for Fyne.
func (h *boardHead) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	put := func(l *kit.Label, x, y, w float32) {
		l.Move(fyne.NewPos(x, y-l.MinSize().Height/2))
		l.Resize(fyne.NewSize(w, l.MinSize().Height))
	}
	count, sum := h.count.MinSize().Width, h.sum.MinSize().Width
	first, room := float32(boardHeadOne)/2, s.Width
	if h.below {
		first = 15
		put(h.sum, 0, 34, min(sum, s.Width))
	} else {
		put(h.sum, s.Width-sum, first, sum)
		room -= sum + 2*boardHeadGap
	}
	name := min(h.name.MinSize().Width, room-boardHeadGap-count)
	put(h.name, 0, first, name)
	put(h.count, name+boardHeadGap, first, count)
}

// MinSize is for Fyne.
func (h *boardHead) MinSize([]fyne.CanvasObject) fyne.Size {
	if h.below {
		return fyne.NewSize(0, boardHeadTwo)
	}
	return fyne.NewSize(0, boardHeadOne)
}
