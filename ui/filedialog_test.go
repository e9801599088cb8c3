package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

func TestADialogForFilesSpeaksOurLanguageAndFits(t *testing.T) {
	b, _ := customersBench(t, Look{"de", "dark"})
	size := fyne.NewSize(800, 450) // 1200 by 675 at 150 %
	b.m.Window().Resize(size)
	b.m.askFolder(func(string) {})
	b.settle()
	over := b.m.Window().Canvas().Overlays().Top()
	if over == nil {
		t.Fatal("there is no dialog")
	}
	said := map[string]bool{}
	for _, o := range test.LaidOutObjects(over) {
		switch w := o.(type) {
		case *widget.Label:
			said[w.Text] = true
		case *widget.Button:
			said[w.Text] = true
		case *widget.PopUp:
			if s := w.Content.Size(); s.Width > size.Width || s.Height > size.Height {
				t.Errorf("it is %v in a window of %v", s, size)
			}
		}
	}
	for _, want := range []string{"Ordner für die Datei", "Exportieren", "Abbrechen"} {
		if !said[want] {
			t.Errorf("it does not say %q: %v", want, said)
		}
	}
	b.shot("folder-dark-de")
}
