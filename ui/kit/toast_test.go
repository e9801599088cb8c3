package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/ui/theme"
)

func TestALongNoticeIsReadWhole(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	w := test.NewTempWindow(t, Gap(1))
	layer := Cover(w, Gap(1))
	w.Resize(fyne.NewSize(900, 600))
	short := layer.ShowToast("Note added", false, "Undo", nil, nil)
	long := layer.ShowToast("The note was not added: the file cannot be written, since the disk is full. Remove something from it and try again.", true, "", nil, nil)
	if h := short.box.Size().Height; h != toastHeight {
		t.Errorf("a short one is %v high", h)
	}
	if h := long.box.Size().Height; h <= toastHeight {
		t.Errorf("a long one is %v high", h)
	}
	if a, b := short.box, long.box; a.Position().Y+a.Size().Height > b.Position().Y {
		t.Error("they lie over each other")
	}
}
