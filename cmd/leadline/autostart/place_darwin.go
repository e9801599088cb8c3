package autostart

import (
	"os"
	"path/filepath"
)

// file is where launchd looks when the user signs in.
func (e Entry) file() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", ErrUnknown
	}
	return filepath.Join(home, "Library", "LaunchAgents", e.ID+".plist"), nil
}

func (e Entry) written(command []string) string { return e.launchAgent(command) }
