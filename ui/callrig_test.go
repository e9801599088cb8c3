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

	do       *Dispatcher
	settings *mainSettings
}

func newBench(t *testing.T) *bench {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	b := &bench{t: t, desk: &fakeDesk{}, now: noon, do: NewQueue(), settings: &mainSettings{player: recordedPlayer()}}
	b.calls = newCallWindows(MainOptions{App: app, Desk: b.desk, Now: func() time.Time { return b.now }, Do: b.do, Settings: b.settings})
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

// inWindow is a bench with calls whose buttons do something already; w is the window of the first.
func inWindow(t *testing.T, calls ...desk.Call) (b *bench, w *callWindow) {
	t.Helper()
	b = newBench(t)
	b.show(calls...)
	b.pass(time.Second)
	return b, b.calls.of(calls[0].ID)
}

// passingOn is a call in its window, with colleagues and other calls to choose from, and the field for whom it goes to.
func passingOn(t *testing.T, c desk.Call, others ...desk.Call) (b *bench, w *callWindow, field *kit.Field) {
	t.Helper()
	b, w = inWindow(t, c)
	b.desk.publish(desk.Snapshot{Team: aTeam(), Calls: append([]desk.Call{c}, others...)})
	b.press(w, fyne.KeyT, fyne.KeyModifierControl)
	field = named[*kit.Field](b, w, "Extension or any number")
	if !field.Focused() {
		t.Error("the field has no keyboard")
	}
	return b, w, field
}

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

// waits pumps until something has come about.
func (b *bench) waits(what string, ok func() bool) {
	b.t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); b.do.Pump() {
		if time.Now().After(end) {
			b.t.Fatalf("waited for %s", what)
		}
		time.Sleep(time.Millisecond)
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
