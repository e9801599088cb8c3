package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/theme"
)

// bench is call windows on Fyne's test driver, with a clock that a test moves.
type bench struct {
	t     *testing.T
	desk  *fakeDesk
	calls *callWindows
	now   time.Time
	over  bool // the pointer is over the windows
}

func newBench(t *testing.T) *bench {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	b := &bench{t: t, desk: &fakeDesk{}, now: noon}
	b.calls = newCallWindows(app, b.desk, func() time.Time { return b.now })
	made := b.calls.make
	b.calls.make = func(slot int) *callWindow {
		w := made(slot)
		w.inside = func() bool { return b.over }
		return w
	}
	b.calls.Warm()
	return b
}

func (b *bench) show(calls ...desk.Call) { b.calls.Draw(desk.Snapshot{Calls: calls}) }

// pass moves the clock, and looks at the windows when they ask for it.
func (b *bench) pass(d time.Duration) {
	for end := b.now.Add(d); ; {
		wait, open := b.calls.rest()
		if next := b.now.Add(wait); !open || next.After(end) {
			b.now = end
			return
		}
		b.now = b.now.Add(wait)
		b.calls.Tick()
	}
}

func (b *bench) took(want ...string) {
	b.t.Helper()
	if got := b.desk.took(); !slices.Equal(got, want) {
		b.t.Errorf("wished %q, want %q", got, want)
	}
}

// named is a visible widget by its English name.
func named[T kit.Named](b *bench, w *callWindow, name string) (found T) {
	b.t.Helper()
	ok := false
	kit.Walk(w.view.root, func(o fyne.CanvasObject, _ fyne.Position) {
		if n, is := o.(T); is && n.Name() == name {
			found, ok = n, true
		}
	})
	if !ok {
		b.t.Fatalf("no %q is visible", name)
	}
	return found
}

func visibleNames(w *callWindow) []string {
	var names []string
	kit.Walk(w.view.root, func(o fyne.CanvasObject, _ fyne.Position) {
		if n, is := o.(kit.Named); is && n.Name() != "" {
			names = append(names, n.Name())
		}
	})
	return names
}

func (b *bench) tap(w *callWindow, name string) {
	b.t.Helper()
	named[*kit.Button](b, w, name).Tap()
}

func (b *bench) press(w *callWindow, key fyne.KeyName, mod fyne.KeyModifier) {
	c := w.win.Canvas()
	sc := &desktop.CustomShortcut{KeyName: key, Modifier: mod}
	switch f, ok := c.Focused().(fyne.Shortcutable); {
	case mod == 0 && c.Focused() != nil:
		c.Focused().TypedKey(&fyne.KeyEvent{Name: key})
	case mod == 0:
		c.OnTypedKey()(&fyne.KeyEvent{Name: key})
	case ok:
		f.TypedShortcut(sc)
	default: // Fyne's test canvas hands no shortcuts on
		w.view.shortcut(key)
	}
}

func sample(name string) desk.Call { return samples()[name] }
