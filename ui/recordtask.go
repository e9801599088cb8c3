package ui

import (
	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// recordTask is a form in the place of a record's timeline: converting it, for example.
type recordTask struct {
	box    *fyne.Container
	inner  fyne.CanvasObject
	error  *kit.Prose
	below  *fyne.Container // the error, above the bar: it is seen however long the form is
	do     *kit.Button
	cancel *kit.Button
	submit func()
	busy   bool
	stop   func() // drops what is on its way for it; nil for nothing
	title  text.Key
	place  string      // where it was begun, see recordView.leave
	typed  func() bool // something is in it that would be a pity to lose; nil for never
}

// newRecordTask frames rows; verb is the button that does it.
func newRecordTask(title, verb text.Key, submit, cancel func(), rows ...fyne.CanvasObject) *recordTask {
	t := &recordTask{submit: submit, title: title}
	t.error = kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	t.below = kit.Pad(8, 20, 8, 20, t.error)
	t.below.Hide()
	t.do = kit.NewButton(verb, kit.Primary, t.Submit).WithHint("Ctrl+S")
	t.cancel = kit.NewButton("Cancel", kit.Line, cancel)
	t.inner = kit.Column(18, append([]fyne.CanvasObject{kit.NewLabel(title, kit.PageTitle)}, rows...)...)
	bar := kit.Sized(0, 52, kit.Stack(kit.Fill(theme.Sunk), kit.Column(0, kit.NewHairline(), kit.Grow(kit.Pad(0, 20, 0, 20, kit.Row(8, kit.Spacer(), t.cancel, t.do))))))
	t.box = kit.Column(0, kit.Grow(kit.Scroll(kit.Pad(18, 20, 18, 20, t.inner))), t.below, bar)
	return t
}

// Stop drops what is on its way.
func (t *recordTask) Stop() {
	if t != nil && t.stop != nil {
		t.stop()
	}
}

// Refit lays the form out anew, after something in it has become taller.
func (t *recordTask) Refit() { t.inner.Refresh(); t.box.Refresh() }

// Submit does it, once.
func (t *recordTask) Submit() {
	if !t.busy {
		t.submit()
	}
}

// Busy begins to wait for the disk.
func (t *recordTask) Busy() {
	t.busy = true
	t.below.Hide()
	t.enable()
}

// Failed says why it was not done.
func (t *recordTask) Failed(why string) {
	t.busy = false
	t.error.SetText(why)
	t.below.Hidden = why == ""
	t.enable()
	t.Refit()
}

func (t *recordTask) enable() {
	t.do.SetEnabled(!t.busy, text.T("Saving"))
	t.cancel.SetEnabled(!t.busy, text.T("Saving"))
}
