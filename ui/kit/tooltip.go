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
	over  *touch
	timer *time.Timer
}

func (t *tipState) enter(p *touch, s string, at fyne.Position) {
	t.leave(t.over)
	if s == "" {
		return
	}
	layer := layerOf(p.self)
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

func (t *tipState) leave(p *touch) {
	if p == nil || t.over != p {
		return
	}
	t.timer.Stop()
	t.over = nil
	if layer := layerOf(p.self); layer != nil {
		layer.hideTip()
	}
}
