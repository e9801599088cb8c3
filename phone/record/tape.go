package record

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"leadline/phone/media"
)

// Ending is that of the files.
const Ending = ".flac"

// File is where a recording goes; *os.File is one.
type File interface {
	io.WriteSeeker
	io.Closer
	Sync() error
	Truncate(size int64) error
}

// Options are what a recording needs. Directory, Name, Opened and Failed are required; the
// functions are called from the recording's goroutine.
type Options struct {
	Directory string // made when it isn't there
	Name      string // of the file, without its ending; a number is added when it is taken
	Opened    func(name string)
	Failed    func(error)                // nothing more is written; what was is kept
	Now       func() time.Time           // nil: time.Now
	Log       *slog.Logger               // nil: nothing is logged
	Create    func(string) (File, error) // nil: a file that only its owner reads; fs.ErrExist asks for another name
}

// Tape is a recording under way. Its methods return at once, whatever the disk does.
type Tape struct {
	*media.Recorder
	o    Options
	stop chan struct{}
	once sync.Once
	done chan struct{}
}

const (
	drainEvery = 200 * time.Millisecond
	syncEvery  = time.Second
)

// Start begins a recording: connect the Recorder to a session. The file is made by the recording's
// goroutine, which tells of it.
func Start(o Options) (*Tape, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Create == nil {
		o.Create = create
	}
	t := &Tape{o: o, stop: make(chan struct{}), done: make(chan struct{})}
	late := &lateFile{}
	var err error
	if t.Recorder, err = media.NewRecorder(late, o.Now()); err != nil {
		return nil, err
	}
	go t.run(late)
	return t, nil
}

// Stop ends the recording. Done is closed once the file is whole.
func (t *Tape) Stop()                 { t.once.Do(func() { close(t.stop) }) }
func (t *Tape) Done() <-chan struct{} { return t.done }

func (t *Tape) run(late *lateFile) {
	defer close(t.done)
	defer func() {
		if p := recover(); p != nil {
			t.o.Log.Error("panic in a recording, survived", "panic", p)
			t.o.Failed(fmt.Errorf("internal error: %v", p))
		}
	}()
	f, name, err := t.open()
	if err != nil {
		t.o.Failed(err)
		return
	}
	late.File = f
	t.o.Opened(name)
	err = t.write(f)
	if err != nil {
		// A file that ends with a block plays without a complaint; that needs no room.
		_ = f.Truncate(t.Written())
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if lost := t.Lost(); lost > 0 {
		t.o.Log.Warn("the disk was too slow for a recording", "file", name, "missing", time.Duration(lost)*10*time.Millisecond)
	}
	if err != nil {
		t.o.Failed(fmt.Errorf("record to %s: %w", name, err))
	}
}

// write keeps writing until Stop.
func (t *Tape) write(f File) error {
	tick := time.NewTicker(drainEvery)
	defer tick.Stop()
	synced := time.Now()
	for {
		if err := t.Drain(t.o.Now()); err != nil {
			return err
		}
		if time.Since(synced) >= syncEvery {
			synced = time.Now()
			if err := f.Sync(); err != nil {
				return err
			}
		}
		select {
		case <-t.stop:
			if err := t.Close(t.o.Now()); err != nil {
				return err
			}
			return f.Sync()
		case <-tick.C:
		}
	}
}

// open makes a file of a name that no other has.
func (t *Tape) open() (f File, name string, err error) {
	if err := os.MkdirAll(t.o.Directory, 0o700); err != nil {
		return nil, "", fmt.Errorf("make the directory of recordings: %w", err)
	}
	for n := 1; n < 100; n++ {
		name = t.o.Name + Ending
		if n > 1 {
			name = fmt.Sprintf("%s %d%s", t.o.Name, n, Ending)
		}
		f, err = t.o.Create(filepath.Join(t.o.Directory, name))
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	if err != nil {
		return nil, "", fmt.Errorf("make a file for the recording: %w", err)
	}
	return f, name, nil
}

func create(path string) (File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// lateFile is the file before it is open.
type lateFile struct{ File }
