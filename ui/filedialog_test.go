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

func TestEscClosesADialogForFilesAndNoOtherKeyGoesBelowIt(t *testing.T) {
	b, _ := customersBench(t, Look{"de", "light"})
	c := b.m.Window().Canvas()
	first := b.m.shortcut(func() { b.m.goNth(0) })
	b.m.Go(pageContacts)
	for range 2 {
		b.m.askFolder(func(string) { t.Error("a folder was chosen") })
		b.settle()
		first(nil)
		c.OnTypedRune()('?')
		c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyDown})
		if b.m.at != pageContacts || b.m.layer.PopupOpen() || c.Overlays().Top() == nil {
			t.Errorf("a key went below the dialog: page %s, popup %t", b.m.at, b.m.layer.PopupOpen())
		}
		c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		b.settle()
		if c.Overlays().Top() != nil {
			t.Error("Esc leaves the dialog open")
		}
	}
	if d := shownFiles[c]; d != nil {
		t.Errorf("%v is kept", d)
	}
	if first(nil); b.m.at != pageCalls {
		t.Errorf("Ctrl+1 leads to %s when the dialog is gone", b.m.at)
	}
}
