package ui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/ui/desk"
	"leadline/ui/hotkey"
)

// wishes is a desk that writes wishes about calls down.
type wishes struct {
	*mainDesk
	wished string
}

func (w *wishes) Answer(id desk.CallID)        { w.wished = "answer " + string(id) }
func (w *wishes) Decline(id desk.CallID)       { w.wished = "decline " + string(id) }
func (w *wishes) HangUp(id desk.CallID)        { w.wished = "hang up " + string(id) }
func (w *wishes) Mute(id desk.CallID, on bool) { w.wished = fmt.Sprint("mute ", id, " ", on) }
func (w *wishes) Hold(id desk.CallID, on bool) { w.wished = fmt.Sprint("hold ", id, " ", on) }

func TestAKeyFindsTheCallThatItIsAbout(t *testing.T) {
	rings, rings2 := desk.Call{ID: "r", State: desk.Incoming}, desk.Call{ID: "r2", State: desk.Incoming}
	talks, held := desk.Call{ID: "t", State: desk.Talking, Muted: true}, desk.Call{ID: "h", State: desk.HeldHere}
	for _, c := range []struct {
		calls []desk.Call
		key   hotkey.Action
		want  string
	}{
		{nil, hotkey.Answer, ""}, {nil, hotkey.HangUp, ""},
		{[]desk.Call{held, rings, rings2}, hotkey.Answer, "answer r"},
		{[]desk.Call{talks, rings}, hotkey.Decline, "decline r"},
		{[]desk.Call{rings}, hotkey.HangUp, ""}, // ringing is declined, not hung up by mistake
		{[]desk.Call{held, talks}, hotkey.HangUp, "hang up t"},
		{[]desk.Call{held}, hotkey.HangUp, "hang up h"},
		{[]desk.Call{held, talks}, hotkey.Mute, "mute t false"},
		{[]desk.Call{held, talks}, hotkey.Hold, "hold t true"},
		{[]desk.Call{held}, hotkey.Hold, "hold h false"},
		{[]desk.Call{{ID: "e", State: desk.Ended}}, hotkey.Hold, ""},
	} {
		w := &wishes{mainDesk: &mainDesk{snap: desk.Snapshot{Calls: c.calls}}}
		if doHotkey(w, c.key); w.wished != c.want {
			t.Errorf("%s with %v: %q, want %q", c.key, c.calls, w.wished, c.want)
		}
	}
}

// takenKeys are keys of which one belongs to another program.
type takenKeys struct {
	got map[hotkey.Action]hotkey.Combo
}

func (k *takenKeys) Set(w map[hotkey.Action]hotkey.Combo) map[hotkey.Action]error {
	k.got = w
	if w[hotkey.Mute].Key == "F5" {
		return map[hotkey.Action]error{hotkey.Mute: hotkey.ErrTaken}
	}
	return nil
}

func TestKeysAreSetInTheSettings(t *testing.T) {
	t.Setenv("DISPLAY", ":1")
	t.Setenv("WAYLAND_DISPLAY", "")
	for _, look := range []Look{{"en", "light"}, {"de", "dark"}} {
		s := &mainSettings{accounts: oneAccount}
		b := newMainBench(t, fullDesk(), s, look)
		keys := &takenKeys{}
		b.m.opt.Hotkeys = keys
		b.m.build()
		b.m.ShowSettings(settingsShortcuts)
		b.settle()
		b.type_("Answer", "J")
		b.tap("button", "Save")
		if len(s.hotkeys) != 0 || !b.says("Ctrl, Alt") && !b.says("Strg, Alt") {
			t.Errorf("a key that types is kept: %v", s.hotkeys)
		}
		b.type_("Answer", "strg+umschalt+f9")
		b.type_("Mute", "Alt+F5")
		b.tap("button", "Save")
		pumpUntil(t, b.d, func() bool { return b.says("Another program") || b.says("Ein anderes Programm hat") })
		b.shot("main-settings-shortcuts-" + look.Theme)
		if s.hotkeys[hotkey.Answer] != "Ctrl+Shift+F9" || keys.got[hotkey.Answer].Key != "F9" {
			t.Errorf("kept %v, taken %v", s.hotkeys, keys.got)
		}
	}
}

// Issue 6.6: everything without the mouse. A call's window comes up without the keyboard, so that
// the main window's keys are for the call at its foot.
func TestACallIsTakenAndEndedFromTheMainWindow(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	w := &wishes{mainDesk: fullDesk()}
	b := newMainBench(t, w.mainDesk, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.m.opt.Desk, b.m.opt.Now = w, func() time.Time { return now }
	b.m.build()
	window := &canvasOfKeys{Canvas: b.m.Window().Canvas()}
	b.m.keys(window)
	press := func(key fyne.KeyName, want string, calls ...desk.Call) {
		t.Helper()
		w.wished, w.snap.Calls = "", calls
		b.m.status.Draw(w.snap)
		window.TypedShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault})
		if w.wished != want {
			t.Errorf("Ctrl+%s with %v: %q, want %q", key, calls, w.wished, want)
		}
	}
	rings := desk.Call{ID: "r", State: desk.Incoming}
	talks, held := desk.Call{ID: "t", State: desk.Talking, CanHold: true}, desk.Call{ID: "t", State: desk.HeldHere}
	press(fyne.KeyJ, "")
	press(fyne.KeyD, "")
	press(fyne.KeyJ, "", rings) // it came this moment
	press(fyne.KeyD, "", rings)
	now = now.Add(deaf)
	press(fyne.KeyJ, "answer r", rings)
	press(fyne.KeyD, "decline r", rings)
	press(fyne.KeyD, "", talks, rings)
	now = now.Add(deaf)
	press(fyne.KeyJ, "answer r", talks, rings)
	press(fyne.KeyD, "hang up t", talks, rings)
	press(fyne.KeyD, "", rings) // a second press, as the other one has ended
	press(fyne.KeyM, "mute t true", talks)
	press(fyne.KeyH, "hold t true", talks)
	press(fyne.KeyH, "hold t false", held)
	press(fyne.KeyH, "", desk.Call{ID: "t", State: desk.Talking})
}

// canvasOfKeys hears shortcuts, as a window of a desktop and unlike Fyne's for tests.
type canvasOfKeys struct {
	fyne.Canvas
	fyne.ShortcutHandler
}

func (c *canvasOfKeys) AddShortcut(s fyne.Shortcut, do func(fyne.Shortcut)) {
	c.ShortcutHandler.AddShortcut(s, do)
}

func (c *canvasOfKeys) RemoveShortcut(s fyne.Shortcut) { c.ShortcutHandler.RemoveShortcut(s) }
