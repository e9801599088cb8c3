package screen

import (
	"image"
	"unsafe"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"golang.org/x/sys/windows"
)

var (
	user32         = windows.NewLazySystemDLL("user32.dll")
	getClientRect  = user32.NewProc("GetClientRect")
	clientToScreen = user32.NewProc("ClientToScreen")
	getCursorPos   = user32.NewProc("GetCursorPos")
	setWindowPos   = user32.NewProc("SetWindowPos")
)

type point struct{ x, y int32 }

// GLFW shows such windows with SW_SHOWNA: its hint is all that is needed here.
func unfocused(fyne.Window) {}

func announce(fyne.Window) {}

// raise puts it on top of those that are always on top, as it is one of them.
func raise(w fyne.Window) {
	const topmost, noSize, noMove, noActivate = ^uintptr(0), 1, 2, 0x10
	if native, ok := w.(driver.NativeWindow); ok {
		native.RunNative(func(context any) {
			if win, ok := context.(driver.WindowsWindowContext); ok && win.HWND != 0 {
				_, _, _ = setWindowPos.Call(win.HWND, topmost, 0, 0, 0, 0, noSize|noMove|noActivate)
			}
		})
	}
}

func content(w fyne.Window) (r image.Rectangle) {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return r
	}
	native.RunNative(func(context any) {
		win, ok := context.(driver.WindowsWindowContext)
		if !ok || win.HWND == 0 {
			return
		}
		var size struct{ left, top, right, bottom int32 }
		var at point
		a, _, _ := getClientRect.Call(win.HWND, uintptr(unsafe.Pointer(&size)))
		b, _, _ := clientToScreen.Call(win.HWND, uintptr(unsafe.Pointer(&at)))
		if a != 0 && b != 0 {
			r = image.Rect(int(at.x), int(at.y), int(at.x+size.right), int(at.y+size.bottom))
		}
	})
	return r
}

func pointerInside(w fyne.Window) bool {
	var at point
	ok, _, _ := getCursorPos.Call(uintptr(unsafe.Pointer(&at)))
	return ok != 0 && image.Pt(int(at.x), int(at.y)).In(content(w))
}

func openEvents() *Events { return nil }

func pending() bool { return true }
