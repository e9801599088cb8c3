package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	phone "leadline/phone/rig"
	"leadline/ui/door/client"
	"leadline/ui/rig"
)

// TestCallWindowsOnARealScreen drives real windows on a screen of the test's own.
// With LEADLINE_PICTURES set its pictures are kept there.
func TestCallWindowsOnARealScreen(t *testing.T) {
	s := rig.StartScreen(t, "1600x1000")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := os.Getenv("LEADLINE_PICTURES")
	if folder == "" {
		folder = t.TempDir()
	}
	socket := filepath.Join(t.TempDir(), "door")

	editor := s.Command(exe)
	editor.Env = append(editor.Env, "LEADLINE_TEST_PROGRAM=editor")
	letter := phone.Start(t, "editor", editor)
	s.WaitWindow("Somebody's letter", shortly)
	s.WaitActive("Somebody's letter", shortly)

	program := s.Command(exe)
	program.Env = append(program.Env, "LEADLINE_TEST_PROGRAM=calls", "LEADLINE_TEST_DOOR="+socket)
	in, err := program.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	calls := phone.Start(t, "calls", program)
	calls.Says(t, "started", shortly)
	show := func(names string) {
		t.Helper()
		if _, err := in.Write([]byte(names + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*shortly)
	defer cancel()
	c, err := client.DialContext(ctx, socket)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()

	t.Run("warming up leaves the keyboard where it was", func(t *testing.T) {
		// A window has no number, and so no user time of zero, before it is first shown: a
		// window manager may lend it the keyboard until it is hidden a moment later.
		s.WaitActive("Somebody's letter", shortly)
	})

	t.Run("a call comes up on top and leaves the keyboard where it is", func(t *testing.T) {
		s.Type("Dear ")
		show("known")
		if err := c.Wait(ctx, "call", "Jürgen Müller-Lüdenscheidt", shortly); err != nil {
			t.Fatal(err)
		}
		s.Type("Sir,")
		s.Keys("Return", "space")
		letter.Says(t, `Dear Sir,\n `, shortly)
		if got := s.Active(); got != "Somebody's letter" {
			t.Errorf("%q has the keyboard", got)
		}
		onTop(t, s, "Müller")
		s.Shot(filepath.Join(folder, "screen-known.png"))
	})

	t.Run("a second call stands beside the first", func(t *testing.T) {
		show("known several")
		if err := c.Wait(ctx, "call-2", "Özdemir", shortly); err != nil {
			t.Fatal(err)
		}
		a, err := c.Do(ctx, map[string]any{"do": "windows"})
		if err != nil {
			t.Fatal(err)
		}
		w := a["windows"].([]any)
		first, second := w[0].(map[string]any), w[1].(map[string]any)
		if right := second["x"].(float64) + second["w"].(float64); right > first["x"].(float64) {
			t.Errorf("they overlap: %v and %v", first, second)
		}
		if x := first["x"].(float64); x < 1600-callWidth-60 {
			t.Errorf("the first is at %v, not at the right", x)
		}
		s.Shot(filepath.Join(folder, "screen-two.png"))
		for _, name := range []string{"call", "call-2"} {
			if err := c.Shot(ctx, name, filepath.Join(folder, "shot-"+name+".png")); err != nil {
				t.Error(err)
			}
		}
	})

	t.Run("a window that was used before is where it was", func(t *testing.T) {
		show("")
		if err := c.WaitGone(ctx, "call", "", shortly); err != nil {
			t.Fatal(err)
		}
		show("talk")
		if err := c.Wait(ctx, "call", "Jörg Groß", shortly); err != nil {
			t.Fatal(err)
		}
		onTop(t, s, "Groß")
		s.Shot(filepath.Join(folder, "screen-again.png"))
		if got := s.Active(); got != "Somebody's letter" {
			t.Errorf("%q has the keyboard", got)
		}
	})

	t.Run("the window's own close button hangs nothing up", func(t *testing.T) {
		// The last button in openbox' title bar, above the content's right end.
		x, y := cornerOf(t, c, "call")
		s.Click(x-9, y-12)
		if err := c.WaitGone(ctx, "call", "", shortly); err != nil {
			t.Fatal(err)
		}
		if out := calls.Output(); strings.Contains(out, "hang up") {
			t.Errorf("it said %s", out)
		}
		show("")
	})

	t.Run("a click of the mouse answers", func(t *testing.T) {
		show("unknown")
		if err := c.WaitFor(ctx, "call", "Answer", shortly); err != nil {
			t.Fatal(err)
		}
		time.Sleep(deaf + 50*time.Millisecond)
		x, y := middleOf(t, c, "call", "Answer")
		phone.Eventually(t, shortly, "a click answers", func() (bool, string) { // what has just changed its place takes none
			s.Click(x, y)
			time.Sleep(time.Second)
			return strings.Contains(calls.Output(), "wish answer 2"), s.Seen()
		})
	})
	t.Log(calls.Output())
}

// shortly is for what happens at once, on a busy machine.
const shortly = time.Minute

// onTop waits for the window manager to have a window above all others.
func onTop(t *testing.T, s *rig.Screen, name string) {
	t.Helper()
	phone.Eventually(t, shortly, name+" is on top", func() (bool, string) {
		all := s.Windows()
		return len(all) > 0 && strings.Contains(all[len(all)-1].Title, name), fmt.Sprintf("%q", all)
	})
}

// place is a window's content on the screen: x, y, w, h.
func place(t *testing.T, c *client.Client, window string) (r [4]int) {
	t.Helper()
	all, err := c.Do(t.Context(), map[string]any{"do": "windows"})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range all["windows"].([]any) {
		if m := w.(map[string]any); m["window"] == window {
			for i, key := range []string{"x", "y", "w", "h"} {
				r[i] = int(m[key].(float64))
			}
		}
	}
	return r
}

// cornerOf is the top right corner of a window's content on the screen.
func cornerOf(t *testing.T, c *client.Client, window string) (x, y int) {
	t.Helper()
	r := place(t, c, window)
	return r[0] + r[2], r[1]
}

// middleOf is the middle of a button on the screen.
func middleOf(t *testing.T, c *client.Client, window, name string) (x, y int) {
	t.Helper()
	at := place(t, c, window)
	tree, err := c.Do(t.Context(), map[string]any{"do": "tree", "window": window})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range tree["widgets"].([]any) {
		if m := w.(map[string]any); m["name"] == name && m["role"] == "button" {
			b := m["bounds"].(map[string]any)
			num := func(key string) int { return int(b[key].(float64)) }
			return at[0] + num("x") + num("w")/2, at[1] + num("y") + num("h")/2
		}
	}
	t.Fatalf("no %q in window %q", name, window)
	return 0, 0
}
