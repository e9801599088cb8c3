package door

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/ui/kit"
)

// Everything in this file runs on the goroutine of the windows.

// found is a visible widget and where it lies on its canvas.
type found struct {
	kit.Named
	object fyne.CanvasObject
	pos    fyne.Position
}

func visible(root fyne.CanvasObject) []found {
	var all []found
	kit.Walk(root, func(o fyne.CanvasObject, pos fyne.Position) {
		if n, ok := o.(kit.Named); ok {
			all = append(all, found{n, o, pos})
		}
	})
	return all
}

// front is what takes the clicks of a window: its topmost popup, else its content.
func front(win Window) fyne.CanvasObject {
	if top := win.Canvas.Overlays().Top(); top != nil {
		return top
	}
	return win.Canvas.Content()
}

// find finds the visible widget called name that can do what is wanted.
func find(win Window, name, what string, can func(fyne.CanvasObject) bool) (found, error) {
	if name == "" {
		return found{}, errors.New(`"name" is missing`)
	}
	role := ""
	for _, f := range visible(front(win)) {
		if f.Name() != name {
			continue
		}
		if !can(f.object) {
			role = f.Role()
			continue
		}
		if !f.Enabled() {
			return found{}, notYet(fmt.Errorf("%s %q in window %q is disabled", f.Role(), name, win.Name))
		}
		return f, nil
	}
	if role != "" {
		return found{}, fmt.Errorf("%q in window %q is a %s: nothing to %s", name, win.Name, role, what)
	}
	if win.Canvas.Overlays().Top() != nil {
		for _, f := range visible(win.Canvas.Content()) {
			if f.Name() == name {
				return found{}, fmt.Errorf("%q in window %q is covered by a popup", name, win.Name)
			}
		}
	}
	return found{}, notYet(fmt.Errorf("no %q is visible in window %q", name, win.Name))
}

func can[T any](o fyne.CanvasObject) bool { _, ok := o.(T); return ok }

func tapIn(win Window, name string) error {
	f, err := find(win, name, "tap", can[kit.Tappable])
	if err != nil {
		return err
	}
	if covered(win, f) {
		return fmt.Errorf("%q in window %q is covered by a popup", name, win.Name)
	}
	f.object.(kit.Tappable).Tap()
	return nil
}

// covered tells whether a click at the middle of a widget would reach something that
// lies over it: a popup, or the shade around one.
func covered(win Window, f found) bool {
	size := f.object.Size()
	middle := f.pos.AddXY(size.Width/2, size.Height/2)
	over := false
	kit.Walk(front(win), func(o fyne.CanvasObject, pos fyne.Position) {
		if _, ok := o.(fyne.Tappable); !ok {
			return
		}
		s := o.Size()
		end := pos.AddXY(s.Width, s.Height)
		if middle.X < pos.X || middle.Y < pos.Y || middle.X >= end.X || middle.Y >= end.Y {
			return
		}
		// What comes later lies higher. The widget itself, and what is inside it, is no cover.
		inside := pos.X >= f.pos.X && pos.Y >= f.pos.Y && end.X <= f.pos.X+size.Width && end.Y <= f.pos.Y+size.Height
		over = !inside
	})
	return over
}

func typeInto(win Window, name, text string, add bool) error {
	f, err := find(win, name, "type into", can[kit.Typable])
	if err != nil {
		return err
	}
	if add {
		text = f.Value() + text
	}
	f.object.(kit.Typable).Type(text)
	return nil
}

func choose(win Window, name, option string) error {
	f, err := find(win, name, "choose", can[kit.Choosable])
	if err != nil {
		return err
	}
	return f.object.(kit.Choosable).Choose(option)
}

type treeLine struct {
	Role    string `json:"role"`
	Name    string `json:"name"`
	Value   string `json:"value"`
	Enabled bool   `json:"enabled"`
	Bounds  bounds `json:"bounds"`
}

// bounds are pixels from the top left of the window's content.
type bounds struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

type treeAnswer struct {
	OK      bool       `json:"ok"`
	Window  string     `json:"window"`
	Title   string     `json:"title"`
	Popup   bool       `json:"popup"` // the widgets are those of a popup that covers the rest
	Widgets []treeLine `json:"widgets"`
}

func treeOf(win Window) treeAnswer {
	answer := treeAnswer{
		OK: true, Window: win.Name, Title: win.Title,
		Popup: win.Canvas.Overlays().Top() != nil, Widgets: []treeLine{},
	}
	px := func(v float32) int { return int(math.Round(float64(v * win.Canvas.Scale()))) }
	for _, f := range visible(front(win)) {
		size := f.object.Size()
		answer.Widgets = append(answer.Widgets, treeLine{
			f.Role(), f.Name(), f.Value(), f.Enabled(),
			bounds{px(f.pos.X), px(f.pos.Y), px(size.Width), px(size.Height)},
		})
	}
	return answer
}

// shows tells whether a text can be read in the window, in the language shown.
func shows(win Window, text string) bool {
	for _, f := range visible(front(win)) {
		if strings.Contains(f.Value(), text) {
			return true
		}
		// A row is named for its record, which no language changes.
		if f.Role() == "row" && strings.Contains(f.Name(), text) {
			return true
		}
	}
	return strings.Contains(win.Title, text)
}

// usable tells whether a widget of that name can be seen and isn't disabled.
func usable(win Window, name string) bool {
	for _, f := range visible(front(win)) {
		if f.Name() == name && f.Enabled() {
			return true
		}
	}
	return false
}

var keyNames = map[string]fyne.KeyName{
	"esc": fyne.KeyEscape, "escape": fyne.KeyEscape, "enter": fyne.KeyReturn, "return": fyne.KeyReturn,
	"space": fyne.KeySpace, "tab": fyne.KeyTab, "up": fyne.KeyUp, "down": fyne.KeyDown,
	"left": fyne.KeyLeft, "right": fyne.KeyRight, "home": fyne.KeyHome, "end": fyne.KeyEnd,
	"pageup": fyne.KeyPageUp, "pagedown": fyne.KeyPageDown, "delete": fyne.KeyDelete, "backspace": fyne.KeyBackspace,
}

var modifiers = map[string]fyne.KeyModifier{
	"ctrl": fyne.KeyModifierControl, "shift": fyne.KeyModifierShift, "alt": fyne.KeyModifierAlt,
}

// press presses a key: "Esc", "Tab", "7", "Ctrl+J". What is focused gets it, else the window.
func press(win Window, key string) error {
	parts := strings.Split(key, "+")
	last := parts[len(parts)-1]
	name, special := keyNames[strings.ToLower(last)]
	if !special {
		if len([]rune(last)) != 1 {
			return fmt.Errorf("key: %q is not known", key)
		}
		name = fyne.KeyName(strings.ToUpper(last))
	}
	var mods fyne.KeyModifier
	for _, p := range parts[:len(parts)-1] {
		m, ok := modifiers[strings.ToLower(p)]
		if !ok {
			return fmt.Errorf("key: %q is not known", key)
		}
		mods |= m
	}
	focused := win.Canvas.Focused()
	if mods&^fyne.KeyModifierShift != 0 {
		sc := &desktop.CustomShortcut{KeyName: name, Modifier: mods}
		if s, ok := focused.(fyne.Shortcutable); ok {
			s.TypedShortcut(sc)
			return nil
		}
		c, ok := win.Canvas.(fyne.Shortcutable)
		if !ok {
			return fmt.Errorf("key: window %q takes no shortcuts", win.Name)
		}
		c.TypedShortcut(sc)
		return nil
	}
	if name == fyne.KeyTab && (focused == nil || !acceptsTab(focused)) {
		if mods != 0 {
			win.Canvas.FocusPrevious()
		} else {
			win.Canvas.FocusNext()
		}
		return nil
	}
	ev := &fyne.KeyEvent{Name: name}
	if focused != nil {
		focused.TypedKey(ev)
		if !special {
			focused.TypedRune([]rune(last)[0])
		}
		return nil
	}
	if f := win.Canvas.OnTypedKey(); f != nil {
		f(ev)
	}
	if f := win.Canvas.OnTypedRune(); f != nil && !special {
		f([]rune(last)[0])
	}
	return nil
}

func acceptsTab(f fyne.Focusable) bool {
	t, ok := f.(fyne.Tabbable)
	return ok && t.AcceptsTab()
}
