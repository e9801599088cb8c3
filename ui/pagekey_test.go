package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
)

// Issue 6.3: a missed call is called back with one key, whatever was clicked before.
func TestAPagesKeysWorkWithoutAClickIntoIt_H6(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	c := b.m.Window().Canvas()
	b.tap("item", "Missed")
	b.focus(b.widget("item", "Missed").(fyne.Focusable))
	p := b.m.pages[pageMissed].(*missedPage)
	first := p.rows[0]
	dialled := func(want int) {
		t.Helper()
		b.settle()
		n := len(slices.DeleteFunc(slices.Clone(b.desk.dialled), func(to string) bool { return to != first.row.Dial }))
		if n != want {
			t.Errorf("it was called %d times, want %d: %q", n, want, b.desk.dialled)
		}
	}
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyR})
	c.Focused().TypedRune('r')
	dialled(1)
	// A row that has the keyboard calls once, though the window hears of the letter, too.
	c.Focus(first)
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyR})
	c.Focused().TypedRune('r')
	dialled(2)
	c.Unfocus()
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyDown})
	if p.at == rowKey(first.row) || c.Focused() == nil {
		t.Error("the arrow does not go on")
	}
	b.m.Go(pageLeads)
	b.settle()
	c.Unfocus()
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyDown})
	list := b.m.pages[pageLeads].(*listPage)
	if list.at != 1 || c.Focused() != fyne.Focusable(list.list) {
		t.Errorf("in a list it chooses row %d", list.at)
	}
	b.type_("Search, or dial a number", "r") // nothing behind a field
	dialled(2)
}
