//go:build !windows && !darwin

package autostart

import (
	"os"
	"path/filepath"
)

// file is where desktops look (XDG Autostart).
func (e Entry) file() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", ErrUnknown
	}
	return filepath.Join(dir, "autostart", e.ID+".desktop"), nil
}

func (e Entry) written(command []string) string { return e.desktopEntry(command) }
