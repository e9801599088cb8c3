package hotkey

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	user32         = windows.NewLazySystemDLL("user32.dll")
	registerHotKey = user32.NewProc("RegisterHotKey")
	getMessage     = user32.NewProc("GetMessageW")
	postThread     = user32.NewProc("PostThreadMessageW")
)

const (
	wmQuit   = 0x0012
	wmHotKey = 0x0312
	noRepeat = 0x4000 // MOD_NOREPEAT
)

// Possible tells whether this desktop gives keys to programs.
func Possible() bool { return true }

type message struct {
	window  uintptr
	message uint32
	wParam  uintptr
	lParam  uintptr
	time    uint32
	x, y    int32
}

// grab registers keys for a thread of their own, which gives them back when it ends.
func grab(keys map[Combo]Action, fired func(Action)) (refused map[Combo]bool, stop func(), err error) {
	type began struct {
		refused map[Combo]bool
		thread  uint32
	}
	ready, done := make(chan began), make(chan struct{})
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		defer close(done)
		b := began{refused: map[Combo]bool{}, thread: windows.GetCurrentThreadId()}
		var actions []Action
		for c, a := range keys {
			actions = append(actions, a)
			if ok, _, _ := registerHotKey.Call(0, uintptr(len(actions)), uintptr(c.mods()|noRepeat), uintptr(c.virtualKey())); ok == 0 {
				b.refused[c] = true
			}
		}
		ready <- b
		var m message
		for {
			if got, _, _ := getMessage.Call(uintptr(unsafe.Pointer(&m)), 0, 0, 0); int32(got) <= 0 {
				return
			}
			if i := int(m.wParam) - 1; m.message == wmHotKey && i >= 0 && i < len(actions) {
				fired(actions[i])
			}
		}
	}()
	b := <-ready
	return b.refused, func() {
		_, _, _ = postThread.Call(uintptr(b.thread), wmQuit, 0, 0)
		<-done
	}, nil
}

// mods are RegisterHotKey's.
func (c Combo) mods() (m uint32) {
	for i, on := range []bool{c.Alt, c.Ctrl, c.Shift, c.Super} {
		if on {
			m |= 1 << i
		}
	}
	return m
}

// virtualKey is Windows' code of the key.
func (c Combo) virtualKey() uint32 {
	if n := fKey(c.Key); n > 0 {
		return uint32(0x70 + n - 1)
	}
	switch c.Key {
	case "Pause":
		return 0x13
	case "Insert":
		return 0x2D
	case "Home":
		return 0x24
	case "End":
		return 0x23
	}
	return uint32(c.Key[0])
}
