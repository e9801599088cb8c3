package phone

import (
	"errors"
	"syscall"
	"time"

	"leadline/phone/record"
)

// RecordingState is how the recording of a call stands.
type RecordingState int

const (
	NotRecorded     RecordingState = iota // never begun
	RecordingOn                           // what is said is written
	RecordingPaused                       // silence is written
	RecordingDone                         // ended, while the call goes on
	RecordingFailed                       // a full disk, most likely; what was written is kept
)

// String returns the state in English, for logs.
func (s RecordingState) String() string {
	return [...]string{"not recorded", "recording", "paused", "done", "failed"}[s]
}

// Recording is what is known of the recording of a call.
type Recording struct {
	State  RecordingState
	Files  []string  // their names in Recordings.Directory, oldest first; each Stop ends one
	Began  time.Time // the newest one's beginning
	Reason string    // why it failed, for the log-minded

	DiskFull bool // that is why
}

// Recordings is how calls are recorded.
type Recordings struct {
	Directory string // made when it isn't there; "" makes Record fail
	Always    bool   // every call, from its answer on; else by hand
	Beep      bool   // both sides hear when a recording begins, or goes on after a pause

	Create func(path string) (record.File, error) // nil: a file that only its owner reads
}

// ErrNoDirectory means that Recordings has no directory.
var ErrNoDirectory = errors.New("there is no directory for recordings")

// SetRecordings says how calls are recorded from now on. Recordings that run stay as they are.
func (p *Phone) SetRecordings(r Recordings) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.recordings = r
}

// Record begins to record an answered call, left we, right they, or goes on after a pause;
// off pauses. That the disk can't be written is told by Call.Recording, later.
func (p *Phone) Record(id CallID, on bool) error {
	return p.ask(id, func(c *call) error { return c.record(on) })
}

// StopRecording ends the recording of a call, whose file is then whole. Record begins another.
func (p *Phone) StopRecording(id CallID) error {
	return p.ask(id, func(c *call) error {
		if c.tape == nil {
			return c.wrong("stop recording")
		}
		c.stopRecording()
		c.publish()
		return nil
	})
}

func (p *Phone) howToRecord() Recordings {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.recordings
}

func (c *call) record(on bool) error {
	switch {
	case c.view.Answered.IsZero() || c.view.State == Ended || c.voice == nil || c.voice.session == nil:
		return c.wrong("record")
	case c.tape == nil && !on:
		return c.wrong("pause the recording of")
	case c.tape == nil:
		return c.beginRecording()
	}
	want := RecordingPaused
	if on {
		want = RecordingOn
	}
	if c.view.Recording.State == want {
		return nil
	}
	c.tape.Pause(!on)
	c.view.Recording.State = want
	if on && c.phone.howToRecord().Beep {
		c.voice.session.Beep()
	}
	c.publish()
	return nil
}

func (c *call) beginRecording() error {
	how := c.phone.howToRecord()
	if how.Directory == "" {
		return ErrNoDirectory
	}
	now := c.phone.cfg.Now()
	party := c.view.Remote.User
	if party == "" && !c.view.Remote.Withheld {
		party = c.view.Remote.Host
	}
	var tape *record.Tape
	var err error
	tape, err = record.Start(record.Options{
		Directory: how.Directory, Name: record.Name(now.Local(), party), Now: c.phone.cfg.Now, Log: c.log, Create: how.Create,
		Opened: func(name string) {
			c.box.post(func() {
				// A slice of its own: earlier values of Call are in other hands.
				c.view.Recording.Files = append(c.view.Recording.Files[:len(c.view.Recording.Files):len(c.view.Recording.Files)], name)
				c.publish()
			})
		},
		Failed: func(err error) {
			c.log.Error("a recording failed", "err", err)
			c.box.post(func() { c.recordingFailed(tape, err) })
		},
	})
	if err != nil {
		return err
	}
	c.tape, c.lastTape = tape, tape
	c.phone.work.Add(1)
	go func() { // Close waits for the file
		defer c.phone.work.Done()
		<-tape.Done()
	}()
	c.view.Recording = Recording{State: RecordingOn, Files: c.view.Recording.Files, Began: now}
	c.voice.session.Record(tape.Recorder)
	if how.Beep {
		c.voice.session.Beep()
	}
	c.publish()
	return nil
}

// recordByItself begins the recording of a call that was just answered, where all calls are recorded.
func (c *call) recordByItself() {
	if c.recordedByItself || c.view.Answered.IsZero() || c.voice == nil || c.voice.session == nil || !c.phone.howToRecord().Always {
		return
	}
	c.recordedByItself = true
	if err := c.record(true); err != nil {
		c.view.Recording = Recording{State: RecordingFailed, Reason: err.Error()}
		c.publish()
	}
}

// stopRecording has the file finished; the recording's goroutine does it.
func (c *call) stopRecording() {
	if c.tape == nil {
		return
	}
	defer c.tape.Stop() // whatever panics
	c.tape, c.view.Recording.State = nil, RecordingDone
	c.voice.session.Record(nil)
}

// recordingFailed goes on with the call, and says that it isn't recorded any more. Of a recording that another has
// followed, only the log tells.
func (c *call) recordingFailed(tape *record.Tape, err error) {
	if tape != c.lastTape {
		return
	}
	if c.tape == tape {
		c.voice.session.Record(nil)
		c.tape = nil
	}
	c.view.Recording.State, c.view.Recording.Reason = RecordingFailed, err.Error()
	c.view.Recording.DiskFull = errors.Is(err, syscall.ENOSPC)
	c.publish()
}

// closeBox ends the call's goroutine once its recording is on the disk, or said why it isn't.
func (c *call) closeBox() {
	if c.lastTape == nil {
		c.box.close()
		return
	}
	done := c.lastTape.Done()
	go func() {
		<-done
		c.box.close()
	}()
}
