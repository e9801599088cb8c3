package ui

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/ui/desk"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// inLook runs f in each language and mode.
func inLook(t *testing.T, f func(t *testing.T, name string)) {
	modes := map[string]theme.Mode{"light": theme.Light, "dark": theme.Dark}
	for _, lang := range []string{"en", "de"} {
		for mode, m := range modes {
			t.Run(lang+"-"+mode, func(t *testing.T) {
				if err := text.SetLanguage(lang); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = text.SetLanguage("en") })
				app := test.NewTempApp(t)
				app.Settings().SetTheme(theme.New(m))
				f(t, lang+"-"+mode)
			})
		}
	}
}

// TestPicturesOfEveryState draws windows in both languages and modes: a state never
// makes one larger. With LEADLINE_PICTURES set to a folder it draws every state and
// the pictures stay there, to be looked at beside the ones that were drawn first.
func TestPicturesOfEveryState(t *testing.T) {
	folder := os.Getenv("LEADLINE_PICTURES")
	inLook(t, func(t *testing.T, look string) {
		for name, c := range samples() {
			if folder == "" && name != "known" && name != "form" && name != "transfer" {
				continue
			}
			d := &fakeDesk{}
			d.publish(desk.Snapshot{Calls: []desk.Call{samples()["held"]}, Team: aTeam()})
			w := newCallWindow(MainOptions{App: fyne.CurrentApp(), Desk: d, Now: func() time.Time { return noon }}, 0)
			w.enter(c)
			w.announce(0, image.Point{})
			w.show()
			if name == "transfer" {
				w.view.toggleTransfer()
				w.view.pass.field.Type("112")
			}
			if name == "sent" {
				w.view.toggleSendOn()
			}
			if name == "recorded" {
				w.view.toggleAdd()
			}
			if name == "linking" {
				w.view.toggleLink()
				w.view.link.field.Type("groß")
			}
			w.sound(desk.Sound{Microphone: "Jabra Evolve2 65", Problem: problems[name]})
			img := picture(w.win.Canvas())
			if b := img.Bounds(); b.Dx() != callWidth || b.Dy() != callHeight {
				t.Errorf("%s is %v instead of %d × %d", name, b.Size(), callWidth, callHeight)
			}
			if folder == "" {
				continue
			}
			f, err := os.Create(filepath.Join(folder, name+"-"+look+".png"))
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, img); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
	})
}

// problems are sentences about the sound card, for some of the samples.
var problems = map[string]desk.Text{
	"muted":    say("No microphone: the other side can't hear you"),
	"dialling": say("No microphone: the other side can't hear you"),
}
