//go:build !windows

package autostart

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"leadline/crm/disk"
)

// On says whether the desktop starts it, and whether it can be asked to.
func (e Entry) On() (on, can bool) {
	file, err := e.file()
	if err != nil {
		return false, false
	}
	entry, err := os.ReadFile(file)
	return err == nil && !switchedOff(string(entry)), true
}

// Start has the desktop start a program, by its path, with arguments, from the next session on.
func (e Entry) Start(command ...string) error {
	file, err := e.file()
	if err == nil {
		err = disk.WriteFile(file, []byte(e.written(command)))
	}
	if err != nil {
		return fmt.Errorf("start with the session: %w", err)
	}
	return nil
}

// Stop has the desktop start it no longer.
func (e Entry) Stop() error {
	file, err := e.file()
	if err == nil {
		err = os.Remove(file)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("end the start with the session: %w", err)
	}
	return nil
}
