package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"strconv"
	"sync"
	"time"

	"leadline/crm/disk"
)

const (
	workplaceFile = "workplace.json"       // in the data directory
	writtenSoon   = 300 * time.Millisecond // after the first change; later ones come along
	writtenAgain  = 10 * time.Second       // after a write that failed: the disk was full
)

// workplace is what the windows remember (ui.Kept). A goroutine of its own writes the file, whole or not at all.
type workplace struct {
	file string
	log  *slog.Logger

	mu      sync.Mutex
	values  map[string]string
	changed bool

	wake chan struct{} // holds one value: there is something to write
	done chan struct{} // closed by Close
	over chan struct{} // closed when write has returned
}

// openWorkplace reads what was kept. A damaged file is logged and renamed, not an error: it only says how the windows
// look.
func openWorkplace(file string, log *slog.Logger) *workplace {
	k := &workplace{file: file, log: log, values: map[string]string{}, wake: make(chan struct{}, 1), done: make(chan struct{}), over: make(chan struct{})}
	b, err := os.ReadFile(file)
	if err == nil {
		if err = json.Unmarshal(b, &k.values); err != nil || k.values == nil {
			k.values = map[string]string{}
			err = errors.Join(err, os.Rename(file, file+".damaged"))
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("what the windows remember can't be read", "error", err)
	}
	go k.write()
	return k
}

func (k *workplace) get(key string) (string, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	v, ok := k.values[key]
	return v, ok
}

func (k *workplace) set(key, value string) {
	k.mu.Lock()
	was, had := k.values[key]
	k.values[key] = value
	k.mu.Unlock()
	if !had || was != value {
		k.soon()
	}
}

func (k *workplace) String(key string) string {
	v, _ := k.get(key)
	return v
}

func (k *workplace) SetString(key, value string) { k.set(key, value) }

func (k *workplace) RemoveValue(key string) {
	k.mu.Lock()
	_, had := k.values[key]
	delete(k.values, key)
	k.mu.Unlock()
	if had {
		k.soon()
	}
}

func (k *workplace) Bool(key string) bool { return k.String(key) == "true" }

func (k *workplace) SetBool(key string, value bool) { k.set(key, strconv.FormatBool(value)) }

func (k *workplace) FloatWithFallback(key string, none float64) float64 {
	f, err := strconv.ParseFloat(k.String(key), 64)
	if err != nil {
		return none
	}
	return f
}

func (k *workplace) SetFloat(key string, value float64) {
	k.set(key, strconv.FormatFloat(value, 'g', -1, 64))
}

// soon has the file written.
func (k *workplace) soon() {
	k.mu.Lock()
	k.changed = true
	k.mu.Unlock()
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// write is the goroutine that writes; several changes in a row make one file.
func (k *workplace) write() {
	defer close(k.over)
	for {
		select {
		case <-k.wake:
		case <-k.done:
			_ = k.save()
			return
		}
		for wait := writtenSoon; ; wait = writtenAgain {
			select {
			case <-time.After(wait):
			case <-k.done:
			}
			if err := k.save(); err == nil {
				break
			}
			select {
			case <-k.done:
				return
			default:
			}
		}
	}
}

func (k *workplace) save() error {
	k.mu.Lock()
	values, changed := maps.Clone(k.values), k.changed
	k.changed = false
	k.mu.Unlock()
	if !changed {
		return nil
	}
	b, err := json.MarshalIndent(values, "", "\t")
	if err == nil {
		err = disk.WriteFile(k.file, append(b, '\n'))
	}
	if err != nil {
		k.mu.Lock()
		k.changed = true
		k.mu.Unlock()
		err = fmt.Errorf("keep how the windows are: %w", err)
		k.log.Warn("what the windows remember", "error", err)
	}
	return err
}

// Close writes what is not yet written. From any goroutine, once.
func (k *workplace) Close() {
	close(k.done)
	<-k.over
}
