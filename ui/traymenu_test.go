package ui

import (
	"bytes"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"

	"leadline/ui/kit"
	"leadline/ui/tray"
)

// fakeTray is a tray that is there or not, and keeps what it is to show.
type fakeTray struct {
	there bool
	face  tray.Face
	shown int
}

func (t *fakeTray) There() bool      { return t.there }
func (t *fakeTray) Show(f tray.Face) { t.face = f; t.shown++ }

// trayBench is a main window on a desktop with a tray.
func trayBench(t *testing.T, there bool) (*mainBench, *fakeTray) {
	t.Helper()
	in := &fakeTray{there: there}
	b := fullBench(t)
	b.m.opt.Tray = in
	b.m.tray = &trayMenu{opt: b.m.opt, open: b.m.raise, missed: b.m.showMissed, quit: b.m.quit}
	b.m.build()
	b.m.draw(false)
	b.settle()
	return b, in
}

func TestTheTraySaysHowTheTelephoneStands(t *testing.T) {
	b, in := trayBench(t, true)
	if want := "Leadline · 3 missed calls · Available · Office 101 ready · Mobile trunk: the PBX does not answer, since 10:12"; in.face.Tip != want {
		t.Errorf("the tip is %q,\nwant %q", in.face.Tip, want)
	}
	var lines []string
	for _, it := range in.face.Items {
		if it.Checked {
			it.Title = "[x] " + it.Title
		}
		lines = append(lines, it.Title)
	}
	want := []string{"Open Leadline", "Missed calls (3)", "", "[x] Available", "Away (calls still ring here)", "Do not disturb for 30 minutes",
		"Do not disturb for an hour", "Do not disturb until Tue 08:00", "Do not disturb until I end it", "", "Quit"}
	if !slices.Equal(lines, want) {
		t.Errorf("the menu is\n%q, want\n%q", lines, want)
	}
	shown := in.shown
	b.desk.snap.Data++
	b.desk.watch(b.desk.snap)
	b.settle()
	if in.shown != shown {
		t.Error("the desktop is told of what is as it was")
	}
	in.face.Items[1].Do()
	b.d.Pump()
	if b.m.at != pageMissed {
		t.Errorf("missed calls open %s", b.m.at)
	}
}

// The mark is seen without colours, and what it tells is in the tip.
func TestTheIconOfTheTrayShowsItsMark(t *testing.T) {
	fullBench(t) // fonts and colours
	seen := map[string]trayMark{}
	for name, m := range map[string]trayMark{"free": {}, "quiet": {quiet: true}, "offline": {offline: true}, "missed": {missed: 3}, "many": {missed: 10}, "offline-missed": {offline: true, missed: 3}} {
		file, err := trayIcon(m)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(file))
		if err != nil || picture.Bounds().Dx() != trayIconSize || picture.Bounds().Dy() != trayIconSize {
			t.Fatalf("%s: %v, %v", name, err, picture.Bounds())
		}
		if _, _, _, a := picture.At(0, 0).RGBA(); a != 0 {
			t.Errorf("%s: its corner is not clear", name)
		}
		if other, twice := seen[string(file)]; twice {
			t.Errorf("%+v looks like %+v", m, other)
		}
		seen[string(file)] = m
		if dir := os.Getenv("LEADLINE_SHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, "tray-"+name+".png"), file, 0o644); err != nil {
				t.Error(err)
			}
		}
	}
}

// askedTheme tells whether Fyne asks for a font, which it does before it looks for more of them on the disk.
type askedTheme struct {
	fyne.Theme
	asked bool
}

func (a *askedTheme) Font(s fyne.TextStyle) fyne.Resource {
	a.asked = true
	return a.Theme.Font(s)
}

// The windows' goroutine draws the icon: words without a font of their own have Fyne read those of the system.
func TestTheNumberInTheTrayIsDrawnInOurFontAlone(t *testing.T) {
	fullBench(t)
	s := fyne.CurrentApp().Settings()
	ours := s.Theme()
	defer s.SetTheme(ours)
	seen := &askedTheme{Theme: ours}
	s.SetTheme(seen)
	seen.asked = false
	for _, missed := range []int{7, 12} {
		if _, err := trayIcon(trayMark{missed: missed}); err != nil {
			t.Fatal(err)
		}
	}
	if seen.asked {
		t.Error("Fyne was asked to find a font")
	}
	c := software.NewTransparentCanvas()
	words := canvas.NewText("7", color.White)
	words.TextStyle.Bold = true
	c.SetContent(words)
	c.Capture()
	if !seen.asked {
		t.Error("this test cannot tell: Fyne does not ask for words without a font either")
	}
}

func TestClosingGoesToTheTrayWhereOneIs(t *testing.T) {
	for _, c := range []struct{ wanted, there, hidden bool }{{true, true, true}, {true, false, false}, {false, true, false}} {
		b, in := trayBench(t, c.there)
		b.desk.snap.Calls = nil
		b.m.take(b.desk.snap)
		b.settings.toTray = c.wanted
		closed := false
		b.m.win.SetOnClosed(func() { closed = true })
		b.m.closing()
		if b.m.hidden != c.hidden || closed == c.hidden {
			t.Errorf("%+v: hidden %v, closed %v", c, b.m.hidden, closed)
		}
		if !c.hidden {
			continue
		}
		in.there = false
		b.m.trayChanged()
		if b.m.hidden {
			t.Error("the tray has gone and the window is still hidden")
		}
	}
}

// A call goes on in the tray; quitting from there asks in the window.
func TestQuittingFromTheTrayAsksWhileACallRuns(t *testing.T) {
	b, in := trayBench(t, true)
	b.settings.toTray = true
	closed := false
	b.m.win.SetOnClosed(func() { closed = true })
	b.m.closing()
	quit := in.face.Items[len(in.face.Items)-1].Do
	quit()
	b.settle()
	if b.m.hidden || closed || !b.says("A call is running. Close once more to end it with the program.") {
		t.Errorf("hidden %v, closed %v", b.m.hidden, closed)
	}
	quit()
	b.settle()
	if !closed {
		t.Error("the second time does not end it")
	}
}

func TestTheTrayIsOfferedWhereOneIs(t *testing.T) {
	for _, there := range []bool{true, false} {
		b, in := trayBench(t, there)
		b.m.ShowSettings(settingsAppearance)
		b.settle()
		const name = "Keep running when the window is closed"
		if w := b.widget("check", name); w.Enabled() != there {
			t.Errorf("there %v, offered %v", there, w.Enabled())
		}
		said := b.widget("check", name).(*kit.Check).AccessibilityLabel()
		if strings.HasSuffix(said, "This desktop has no tray, so nothing would open the window again.") == there {
			t.Errorf("there %v, it says %q", there, said)
		}
		b.shot("tray-settings-" + map[bool]string{true: "there", false: "none"}[there])
		if there {
			b.tap("check", name)
			if !b.settings.toTray {
				t.Error("it is not kept")
			}
		}
		in.there = !there
		b.m.trayChanged()
		b.settle()
		if w := b.widget("check", name); w.Enabled() == there {
			t.Error("the page does not follow the tray")
		}
	}
}
