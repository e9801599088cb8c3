package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"leadline/cmd/leadline/config"
	"leadline/crm/disk"
	"leadline/ui"
)

// autostartFile is what a desktop starts with the session (XDG Autostart). It is "" where
// that isn't known.
func autostartFile() string {
	dir, err := os.UserConfigDir()
	if err != nil || runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return ""
	}
	return filepath.Join(dir, "autostart", ui.AppID+".desktop")
}

// StartsWithSession says whether the desktop starts the program, and whether it can be asked to.
func (s settings) StartsWithSession() (on, can bool) {
	file := autostartFile()
	if file == "" {
		return false, false
	}
	entry, err := os.ReadFile(file)
	// Hidden is how desktops switch an entry off.
	return err == nil && !strings.Contains(string(entry), "\nHidden=true"), true
}

// StartWithSession has the desktop start this very program, or not.
func (s settings) StartWithSession(on bool) error {
	file := autostartFile()
	if !on {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("end the start with the session: %w", err)
		}
		return nil
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	args := []string{quotedExec(program)}
	if usual, err := config.DefaultFile(); err != nil || usual != s.opts.File {
		args = append(args, "-config", quotedExec(s.opts.File))
	}
	entry := "[Desktop Entry]\nType=Application\nName=Leadline\nIcon=" + ui.AppID + "\nExec=" + strings.Join(args, " ") + "\nTerminal=false\n"
	if err := disk.WriteFile(file, []byte(entry)); err != nil {
		return fmt.Errorf("start with the session: %w", err)
	}
	return nil
}

// ClosesToTray says whether closing the window leaves the program in the tray.
func (s settings) ClosesToTray() bool { return s.config().UI.Tray }

// CloseToTray keeps whether it does.
func (s settings) CloseToTray(on bool) error {
	next := s.config()
	next.UI.Tray = on
	return s.save(next)
}

// quotedExec is an argument of Exec (Desktop Entry Specification, "The Exec key").
func quotedExec(s string) string {
	s = strings.NewReplacer(`\`, `\\\\`, `"`, `\\"`, "`", "\\\\`", `$`, `\\$`, "%", "%%").Replace(s)
	return `"` + s + `"`
}
