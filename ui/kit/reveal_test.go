package kit

import (
	"strconv"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// Who goes through a long form by Tab sees where they are.
func TestWhatGetsTheKeyboardIsInView(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	column := Column(8)
	var fields []*Field
	for i := range 30 {
		f := NewBareField(text.Key("Field "+strconv.Itoa(i)), nil)
		fields = append(fields, f)
		column.Add(f)
	}
	last := NewButton("Last", Line, nil)
	column.Add(last)
	scroll := container.NewVScroll(column)
	w := test.NewTempWindow(t, scroll)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(300, 200))
	inView := func(o fyne.CanvasObject) bool {
		y := o.Position().Y - scroll.Offset.Y
		return y >= 0 && y+o.Size().Height <= scroll.Size().Height
	}
	w.Canvas().Focus(fields[20].entry)
	if !inView(fields[20]) {
		t.Errorf("the field is out of view, the view is at %v", scroll.Offset.Y)
	}
	before := scroll.Offset.Y
	w.Canvas().Focus(fields[19].entry)
	if scroll.Offset.Y != before {
		t.Error("what is in view is moved")
	}
	w.Canvas().Focus(last)
	if !inView(last) {
		t.Error("the button is out of view")
	}
	w.Canvas().Focus(fields[0].entry)
	if !inView(fields[0]) {
		t.Error("the first field is out of view")
	}
	// What is to be read is wholly in view, also where the half of it was.
	scroll.ScrollToOffset(fyne.NewPos(0, fields[15].Position().Y-scroll.Size().Height+20))
	if w.Canvas().Focus(fields[15].entry); inView(fields[15]) {
		t.Error("what may just be clicked is moved")
	}
	if RevealWhole(fields[15]); !inView(fields[15]) {
		t.Error("half of what is to be read is out of view")
	}
	w.Canvas().Focus(fields[0].entry)
	// A window that comes to the front again gives the keyboard to the same field.
	scroll.ScrollToOffset(fyne.NewPos(0, 300))
	fields[0].entry.FocusGained()
	if scroll.Offset.Y != 300 {
		t.Error("what was looked at is left")
	}
}
