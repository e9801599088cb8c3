package rig

import (
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	phone "leadline/phone/rig"
)

func TestTheScreenShowsWhatIsOnIt(t *testing.T) {
	s := StartScreen(t, "640x480")
	phone.Start(t, "xmessage", s.Command("xmessage", "-bg", "#ff8000", "-geometry", "600x400", "orange"))
	file := filepath.Join(t.TempDir(), "shot.png")
	if got := s.Shot(file).Bounds().Size(); got.X != 640 || got.Y != 480 {
		t.Errorf("the picture is %v", got)
	}
	phone.Eventually(t, patience, "the middle is orange", func() (bool, string) {
		r, g, b, _ := s.Shot(file).At(320, 240).RGBA()
		got := color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
		return got == color.RGBA{255, 128, 0, 255}, fmt.Sprint(got)
	})
}

func TestPixelsAreSeenAsTheyArePainted(t *testing.T) {
	s := StartScreen(t, "640x480")
	p := s.Pixels()
	if p.Size != image.Pt(640, 480) {
		t.Fatalf("the screen is %v", p.Size)
	}
	middle := image.Rect(200, 280, 240, 320) // beside the pointer, which is painted too
	before := p.Copy(middle)
	if !p.Equal(middle, before) {
		t.Error("nothing happened and it looks different")
	}
	phone.Start(t, "xmessage", s.Command("xmessage", "-bg", "#ff8000", "-geometry", "600x400", "orange"))
	phone.Eventually(t, patience, "the middle is orange", func() (bool, string) {
		b := p.Copy(image.Rect(220, 300, 221, 301)) // blue, green, red
		return b[0] == 0 && b[1] == 128 && b[2] == 255, fmt.Sprint(b)
	})
	if p.Equal(middle, before) {
		t.Error("it is orange now and looks as before")
	}
}

func TestAWindowIsFoundAndHasTheKeyboard(t *testing.T) {
	s := StartScreen(t, "")
	phone.Start(t, "xmessage", s.Command("xmessage", "-title", "Hello (there)", "hello"))
	s.WaitWindow("Hello (there)", patience)
	s.WaitActive("Hello (there)", patience)
	if id := s.Window("Bye"); id != "" {
		t.Errorf("a window that is not there: %s", id)
	}
}

func TestNotificationsAreKept(t *testing.T) {
	s := StartScreen(t, "")
	bus, err := dbus.Connect(s.Bus)
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	if err := bus.Object("org.freedesktop.Notifications", "/org/freedesktop/Notifications").Call(
		"org.freedesktop.Notifications.Notify", 0, "rig", uint32(0), "", "Anna calls", "from far away",
		[]string{}, map[string]dbus.Variant{}, int32(9000)).Err; err != nil {
		t.Fatal(err)
	}
	if got := s.Notifications(); !strings.Contains(got, "Anna calls") {
		t.Errorf("dunst has shown %s", got)
	}
}

func TestTwoScreensDoNotMeet(t *testing.T) {
	a, b := StartScreen(t, ""), StartScreen(t, "")
	if a.Display == b.Display {
		t.Fatalf("both are %s", a.Display)
	}
	phone.Start(t, "xmessage", a.Command("xmessage", "-title", "only on the first", "hello"))
	a.WaitWindow("only on the first", patience)
	if b.Window("only on the first") != "" {
		t.Error("the second shows the first one's window")
	}
	for _, v := range a.Env() {
		if strings.HasPrefix(v, "WAYLAND_DISPLAY=") {
			t.Errorf("the environment has %s", v)
		}
	}
}
