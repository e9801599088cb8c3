package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/crm"
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
	return ui.RecordingChoice{Always: c.Calls == config.RecordEvery, Beep: c.Beep, Keep: c.Keep}
}

// SaveRecording keeps it, for recordings that begin from now on.
func (s settings) SaveRecording(c ui.RecordingChoice) error {
	next := s.config()
	next.Recording = config.Recording{Calls: config.RecordByHand, Beep: c.Beep, Keep: c.Keep}
	if c.Always {
		next.Recording.Calls = config.RecordEvery
	}
	if err := s.save(next); err != nil {
		return err
	}
	s.useRecordings()
	return nil
}

// MayDeleteRecordings tells whether the roles of who works here let recordings be deleted (G1).
func (s settings) MayDeleteRecordings() bool { return s.mayDeleteRecordings(context.Background()) }

func (p *program) mayDeleteRecordings(ctx context.Context) bool {
	rights, err := p.store.Rights(ctx)
	if err != nil {
		p.log.Error("who may delete recordings", "error", err)
	}
	return err == nil && rights.DeleteRecordings >= crm.ReachOwn // those on this computer are the agent's own
}

// tidyEvery is how often recordings are looked through.
const tidyEvery = time.Minute

// tidyRecordings removes recordings that may not be kept, until ctx ends.
func (p *program) tidyRecordings(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		if err := p.tidy(ctx, time.Now()); err != nil && ctx.Err() == nil {
			p.log.Error("remove recordings", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tidy removes the recordings of people whose data was erased (I4), and those that are older than
// the agent keeps them.
func (p *program) tidy(ctx context.Context, now time.Time) error {
	c := p.config()
	dir := filepath.Join(c.Data, recordings)
	gone, err := p.store.RecordingsGone(ctx)
	if err != nil {
		return err
	}
	if len(gone) > 0 {
		if err := record.Remove(dir, gone); err != nil {
			return err
		}
		if err := p.store.ForgetRecordings(ctx, gone); err != nil {
			return err
		}
		p.log.Info("recordings removed that no call has any more", "count", len(gone))
	}
	if c.Recording.Keep == 0 || !p.mayDeleteRecordings(ctx) {
		return nil
	}
	old := record.Older(dir, now.AddDate(0, 0, -c.Recording.Keep))
	if len(old) > 0 {
		p.log.Info("recordings removed that are too old", "count", len(old), "days", c.Recording.Keep)
	}
	return record.Remove(dir, old)
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
