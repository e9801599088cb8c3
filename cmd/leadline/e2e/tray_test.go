package e2e

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	phone "leadline/phone/rig"
	ui "leadline/ui/rig"
)

// Closing the window leaves the program in the tray while somebody shows its icon there, and never else.
func TestTheProgramLivesInTheTray(t *testing.T) {
	o := newOffice(t)
	o.inTheTray()
	tray := ui.StartTray(t, o.screen.Bus)
	p := o.registered()
	if tip := tray.Tip(); tip != "" {
		t.Fatalf("an icon is registered that no panel shows: %q", tip)
	}
	hidden := func(want bool) {
		t.Helper()
		phone.Eventually(t, soon, fmt.Sprintf("hidden is the main window: %v", want), func() (bool, string) {
			return (o.mainWindow() == "") == want, o.screen.Seen()
		})
	}

	tray.Host()
	tray.WaitTip("Leadline · Available · Office 101 ready", soon)
	free, width := tray.Icon()
	if width != 64 || len(free) != 64*64*4 {
		t.Errorf("the icon is %d wide, %d bytes", width, len(free))
	}
	menu := tray.Menu()
	if want := []string{"Open Leadline", "Missed calls", "---", "[x] Available", "Away (calls still ring here)", "Do not disturb for 30 minutes"}; !slices.Equal(menu[:len(want)], want) || menu[len(menu)-1] != "Quit" {
		t.Errorf("the menu is %q", menu)
	}

	closeWindow(t, p)
	hidden(true)
	tray.Choose("Do not disturb until I end it")
	tray.WaitTip("Do not disturb", soon)
	if quiet, _ := tray.Icon(); bytes.Equal(quiet, free) {
		t.Error("the icon is the same when calls don't ring")
	}
	if !slices.Contains(tray.Menu(), "[x] Do not disturb until I end it") {
		t.Errorf("the menu is %q", tray.Menu())
	}
	tray.Choose("Available")
	tray.WaitTip("Leadline · Available", soon)
	tray.Click()
	hidden(false)

	closeWindow(t, p)
	hidden(true)
	tray.Stop() // the panel is gone, and the icon with it
	hidden(false)

	tray = ui.StartTray(t, o.screen.Bus)
	tray.Host()
	tray.WaitTip("Office 101 ready", soon)
	closeWindow(t, p)
	hidden(true)
	tray.Choose("Quit")
	select {
	case <-p.Done():
		if err := p.Err(); err != nil {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(soon):
		t.Fatal("Quit does not end it")
	}
}

func TestWithoutATrayClosingEndsTheProgram(t *testing.T) {
	o := newOffice(t)
	o.inTheTray()
	p := o.registered()
	closeWindow(t, p)
	select {
	case <-p.Done():
	case <-time.After(soon):
		t.Fatalf("nobody can see it and it goes on; %s", o.screen.Seen())
	}
}

// A desktop's bus that takes connections and answers nothing: the account registers, a call is placed and its window is there, and the
// program ends when its window is closed.
func TestABusThatAnswersNothingHoldsUpNeitherWindowsNorCalls(t *testing.T) {
	o := newOffice(t)
	path := filepath.Join(o.dir, "bus")
	bus, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	o.more = append(o.more, "DBUS_SESSION_BUS_ADDRESS=unix:path="+path)
	p := o.registered()
	p.do(p.door.Call(p.ctx(), "600", ""))
	p.until("we talk", func(s state) bool { return len(s.Calls) == 1 && s.Calls[0].State == "talking" })
	p.tap("call", "Hang up")
	p.close()
	closeWindow(t, p)
	select {
	case <-p.Done():
		if err := p.Err(); err != nil {
			t.Errorf("it ended with %v", err)
		}
		if strings.Contains(p.Output(), "the windows do not go") {
			t.Errorf("it could not end by itself:\n%s", p.Output())
		}
	case <-time.After(soon):
		t.Fatalf("it does not end; %s", o.screen.Seen())
	}
}

// inTheTray has the program keep running when its window is closed.
func (o *office) inTheTray() {
	o.t.Helper()
	text, err := os.ReadFile(o.config)
	if err == nil {
		err = os.WriteFile(o.config, bytes.Replace(text, []byte("[ui]\n"), []byte("[ui]\nclose_to_tray = true\n"), 1), 0o600)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// closeWindow has the window manager close the main window, as its cross does.
func closeWindow(t *testing.T, p *program) {
	t.Helper()
	id := ""
	phone.Eventually(t, soon, "the main window is there", func() (bool, string) {
		id = p.o.mainWindow()
		return id != "", p.o.screen.Seen()
	})
	p.o.screen.Close(id)
}
