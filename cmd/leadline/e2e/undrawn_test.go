package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	phone "leadline/phone/rig"
	ui "leadline/ui/rig"
)

// bareDesk is the program on a screen, without PBX and sound.
func bareDesk(t *testing.T, screen *ui.Screen, env ...string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "leadline.toml")
	text := "data = \"" + filepath.Join(dir, "data") + "\"\n[ui]\nlanguage = \"en\"\n[audio]\nmicrophone = \"null\"\nspeaker = \"null\"\nringer = \"null\"\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := screen.Command(binary, "-config", config)
	c.Env = append(slices.DeleteFunc(c.Env, func(v string) bool { return strings.HasPrefix(v, "LIBGL_") }), env...)
	return c
}

// A start from the desktop that fails is told there: nobody reads what the program writes.
func TestAStartThatFailsIsToldOnTheDesktop(t *testing.T) {
	phone.Need(t, "xmessage")
	s := ui.StartScreen(t, "")
	c := bareDesk(t, s)
	config := c.Args[len(c.Args)-1]
	if err := os.WriteFile(config, []byte("[ui]\nlanguage = \"en\"\ntheme = \"pink\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	phone.Start(t, "leadline", c)
	shows(t, s, "Leadline cannot start")
}

func shows(t *testing.T, s *ui.Screen, title string) {
	t.Helper()
	s.WaitWindow(title, time.Minute)
}

// A desktop without OpenGL: the window comes all the same, or a dialog says what to do.
func TestLeadlineStartsWhereNothingDraws(t *testing.T) {
	phone.Need(t, "xmessage")
	t.Run("with a driver that is broken", func(t *testing.T) {
		s := ui.StartScreen(t, "")
		phone.Start(t, "leadline", bareDesk(t, s, "LIBGL_DRIVERS_PATH=/nonexistent"))
		shows(t, s, "Leadline")
	})
	t.Run("on an X server without GLX", func(t *testing.T) {
		s := ui.StartScreenWithoutGLX(t)
		phone.Start(t, "leadline", bareDesk(t, s))
		shows(t, s, "Leadline")
	})
	t.Run("with no driver at all", func(t *testing.T) {
		s := ui.StartScreenWithoutGLX(t)
		// EGL finds no vendor, and the variable that tells that it was tried is set.
		p := phone.Start(t, "leadline", bareDesk(t, s, "LIBGL_ALWAYS_SOFTWARE=1", "__EGL_VENDOR_LIBRARY_FILENAMES=/nonexistent"))
		shows(t, s, "Leadline cannot draw its windows")
		p.Says(t, "Install the software renderer", time.Minute)
	})
}
