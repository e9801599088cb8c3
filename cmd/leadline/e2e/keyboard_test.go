package e2e

import (
	"strings"
	"testing"

	phone "leadline/phone/rig"
)

// A German keyboard writes umlauts, ß and, by its dead keys, accents (issue 6, "How it is proven").
func TestAGermanKeyboardWritesUmlautsAndAccents(t *testing.T) {
	o := newOffice(t)
	o.screen.Run("setxkbmap", "de")
	p := o.start()
	p.beginsLead(o.screen)
	o.screen.Keys("ctrl+a")
	o.screen.Keys("R", "e", "n", "dead_acute", "e")
	o.screen.Keys("Tab")
	o.screen.Keys("M", "udiaeresis", "ssharp", "i", "g", "minus", "dead_circumflex", "o", "Adiaeresis")
	for field, want := range map[string]string{"First name": "René", "Last name": "Müßig-ôÄ"} {
		phone.Eventually(t, soon, field+" is written", func() (bool, string) {
			got := p.written(field)
			return got == want, got
		})
	}
}

// A menu that is opened by key or by click is painted at once, though nothing else changes, and has the keyboard (issue 6.6).
func TestAMenuIsWorkedByKeys(t *testing.T) {
	o := newOffice(t)
	p := o.start()
	until := func(what string, there bool, text string) {
		t.Helper()
		phone.Eventually(t, soon, what, func() (bool, string) { return strings.Contains(p.seen(), text) == there, p.seen() })
	}
	until("the main window is drawn", true, "Search, or dial a number")
	o.screen.WaitActive("Leadline", soon) // the keyboard is given by the window manager
	o.screen.Keys("shift+slash")
	until("the sheet of keys is there", true, "In a call window")
	o.screen.Keys("Escape")
	until("Esc closes the sheet", false, "In a call window")
	for _, keys := range [][]string{{"Escape"}, {"Down", "Up", "Escape"}} {
		p.tap("main", "Help")
		until("the menu is open", true, "About Leadline")
		o.screen.Keys(keys...)
		until("Esc closes the menu", false, "About Leadline")
	}
	p.tap("main", "Help")
	until("the menu is open", true, "About Leadline")
	o.screen.Keys("End", "Return")
	until("the last of it is chosen", true, "Copy diagnostics")
	o.screen.Keys("ctrl+1")
	until("Ctrl+1 leads to the calls", false, "Copy diagnostics")
}
