package autostart

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows/registry"
)

// What is in Run is started when the user signs in; the installer writes the same value. The task manager switches
// an entry off in StartupApproved: the first byte is odd then.
const (
	run      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approved = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
)

// On says whether Windows starts it, and whether it can be asked to.
func (e Entry) On() (on, can bool) {
	keys, err := registry.OpenKey(registry.CURRENT_USER, run, registry.QUERY_VALUE)
	if err != nil {
		return false, errors.Is(err, registry.ErrNotExist)
	}
	defer keys.Close()
	if _, _, err := keys.GetStringValue(e.Name); err != nil {
		return false, true
	}
	judged, err := registry.OpenKey(registry.CURRENT_USER, approved, registry.QUERY_VALUE)
	if err != nil {
		return true, true
	}
	defer judged.Close()
	state, _, err := judged.GetBinaryValue(e.Name)
	return err != nil || len(state) == 0 || state[0]&1 == 0, true
}

// Start has Windows start a program, by its path, with arguments, from the next session on.
func (e Entry) Start(command ...string) error {
	keys, _, err := registry.CreateKey(registry.CURRENT_USER, run, registry.SET_VALUE)
	if err == nil {
		defer keys.Close()
		err = errors.Join(keys.SetStringValue(e.Name, commandLine(command)), drop(approved, e.Name))
	}
	if err != nil {
		return fmt.Errorf("start with the session: %w", err)
	}
	return nil
}

// Stop has Windows start it no longer.
func (e Entry) Stop() error {
	if err := drop(run, e.Name); err != nil {
		return fmt.Errorf("end the start with the session: %w", err)
	}
	return nil
}

// drop takes a value away that may not be there.
func drop(path, name string) error {
	keys, err := registry.OpenKey(registry.CURRENT_USER, path, registry.SET_VALUE)
	if err == nil {
		defer keys.Close()
		err = keys.DeleteValue(name)
	}
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	return err
}
