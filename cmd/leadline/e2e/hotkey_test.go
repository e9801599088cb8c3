package e2e

import (
	"errors"
	"testing"
	"time"

	"leadline/ui/hotkey"
	ui "leadline/ui/rig"
)

// A key is heard whatever window has the keyboard, with Num Lock on, too; a second program is told
// that it is taken.
func TestKeysWorkWhileAnotherProgramHasTheKeyboard(t *testing.T) {
	s := ui.StartScreen(t, "")
	t.Setenv("DISPLAY", s.Display)
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("XAUTHORITY", "/nonexistent")
	fired := make(chan hotkey.Action, 8)
	keys := hotkey.New(func(a hotkey.Action) { fired <- a })
	defer keys.Close()
	answer, mute := hotkey.Combo{Ctrl: true, Shift: true, Key: "F9"}, hotkey.Combo{Super: true, Key: "J"}
	if failed := keys.Set(map[hotkey.Action]hotkey.Combo{hotkey.Answer: answer, hotkey.Mute: mute, hotkey.Hold: mute}); len(failed) != 1 || !errors.Is(failed[hotkey.Hold], hotkey.ErrSame) {
		t.Fatalf("failed: %v", failed)
	}
	heard := func(want hotkey.Action, press string) {
		t.Helper()
		s.Run("xdotool", "key", press)
		select {
		case a := <-fired:
			if a != want {
				t.Errorf("%s means %s", press, a)
			}
		case <-time.After(soon):
			t.Errorf("%s is not heard", press)
		}
	}
	heard(hotkey.Answer, "ctrl+shift+F9")
	for range 50 { // as the settings do at each change: what was ours is no other program's
		if failed := keys.Set(map[hotkey.Action]hotkey.Combo{hotkey.Answer: answer, hotkey.Mute: mute}); len(failed) != 0 {
			t.Fatalf("set again, failed: %v", failed)
		}
	}
	s.Run("xdotool", "key", "Num_Lock")
	heard(hotkey.Mute, "super+j")

	other := hotkey.New(func(hotkey.Action) {})
	defer other.Close()
	if failed := other.Set(map[hotkey.Action]hotkey.Combo{hotkey.Decline: answer}); !errors.Is(failed[hotkey.Decline], hotkey.ErrTaken) {
		t.Errorf("a key that is taken is given twice: %v", failed)
	}
	keys.Close()
	if failed := other.Set(map[hotkey.Action]hotkey.Combo{hotkey.Decline: answer}); len(failed) != 0 {
		t.Errorf("a key that was given back can't be had: %v", failed)
	}
}
