package kit

import (
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"leadline/ui/theme"
)

func key(name fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: name} }

func TestButtonDoesWhatAClickDoesUnlessDisabled(t *testing.T) {
	dress(t, theme.Light, "de")
	taps := 0
	b := NewButton("Close", Primary, func() { taps++ })
	test.NewTempWindow(t, b)
	test.Tap(b)
	b.Tap()
	b.TypedKey(key(fyne.KeySpace))
	b.TypedKey(key(fyne.KeyReturn))
	if taps != 4 {
		t.Errorf("%d taps, want 4", taps)
	}
	b.SetEnabled(false, "Nur ein Administrator")
	test.Tap(b)
	b.Tap()
	b.TypedKey(key(fyne.KeyReturn))
	if taps != 4 {
		t.Errorf("a disabled button was tapped %d times", taps-4)
	}
	if b.Enabled() || b.Name() != "Close" || b.Value() != "Schließen" || b.AccessibilityLabel() != "Schließen: Nur ein Administrator" {
		t.Errorf("enabled %v, name %q, value %q, label %q", b.Enabled(), b.Name(), b.Value(), b.AccessibilityLabel())
	}
	if b.tooltip() != "Nur ein Administrator" {
		t.Errorf("the tooltip is %q, want the reason", b.tooltip())
	}
}

// look.md: Answer never has the first focus, and bare Enter or Space never answers.
func TestAnswerIsNeitherFirstNorOnEnter(t *testing.T) {
	dress(t, theme.Light, "en")
	answered := 0
	decline := NewButton("Decline|test", DangerOutline, nil).Tall()
	answer := NewButton("Answer|test", Answer, func() { answered++ }).Tall().NoEnter()
	w := test.NewTempWindow(t, Columns(8, decline, answer))
	w.Canvas().FocusNext()
	if w.Canvas().Focused() != fyne.Focusable(decline) {
		t.Errorf("Tab goes to %T first, want Decline", w.Canvas().Focused())
	}
	w.Canvas().Focus(answer)
	for _, k := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace} {
		answer.TypedKey(key(k))
	}
	answer.TypedRune(' ')
	if answered != 0 {
		t.Errorf("bare keys answered %d times", answered)
	}
	test.Tap(answer)
	if answered != 1 {
		t.Errorf("a click answered %d times, want once", answered)
	}
}

func TestButtonColoursFollowItsStateAndTheTheme(t *testing.T) {
	for _, mode := range []theme.Mode{theme.Light, theme.Dark} {
		for _, c := range []struct {
			what string
			kind Kind
			do   func(*Button)
			want fyne.ThemeColorName
		}{
			{"answer at rest", Answer, func(*Button) {}, theme.AnswerFill},
			{"answer under the pointer", Answer, func(b *Button) { b.MouseIn(&desktop.MouseEvent{}) }, theme.AnswerHover},
			{"after the pointer left", Answer, func(b *Button) { b.MouseIn(&desktop.MouseEvent{}); b.MouseOut() }, theme.AnswerFill},
			{"line pressed", Line, func(b *Button) { b.MouseIn(&desktop.MouseEvent{}); b.MouseDown(nil) }, theme.Pressed},
			{"line released", Line, func(b *Button) { b.MouseIn(&desktop.MouseEvent{}); b.MouseDown(nil); b.MouseUp(nil) }, theme.Hover},
			{"danger", Danger, func(*Button) {}, theme.DangerFill},
			{"ghost", Ghost, func(*Button) {}, theme.Surface},
			{"disabled", Primary, func(b *Button) { b.Disable() }, theme.Sunk},
			{"chosen", Chosen, func(*Button) {}, theme.AccentSoft},
		} {
			dress(t, mode, "en")
			b := NewButton("Close", c.kind, nil)
			c.do(b)
			img := picture(t, pinned(spot{10, 10, 0, 0, b}), 140, 60)
			if got, want := at(img, 16, 16), token(c.want); got != want {
				t.Errorf("mode %d, %s: %v, want %s %v", mode, c.what, got, c.want, want)
			}
		}
	}
}

func TestFocusRingLiesTwoPixelsOutside(t *testing.T) {
	dress(t, theme.Light, "en")
	b := NewButton("Close", Primary, nil)
	w := test.NewTempWindow(t, pinned(spot{20, 20, 100, 32, b}))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(140, 80))
	w.Canvas().Focus(b)
	img := w.Canvas().Capture()
	accent := token(theme.Accent)
	for y, ring := range map[int]bool{15: false, 16: true, 17: true, 18: false, 19: false} {
		if got := at(img, 70, y) == accent; got != ring {
			t.Errorf("the pixel %d above the button: ring %v, want %v (%v)", 20-y, got, ring, at(img, 70, y))
		}
	}
	w.Canvas().Unfocus()
	if at(w.Canvas().Capture(), 70, 16) == accent {
		t.Error("the ring stays after the focus is gone")
	}
}

func TestSizesAreLookMds(t *testing.T) {
	dress(t, theme.Light, "en")
	for _, c := range []struct {
		what string
		o    fyne.CanvasObject
		h    float32
	}{
		{"button", NewButton("Close", Line, nil), 32},
		{"call action", NewButton("Close", Danger, nil).Tall(), 44},
		{"small button", NewButton("Close", Line, nil).Small(), 26},
		{"filter chip", NewFilterChip("Close", nil), 26},
		{"tile", NewTile("Close", theme.IconPause, nil), 54},
		{"chip", NewDataChip("VIP", theme.IconStar, Warn), 20},
		{"bare field", NewBareField("Close", nil), 32},
		{"bare select", NewBareSelect("Close", nil, nil), 32},
		{"list row", NewListRow(nil), 56},
		{"rail item", NewRailItem("Close", theme.IconHistory, nil), 32},
		{"state line", NewStateLine().Area, 3},
		{"segmented", NewSegmented("Close", Options("a", "b"), nil), 32},
	} {
		if got := c.o.MinSize().Height; got != c.h {
			t.Errorf("%s is %v high, want %v", c.what, got, c.h)
		}
	}
}

func TestTileTellsOnAndOff(t *testing.T) {
	dress(t, theme.Light, "en")
	tile := NewTile("Close", theme.IconMicOff, nil)
	if tile.Value() != "off" {
		t.Errorf("a new tile is %q", tile.Value())
	}
	tile.SetOn(true)
	img := picture(t, pinned(spot{5, 5, 75, 54, tile}), 90, 70)
	if got, want := at(img, 12, 12), token(theme.AccentSoft); got != want || tile.Value() != "on" {
		t.Errorf("on: %v %q, want %v", got, tile.Value(), want)
	}
	tile.SetRecording(true, "REC 1:58")
	img = picture(t, pinned(spot{5, 5, 75, 54, tile}), 90, 70)
	if got, want := at(img, 12, 12), token(theme.DangerSoft); got != want {
		t.Errorf("recording: %v, want %v", got, want)
	}
}

func TestFilterChipRepaintsWhenItIsChosen(t *testing.T) {
	dress(t, theme.Light, "en")
	f := NewFilterChip("Close", nil).WithIcon(theme.IconFilter)
	w := test.NewTempWindow(t, pinned(spot{10, 10, 0, 0, f}))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(120, 50))
	if got, want := at(w.Canvas().Capture(), 14, 14), token(theme.Raised); got != want {
		t.Errorf("off: %v, want %v", got, want)
	}
	f.SetOn(true)
	if got, want := at(w.Canvas().Capture(), 14, 14), token(theme.AccentSoft); got != want || f.Value() != "on" {
		t.Errorf("on: %v %q, want %v", got, f.Value(), want)
	}
}

// What may not be changed shows how it stands, in both modes: its mark is seen on its ground.
func TestATickThatMayNotBeChangedIsSeen_G2(t *testing.T) {
	for _, mode := range []theme.Mode{theme.Light, theme.Dark} {
		dress(t, mode, "en")
		var boxes []fyne.CanvasObject
		for _, radio := range []bool{false, true} {
			c := NewCheck("Close", nil)
			c.radio = radio
			c.SetOn(true)
			c.SetEnabled(false, "Administrators only")
			boxes = append(boxes, c)
		}
		w := test.NewTempWindow(t, Stack(Fill(theme.Surface), pinned(spot{0, 0, 200, 40, boxes[0]}, spot{0, 50, 200, 40, boxes[1]})))
		w.SetPadded(false)
		w.Resize(fyne.NewSize(200, 100))
		img := w.Canvas().Capture()
		for _, top := range []int{0, 50} {
			most := 0
			for y := top + 4; y < top+14; y++ {
				for x := 3; x < 13; x++ {
					a, b := color.GrayModel.Convert(img.At(x, y)).(color.Gray), color.GrayModel.Convert(token(theme.Sunk)).(color.Gray)
					most = max(most, int(a.Y)-int(b.Y), int(b.Y)-int(a.Y))
				}
			}
			if most < 90 {
				t.Errorf("mode %v, box at %d: the mark differs by %d of 255 from its ground", mode, top, most)
			}
		}
	}
}

// Switching between light and dark repaints what is on the screen.
func TestShownWidgetsFollowTheTheme(t *testing.T) {
	dress(t, theme.Light, "en")
	line := NewStateLine()
	line.Set(LineHeld)
	row := NewListRow(nil)
	row.Set(RowData{Title: "Groß"}, true)
	w := test.NewTempWindow(t, Stack(Fill(theme.Surface), pinned(spot{0, 0, 120, 3, line.Area}, spot{0, 10, 120, 56, row})))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(120, 120))
	for _, mode := range []theme.Mode{theme.Light, theme.Dark, theme.Light} {
		fyne.CurrentApp().Settings().SetTheme(theme.New(mode))
		test.WidgetRenderer(row).Refresh()
		w.Content().Refresh()
		img := w.Canvas().Capture()
		for y, name := range map[int]fyne.ThemeColorName{1: theme.WarningFill, 20: theme.AccentSoft, 100: theme.Surface} {
			if got, want := at(img, 100, y), token(name); got != want {
				t.Errorf("mode %d, line %d: %v, want %s %v", mode, y, got, name, want)
			}
		}
	}
}

// Data in a button, such as a name, may be longer than there is room; the button's own words never are.
func TestDataInAButtonEndsWithinIt(t *testing.T) {
	dress(t, theme.Light, "de")
	b := NewButton("Connect with the other call", Line, nil).WithHint("Ctrl+Enter")
	b.SetData("Verbinden mit Donaudampfschifffahrtsgesellschaft Österreich")
	w := test.NewTempWindow(t, Stack(Sized(200, 32, b)))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(200, 32))
	var words []string
	for _, o := range test.WidgetRenderer(b).Objects() {
		if l, is := o.(*canvas.Text); is && !l.Hidden {
			words = append(words, l.Text)
			if end := l.Position().X + l.MinSize().Width; end > 200-12+1 {
				t.Errorf("%q ends at %v", l.Text, end)
			}
		}
	}
	if len(words) != 2 || !strings.HasPrefix(words[0], "Verbinden mit D") || !strings.HasSuffix(words[0], "…") {
		t.Errorf("it says %q", words)
	}
}
