//go:build linux

package tray

import (
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	phone "leadline/phone/rig"
	"leadline/ui/rig"
)

func TestTheIconIsWhereSomebodyShowsIt(t *testing.T) {
	_, bus := rig.StartBus(t)

	var opened, changed atomic.Int32
	chosen := make(chan string, 8)
	tray := Open(func(f func()) { f() }, func() { opened.Add(1) }, func() { changed.Add(1) })
	face := func(free bool) Face {
		f := Face{Icon: []byte("not a picture: the library says so and goes on"), Tip: "Leadline · free", Items: []Item{
			{Title: "Open", Do: func() { chosen <- "open" }}, {},
			{Title: "Free", Checked: free, Do: func() { chosen <- "free" }},
		}}
		if !free {
			f.Tip = "Leadline · busy"
		}
		return f
	}
	tray.Show(face(true))
	there := func(want bool) {
		t.Helper()
		phone.Eventually(t, time.Minute, "the tray is there, or gone", func() (bool, string) { return tray.There() == want, "" })
	}
	there(false)
	panel := rig.StartTray(t, bus)
	time.Sleep(100 * time.Millisecond) // it hears of the watcher, which shows nothing yet
	there(false)
	if tip := panel.Tip(); tip != "" {
		t.Errorf("registered where no icon is shown: %q", tip)
	}
	panel.Host()
	there(true)
	panel.WaitTip("Leadline · free", time.Minute)
	if want := []string{"Open", "---", "[x] Free"}; !slices.Equal(panel.Menu(), want) {
		t.Errorf("the menu is %q, want %q", panel.Menu(), want)
	}
	panel.Click()
	panel.Choose("Open")
	panel.Choose("Free")
	for _, want := range []string{"open", "free"} {
		select {
		case got := <-chosen:
			if got != want {
				t.Errorf("%s was chosen, want %s", got, want)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s is not chosen", want)
		}
	}
	if opened.Load() != 1 {
		t.Errorf("a click opens %d times", opened.Load())
	}
	tray.Show(face(false))
	panel.WaitTip("Leadline · busy", time.Minute)
	phone.Eventually(t, time.Minute, "the mark is taken off", func() (bool, string) {
		return slices.Equal(panel.Menu(), []string{"Open", "---", "Free"}), ""
	})

	panel.Stop()
	there(false)
	panel = rig.StartTray(t, bus) // the panel has been started anew
	panel.Host()
	there(true)
	panel.WaitTip("Leadline · busy", time.Minute)
	if n := changed.Load(); n != 3 {
		t.Errorf("it changed %d times, want 3", n)
	}
	tray.Shut()
	if tip := panel.Tip(); tip != "" {
		t.Errorf("it is still there: %q", tip)
	}
}

func TestWithoutASessionBusThereIsNoTray(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/none")
	tray := Open(func(f func()) { f() }, func() {}, func() { t.Error("it is told of") })
	tray.Show(Face{Icon: []byte("x"), Tip: "x"})
	time.Sleep(50 * time.Millisecond)
	if tray.There() {
		t.Error("it is there")
	}
	tray.Shut()
}

// A bus that hangs takes the icon away, so that no window hides behind it; with the bus the icon comes back.
func TestABusThatHangsTakesTheIconAwayForAsLong(t *testing.T) {
	d, bus := rig.StartBus(t)
	panel := rig.StartTray(t, bus)
	panel.Host()
	tray := &Tray{
		do: func(f func()) { f() }, opened: func() {}, changed: func() {}, wake: make(chan struct{}, 1),
		patience: 500 * time.Millisecond, again: 50 * time.Millisecond,
	}
	tray.begin()
	there := func(want bool) {
		t.Helper()
		phone.Eventually(t, 20*time.Second, "the tray is there, or gone", func() (bool, string) { return tray.There() == want, "" })
	}
	tray.Show(Face{Icon: make([]byte, 1), Tip: "Leadline · free"})
	there(true)
	panel.WaitTip("Leadline · free", 10*time.Second)
	d.Freeze()
	defer d.Thaw()
	// What is shown has no answer: it waits as soon as the socket is full.
	for i := 0; tray.There(); i++ {
		if i > 100_000 {
			t.Fatal("the tray goes on speaking to nobody")
		}
		tray.Show(Face{Icon: []byte(strconv.Itoa(i)), Tip: strconv.Itoa(i)})
		time.Sleep(20 * time.Microsecond)
	}
	d.Thaw()
	tray.Show(Face{Icon: make([]byte, 2), Tip: "Leadline · busy"})
	there(true)
	panel.WaitTip("Leadline · busy", 10*time.Second)
	tray.Shut()
}

func TestABusThatAnswersNothingHoldsTheTrayUpNeitherAtItsBeginNorAtItsEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
	tray := Open(func(f func()) { f() }, func() {}, func() { t.Error("it is told of") })
	tray.Show(Face{Icon: []byte("x"), Tip: "x"})
	time.Sleep(50 * time.Millisecond)
	if tray.There() {
		t.Error("it is there")
	}
	ended := make(chan struct{})
	go func() { defer close(ended); tray.Shut() }()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the program cannot end")
	}
}
