package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/instance"
	"leadline/crm/store"
	"leadline/ui"
	"leadline/ui/screen"
	"leadline/ui/text"
)

// errTold is an error that was written where errors are.
type errTold struct{ error }

func (e errTold) Unwrap() error { return e.error }

// tellUnstarted says why the program does not start: where errors are written, and to whoever started it from the desktop, where
// nobody sees that. It waits until that was read.
func tellUnstarted(err error, language string) {
	fmt.Fprintln(os.Stderr, "leadline:", err)
	if errors.Is(err, screen.ErrNone) || errors.Is(err, screen.ErrNoOpenGL) || onTerminal() {
		return // no screen to show it on, told already, or read in the terminal
	}
	ui.Speak(language)
	sayOutside(text.T("Leadline cannot start"), unstartedWords(err))
}

// unstartedWords say why, and what to do about it.
func unstartedWords(err error) string {
	var wrong *config.Error
	switch {
	case errors.As(err, &wrong):
		return text.T("Something in the configuration cannot be used. Correct it, or move the file away to begin anew.") + "\n\n" + wrong.Error()
	case errors.Is(err, store.ErrLaterVersion):
		return text.T("The file with your customers was written by a later version of Leadline. Install that version, or a later one.")
	case errors.Is(err, store.ErrForeign):
		return text.T("The file in the place of your customers' is another program's. Move it away, or put your own there.") + "\n\n" + err.Error()
	case errors.Is(err, store.ErrInUse):
		return text.T("Another program has the file with your customers open. End it, and start Leadline again.")
	case errors.Is(err, instance.ErrTaken):
		return text.T("Leadline is running already, and does not answer. End it, or sign out of this computer and in again, and start it once more.")
	case errors.Is(err, store.ErrDiskFull), errors.Is(err, syscall.ENOSPC):
		return text.T("The disk is full. Make room on it, and start Leadline again.")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return text.T("Leadline may not read or write a file that it needs. See to it that the file and its folder are yours.") + "\n\n" + err.Error()
	}
	return text.T("Something unexpected keeps Leadline from starting. What follows helps whoever looks into it.") + "\n\n" + err.Error()
}

// onTerminal says whether somebody reads what the program writes about its errors.
func onTerminal() bool {
	out, err := os.Stderr.Stat()
	if err != nil || out.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(out, null)
}
