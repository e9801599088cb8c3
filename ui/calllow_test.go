package ui

import (
	"image"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
)

// lowWindow is a call in a window that is as low as one gets.
func lowWindow(c desk.Call) *callWindow {
	w := newCallWindow(MainOptions{App: fyne.CurrentApp(), Desk: &fakeDesk{}, Now: func() time.Time { return noon }}, 0)
	w.fit(image.Rect(0, 0, 1366, callLeast+titleBar))
	w.enter(c)
	w.show()
	return w
}

// In the lowest window all that a wrap-up asks is in view, and a line of the note; with a reason above it, it ends with a whole row.
func TestALowWindowHasAllOfAWrapUp_H3(t *testing.T) {
	inLook(t, func(t *testing.T, look string) {
		for _, name := range []string{"wrapup", "ended", "longend"} {
			w := lowWindow(sample(name))
			if v := w.view; v.scroll.Size().Height < v.inside.MinSize().Height || v.note.field.Size().Height < 32 {
				t.Errorf("%s, %s: of %v px %v are in view, and %v of the note", look, name, v.inside.MinSize().Height, v.scroll.Size().Height, v.note.field.Size().Height)
			}
		}
		c := sample("wrapup")
		c.Why, c.Detail = say("The connection was lost"), "no RTP for 30 s"
		v := lowWindow(c).view
		end, cut := v.scroll.Size().Height, false
		for _, row := range v.later.rows.Objects {
			y := fyne.CurrentApp().Driver().AbsolutePositionForObject(row).Y - fyne.CurrentApp().Driver().AbsolutePositionForObject(v.scroll.Content).Y
			cut = cut || y < end && y+row.Size().Height > end
		}
		if cut || end >= v.inside.MinSize().Height {
			t.Errorf("%s: a row is cut at %v of %v", look, end, v.inside.MinSize().Height)
		}
	})
}

// In the lowest window the keypad has all of its keys, also while something is wrong; on a larger screen they are as large as ever.
func TestALowWindowHasAllKeysOfTheKeypad_H3(t *testing.T) {
	inLook(t, func(t *testing.T, look string) {
		for _, problem := range []desk.Text{{}, problems["muted"]} {
			w := lowWindow(sample("talk"))
			w.sound(desk.Sound{Microphone: "Jabra Evolve2 65", Problem: problem})
			w.view.toggleKeypad()
			if v := w.view; v.scroll.Size().Height < v.inside.MinSize().Height {
				t.Errorf("%s, %q: of %v px %v are in view", look, problem.Key, v.inside.MinSize().Height, v.scroll.Size().Height)
			}
			least := w.view.pad.root.MinSize().Height
			w.fit(image.Rect(0, 0, 1920, 1080))
			w.view.lay()
			if px := w.view.pad.root.MinSize().Height; px != 4*44+3*8+padAround || px <= least {
				t.Errorf("%s: on a larger screen the keypad is %v px high, in a low window %v", look, px, least)
			}
		}
	})
}
