package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Remove removes recordings by their names, which may come from another program: they name files of
// the directory and nothing else. One that isn't there is removed already.
func Remove(dir string, names []string) error {
	var failed []error
	for _, name := range names {
		if name != filepath.Base(name) || !strings.HasSuffix(name, Ending) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, fmt.Errorf("remove a recording: %w", err))
		}
	}
	return errors.Join(failed...)
}

// Older are the names of the recordings in a directory that were last written to before a time.
func Older(dir string, than time.Time) (names []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // there is none yet
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && strings.HasSuffix(e.Name(), Ending) && info.ModTime().Before(than) {
			names = append(names, e.Name())
		}
	}
	return names
}
