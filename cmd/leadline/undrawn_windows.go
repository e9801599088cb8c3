package main

import (
	"errors"

	"golang.org/x/sys/windows"

	"leadline/ui/text"
)

// startAgain can't help: what draws without a graphics card is no part of Windows.
func startAgain([]string) error { return errors.New("Windows has no software renderer") }

func undrawnWords() string {
	return text.T("Windows draws by OpenGL 1.1 here, and Leadline needs 2.1. Install the driver of the graphics card. On a remote desktop or a virtual machine, put opengl32.dll of Mesa beside leadline.exe.")
}

// sayOutside shows a message and waits until it was read.
func sayOutside(title, words string) {
	t, err := windows.UTF16PtrFromString(title)
	if err != nil {
		return
	}
	w, err := windows.UTF16PtrFromString(words)
	if err != nil {
		return
	}
	_, _ = windows.MessageBox(0, w, t, windows.MB_OK|windows.MB_ICONERROR)
}
