package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"leadline/ui/text"
)

// How large a dialog for files is, in px, where the window has that room.
const (
	filesWide = 760
	filesHigh = 520
	filesEdge = 20
)

// shownFiles are the dialogs for files that are shown, by what they lie on.
var shownFiles = map[fyne.Canvas]*dialog.FileDialog{}

// dismissFiles closes the dialog for files that lies on a canvas, as its Cancel does: Fyne's own know no Escape.
func dismissFiles(c fyne.Canvas) {
	if d := shownFiles[c]; d != nil {
		d.Dismiss()
	}
}

// showFiles shows one of Fyne's dialogs for files with our words: its button says Open or Save whatever is done.
func showFiles(d *dialog.FileDialog, win fyne.Window, title, confirm text.Key) {
	d.SetTitleText(text.T(title))
	d.SetConfirmText(text.T(confirm))
	d.SetDismissText(text.T("Cancel"))
	c := win.Canvas()
	d.SetOnClosed(func() {
		if shownFiles[c] == d {
			delete(shownFiles, c)
		}
	})
	d.Show() // first: before, the dialog has no size to change
	shownFiles[c] = d
	room := c.Size()
	d.Resize(fyne.NewSize(min(filesWide, room.Width-2*filesEdge), min(filesHigh, room.Height-2*filesEdge)))
}
