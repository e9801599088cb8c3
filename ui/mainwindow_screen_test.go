package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/app"

	"leadline/phone/rig"
	"leadline/ui/door"
	"leadline/ui/door/client"
	screen "leadline/ui/rig"
)

func init() {
	programs["main"] = mainProgram
}

// mainProgram is the main window over fakes. LEADLINE_TEST_DOOR is its automation
// door; it prints what it is told to dial.
func mainProgram() {
	a := app.NewWithID("org.example.leadline.main.test")
	s := &mainSettings{accounts: oneAccount}
	if os.Getenv("LEADLINE_TEST_WELCOME") != "" {
		s.accounts = nil
	}
	ApplyLook(a, Look{"en", os.Getenv("LEADLINE_TEST_THEME")})
	d := fullDesk()
	do := NewDispatcher()
	m := NewMain(MainOptions{App: a, Desk: d, Do: do, Settings: s, Workspace: "Nordlicht Technik", Version: "0.2",
		Importer: mainImporter{}, Demo: func() {}, Now: func() time.Time { return mainNow }})
	if _, err := door.Listen(os.Getenv("LEADLINE_TEST_DOOR"), mainTestProgram{d, do, m}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	d.said = func(s string) { fmt.Println(s) }
	m.Show()
	a.Run()
	fmt.Println("ended")
}

type mainTestProgram struct {
	*mainDesk
	do *Dispatcher
	m  *MainWindow
}

func (p mainTestProgram) Do(f func()) { p.do.Do(f) }
func (p mainTestProgram) Windows() []door.Window {
	return []door.Window{doorWindow("main", p.m.win, true, p.m.closing)}
}

// TestTheMainWindowOnARealScreen drives a real window with keyboard and pointer.
// With LEADLINE_PICTURES set its pictures are kept there.
func TestTheMainWindowOnARealScreen(t *testing.T) {
	s := screen.StartScreen(t, "1400x900")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := os.Getenv("LEADLINE_PICTURES")
	if folder == "" {
		folder = t.TempDir()
	}
	socket := filepath.Join(t.TempDir(), "door")
	c := s.Command(exe)
	c.Env = append(c.Env, "LEADLINE_TEST_PROGRAM=main", "LEADLINE_TEST_DOOR="+socket, "LEADLINE_TEST_THEME=light", "HOME="+t.TempDir())
	program := rig.Start(t, "main", c)
	s.WaitWindow("Leadline", shortly)
	ctx, cancel := context.WithTimeout(context.Background(), 5*shortly)
	defer cancel()
	d, err := client.DialContext(ctx, socket)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	shot := func(name string) {
		t.Helper()
		if err := d.Shot(ctx, "main", filepath.Join(folder, name+".png")); err != nil {
			t.Error(err)
		}
	}
	says := func(words string) {
		t.Helper()
		if err := d.Wait(ctx, "main", words, shortly); err != nil {
			tree, _ := d.Do(ctx, map[string]any{"do": "tree", "window": "main"})
			t.Fatalf("%v; %s\n%v", err, s.Seen(), tree)
		}
	}
	says("Groß & Söhne KG")
	shot("screen-main-calls")
	s.WaitActive("Leadline", shortly)

	// Ctrl+K, typing and Enter dial.
	s.Keys("ctrl+k")
	s.Type("0221 98")
	says("Ümit Çelik")
	shot("screen-main-omnibox")
	s.Keys("Return")
	program.Says(t, "dial 0221 98", shortly)

	// Arrows and Enter open a record.
	s.Keys("ctrl+k")
	s.Type("0221 98")
	says("Ümit Çelik")
	s.Keys("Down", "Return")
	says("Needs 40 brackets")
	shot("screen-main-record")

	// A click on a row of the popup works, though pressing takes the focus away.
	s.Keys("ctrl+2")
	says("Missed calls")
	shot("screen-main-missed")
	s.Keys("ctrl+k")
	s.Type("0221 98")
	says("Ümit Çelik")
	a, err := d.Do(ctx, map[string]any{"do": "windows"})
	if err != nil {
		t.Fatal(err)
	}
	w := a["windows"].([]any)[0].(map[string]any)
	x, y := int(w["x"].(float64)), int(w["y"].(float64))
	s.Click(x+300, y+106) // the row below the one that dials
	says("Needs 40 brackets")

	// Down and Enter in the call log dial the row.
	if err := d.Tap(ctx, "main", "Calls"); err != nil {
		t.Fatal(err)
	}
	shot("screen-main-again")
	says("0176 1234 5678")
	s.Click(x+300, y+213)
	says("Berlin line")
	if err := d.Tap(ctx, "main", "Call"); err != nil {
		t.Fatal(err)
	}
	program.Says(t, "dial +4917612345678", shortly)
	shot("screen-main-stranger")

	if err := d.Tap(ctx, "main", "Settings"); err != nil {
		t.Fatal(err)
	}
	says("Office 101 ready")
	shot("screen-main-settings")
	if strings.Contains(program.Output(), "fault") {
		t.Error(program.Output())
	}
}
