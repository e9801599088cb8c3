package rig

import (
	"bufio"
	"fmt"
	"image"
	_ "image/png" // what import writes
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	phone "leadline/phone/rig"
)

// Screen is a virtual desktop. Programs that should appear on it get Env.
type Screen struct {
	Display string // ":7"
	Bus     string // address of the session bus

	t      testing.TB
	dir    string
	env    []string
	server *phone.Process
}

// Freeze has the X server answer nothing while its socket stays open; Thaw ends that.
func (s *Screen) Freeze() { s.server.Freeze() }
func (s *Screen) Thaw()   { s.server.Thaw() }

// patience is how long a part of the desktop may take to begin, on a busy machine.
const patience = 30 * time.Second

// StartScreen starts Xvfb, openbox, a session bus and dunst, and returns when the
// window manager has taken the screen and dunst the notifications. Size is "1600x1000" or "" for that.
func StartScreen(t testing.TB, size string) *Screen { return startScreen(t, size, "+extension") }

// StartScreenWithoutGLX starts the same with an X server that lacks the extension by which
// windows are drawn, as remote desktops have it.
func StartScreenWithoutGLX(t testing.TB) *Screen { return startScreen(t, "", "-extension") }

func startScreen(t testing.TB, size, glx string) *Screen {
	t.Helper()
	phone.Need(t, "Xvfb", "openbox", "dbus-daemon", "dunst", "xdotool", "xprop", "import")
	if size == "" {
		size = "1600x1000"
	}
	dir, err := os.MkdirTemp("", "screen")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Screen{t: t, dir: dir}

	// Xvfb takes a free display by itself and tells which.
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", size+"x24", "-fbdir", dir, "-nolisten", "tcp", "-noreset", glx, "GLX")
	x.ExtraFiles = []*os.File{w}
	s.server = phone.Start(t, "Xvfb", x)
	w.Close()
	r.SetReadDeadline(time.Now().Add(patience))
	number, err := bufio.NewReader(r).ReadString('\n')
	r.Close()
	if err != nil {
		phone.Lacking(t, "Xvfb does not start here: %v", err)
	}
	s.Display = ":" + strings.TrimSpace(number)

	s.Bus = "unix:path=" + filepath.Join(dir, "bus")
	for _, d := range []string{"home", "run", "config", "cache", "data"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.env = []string{
		"DISPLAY=" + s.Display, "DBUS_SESSION_BUS_ADDRESS=" + s.Bus, "LIBGL_ALWAYS_SOFTWARE=1",
		"HOME=" + filepath.Join(dir, "home"), "XDG_RUNTIME_DIR=" + filepath.Join(dir, "run"),
		"XDG_CONFIG_HOME=" + filepath.Join(dir, "config"), "XDG_CACHE_HOME=" + filepath.Join(dir, "cache"),
		"XDG_DATA_HOME=" + filepath.Join(dir, "data"), "XDG_SESSION_TYPE=x11", "LC_ALL=C.UTF-8",
	}
	d := phone.Start(t, "dbus-daemon", s.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+s.Bus, "--print-address"))
	d.Says(t, "unix:", patience)
	// openbox says that it is the window manager before it is ready to be: a window
	// that comes in between is never shown. Its startup command comes after.
	ready := filepath.Join(dir, "ready")
	phone.Start(t, "openbox", s.Command("openbox", "--startup", "touch "+ready))
	phone.Start(t, "dunst", s.Command("dunst"))
	phone.Eventually(t, patience, "openbox has the screen", func() (bool, string) {
		_, err := os.Stat(ready)
		return err == nil, ""
	})
	bus, err := dbus.Connect(s.Bus)
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	phone.Eventually(t, patience, "dunst takes notifications", func() (bool, string) {
		there := false
		err := bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, "org.freedesktop.Notifications").Store(&there)
		return there, fmt.Sprint(err)
	})
	return s
}

// Env is what a program needs to be on this desktop and no other: the whole
// environment, for exec.Cmd.
func (s *Screen) Env() []string {
	own := func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == "WAYLAND_DISPLAY" || name == "XAUTHORITY" || name == "LANG" || name == "LANGUAGE" ||
			slices.ContainsFunc(s.env, func(e string) bool { return strings.HasPrefix(e, name+"=") })
	}
	return append(slices.DeleteFunc(os.Environ(), own), s.env...)
}

// Command is a program on this desktop, not started yet.
func (s *Screen) Command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Env = s.Env()
	return c
}

// Run is what a program on this desktop prints; the test fails when it fails.
func (s *Screen) Run(name string, args ...string) string {
	s.t.Helper()
	out, err := phone.Ask(s.Command(name, args...))
	if err != nil {
		s.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(out)
}

// Window is the X id of the visible window whose title has the text in it, ""
// when there is none. The text is taken as it is.
func (s *Screen) Window(title string) string { return titled(s.Windows(), title) }

func titled(all []Window, title string) string {
	for _, w := range all {
		if strings.Contains(w.Title, title) {
			return w.ID
		}
	}
	return ""
}

// Window is a window that can be seen.
type Window struct{ ID, Title string }

// Windows are those that can be seen, bottom first.
func (s *Screen) Windows() []Window {
	s.t.Helper()
	out, err := phone.AskQuietly(s.Command("xprop", "-root", "-notype", "_NET_CLIENT_LIST_STACKING"))
	if err != nil {
		s.t.Fatalf("xprop: %v", err)
	}
	_, list, _ := strings.Cut(out, "#")
	var all []Window
	for id := range strings.SplitSeq(list, ",") {
		id = strings.TrimSpace(id)
		if id == "" {
			continue
		}
		// A window may be gone by the time it is asked for its title.
		if name, err := phone.AskQuietly(s.Command("xdotool", "getwindowname", id)); err == nil {
			all = append(all, Window{id, strings.TrimSpace(name)})
		}
	}
	return all
}

// WaitWindow waits for a window whose title has the text in it, and is its X id.
func (s *Screen) WaitWindow(title string, within time.Duration) string {
	s.t.Helper()
	id := ""
	phone.Eventually(s.t, within, "a window "+title, func() (bool, string) {
		all := s.Windows()
		id = titled(all, title)
		return id != "", fmt.Sprintf("on the screen are %q", all)
	})
	return id
}

// Seen tells, for a failed test, what is on the screen and what of it has the keyboard.
func (s *Screen) Seen() string {
	return fmt.Sprintf("%q has the keyboard; on the screen, bottom first, are %q", s.Active(), s.Windows())
}

// WaitActive waits until a window whose title has the text in it has the keyboard: a key that is pressed before may go elsewhere.
func (s *Screen) WaitActive(title string, within time.Duration) {
	s.t.Helper()
	phone.Eventually(s.t, within, title+" has the keyboard", func() (bool, string) {
		got := s.Active()
		return strings.Contains(got, title), fmt.Sprintf("%q has it", got)
	})
}

// Active is the title of the window that has the keyboard, "" when none has.
func (s *Screen) Active() string {
	out, err := phone.AskQuietly(s.Command("xdotool", "getactivewindow", "getwindowname"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// Type types text into whatever has the keyboard; Keys presses keys by their X
// names, "Return", "ctrl+k".
func (s *Screen) Type(text string) { s.t.Helper(); s.Run("xdotool", "type", "--delay", "5", text) }
func (s *Screen) Keys(keys ...string) {
	s.t.Helper()
	s.Run("xdotool", append([]string{"key"}, keys...)...)
}

// Click clicks at a place on the screen, in pixels from the top left.
func (s *Screen) Click(x, y int) {
	s.t.Helper()
	s.Run("xdotool", "mousemove", "--sync", strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

// Drag presses at one place on the screen, moves to another in steps, as a hand does,
// and lets go there.
func (s *Screen) Drag(x, y, toX, toY int) {
	s.t.Helper()
	const steps = 8
	args := []string{"mousemove", "--sync", strconv.Itoa(x), strconv.Itoa(y), "mousedown", "1"}
	for i := 1; i <= steps; i++ {
		args = append(args, "mousemove", "--sync", strconv.Itoa(x+(toX-x)*i/steps), strconv.Itoa(y+(toY-y)*i/steps))
	}
	s.Run("xdotool", append(args, "mouseup", "1")...)
}

// Shot writes a PNG of the whole screen and gives the picture too.
func (s *Screen) Shot(file string) image.Image {
	s.t.Helper()
	s.Run("import", "-window", "root", file)
	f, err := os.Open(file)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		s.t.Fatalf("%s: %v", file, err)
	}
	return img
}

// Notifications are the desktop notifications shown so far, newest first, as
// dunst keeps them: JSON.
func (s *Screen) Notifications() string {
	s.t.Helper()
	shown, err := phone.Ask(s.Command("dunstctl", "count"))
	if err != nil {
		s.t.Fatalf("dunstctl count: %v\n%s", err, shown)
	}
	s.Run("dunstctl", "close-all")
	return s.Run("dunstctl", "history")
}
