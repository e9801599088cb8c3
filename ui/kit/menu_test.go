package kit

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/ui/text"
	"leadline/ui/theme"
)

func typed(c fyne.Canvas, keys ...fyne.KeyName) {
	for _, k := range keys {
		e := &fyne.KeyEvent{Name: k}
		if f := c.Focused(); f != nil {
			f.TypedKey(e)
		} else if on := c.OnTypedKey(); on != nil {
			on(e)
		}
	}
}

func TestASelectIsWorkedByKeys(t *testing.T) {
	dress(t, theme.Light, "en")
	got := ""
	s := NewBareSelect("Close", Options("Anna", "Boris", "Carla", "Clemens"), func(id string) { got = id })
	s.SetChosen("Boris")
	win, layer := covered(t, Column(0, s, NewBareField("Close", nil)), 300, 300)
	c := win.Canvas()
	c.Focus(s)
	typed(c, fyne.KeyReturn)
	if item, ok := c.Focused().(*menuItem); !ok || item.Value() != "Boris" {
		t.Fatalf("the keyboard is at %T, want what is chosen", c.Focused())
	}
	typed(c, fyne.KeyDown, fyne.KeyReturn)
	if got != "Carla" || layer.PopupOpen() || c.Focused() != s {
		t.Errorf("chosen %q, open %v, the keyboard at %T", got, layer.PopupOpen(), c.Focused())
	}
	typed(c, fyne.KeySpace, fyne.KeyHome)
	c.Focused().TypedRune('c')
	c.Focused().TypedRune('c')
	typed(c, fyne.KeyReturn)
	if got != "Clemens" {
		t.Errorf("the second with a C is %q", got)
	}
	typed(c, fyne.KeyReturn, fyne.KeyUp, fyne.KeyEscape)
	if got != "Clemens" || layer.PopupOpen() || c.Focused() != s {
		t.Errorf("Esc: chosen %q, open %v, the keyboard at %T", got, layer.PopupOpen(), c.Focused())
	}
}

func TestAMenuThatIsHigherThanTheWindowScrolls(t *testing.T) {
	dress(t, theme.Light, "en")
	done := ""
	var items []MenuItem
	for i := range 60 {
		items = append(items, MenuItem{Key: text.Key(fmt.Sprint("line ", i)), Do: func() { done = fmt.Sprint("line ", i) }})
	}
	items[50].Chosen = true
	b := NewButton("Close", Line, nil)
	win, layer := covered(t, Column(0, b), 300, 200)
	c := win.Canvas()
	layer.ShowMenu(b, items...)
	c.Capture()
	if s := spotOf(layer.popup.box); s[1] < 0 || s[1]+s[3] > 200 {
		t.Errorf("the menu at %v leaves the window", s)
	}
	if named(layer.popup.box, "item", "line 50") == nil {
		t.Error("what is chosen is out of view")
	}
	typed(c, fyne.KeyEnd)
	if named(layer.popup.box, "item", "line 59") == nil {
		t.Error("End does not show the last")
	}
	typed(c, fyne.KeyPageUp, fyne.KeyUp, fyne.KeyReturn)
	if done != "line 50" || layer.PopupOpen() {
		t.Errorf("done is %q, open %v", done, layer.PopupOpen())
	}
}

func TestEscClosesWhatHasNoLines(t *testing.T) {
	dress(t, theme.Light, "en")
	field := NewBareField("Close", nil)
	win, layer := covered(t, Column(0, field), 300, 200)
	c := win.Canvas()
	c.SetOnTypedKey(func(*fyne.KeyEvent) { layer.ClosePopup() })
	c.Focus(field.Focusable())
	layer.ShowPopup(NewData("a sheet", Body), fyne.NewPos(10, 40), fyne.Size{}, nil)
	typed(c, fyne.KeyEscape)
	if layer.PopupOpen() || c.Focused() != field.Focusable() {
		t.Errorf("open %v, the keyboard at %T", layer.PopupOpen(), c.Focused())
	}
	inside := NewBareField("Close", nil)
	layer.ShowPopup(Column(0, inside), fyne.NewPos(10, 40), fyne.NewSize(100, 32), nil)
	c.Focus(inside.Focusable())
	typed(c, fyne.KeyEscape)
	if layer.PopupOpen() {
		t.Error("Esc in a field of a popup leaves it open")
	}
}

func TestALineOfAMenuHasRoomForItsKey(t *testing.T) {
	dress(t, theme.Light, "de")
	b := NewButton("Close", Line, nil)
	_, layer := covered(t, Column(0, b), 400, 300)
	plain := layer.Menu(MenuItem{Key: "Close"}).MinSize().Width
	if hinted := layer.Menu(MenuItem{Key: "Close", Hint: "Ctrl+K"}).MinSize().Width; hinted < plain+30 {
		t.Errorf("with its key a line is %v wide, without %v", hinted, plain)
	}
}
