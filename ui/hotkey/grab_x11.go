//go:build linux || freebsd || netbsd || openbsd

package hotkey

import (
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Possible tells whether this desktop gives keys to programs: Wayland's compositors show an X
// client only the keys that are typed into X windows.
func Possible() bool { return os.Getenv("DISPLAY") != "" && os.Getenv("WAYLAND_DISPLAY") == "" }

// locks are the modifiers that say nothing about what was meant: Caps Lock and Num Lock.
var locks = []uint16{0, xproto.ModMaskLock, xproto.ModMask2, xproto.ModMaskLock | xproto.ModMask2}

const meant = xproto.ModMaskShift | xproto.ModMaskControl | xproto.ModMask1 | xproto.ModMask4

type press struct {
	code xproto.Keycode
	mods uint16
}

// grab takes keys of the root window on a connection of its own; closing it gives them back.
func grab(keys map[Combo]Action, fired func(Action)) (refused map[Combo]bool, stop func(), err error) {
	if !Possible() {
		return nil, nil, ErrSystem
	}
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrSystem, err)
	}
	setup := xproto.Setup(conn)
	root := setup.DefaultScreen(conn).Root
	first, count := setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)
	table, err := xproto.GetKeyboardMapping(conn, first, count).Reply()
	if err != nil {
		conn.Close()
		return nil, nil, fmt.Errorf("%w: %w", ErrSystem, err)
	}
	refused = map[Combo]bool{}
	actions := map[press]Action{}
	for c, a := range keys {
		p := press{codeOf(table, first, c.keysym()), c.mods()}
		if p.code == 0 {
			refused[c] = true
			continue
		}
		for _, lock := range locks {
			if err := xproto.GrabKeyChecked(conn, false, root, p.mods|lock, p.code, xproto.GrabModeAsync, xproto.GrabModeAsync).Check(); err != nil {
				refused[c] = true
			}
		}
		actions[p] = a
	}
	go listen(conn, actions, fired)
	return refused, func() {
		ungrab(conn, root)
		conn.Close()
	}, nil
}

// patience is how long the X server may take to give keys back.
const patience = time.Second

// ungrab gives all keys of a connection back. The X server notices a closed connection when it comes to it: who takes the same keys
// on another one meanwhile is told that they are taken.
func ungrab(conn *xgb.Conn, root xproto.Window) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = xproto.UngrabKeyChecked(conn, xproto.GrabAny, root, xproto.ModMaskAny).Check()
	}()
	select {
	case <-done:
	case <-time.After(patience):
	}
}

func listen(conn *xgb.Conn, actions map[press]Action, fired func(Action)) {
	for {
		event, err := conn.WaitForEvent()
		if event == nil && err == nil {
			return // closed
		}
		if err != nil {
			slog.Warn("keys", "error", err)
			continue
		}
		if e, ok := event.(xproto.KeyPressEvent); ok {
			if a, ok := actions[press{e.Detail, e.State & meant}]; ok {
				fired(a)
			}
		}
	}
}

// codeOf is the key of the keyboard that has a keysym in its first two columns; 0 when none has.
func codeOf(table *xproto.GetKeyboardMappingReply, first xproto.Keycode, sym xproto.Keysym) xproto.Keycode {
	per := int(table.KeysymsPerKeycode)
	for i := 0; per > 0 && i+per <= len(table.Keysyms); i += per {
		for column := range min(2, per) {
			if table.Keysyms[i+column] == sym {
				return first + xproto.Keycode(i/per)
			}
		}
	}
	return 0
}

func (c Combo) mods() (m uint16) {
	for _, one := range []struct {
		on   bool
		mask uint16
	}{{c.Shift, xproto.ModMaskShift}, {c.Ctrl, xproto.ModMaskControl}, {c.Alt, xproto.ModMask1}, {c.Super, xproto.ModMask4}} {
		if one.on {
			m |= one.mask
		}
	}
	return m
}

// keysym is X11/keysymdef.h's.
func (c Combo) keysym() xproto.Keysym {
	if n := fKey(c.Key); n > 0 {
		return xproto.Keysym(0xffbe + n - 1)
	}
	switch c.Key {
	case "Pause":
		return 0xff13
	case "Insert":
		return 0xff63
	case "Home":
		return 0xff50
	case "End":
		return 0xff57
	}
	sym := xproto.Keysym(c.Key[0])
	if sym >= 'A' && sym <= 'Z' {
		sym += 'a' - 'A'
	}
	return sym
}
