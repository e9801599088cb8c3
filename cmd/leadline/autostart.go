package main

import (
	"fmt"
	"os"

	"leadline/cmd/leadline/autostart"
	"leadline/cmd/leadline/config"
	"leadline/ui"
)

// sessionEntry is what the desktop knows the program by.
var sessionEntry = autostart.Entry{Name: "Leadline", ID: ui.AppID}

// StartsWithSession says whether the desktop starts the program, and whether it can be asked to.
func (s settings) StartsWithSession() (on, can bool) { return sessionEntry.On() }

// StartWithSession has the desktop start this very program, or not.
func (s settings) StartWithSession(on bool) error {
	if !on {
		return sessionEntry.Stop()
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	command := []string{program}
	if usual, err := config.DefaultFile(); err != nil || usual != s.opts.File {
		command = append(command, "-config", s.opts.File)
	}
	return sessionEntry.Start(command...)
}

// ClosesToTray says whether closing the window leaves the program in the tray.
func (s settings) ClosesToTray() bool { return s.config().UI.Tray }

// CloseToTray keeps whether it does.
func (s settings) CloseToTray(on bool) error {
	return s.change(func(next *config.Config) error {
		next.UI.Tray = on
		return nil
	})
}
