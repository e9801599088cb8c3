package kit

import (
	"image"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"

	"leadline/ui/theme"
)

func TestFieldTellsTypingAndNotSetting(t *testing.T) {
	dress(t, theme.Light, "en")
	var told []string
	f := NewField("Close", func(s string) { told = append(told, s) })
	test.NewTempWindow(t, f)
	f.SetText("Groß")
	if len(told) != 0 {
		t.Errorf("setting the text told %q", told)
	}
	f.Type("Müller")
	test.Type(f.entry, "!")
	if got := strings.Join(told, "|"); !strings.Contains(got, "Müller") || f.Text() != "!Müller" && f.Text() != "Müller!" {
		t.Errorf("typing told %q, the text is %q", got, f.Text())
	}
	f.SetReadOnly(true, "Only an administrator")
	before := f.Text()
	f.Type("x")
	if f.Text() != before || f.Enabled() {
		t.Errorf("a read-only field took text: %q", f.Text())
	}
}

func TestFieldRingShowsFocusAndError(t *testing.T) {
	dress(t, theme.Light, "en")
	f := NewBareField("Close", nil)
	w := test.NewTempWindow(t, pinned(spot{10, 10, 120, 32, f}))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(140, 80))
	edge := func(img image.Image) any { return at(img, 70, 11) }
	if got := edge(w.Canvas().Capture()); got == any(token(theme.Accent)) {
		t.Error("a resting field has a ring")
	}
	shown := 0
	for _, o := range test.WidgetRenderer(f).Objects() {
		if r, ok := o.(*canvas.Rectangle); ok && r.Visible() {
			shown++
		}
	}
	if got := at(w.Canvas().Capture(), 70, 10); got == any(token(theme.Surface)) || shown != 1 {
		t.Errorf("a resting field is outlined in %v, by %d shapes that each cost all its pixels", got, shown)
	}
	f.Focus()
	if got := edge(w.Canvas().Capture()); got != any(token(theme.Accent)) || !f.Focused() {
		t.Errorf("focused: %v, want the accent", got)
	}
	f.SetError("Digits only")
	if got := edge(w.Canvas().Capture()); got != any(token(theme.DangerText)) {
		t.Errorf("with an error: %v, want red", got)
	}
	if f.Problem() != "Digits only" || !strings.Contains(f.AccessibilityLabel(), "Digits only") {
		t.Errorf("the error is not told: %q", f.AccessibilityLabel())
	}
}

// Text that is too long is cut at the outline, and does not run over it.
func TestLongTextDoesNotRunOverTheOutline(t *testing.T) {
	dress(t, theme.Light, "en")
	for name, f := range map[string]*Field{"field": NewBareField("Close", nil), "password": NewPassword("Close", nil), "note": NewNoteField("Close", 32, nil)} {
		const x, y = 10, 10
		w := test.NewTempWindow(t, pinned(spot{x, y, 120, 32, f}))
		w.SetPadded(false)
		w.Resize(fyne.NewSize(140, 80))
		if name == "password" {
			f.bare, f.eye = true, nil
			f.entry.ActionItem = nil
			f.Refresh()
		}
		edges := func() (all []any) {
			img := w.Canvas().Capture()
			for d := 8; d < 24; d++ {
				all = append(all, at(img, x, y+d), at(img, x+119, y+d), at(img, x+50+d, y), at(img, x+50+d, y+31))
			}
			return all
		}
		want := edges()
		long := strings.Repeat("WMWM ", 30)
		f.SetText(long)
		if !slices.Equal(edges(), want) {
			t.Errorf("%s: set, the text is over the outline", name)
		}
		f.Focus()
		test.Type(f.entry, "W") // it scrolls
		w.Canvas().Unfocus()
		if !slices.Equal(edges(), want) {
			t.Errorf("%s: scrolled, the text is over the outline", name)
		}
	}
}

func TestPasswordIsNeverTold(t *testing.T) {
	dress(t, theme.Light, "en")
	f := NewPassword("Close", nil)
	test.NewTempWindow(t, f)
	f.Type("secret")
	if f.Value() != "" || f.Text() != "secret" || !f.entry.Password {
		t.Errorf("value %q, text %q, hidden %v", f.Value(), f.Text(), f.entry.Password)
	}
	f.eye.Tap()
	if f.entry.Password {
		t.Error("the eye does not show what is typed")
	}
}

func TestFieldHandsKeysOutFirst(t *testing.T) {
	dress(t, theme.Light, "en")
	f := NewBareField("Close", nil)
	test.NewTempWindow(t, f)
	var keys []fyne.KeyName
	f.OnKey(func(k *fyne.KeyEvent) bool {
		keys = append(keys, k.Name)
		return k.Name == fyne.KeyDown
	})
	submitted := ""
	f.OnSubmit(func(s string) { submitted = s })
	f.Type("0221")
	f.entry.TypedKey(key(fyne.KeyDown))
	f.entry.TypedKey(key(fyne.KeyReturn))
	if len(keys) != 2 || submitted != "0221" {
		t.Errorf("keys %v, submitted %q", keys, submitted)
	}
}

func TestChoosingByEnglishOrShownWording(t *testing.T) {
	dress(t, theme.Light, "de")
	options := []Option{{ID: "f", Key: "Free"}, {ID: "a", Key: "Away"}, {ID: "x", Label: "Anna"}}
	for _, c := range []struct {
		what string
		make func(func(string)) interface {
			Choosable
			Value() string
		}
	}{
		{"select", func(do func(string)) interface {
			Choosable
			Value() string
		} {
			return NewSelect("Close", options, do)
		}},
		{"radio", func(do func(string)) interface {
			Choosable
			Value() string
		} {
			return NewRadioGroup("Close", options, do)
		}},
		{"segmented", func(do func(string)) interface {
			Choosable
			Value() string
		} {
			return NewSegmented("Close", options, do)
		}},
	} {
		var told []string
		w := c.make(func(id string) { told = append(told, id) })
		for _, want := range []string{"Away", "Frei", "Anna", "Anna"} {
			if err := w.Choose(want); err != nil {
				t.Errorf("%s: %v", c.what, err)
			}
		}
		if got := strings.Join(told, ","); got != "a,f,x" || w.Value() != "Anna" {
			t.Errorf("%s: told %s, shows %q; want a,f,x and Anna", c.what, got, w.Value())
		}
		err := w.Choose("Nobody")
		if err == nil || !strings.Contains(err.Error(), `"Free"`) {
			t.Errorf("%s: an unknown option: %v, want an error with the options", c.what, err)
		}
	}
}

func TestSelectOpensAListOverTheWindow(t *testing.T) {
	dress(t, theme.Light, "en")
	picked := ""
	s := NewSelect("Close", Options("Call", "Website"), func(id string) { picked = id })
	w := test.NewTempWindow(t, Fill(theme.Surface))
	layer := Cover(w, pinned(spot{20, 20, 200, 51, s}))
	defer layer.Release()
	w.Resize(fyne.NewSize(400, 300))
	s.Tap()
	if !layer.PopupOpen() {
		t.Fatal("no list shows")
	}
	var item Tappable
	Walk(w.Canvas().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
		if n, ok := o.(Named); ok && n.Role() == "item" && n.Name() == "Website" {
			item = o.(Tappable)
		}
	})
	if item == nil {
		t.Fatal("Website is not among what Walk sees")
	}
	item.Tap()
	if picked != "Website" || layer.PopupOpen() || s.Chosen() != "Website" {
		t.Errorf("picked %q, open %v, chosen %q", picked, layer.PopupOpen(), s.Chosen())
	}
	s.TypedKey(key(fyne.KeyUp))
	if picked != "Call" {
		t.Errorf("the up key picked %q", picked)
	}
}

func TestCheckToggles(t *testing.T) {
	dress(t, theme.Light, "en")
	var told []bool
	c := NewCheck("Close", func(on bool) { told = append(told, on) })
	c.SetOn(true)
	c.Tap()
	c.Tap()
	if len(told) != 2 || told[0] || !told[1] || c.Value() != "on" {
		t.Errorf("told %v, now %q", told, c.Value())
	}
}

// windowWithShortcuts is a canvas as the real driver has it; the test driver's
// does not pass shortcuts on.
type windowWithShortcuts struct {
	fyne.Canvas
	fyne.ShortcutHandler
}

func (w *windowWithShortcuts) AddShortcut(s fyne.Shortcut, do func(fyne.Shortcut)) {
	w.ShortcutHandler.AddShortcut(s, do)
}

func (w *windowWithShortcuts) RemoveShortcut(s fyne.Shortcut) { w.ShortcutHandler.RemoveShortcut(s) }

// Ctrl+D hangs up, whatever field has the keyboard.
func TestWindowShortcutsReachTheWindowFromAField(t *testing.T) {
	dress(t, theme.Light, "en")
	f := NewNoteField("Close", 60, nil)
	w := test.NewTempWindow(t, f)
	hung := 0
	hangUp := &desktop.CustomShortcut{KeyName: fyne.KeyD, Modifier: fyne.KeyModifierControl}
	handler := &windowWithShortcuts{Canvas: w.Canvas()}
	handler.AddShortcut(hangUp, func(fyne.Shortcut) { hung++ })
	f.entry.window = func() fyne.Canvas { return handler }
	f.SetText("one two")
	f.Focus()
	f.entry.TypedShortcut(hangUp)
	if hung != 1 {
		t.Errorf("the shortcut reached the window %d times, want once", hung)
	}
	f.entry.window = func() fyne.Canvas { return nil } // as Fyne says of a field whose form has gone
	if f.entry.TypedShortcut(hangUp); hung != 2 {
		t.Error("a field that is seen no more swallows the shortcut")
	}
	f.entry.window, hung = func() fyne.Canvas { return handler }, 1
	f.entry.TypedShortcut(&fyne.ShortcutSelectAll{})
	if got := f.entry.SelectedText(); got != "one two" {
		t.Errorf("select all selects %q", got)
	}
	f.OnShortcut(func(fyne.Shortcut) bool { return true })
	f.entry.TypedShortcut(hangUp)
	if hung != 1 {
		t.Error("a shortcut that was dealt with reached the window")
	}
}

// Fyne tells a screen reader a role and one label, so that what stands in a widget has to be in that.
func TestAScreenReaderIsToldWhatStandsInAWidget(t *testing.T) {
	dress(t, theme.Light, "de")
	check := NewCheck("Close", nil)
	check.SetOn(true)
	off := NewCheck("Close", nil)
	off.SetEnabled(false, "Nur ein Administrator")
	radios := NewRadioGroup("Close", Options("Anna", "Boris"), nil)
	radios.SetChosen("Anna")
	pick := NewBareSelect("Close", Options("Anna", "Boris"), nil)
	pick.SetChosen("Boris")
	field, password := NewField("Close", nil), NewPassword("Close", nil)
	field.SetText("Meier")
	field.SetError("Kein Name")
	password.SetText("geheim")
	rail := NewRailItem("Close", theme.IconMissed, nil)
	rail.SetCount("3", Bad)
	for _, x := range []struct {
		w    fyne.Accessible
		want string
	}{
		{check, "Schließen: an"}, {off, "Schließen: aus: Nur ein Administrator"}, {radios.items[0], "Anna: gewählt"}, {radios.items[1], "Boris"},
		{pick, "Schließen: Boris"}, {NewSegmented("Close", Options("Anna", "Boris"), nil), "Schließen: Anna"},
		{field, "Schließen: Meier: Kein Name"}, {password, "Schließen"}, {rail, "Schließen: 3"}, {NewButton("Close", Line, nil), "Schließen"},
		{NewList("Close", func() int { return 7 }, func() fyne.CanvasObject { return NewListRow(nil) }, func(int, fyne.CanvasObject) {}), "Schließen: 7"},
	} {
		if got := x.w.AccessibilityLabel(); got != x.want {
			t.Errorf("%T is told as %q, want %q", x.w, got, x.want)
		}
	}
}

// Fyne's bar, by which an entry of one line scrolls, lay over its words: it is below what is seen of the entry.
func TestAFieldOfOneLineHasNoBarOverItsWords(t *testing.T) {
	dress(t, theme.Light, "en")
	f := NewBareField("Close", nil)
	w := test.NewTempWindow(t, pinned(spot{10, 10, 120, 32, f}))
	w.Resize(fyne.NewSize(140, 80))
	f.SetText(strings.Repeat("Rindfleischetikettierung", 5))
	w.Canvas().Capture()
	r := test.WidgetRenderer(f.entry)
	if _, clips := r.(interface{ IsClip() }); !clips {
		t.Error("what is below the entry is seen")
	}
	bar := f.entry.Theme().Size(fynetheme.SizeNameScrollBar)
	found := false
	for _, o := range r.Objects() {
		if s, is := o.(*container.Scroll); is {
			found = true
			if top := s.Position().Y + s.Size().Height - bar; top < f.entry.Size().Height {
				t.Errorf("the bar begins at %v of %v px", top, f.entry.Size().Height)
			}
			f.Focus()
			if f.entry.TypedKey(key(fyne.KeyEnd)); s.Offset.X <= 0 || s.Offset.Y != 0 {
				t.Errorf("at the end of the words it is scrolled to %v", s.Offset)
			}
			if f.entry.TypedKey(key(fyne.KeyHome)); s.Offset.X != 0 || s.Offset.Y != 0 {
				t.Errorf("at their beginning it is scrolled to %v", s.Offset)
			}
		}
	}
	if !found {
		t.Error("the entry does not scroll")
	}
	note := NewNoteField("Close", 76, nil)
	w.SetContent(pinned(spot{10, 10, 120, 76, note}))
	for _, o := range test.WidgetRenderer(note.entry).Objects() {
		if s, is := o.(*container.Scroll); is && (s.Position().X+s.Size().Width > note.entry.Size().Width || s.Position().Y+s.Size().Height > note.entry.Size().Height) {
			t.Errorf("the bar of a field of several lines is out of view: it ends at %v, %v", s.Position().Add(s.Size()), note.entry.Size())
		}
	}
}
