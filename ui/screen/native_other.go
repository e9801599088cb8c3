//go:build !linux && !freebsd && !netbsd && !openbsd && !windows

package screen

import (
	"image"

	"fyne.io/fyne/v2"
)

// GLFW's hint is all that is needed here.
func unfocused(fyne.Window) {}

func announce(fyne.Window) {}

func raise(fyne.Window) {}

func content(fyne.Window) image.Rectangle { return image.Rectangle{} }

func pointerInside(fyne.Window) bool { return false }

func openEvents() *Events { return nil }

func pending() bool { return true }
