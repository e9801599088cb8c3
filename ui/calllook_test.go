package ui

import (
	"slices"
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

// Where there is no room for all that is known of a caller, or for all who may be calling, what is seen ends with a whole row.
func TestNoRowIsCutAtTheEndOfWhatIsSeen_H1(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	cut := map[string]bool{}
	for name, c := range samples() {
		w := newCallWindow(MainOptions{App: app, Desk: &fakeDesk{}, Now: func() time.Time { return noon }}, 0)
		w.enter(c)
		w.show()
		v := w.view
		var rows, whole []fyne.CanvasObject // of what is cut, and what may be the last
		if v.chooser.root.Visible() {
			for _, r := range v.chooser.rows {
				rows, whole = append(rows, r), append(whole, r)
			}
		}
		if v.past.root.Visible() {
			rows, whole = append(rows, v.past.root.Objects...), append(whole, v.past.rows...)
		}
		end := v.scroll.Size().Height
		if len(rows) == 0 || end >= v.inside.MinSize().Height {
			continue
		}
		cut[name] = true
		top := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.scroll.Content).Y
		last := fyne.CanvasObject(nil)
		for _, o := range rows {
			y := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y - top
			if y < end && y+o.Size().Height > end {
				t.Errorf("%s: what begins at %v and is %v high is cut at %v", name, y, o.Size().Height, end)
			}
			if y < end {
				last = o
			}
		}
		if !slices.Contains(whole, last) {
			t.Errorf("%s: no row is the last that is seen", name)
		}
	}
	if !cut["compound"] || !cut["nine"] {
		t.Errorf("the windows with too little room are %v", cut)
	}
}
