package ui

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/ui/kit"
)

// pixels is what a window shows now.
func (b *mainBench) pixels() []byte {
	img := b.m.Window().Canvas().Capture()
	into := image.NewRGBA(img.Bounds())
	draw.Draw(into, into.Bounds(), img, image.Point{}, draw.Src)
	return into.Pix
}

// Whatever can be clicked is reached by Tab, or is a row of a list that is; and where the keyboard is
// can be seen, on every kind of widget.
func TestEverythingIsReachedByTabAndShowsIt(t *testing.T) {
	seen := map[string]bool{} // kinds of widgets that were looked at
	for _, page := range []pageName{pageCalls, pageMissed, pageFollowUps, pageLeads, pageContacts, pageCompanies, pageDeals, pageTeam, pageStatistics, pageSettings,
		pageName(settingsSound), pageName(settingsNotices), pageName(settingsShortcuts), pageName(settingsAppearance), pageName(settingsAbout)} {
		b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"en", "light"})
		if b.m.pages[page] != nil {
			b.m.Go(page)
		} else {
			b.m.ShowSettings(settingsPlace(page))
		}
		b.settle()
		c := b.m.Window().Canvas()
		c.Unfocus()
		reached := map[fyne.Focusable]bool{}
		for c.FocusNext(); c.Focused() != nil && !reached[c.Focused()]; c.FocusNext() {
			f := c.Focused()
			reached[f] = true
			kind := fmt.Sprintf("%T", f)
			if seen[kind] {
				continue
			}
			seen[kind] = true
			b.settle()
			with := b.pixels()
			c.Unfocus()
			b.settle()
			if bytes.Equal(with, b.pixels()) {
				t.Errorf("%s: a %s does not show that it has the keyboard", page, kind)
			}
			c.Focus(f)
		}
		inList := map[fyne.CanvasObject]bool{}
		kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
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
			f, ok := o.(fyne.Focusable)
			if !ok {
				if field, isField := o.(*kit.Field); isField {
					f, ok = field.Focusable(), true
				}
			}
			if !ok || !reached[f] {
				t.Errorf("%s: Tab does not reach the %s %q (%T)", page, n.Role(), n.Name(), o)
			}
		})
		if len(reached) < 8 {
			t.Errorf("%s: Tab reaches %d widgets", page, len(reached))
		}
	}
	if len(seen) < 4 {
		t.Errorf("only these kinds have the keyboard: %v", seen)
	}
}
