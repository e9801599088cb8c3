package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"leadline/ui/theme"
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

// asked counts how often it is asked for its least size.
type asked struct {
	*Area
	times int
}

func (a *asked) MinSize() fyne.Size { a.times++; return a.Area.MinSize() }

// Before each frame Fyne asks all objects for their least size, and so what lies in others as often as there are of these. What
// scrolls asks for none of what is in it.
func TestWhatScrollsIsNotMeasuredForWhatIsAroundIt(t *testing.T) {
	dress(t, theme.Light, "en")
	for name, scrolls := range map[string]func(fyne.CanvasObject) fyne.CanvasObject{
		"Scroll":       func(o fyne.CanvasObject) fyne.CanvasObject { return Scroll(o) },
		"ScrollAcross": func(o fyne.CanvasObject) fyne.CanvasObject { return ScrollAcross(o) },
		"Reader":       func(o fyne.CanvasObject) fyne.CanvasObject { return NewReader("Timeline", o, nil) },
		"Sized":        func(o fyne.CanvasObject) fyne.CanvasObject { return Sized(40, 40, o) },
	} {
		in := &asked{Area: NewHairline()}
		o := scrolls(in)
		around := Stack(Column(4, Row(4, Grow(Pad(1, 1, 1, 1, o)))))
		around.Resize(fyne.NewSize(200, 200))
		in.times = 0
		if min := around.MinSize(); in.times > 0 || min.Width > 48 || min.Height > 48 {
			t.Errorf("%s asks %d times, for %v", name, in.times, min)
		}
	}
}
