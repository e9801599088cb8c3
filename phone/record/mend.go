package record

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mewkiz/flac"
)

// unfinished is how many of the newest files are looked at: those before were seen at an earlier start.
const unfinished = 50

// Unfinished are the recordings in a directory that a killed program left without their length: they
// were written to before this one began.
func Unfinished(dir string, before time.Time) (paths []string) {
	entries, err := os.ReadDir(dir) // sorted: the names begin with the time
	if err != nil {
		return nil // there is none yet
	}
	looked := 0
	for _, e := range slices.Backward(entries) {
		info, err := e.Info()
		if err != nil || !strings.HasSuffix(e.Name(), Ending) || !info.ModTime().Before(before) {
			continue
		}
		if looked++; looked > unfinished {
			break
		}
		path := filepath.Join(dir, e.Name())
		if f, err := os.Open(path); err == nil {
			if info, err := lengthOf(f); err == nil && info&mostSamples == 0 {
				paths = append(paths, path)
			}
			_ = f.Close()
		}
	}
	return paths
}

// Mend writes into recordings how long they are, so that a player can show it and jump. A second
// of work for a quarter of an hour of sound; for a goroutine of its own.
func Mend(ctx context.Context, paths []string, log *slog.Logger) {
	for _, path := range paths {
		if ctx.Err() != nil {
			return
		}
		if err := mend(ctx, path); err != nil {
			log.Warn("give a recording that broke off its length", "err", err)
		}
	}
}

// The place in a FLAC file of sampling rate, channels, bits and, in the last 36, the number of
// samples (RFC 9639 §8.2).
const (
	lengthAt    = 18
	mostSamples = 1<<36 - 1
)

func lengthOf(f *os.File) (uint64, error) {
	var b [8]byte
	_, err := f.ReadAt(b[:], lengthAt)
	return binary.BigEndian.Uint64(b[:]), err
}

// Length is how long a recording is that has been written to its end; 0 for one that has not.
func Length(path string) (time.Duration, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("ask how long a recording is: %w", err)
	}
	defer f.Close()
	info, err := lengthOf(f)
	rate := info >> 44 // the first 20 bits
	if err != nil || rate == 0 {
		return 0, err
	}
	return time.Duration(float64(info&mostSamples) / float64(rate) * float64(time.Second)).Round(time.Millisecond), nil
}

// settled is after how long a file that has no length is taken as it is.
const settled = 24 * time.Hour

// Whole says whether a recording has been written to its end: it has its length, or nobody has written to it for a day.
func Whole(path string, now time.Time) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false
	}
	samples, err := lengthOf(f)
	return err == nil && (samples&mostSamples != 0 || now.Sub(info.ModTime()) > settled)
}

func mend(ctx context.Context, path string) error {
	samples, err := count(ctx, path)
	if err != nil || samples == 0 {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := lengthOf(f)
	if err != nil {
		return fmt.Errorf("read the header of %s: %w", path, err)
	}
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], info|samples&mostSamples)
	if _, err := f.WriteAt(b[:], lengthAt); err != nil {
		return err
	}
	return f.Sync()
}

// count is how many samples of a file can be played.
func count(ctx context.Context, path string) (samples uint64, err error) {
	stream, err := flac.Open(path)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", path, err)
	}
	defer stream.Close()
	for ctx.Err() == nil {
		f, err := stream.ParseNext()
		if err != nil { // its end, or where it broke off
			return samples, nil
		}
		samples += uint64(f.BlockSize)
	}
	return 0, ctx.Err()
}
