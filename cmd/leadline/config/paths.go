package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// DefaultFile is where the configuration lies unless -config names another file.
func DefaultFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder for configurations: %w; name a file with -config", err)
	}
	return filepath.Join(dir, "leadline", "leadline.toml"), nil
}

// DefaultData is the data folder unless the file names another: the XDG data
// folder on Linux and the BSDs, the platform's own elsewhere.
func DefaultData() (string, error) {
	none := errors.New("find the folder for data: neither it nor the home folder is known; set data in the configuration")
	if runtime.GOOS == "windows" {
		if dir := os.Getenv("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "Leadline"), nil
		}
		return "", none
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) { // a relative one is to be ignored, says XDG
		return filepath.Join(dir, "leadline"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", none
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support", "Leadline"), nil
	}
	return filepath.Join(home, ".local", "share", "leadline"), nil
}
