package recordings

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// heardFor is how long a recording from the server is kept after it was last heard.
const heardFor = time.Hour

// Cache are the recordings of colleagues that were fetched to be heard. Its methods are safe to call from several goroutines.
type Cache struct {
	folder string
	mu     sync.Mutex // one is fetched at a time
}

// NewCache is a cache in a folder of its own, which is made when it is needed.
func NewCache(folder string) *Cache { return &Cache{folder: folder} }

// Fetch is where a recording is, which is fetched when it is not there; what broke off before is gone on with. ending is that
// of its file.
func (c *Cache) Fetch(ctx context.Context, server Server, id crm.ID, ending string) (path string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := os.MkdirAll(c.folder, 0o700); err != nil {
		return "", err
	}
	path = filepath.Join(c.folder, filepath.Base(string(id)+ending))
	now := time.Now()
	if os.Chtimes(path, now, now) == nil {
		return path, nil
	}
	if err := c.fetch(ctx, server, id, path+".part"); err != nil {
		return "", fmt.Errorf("fetch the recording: %w", err)
	}
	return path, os.Rename(path+".part", path)
}

var errDamaged = errors.New("it did not arrive as the server has it")

func (c *Cache) fetch(ctx context.Context, server Server, id crm.ID, part string) (err error) {
	f, err := os.OpenFile(part, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum := sha256.New()
	have, err := io.Copy(sum, f)
	if err != nil {
		return err
	}
	body, want, err := server.Recording(ctx, id, have)
	if err != nil {
		if have > 0 && problem(err).Code == "" { // there is nothing from there on, perhaps: the next time from the start
			err = errors.Join(err, f.Truncate(0))
		}
		return err
	}
	defer body.Close()
	if _, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(body, wire.MostRecording-have)); err != nil {
		return err
	}
	if !bytes.Equal(sum.Sum(nil), want) {
		return errors.Join(errDamaged, f.Truncate(0))
	}
	return f.Sync() // before it gets its name: what has that is never looked at again
}

// Tidy removes what was not heard for an hour.
func (c *Cache) Tidy(now time.Time) error {
	return c.remove(func(at time.Time) bool { return now.Sub(at) > heardFor })
}

// Empty removes all: a person was erased, or this copy of the company's data is to go.
func (c *Cache) Empty() error { return c.remove(func(time.Time) bool { return true }) }

func (c *Cache) remove(old func(at time.Time) bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	entries, err := os.ReadDir(c.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		info, failed := e.Info()
		if failed != nil || !old(info.ModTime()) {
			continue
		}
		if failed := os.Remove(filepath.Join(c.folder, e.Name())); failed != nil && !errors.Is(failed, fs.ErrNotExist) {
			err = errors.Join(err, failed)
		}
	}
	return err
}
