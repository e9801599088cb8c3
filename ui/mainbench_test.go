package ui

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/ui/kit"
	"leadline/ui/text"
)

// mainBench is a main window over fakes.
type mainBench struct {
	t        testing.TB
	m        *MainWindow
	d        *Dispatcher
	desk     *mainDesk
	settings *mainSettings
	held     atomic.Int64 // questions that the test keeps waiting
}

func newMainBench(t *testing.T, d *mainDesk, s *mainSettings, look Look) *mainBench {
	t.Helper()
	return newMainBenchWith(t, d, s, look, nil)
}

// newMainBenchWith is newMainBench for a company that can be set up.
func newMainBenchWith(t *testing.T, d *mainDesk, s *mainSettings, look Look, company Company) *mainBench {
	t.Helper()
	app := test.NewTempApp(t)
	ApplyLook(app, look)
	t.Cleanup(func() { _ = text.SetLanguage("en") })
	b := &mainBench{t: t, d: NewQueue(), desk: d, settings: s}
	b.m = NewMain(MainOptions{App: app, Desk: d, Do: b.d, Settings: s, Workspace: "Nordlicht Technik", Version: "0.2",
		Demo: func() { d.did = append(d.did, "demo") }, Importer: mainImporter{held: &b.held}, Company: company, Shared: s.shared, SignIns: s.signIns, Software: s.software, Now: func() time.Time { return mainNow }})
	b.m.Window().Resize(fyne.NewSize(1280, 800))
	t.Cleanup(b.m.Stop)
	b.settle()
	return b
}

// settle lets all questions be answered and drawn, but for those that a test keeps waiting.
func (b *mainBench) settle() {
	b.t.Helper()
	end := time.Now().Add(time.Minute)
	for quiet := 0; quiet < 2; quiet++ {
		if open := b.d.asking.Load() > b.held.Load(); b.d.Pump() > 0 || open {
			quiet = -1
		}
		if time.Now().After(end) {
			b.t.Fatalf("%d questions are not answered, of which the test keeps %d waiting", b.d.asking.Load(), b.held.Load())
		}
		time.Sleep(time.Millisecond) // what the telephone and timers do has no count
	}
}

// shot writes a picture of the window where LEADLINE_SHOTS names a folder.
func (b *mainBench) shot(name string) {
	b.settle()
	dir := os.Getenv("LEADLINE_SHOTS")
	if dir == "" {
		return
	}
	img := picture(b.m.Window().Canvas())
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		b.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		b.t.Fatal(err)
	}
}

// says tells whether a visible widget shows or is called words.
func (b *mainBench) says(words string) bool {
	found := false
	kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
		if n, ok := o.(kit.Named); ok && (strings.Contains(n.Value(), words) || strings.Contains(n.Name(), words)) {
			found = true
		}
	})
	return found
}

// waits pumps until a visible widget shows words.
func (b *mainBench) waits(words string) {
	b.t.Helper()
	for end := time.Now().Add(time.Minute); !b.says(words); b.d.Pump() {
		if time.Now().After(end) {
			b.t.Fatalf("it never says %q", words)
		}
		time.Sleep(2 * time.Millisecond)
	}
	b.settle()
}

// widget is the first visible widget of a role and a name.
func (b *mainBench) widget(role, name string) kit.Named {
	b.t.Helper()
	var found kit.Named
	kit.Walk(b.m.Window().Content(), func(o fyne.CanvasObject, _ fyne.Position) {
		if n, ok := o.(kit.Named); ok && found == nil && n.Role() == role && n.Name() == name {
			found = n
		}
	})
	if found == nil {
		b.t.Fatalf("there is no %s %q", role, name)
	}
	return found
}

// tap does what a click on a widget does.
func (b *mainBench) tap(role, name string) {
	b.t.Helper()
	w := b.widget(role, name)
	if !w.Enabled() {
		b.t.Fatalf("%s %q is disabled", role, name)
	}
	w.(kit.Tappable).Tap()
	b.settle()
}

// more chooses from the menu in a record's head.
func (b *mainBench) more(name string) {
	b.t.Helper()
	b.tap("button", "More")
	b.tap("item", name)
}

// type_ types into a field.
func (b *mainBench) type_(name, s string) {
	b.t.Helper()
	b.widget("field", name).(kit.Typable).Type(s)
	b.settle()
}
