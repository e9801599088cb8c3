package ui

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/theme"
)

// tabWalk walks through windows by Tab.
type tabWalk struct {
	t      *testing.T
	seen   map[string]bool // kinds of widgets that were looked at
	window fyne.Window
	settle func()
}

// pixels is what the window shows now.
func (w *tabWalk) pixels() []byte {
	w.settle()
	img := picture(w.window.Canvas())
	into := image.NewRGBA(img.Bounds())
	draw.Draw(into, into.Bounds(), img, image.Point{}, draw.Src)
	return into.Pix
}

// looks is how often a window is looked at for what has the keyboard, until it counts as not shown.
const looks = 40

// shows says whether a picture with the keyboard at f differs from one without. What comes in meanwhile, on a busy machine,
// may have it somewhere else for one of them: such a picture does not count.
func (w *tabWalk) shows(f fyne.Focusable) bool {
	c := w.window.Canvas()
	for n := 1; ; n++ {
		c.Focus(f)
		with := w.pixels()
		had := c.Focused()
		c.Unfocus()
		if had == f && !bytes.Equal(with, w.pixels()) {
			return true
		}
		if n == looks {
			w.t.Logf("the keyboard was at %T last, and then at %T", had, c.Focused())
			return false
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// through walks until Tab comes back to where it began. Whatever can be clicked is reached, or is a row of a list that is;
// and where the keyboard is can be seen, on every kind of widget.
func (w *tabWalk) through(place string, least int) {
	w.t.Helper()
	w.settle()
	c := w.window.Canvas()
	c.Unfocus()
	reached := map[fyne.Focusable]bool{}
	for c.FocusNext(); c.Focused() != nil && !reached[c.Focused()]; c.FocusNext() {
		f := c.Focused()
		reached[f] = true
		kind := fmt.Sprintf("%T", f)
		if w.seen[kind] {
			continue
		}
		w.seen[kind] = true
		if !w.shows(f) {
			w.t.Errorf("%s: a %s does not show that it has the keyboard", place, kind)
		}
		c.Focus(f)
	}
	inList := map[fyne.CanvasObject]bool{}
	kit.Walk(w.window.Content(), func(o fyne.CanvasObject, _ fyne.Position) {
		if l, ok := o.(*kit.List); ok {
			for _, row := range l.Children() {
				kit.Walk(row, func(o fyne.CanvasObject, _ fyne.Position) { inList[o] = true })
			}
		}
		n, named := o.(kit.Named)
		_, tappable := o.(kit.Tappable)
		if !named || !tappable || !n.Enabled() || inList[o] {
			return
		}
		if a, told := o.(fyne.Accessible); !told || a.AccessibilityLabel() == "" {
			w.t.Errorf("%s: a screen reader has no name for the %s %q (%T)", place, n.Role(), n.Name(), o)
		}
		f, ok := o.(fyne.Focusable)
		if !ok {
			if field, isField := o.(interface{ Focusable() fyne.Focusable }); isField {
				f, ok = field.Focusable(), true
			}
		}
		if !ok || !reached[f] {
			w.t.Errorf("%s: Tab does not reach the %s %q (%T)", place, n.Role(), n.Name(), o)
		}
	})
	if len(reached) < least {
		w.t.Errorf("%s: Tab reaches %d widgets", place, len(reached))
	}
}

func TestEverythingIsReachedByTabAndShowsIt(t *testing.T) {
	w := &tabWalk{t: t, seen: map[string]bool{}}
	in := func(b *mainBench) { w.window, w.settle = b.m.Window(), b.settle }
	full := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	in(full)
	for _, page := range []pageName{pageCalls, pageMissed, pageFollowUps, pageLeads, pageContacts, pageCompanies, pageDeals, pageTeam, pageStatistics, pageSettings} {
		full.m.Go(page)
		w.through(string(page), 8)
	}
	b, s := customersBench(t, Look{"en", "light"})
	in(b)
	for _, place := range []settingsPlace{settingsSound, settingsCalls, settingsNotices, settingsRecording, settingsShortcuts, settingsAppearance, settingsImport, settingsAbout,
		settingsLines, settingsQueues, settingsSources, settingsExceptions, settingsMode, settingsPipelines, settingsFields, settingsUsers, settingsRoles} {
		b.m.ShowSettings(place)
		w.through(string(place), 8)
	}
	do(t, s, crm.CreateCompany{Company: crm.Company{ID: s.NewID(), Name: "Groß & Söhne KG"}})
	for page, add := range map[pageName]string{pageContacts: "New contact", pageCompanies: "New company", pageLeads: "New lead", pageDeals: "New deal"} {
		b.m.Go(page)
		b.tap("button", add)
		w.through(add, 12)
	}
	if len(w.seen) < 8 {
		t.Errorf("only these kinds have the keyboard: %v", w.seen)
	}
}

func TestEverythingInACallWindowIsReachedByTabAndShowsIt(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	seen := map[string]bool{}
	for _, name := range []string{"known", "form", "several", "talk", "waiting", "wrapup"} {
		d := &fakeDesk{}
		d.publish(desk.Snapshot{Calls: []desk.Call{samples()["held"]}, Team: aTeam()})
		cw := newCallWindow(MainOptions{App: app, Desk: d, Now: func() time.Time { return noon }}, 0)
		cw.enter(samples()[name])
		cw.announce(0, image.Point{})
		cw.show()
		w := &tabWalk{t: t, seen: seen, window: cw.win, settle: func() {}}
		w.through(name, 1)
	}
}
