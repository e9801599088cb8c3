// Package disk writes files so that they are whole or not there at all, also after a power cut. It knows no other
// package of the program; crm and cmd use it.
package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// Write replaces file by what write gives it, whole or not at all: a temporary file of mode 0600 beside it, synced,
// then renamed over it. After a crash file holds either the old bytes or the new ones. Where write fails it holds
// the old ones, and what is returned wraps write's error.
func Write(file string, write func(io.Writer) error) error {
	dir := filepath.Dir(file)
	// os.CreateTemp makes it with mode 0600.
	part, err := os.CreateTemp(dir, "."+filepath.Base(file)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	err = write(part)
	if err == nil {
		err = part.Sync()
	}
	if err = errors.Join(err, part.Close()); err == nil {
		err = Rename(part.Name(), file)
	}
	if err != nil {
		_ = os.Remove(part.Name()) // unless it has its name already
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}

// WriteFile replaces file by data, as Write does. Missing folders are made with mode 0700.
func WriteFile(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("make the folder %s: %w", filepath.Dir(file), err)
	}
	return Write(file, func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(data))
		return err
	})
}

// Rename gives a file that was synced another name, which lasts through a power cut once this returns nil.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(to))
}

// SyncFolder makes what was made, renamed and removed in a folder last through a power cut. Windows can't open a
// folder for that and needs no such step.
func SyncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
