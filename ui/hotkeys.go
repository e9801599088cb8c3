package ui

import (
	"errors"
	"log/slog"

	"leadline/ui/desk"
	"leadline/ui/hotkey"
	"leadline/ui/text"
)

// Hotkeys takes keys for the program wherever the keyboard is; *hotkey.Keys does. It may wait for
// the X server.
type Hotkeys interface {
	Set(map[hotkey.Action]hotkey.Combo) map[hotkey.Action]error
}

// doHotkey does what a key means for the calls there are now: what rings longest is answered or
// declined, and the call that one talks in is muted, held or ended. From any goroutine.
func doHotkey(d Desk, a hotkey.Action) {
	calls := d.Snapshot().Calls
	first := func(do func(desk.Call), states ...desk.State) bool {
		for _, s := range states {
			for _, c := range calls {
				if c.State == s {
					do(c)
					return true
				}
			}
		}
		return false
	}
	switch a {
	case hotkey.Answer:
		first(func(c desk.Call) { d.Answer(c.ID) }, desk.Incoming)
	case hotkey.Decline:
		first(func(c desk.Call) { d.Decline(c.ID) }, desk.Incoming)
	case hotkey.HangUp:
		first(func(c desk.Call) { d.HangUp(c.ID) }, desk.Talking, desk.HeldThere, desk.Dialling, desk.RingingThere, desk.EarlyMedia, desk.HeldHere)
	case hotkey.Mute:
		first(func(c desk.Call) { d.Mute(c.ID, !c.Muted) }, desk.Talking)
	case hotkey.Hold:
		first(func(c desk.Call) { d.Hold(c.ID, c.State != desk.HeldHere) }, desk.Talking, desk.HeldHere)
	}
}

// useHotkeys takes keys as they are written, and tells in words which could not be had.
func useHotkeys(keys Hotkeys, written map[hotkey.Action]string) map[hotkey.Action]string {
	wanted, wrong := map[hotkey.Action]hotkey.Combo{}, map[hotkey.Action]string{}
	for _, a := range hotkey.Actions {
		c, err := hotkey.Parse(written[a])
		if err != nil {
			wrong[a] = hotkeyWrong(err)
			continue
		}
		wanted[a] = c
	}
	for a, err := range keys.Set(wanted) {
		slog.Warn("a key can't be had", "action", a, "key", written[a], "error", err)
		wrong[a] = hotkeyWrong(err)
	}
	return wrong
}

func hotkeyWrong(err error) string {
	switch {
	case errors.Is(err, hotkey.ErrBare):
		return text.T("A key that types needs Ctrl, Alt or Super beside it.")
	case errors.Is(err, hotkey.ErrKey):
		return text.T("There is no such key. Write it as Ctrl+Shift+F9.")
	case errors.Is(err, hotkey.ErrTaken):
		return text.T("Another program has this key. Choose another one.")
	case errors.Is(err, hotkey.ErrSame):
		return text.T("Another line here has this key. Choose another one.")
	}
	return text.T("This desktop gives no keys to programs.")
}
