package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"leadline/crm/disk"
	"leadline/phone/audio"
	"leadline/phone/record"
	"leadline/ui"
	"leadline/ui/desk"
)

// OpenRecording reads a recording through and makes it ready to be played.
func (s settings) OpenRecording(ctx context.Context, r desk.Recorded) (ui.RecordingPlayer, error) {
	path, err := s.RecordingFile(ctx, r)
	if err != nil {
		return nil, err
	}
	track, err := record.Scan(ctx, path)
	if err != nil {
		return nil, err
	}
	return &recordingPlayer{attach: s.audio.Attach, track: track, voice: record.Play(path)}, nil
}

// A recording is written to its end in the moment after its call.
const (
	lengthPatience = 3 * time.Second
	lengthPace     = 50 * time.Millisecond
)

// RecordingLength is how long a recording is, 0 when nobody has written its end.
func (s settings) RecordingLength(ctx context.Context, r desk.Recorded) (time.Duration, error) {
	path, err := s.RecordingFile(ctx, r)
	if err != nil {
		return 0, err
	}
	ctx, stop := context.WithTimeout(ctx, lengthPatience)
	defer stop()
	for {
		length, err := record.Length(path)
		if err != nil || length > 0 {
			return length, err
		}
		select {
		case <-ctx.Done():
			return 0, nil
		case <-time.After(lengthPace):
		}
	}
}

// recordingPlayer plays a recording on the sound card, which is open only while it does.
type recordingPlayer struct {
	attach func(audio.Voice) (detach func())
	track  *record.Track
	voice  *record.Playback

	mu     sync.Mutex
	detach func() // nil while it is paused
}

// Shape is who speaks when.
func (p *recordingPlayer) Shape() ui.RecordingShape {
	return ui.RecordingShape{Length: p.track.Length, Ours: p.track.Left, Theirs: p.track.Right}
}

// Play goes on.
func (p *recordingPlayer) Play() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.detach == nil {
		p.voice.Pause(false)
		p.detach = p.attach(p.voice)
	}
}

// Pause lets go of the sound card.
func (p *recordingPlayer) Pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.detach != nil {
		p.voice.Pause(true)
		p.detach()
		p.detach = nil
	}
}

// Seek goes to another place.
func (p *recordingPlayer) Seek(to time.Duration) { p.voice.Seek(p.track, to) }

// State is where it stands.
func (p *recordingPlayer) State() ui.RecordingState {
	p.mu.Lock()
	defer p.mu.Unlock()
	return ui.RecordingState{At: p.voice.At(), Playing: p.detach != nil, Over: p.voice.Over(), Err: p.voice.Err()}
}

// Close ends it.
func (p *recordingPlayer) Close() {
	p.Pause()
	p.voice.Close()
}

// CopyRecording writes a recording to another file.
func (s settings) CopyRecording(ctx context.Context, r desk.Recorded, to string) error {
	path, err := s.RecordingFile(ctx, r)
	if err != nil {
		return err
	}
	in, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("copy the recording: %w", err)
	}
	defer in.Close()
	err = disk.Write(to, func(out io.Writer) error {
		_, err := io.Copy(out, in)
		return err
	})
	if err != nil {
		return fmt.Errorf("copy the recording: %w", err)
	}
	return nil
}
