package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
)

// maxLog is how large the log may be at start before it is set aside, in bytes.
const maxLog = 8 << 20

// openLog opens the log in the data folder, for the owner's eyes only. The one
// before it is kept.
func openLog(dir string) (*slog.Logger, io.Closer, error) {
	file := filepath.Join(dir, "leadline.log")
	if info, err := os.Stat(file); err == nil && info.Size() > maxLog {
		_ = os.Rename(file, file+".1")
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open the log: %w", err)
	}
	return slog.New(slog.NewTextHandler(f, nil)), f, nil
}
