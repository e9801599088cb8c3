package kit

import (
	"time"

	"fyne.io/fyne/v2"
)

// tipDelay is how long the pointer rests before a tooltip shows.
const tipDelay = 500 * time.Millisecond

// tips is the one tooltip of the program: the pointer is in one place only.
var tips tipState

type tipState struct {
	over  fyne.CanvasObject
	timer *time.Timer
}

func (t *tipState) enter(p fyne.CanvasObject, s string, at fyne.Position) {
	t.leave(t.over)
	if s == "" {
		return
	}
	layer := layerOf(p)
	if layer == nil {
		return
	}
	t.over = p
	t.timer = time.AfterFunc(tipDelay, func() {
		fyne.Do(func() {
			if t.over == p {
				layer.showTip(s, at)
			}
		})
	})
}

func (t *tipState) leave(p fyne.CanvasObject) {
	if p == nil || t.over != p {
		return
	}
	t.timer.Stop()
	t.over = nil
	if layer := layerOf(p); layer != nil {
		layer.hideTip()
	}
}

// TipIn shows a tooltip after half a second: the pointer has come to o. "" is none.
func TipIn(o fyne.CanvasObject, s string, at fyne.Position) { tips.enter(o, s, at) }

// TipOut takes it away.
func TipOut(o fyne.CanvasObject) { tips.leave(o) }
