package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/ui/kit"
	"leadline/ui/theme"
)

// Where things stand in the pictures of look.md, in px from the top of the window; two pixels are given.
func TestTheCallWindowStandsAsItWasDrawn(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	for _, c := range []struct {
		state, role, name string
		top               float32
	}{
		{"known", "field", "Note", 501}, {"known", "button", "Answer", 157},
		{"form", "button", "Create lead", 228}, {"form", "button", "Save lead", 529},
		{"wrapup", "field", "Note", 364}, {"wrapup", "button", "Close", 557},
	} {
		w := newCallWindow(MainOptions{App: app, Desk: &fakeDesk{}, Now: func() time.Time { return noon }}, 0)
		w.enter(samples()[c.state])
		w.show()
		found := false
		kit.Walk(w.view.root, func(o fyne.CanvasObject, at fyne.Position) {
			if n, ok := o.(kit.Named); ok && n.Role() == c.role && n.Name() == c.name {
				found = true
				if off := at.Y - c.top; off < -2 || off > 2 {
					t.Errorf("%s: %s begins at %v instead of %v", c.state, c.name, at.Y, c.top)
				}
			}
		})
		if !found {
			t.Errorf("%s has no %s", c.state, c.name)
		}
	}
}
