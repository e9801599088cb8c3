package ui

import (
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/kit"
	"leadline/ui/theme"
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
	if d, kept := shownFiles[c]; kept {
		t.Errorf("%v is kept", d)
	}
	if first(nil); b.m.at != pageCalls {
		t.Errorf("Ctrl+1 leads to %s when the dialog is gone", b.m.at)
	}
}

// saving shows a dialog that saves a file of this name in a folder; done hears what was chosen, nil for nothing.
func saving(t *testing.T, b *mainBench, name string, done func(fyne.URIWriteCloser)) (folder string) {
	t.Helper()
	folder = t.TempDir()
	at, err := storage.ListerForURI(storage.NewFileURI(folder))
	if err != nil {
		t.Fatal(err)
	}
	d := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		if err != nil {
			t.Error(err)
		}
		done(w)
	}, b.m.Window())
	d.SetFileName(name)
	d.SetLocation(at)
	showFiles(d, b.m.Window(), "Save the recording", "Save")
	b.settle()
	return folder
}

// The name of a file is typed into a field of ours, which knows Escape.
func TestTheNameOfAFileIsTypedAndEscLeavesIt(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		b, _ := customersBench(t, look)
		c := b.m.Window().Canvas()
		var saved []string
		saving(t, b, "call.wav", func(w fyne.URIWriteCloser) {
			if w == nil {
				saved = append(saved, "")
				return
			}
			saved = append(saved, w.URI().Path())
			w.Close()
		})
		b.shot("save-" + look.Theme + "-" + look.Language)
		field := c.Focused()
		if field == nil {
			t.Fatal("nothing has the keyboard")
		}
		field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if c.Overlays().Top() != nil || len(saved) != 1 || saved[0] != "" {
			t.Fatalf("Esc leaves the dialog open, or it told %q", saved)
		}
		folder := saving(t, b, "call.wav", func(w fyne.URIWriteCloser) {
			saved = append(saved, w.URI().Path())
			w.Close()
		})
		field = c.Focused()
		field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
		field.TypedRune('x')
		field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		b.settle()
		if want := filepath.Join(folder, "call.wavx"); len(saved) != 2 || saved[1] != want {
			t.Errorf("saved %q, want %q", saved, want)
		}
	}
}

// Esc closes the question whether a file is to be written over, and then the dialog.
func TestEscClosesTheQuestionAboveADialogForFiles(t *testing.T) {
	b, _ := customersBench(t, Look{"en", "light"})
	c := b.m.Window().Canvas()
	ended := 0
	folder := saving(t, b, "call.wav", func(w fyne.URIWriteCloser) {
		if ended++; w != nil {
			t.Error("a file is written over")
		}
	})
	if err := os.WriteFile(filepath.Join(folder, "call.wav"), []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if len(c.Overlays().List()) != 2 {
		t.Fatalf("%d overlays, and no question", len(c.Overlays().List()))
	}
	for want := 1; want >= 0; want-- {
		c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if got := len(c.Overlays().List()); got != want || ended != 1-want {
			t.Fatalf("%d overlays, ended %d times; want %d", got, ended, want)
		}
	}
}

// The button that confirms is as our primary ones are, at rest, with the pointer over it and with the keyboard.
func TestADialogForFilesConfirmsInOurColours(t *testing.T) {
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		b, _ := customersBench(t, look)
		saving(t, b, "call.wav", func(fyne.URIWriteCloser) {})
		var button *widget.Button
		named := false
		for _, o := range test.LaidOutObjects(b.m.Window().Canvas().Overlays().Top()) {
			switch o := o.(type) {
			case *widget.Button:
				if o.Importance == widget.HighImportance {
					button = o
				}
			case *kit.Field:
				named = named || o.Text() == "call.wav"
			}
		}
		if button == nil || !named {
			t.Fatalf("%v: the button is %v, the name is shown: %t", look, button, named)
		}
		looks := func(when string, fill fyne.ThemeColorName) {
			t.Helper()
			parts := test.WidgetRenderer(button).Objects()
			filled := color.NRGBAModel.Convert(parts[0].(*canvas.Rectangle).FillColor)
			words := color.NRGBAModel.Convert(test.WidgetRenderer(parts[2].(*widget.RichText)).Objects()[0].(*canvas.Text).Color)
			if want := color.NRGBAModel.Convert(theme.Color(fill)); filled != want {
				t.Errorf("%v, %s: it is filled with %v, want %v", look, when, filled, want)
			}
			if want := color.NRGBAModel.Convert(theme.Color(theme.OnFill)); words != want {
				t.Errorf("%v, %s: its words are %v, want %v", look, when, words, want)
			}
		}
		looks("at rest", theme.AccentFill)
		button.MouseIn(nil)
		looks("with the pointer over it", theme.AccentHover)
		button.MouseOut()
		button.FocusGained()
		looks("with the keyboard", theme.AccentHover)
	}
}
