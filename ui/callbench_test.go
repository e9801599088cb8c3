package ui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"leadline/ui/theme"
)

// BenchmarkFillingACallWindow is the part of "INVITE → identified window painted"
// (design.md) that is ours: another call each time, as after a ring.
func BenchmarkFillingACallWindow(b *testing.B) {
	app := test.NewTempApp(b)
	app.Settings().SetTheme(theme.New(theme.Light))
	for _, name := range []string{"known", "unknown", "several"} {
		b.Run(name, func(b *testing.B) {
			w := newCallWindow(MainOptions{App: app, Desk: &fakeDesk{}, Now: time.Now}, 0)
			w.warm()
			c := sample(name)
			for i := range b.N {
				c.Party.Number = fmt.Sprintf("030 %07d", i)
				c.Card.Name = fmt.Sprintf("Jürgen Müller %d", i)
				w.leave()
				w.enter(c)
			}
		})
	}
}
