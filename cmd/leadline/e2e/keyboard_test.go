package e2e

import (
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
