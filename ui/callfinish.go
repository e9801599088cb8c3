package ui

import (
	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// callFinish ends the wrap-up of a conversation, below what it is about: the result, the follow-up and the note.
type callFinish struct {
	root  *fyne.Container
	done  *kit.Button
	again *kit.Button
	air   *fyne.Container // below; not in a low window
}

// finishAir is what a low window has no room for, of the space below the buttons.
const finishAir = 4

func newCallFinish(v *callView) *callFinish {
	f := &callFinish{
		done:  kit.NewButton("Close", kit.Primary, v.done).WithHint("Ctrl+Enter").High(36),
		again: kit.NewButton("Call back", kit.Line, v.callAgain).WithIcon(theme.IconHandset).High(36),
	}
	f.air = kit.Gap(finishAir)
	f.root = kit.Column(0, kit.Pad(1, callMargin, 14-finishAir, callMargin, kit.Row(8, f.done, f.again, kit.Spacer())), f.air)
	f.root.Hide()
	return f
}

// fill shows it while there is something to wrap up; next tells that another call waits, low that the window is low.
func (f *callFinish) fill(c desk.Call, wrapsUp, next, low bool) {
	setShown(f.root, wrapsUp)
	setShown(f.air, !low)
	words := text.T("Done|call")
	if next {
		words = text.T("Done, next call")
	}
	f.done.SetData(words)
	setShown(f.again, c.Party.Dial != "")
	if c.Incoming {
		f.again.Rename("Call back")
	} else {
		f.again.Rename("Call again")
	}
}
