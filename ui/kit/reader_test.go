package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

func TestAReaderIsScrolledByKeys(t *testing.T) {
	test.NewTempApp(t)
	tall := canvas.NewRectangle(nil)
	tall.SetMinSize(fyne.NewSize(100, 1000))
	var past []bool
	r := NewReader("Timeline", tall, func(later bool) { past = append(past, later) })
	w := test.NewTempWindow(t, r)
	w.Resize(fyne.NewSize(200, 300))
	var escaped bool
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { escaped = e.Name == fyne.KeyEscape })
	r.Focus()
	if w.Canvas().Focused() != fyne.Focusable(r) {
		t.Fatal("it has not the keyboard")
	}
	view := r.scroll.Size().Height
	for _, step := range []struct {
		key  fyne.KeyName
		want float32
		past int
	}{
		{fyne.KeyPageUp, 0, 1}, {fyne.KeyDown, readerStep, 1}, {fyne.KeyPageDown, view, 1}, {fyne.KeyEnd, 1000 - view, 1},
		{fyne.KeyPageDown, 1000 - view, 2}, {fyne.KeyUp, 1000 - view - readerStep, 2}, {fyne.KeyLeft, 1000 - view - readerStep, 2}, {fyne.KeyHome, 0, 2}, {fyne.KeyEscape, 0, 2},
	} {
		r.TypedKey(&fyne.KeyEvent{Name: step.key})
		if r.scroll.Offset.Y != step.want || len(past) != step.past {
			t.Errorf("%s: it shows %v of %v, and was %d times past the end", step.key, r.scroll.Offset.Y, step.want, len(past))
		}
	}
	if len(past) == 2 && (!past[0] || past[1]) {
		t.Errorf("past which end: %v", past)
	}
	if !escaped {
		t.Error("the window does not hear of Esc")
	}
}
