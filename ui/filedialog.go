package ui

import (
	"image/color"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// How large a dialog for files is, in px, where the window has that room.
const (
	filesWide = 760
	filesHigh = 520
	filesEdge = 20
)

// filesDialog is a dialog for files that is shown.
type filesDialog struct {
	*dialog.FileDialog
	popUp *widget.PopUp // what it is in
}

// shownFiles are the dialogs for files that are shown, by what they lie on.
var shownFiles = map[fyne.Canvas]filesDialog{}

// dismissFiles closes the dialog for files that lies on a canvas, as its Cancel does: Fyne's own know no Escape. A question that
// it asks is closed first.
func dismissFiles(c fyne.Canvas) {
	d, shown := shownFiles[c]
	if !shown {
		return
	}
	if top := topPopUp(c); top != nil && top != d.popUp {
		top.Hide()
		return
	}
	d.Dismiss()
}

// showFiles shows one of Fyne's dialogs for files with our words: its button says Open or Save whatever is done.
func showFiles(d *dialog.FileDialog, win fyne.Window, title, confirm text.Key) {
	d.SetTitleText(text.T(title))
	d.SetConfirmText(text.T(confirm))
	d.SetDismissText(text.T("Cancel"))
	c := win.Canvas()
	d.SetOnClosed(func() {
		if shownFiles[c].FileDialog == d {
			delete(shownFiles, c)
		}
	})
	d.Show() // first: before, the dialog has no size to change
	shownFiles[c] = filesDialog{d, topPopUp(c)}
	var name *kit.Field
	if popUp := shownFiles[c].popUp; popUp != nil {
		name = dressFiles(c, popUp.Content)
	}
	room := c.Size()
	d.Resize(fyne.NewSize(min(filesWide, room.Width-2*filesEdge), min(filesHigh, room.Height-2*filesEdge)))
	if name != nil {
		c.Focus(name.Focusable()) // it is found only now that it was measured
	}
}

// topPopUp is the popup that lies over all else; nil for none. Fyne has it in an overlay whose type nobody else can name.
func topPopUp(c fyne.Canvas) *widget.PopUp {
	over := reflect.Indirect(reflect.ValueOf(c.Overlays().Top()))
	if over.Kind() != reflect.Struct {
		return nil
	}
	content := over.FieldByName("Content")
	if !content.IsValid() {
		return nil
	}
	popUp, _ := content.Interface().(*widget.PopUp)
	return popUp
}

// dressFiles gives the button that confirms our colours, and where a name is typed a field that is seen as one and knows Escape.
func dressFiles(c fyne.Canvas, o fyne.CanvasObject) (name *kit.Field) {
	box, is := o.(*fyne.Container)
	if !is {
		return nil
	}
	for i, o := range box.Objects {
		switch o := o.(type) {
		case *widget.Button:
			if o.Importance == widget.HighImportance {
				box.Objects[i] = container.NewThemeOverride(o, confirmTheme{fyne.CurrentApp().Settings().Theme()})
			}
		case *container.Scroll:
			if e, is := o.Content.(*widget.Entry); is {
				name = fileNameField(c, e)
				box.Objects[i] = name
			}
		default:
			if n := dressFiles(c, o); n != nil {
				name = n
			}
		}
	}
	return name
}

// fileNameField is what is typed into instead of Fyne's entry, which the dialog goes on to read and to fill.
func fileNameField(c fyne.Canvas, e *widget.Entry) *kit.Field {
	f := kit.NewBareField("File name", e.SetText).WithPlaceholder("File name")
	changed := e.OnChanged
	e.OnChanged = func(s string) {
		changed(s)
		f.SetText(s)
	}
	f.SetText(e.Text)
	f.OnSubmit(func(s string) { e.OnSubmitted(s) })
	f.OnKey(func(k *fyne.KeyEvent) bool {
		if k.Name == fyne.KeyEscape {
			dismissFiles(c)
		}
		return k.Name == fyne.KeyEscape
	})
	return f
}

// confirmTheme paints Fyne's important button as our primary one: with Accent, which is for text, it is pale in the dark, and
// with the pointer over it or the keyboard it could not be read.
type confirmTheme struct{ fyne.Theme }

func (t confirmTheme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch name {
	case fynetheme.ColorNamePrimary:
		name = theme.AccentFill
	case fynetheme.ColorNameForegroundOnPrimary:
		name = theme.OnFill
	case fynetheme.ColorNameHover, fynetheme.ColorNameFocus, fynetheme.ColorNamePressed:
		name = theme.AccentHover
	}
	return t.Theme.Color(name, variant)
}
