package kit

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/ui/text"
	"leadline/ui/theme"
)

func named(root fyne.CanvasObject, role, name string) fyne.CanvasObject {
	var found fyne.CanvasObject
	Walk(root, func(o fyne.CanvasObject, _ fyne.Position) {
		if n, ok := o.(Named); ok && n.Role() == role && n.Name() == name {
			found = o
		}
	})
	return found
}

func covered(t *testing.T, content fyne.CanvasObject, w, h float32) (fyne.Window, *Layer) {
	t.Helper()
	win := test.NewTempWindow(t, Fill(theme.Surface))
	layer := Cover(win, content)
	t.Cleanup(layer.Release)
	win.Resize(fyne.NewSize(w, h))
	return win, layer
}

func TestToastsStackAtTheBottomRight(t *testing.T) {
	dress(t, theme.Dark, "en")
	win, layer := covered(t, Fill(theme.Background), 900, 600)
	undone := 0
	first := layer.ShowToast("Lead converted to a deal and a contact", false, text.Key("Away"), func() { undone++ }, nil)
	layer.ShowToast("Server not reachable, work goes on here", true, "", nil, nil)
	win.Canvas().Capture()
	if got, want := spotOf(first.box), [4]float32{464, 410, 420, 44}; got != want {
		t.Errorf("the first toast is at %v, want %v", got, want)
	}
	named(win.Canvas().Content(), "button", "Away").(Tappable).Tap()
	if undone != 1 || named(win.Canvas().Content(), "text", "Lead converted to a deal and a contact") != nil {
		t.Errorf("the action ran %d times, the toast is gone: %v", undone, undone == 1)
	}
	named(win.Canvas().Content(), "button", "Close").(Tappable).Tap()
	if len(layer.toasts.Objects) != 0 {
		t.Error("a closed toast stays")
	}
	first.Close()
}

func TestPopupStaysInsideAndClosesBesideIt(t *testing.T) {
	dress(t, theme.Light, "en")
	win, layer := covered(t, Fill(theme.Surface), 300, 200)
	closed := 0
	body := NewData("menu", Body)
	layer.ShowPopup(Pad(10, 10, 10, 10, body), fyne.NewPos(280, 190), fyne.NewSize(120, 60), func() { closed++ })
	s := spotOf(layer.popup.box)
	if s[0]+s[2] > 300 || s[1]+s[3] > 200 {
		t.Errorf("the popup at %v leaves the window", s)
	}
	test.TapCanvas(win.Canvas(), fyne.NewPos(5, 5))
	if closed != 1 || layer.PopupOpen() {
		t.Errorf("a click beside it: closed %d times, open %v", closed, layer.PopupOpen())
	}
}

func TestTooltipIsMovedIntoTheWindow(t *testing.T) {
	dress(t, theme.Light, "en")
	_, layer := covered(t, Fill(theme.Surface), 200, 100)
	layer.showTip("Only an administrator may", fyne.NewPos(190, 95))
	s := spotOf(layer.tip)
	if s[0] < 0 || s[0]+s[2] > 200 || s[1]+s[3] > 100 {
		t.Errorf("the tooltip at %v leaves the window", s)
	}
	layer.hideTip()
	if layer.tip != nil || len(layer.over.Objects) != 0 {
		t.Error("the tooltip stays")
	}
}

func TestListMakesOnlyTheRowsThatAreSeen(t *testing.T) {
	dress(t, theme.Light, "en")
	length, made := 1000, 0
	l := NewList("Close", func() int { return length }, func() fyne.CanvasObject {
		made++
		return NewListRow(nil)
	}, func(i int, o fyne.CanvasObject) { o.(*ListRow).Set(RowData{Title: fmt.Sprint("row ", i)}, false) })
	win, _ := covered(t, l, 340, 300)
	win.Canvas().Capture()
	if made > 20 {
		t.Errorf("%d rows were made for 300 px", made)
	}
	root := win.Canvas().Content()
	if named(root, "row", "row 0") == nil || named(root, "row", "row 4") == nil || named(root, "row", "row 900") != nil {
		t.Error("Walk does not see the first rows and only those")
	}
	Walk(root, func(o fyne.CanvasObject, pos fyne.Position) {
		if n, ok := o.(Named); ok && n.Name() == "row 4" && pos.Y != 4*56 {
			t.Errorf("row 4 is at %v, want 224 down", pos)
		}
	})
	l.ShowRow(900)
	if named(root, "row", "row 900") == nil || named(root, "row", "row 0") != nil {
		t.Error("after scrolling Walk does not see row 900 alone")
	}
	length = 2
	l.Reload()
	if named(root, "row", "row 1") == nil || named(root, "row", "row 900") != nil {
		t.Error("after a reload Walk sees rows that are gone")
	}
}

func TestKeypadAndStagesCanBeWorkedByName(t *testing.T) {
	dress(t, theme.Light, "en")
	digits := ""
	pad := NewKeypad(func(r rune) { digits += string(r) })
	at := -1
	stages := NewStageLine([]string{"New", "Lost"}, 0, func(i int) { at = i })
	picture(t, Column(8, pad.Container, stages), 300, 400)
	for _, d := range []string{"1", "*", "0", "#"} {
		named(pad.Container, "button", d).(Tappable).Tap()
	}
	if digits != "1*0#" {
		t.Errorf("the keypad sent %q", digits)
	}
	if err := stages.Choose("Lost"); err != nil || at != 1 {
		t.Errorf("choosing a stage: %d, %v", at, err)
	}
	if err := stages.Choose("Won"); err == nil {
		t.Error("an unknown stage is no error")
	}
}

// A keypad is as high as there is room.
func TestAKeypadFitsWhereItIs(t *testing.T) {
	dress(t, theme.Light, "en")
	pad := NewKeypad(func(rune) {})
	for room, want := range map[float32]float32{400: 200, 200: 200, 180: 180, 160: 160, 90: 120} {
		if pad.Fit(room); pad.MinSize().Height != want {
			t.Errorf("in %v px it is %v high, want %v", room, pad.MinSize().Height, want)
		}
	}
}

func TestRailItemBadgesOnlyWhatIsMissed(t *testing.T) {
	dress(t, theme.Light, "en")
	r := NewRailItem("Close", theme.IconMissed, nil)
	r.SetCount("3", Bad)
	r.SetNarrow(true)
	if r.tooltip() != "Close" {
		t.Errorf("a narrow item's tooltip is %q", r.tooltip())
	}
	img := picture(t, pinned(spot{10, 10, 36, 32, r}), 60, 60)
	if got, want := at(img, 35, 17), token(theme.DangerFill); got != want {
		t.Errorf("the badge is %v, want %v", got, want)
	}
	r.SetCount("3", Neutral)
	img = picture(t, pinned(spot{10, 10, 36, 32, r}), 60, 60)
	if at(img, 35, 17) == token(theme.DangerFill) {
		t.Error("a plain count has a badge")
	}
}

func TestRowsAreNoStopsForTabAndTellADoubleClick(t *testing.T) {
	dress(t, theme.Light, "en")
	taps, doubles := 0, 0
	row := NewListRow(func() { taps++ })
	row.OnDouble(func() { doubles++ })
	field := NewBareField("Close", nil)
	win := test.NewTempWindow(t, Column(0, row, field))
	win.Canvas().FocusNext()
	if win.Canvas().Focused() != field.Focusable() {
		t.Errorf("Tab stops at %T, want the field", win.Canvas().Focused())
	}
	row.Tapped(nil)
	row.Tapped(nil)
	row.Tapped(nil)
	if taps != 2 || doubles != 1 {
		t.Errorf("three quick clicks: %d single, %d double; want 2 and 1", taps, doubles)
	}
}

// A list is drawn anew while a menu is open: the row that had the keyboard is gone, and the keys are the window's.
func TestTheKeyboardIsTheWindowsWhenWhatHadItIsGone(t *testing.T) {
	dress(t, theme.Light, "en")
	row, place := NewButton("Row", Line, func() {}), Stack()
	place.Add(row)
	win, layer := covered(t, place, 300, 200)
	win.Canvas().Focus(row)
	item := NewButton("Item", Line, func() {})
	layer.ShowPopup(item, fyne.NewPos(10, 10), fyne.NewSize(120, 60), nil)
	if win.Canvas().Focused() != item {
		t.Fatalf("%T has the keyboard", win.Canvas().Focused())
	}
	place.Remove(row)
	layer.ClosePopup()
	if got := win.Canvas().Focused(); got != nil {
		t.Errorf("%T has the keyboard, which nobody sees", got)
	}
}
