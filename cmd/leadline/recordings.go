package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/phone"
	"leadline/phone/record"
	"leadline/ui"
)

// recordings is the directory in the data directory where recordings are.
const recordings = "recordings"

// useRecordings has the telephone record as the configuration says.
func (p *program) useRecordings() {
	c := p.config()
	p.phone.SetRecordings(phone.Recordings{
		Directory: filepath.Join(c.Data, recordings),
		Always:    c.Recording.Calls == config.RecordEvery, Beep: c.Recording.Beep,
	})
}

// mendRecordings gives those that a killed program left their length.
func (p *program) mendRecordings() {
	dir, now := filepath.Join(p.config().Data, recordings), time.Now()
	go func() { record.Mend(context.Background(), record.Unfinished(dir, now), p.log) }()
}

// Recording is how calls are recorded.
func (s settings) Recording() ui.RecordingChoice {
	c := s.config().Recording
	return ui.RecordingChoice{Always: c.Calls == config.RecordEvery, Beep: c.Beep}
}

// SaveRecording keeps it, for recordings that begin from now on.
func (s settings) SaveRecording(c ui.RecordingChoice) error {
	next := s.config()
	next.Recording = config.Recording{Calls: config.RecordByHand, Beep: c.Beep}
	if c.Always {
		next.Recording.Calls = config.RecordEvery
	}
	if err := s.save(next); err != nil {
		return err
	}
	s.useRecordings()
	return nil
}

// RecordingFile is where a recording is. The name may come from another program: it names a file of
// the directory and nothing else.
func (s settings) RecordingFile(name string) (string, error) {
	path := filepath.Join(s.config().Data, recordings, filepath.Base(name))
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("open the recording: %w", err)
	}
	return path, nil
}
