package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/crm"
	sounds "leadline/crm/replica/recordings"
	"leadline/crm/store"
	"leadline/phone"
	"leadline/phone/record"
	"leadline/ui"
	"leadline/ui/desk"
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
	dir, now := p.recordingsDir(), time.Now()
	go func() { record.Mend(context.Background(), record.Unfinished(dir, now), p.log) }()
}

// Recording is how calls are recorded.
func (s settings) Recording() ui.RecordingChoice {
	c := s.config().Recording
	return ui.RecordingChoice{Always: c.Calls == config.RecordEvery, Beep: c.Beep, Keep: c.Keep}
}

// SaveRecording keeps it, for recordings that begin from now on.
func (s settings) SaveRecording(c ui.RecordingChoice) error {
	err := s.change(func(next *config.Config) error {
		next.Recording = config.Recording{Calls: config.RecordByHand, Beep: c.Beep, Keep: c.Keep}
		if c.Always {
			next.Recording.Calls = config.RecordEvery
		}
		return nil
	})
	if err != nil {
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

// heardDir is the directory in the data directory where recordings of colleagues are while they are heard.
const heardDir = "recordings-heard"

func (p *program) recordingsDir() string { return filepath.Join(p.config().Data, recordings) }

// cache are the recordings of colleagues that were fetched from the server.
func (p *program) cache() *sounds.Cache {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fetched == nil {
		p.fetched = sounds.NewCache(filepath.Join(p.cfg.Data, heardDir))
	}
	return p.fetched
}

// RemoveGone removes the recordings that no call has any more: of people whose data was erased (I4), or deleted.
func (p *program) RemoveGone(ctx context.Context) error {
	gone, err := p.store.RecordingsGone(ctx)
	if err != nil || len(gone) == 0 {
		return err
	}
	if err := errors.Join(p.cache().Empty(), record.Remove(p.recordingsDir(), gone)); err != nil {
		return err
	}
	if err := p.store.ForgetRecordings(ctx, gone); err != nil {
		return err
	}
	p.log.Info("recordings removed that no call has any more", "count", len(gone))
	return nil
}

// RemoveAll removes all recordings: this copy of the company's data is to go.
func (p *program) RemoveAll(context.Context) error {
	all := record.Older(p.recordingsDir(), time.Now().AddDate(1, 0, 0))
	return errors.Join(p.cache().Empty(), record.Remove(p.recordingsDir(), all))
}

// clocksApart is by how much the server's clock may be behind this one's, as it keeps recordings by its own.
const clocksApart = 24 * time.Hour

// tidy removes the recordings that may not be kept: of people whose data was erased (I4), and those that are older than the
// company, or the agent, keeps them.
func (p *program) tidy(ctx context.Context, now time.Time) error {
	company, err := p.store.Workspace(ctx)
	if err != nil {
		return err
	}
	var ended error
	if until, limited := company.RecordingsUntil(now); limited {
		ended = p.endRecordings(ctx, until.Add(-clocksApart))
	}
	if err := errors.Join(ended, p.RemoveGone(ctx), p.cache().Tidy(now)); err != nil {
		return err
	}
	c := p.config()
	if c.Recording.Keep == 0 || !p.mayDeleteRecordings(ctx) {
		return nil
	}
	old, err := p.notWaiting(ctx, record.Older(p.recordingsDir(), now.AddDate(0, 0, -c.Recording.Keep)))
	if err != nil {
		return err
	}
	if len(old) > 0 {
		p.log.Info("recordings removed that are too old", "count", len(old), "days", c.Recording.Keep)
	}
	return record.Remove(p.recordingsDir(), old)
}

// endRecordings takes recordings from calls whose time is over, everywhere, and removes files that no call knows.
func (p *program) endRecordings(ctx context.Context, until time.Time) error {
	old, err := p.store.RecordingsBefore(ctx, until)
	if err != nil {
		return err
	}
	for _, remove := range old {
		if err := p.store.Do(ctx, remove); err != nil {
			return err
		}
	}
	return record.Remove(p.recordingsDir(), record.Older(p.recordingsDir(), until))
}

// notWaiting leaves out what the server is to have and has not yet.
func (p *program) notWaiting(ctx context.Context, names []string) ([]string, error) {
	if p.config().Server.URL == "" || len(names) == 0 {
		return names, nil
	}
	unsent, err := p.store.UnsentRecordings(ctx)
	return slices.DeleteFunc(names, func(name string) bool {
		return slices.ContainsFunc(unsent, func(u store.Unsent) bool { return slices.Contains(u.Names, name) })
	}), err
}

// RecordingFile is where a recording is; one that is not here is fetched from the server. The name may come from another
// program: it names a file of the directory and nothing else.
func (p *program) RecordingFile(ctx context.Context, r desk.Recorded) (string, error) {
	path := filepath.Join(p.recordingsDir(), filepath.Base(r.Name))
	_, err := os.Stat(path)
	switch {
	case err == nil:
		return path, nil
	case r.At == desk.RecordedShared:
		return p.shared.fetch(ctx, r)
	}
	return "", fmt.Errorf("open the recording: %w", err)
}
