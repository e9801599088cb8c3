package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"leadline/crm"
	sounds "leadline/crm/replica/recordings"
	"leadline/crm/replica/remote"
	"leadline/crm/wire"
	"leadline/phone/record"
	"leadline/ui"
	"leadline/ui/desk"
)

// bringRecordings brings this computer's recordings to the server until ctx ends.
func (s *shared) bringRecordings(ctx context.Context, client *remote.Client) {
	u := sounds.New(sounds.Config{
		File: s.p.store, Server: client, Folder: s.p.recordingsDir(), Log: s.p.log,
		Whole:  func(path string) bool { return record.Whole(path, time.Now()) },
		InCall: func() bool { return talks(s.p.desk.Snapshot()) },
		OnFull: func() {
			s.p.desk.Tell(desk.Notice{Text: desk.Text{Key: "The server has no room for recordings; they wait on this computer"}, Warning: true})
		},
	})
	defer s.p.store.OnChange(func(ch crm.Changed) {
		if len(ch.Calls) > 0 {
			u.Wake()
		}
	})()
	u.Run(ctx)
}

// talks says whether there is a call that sound belongs to.
func talks(s desk.Snapshot) bool {
	return slices.ContainsFunc(s.Calls, func(c desk.Call) bool { return c.State != desk.Ended })
}

// fetch fetches a colleague's recording to be heard.
func (s *shared) fetch(ctx context.Context, r desk.Recorded) (string, error) {
	s.mu.Lock()
	client := s.client
	s.mu.Unlock()
	if client == nil {
		return "", &ui.TestFailure{Why: desk.Text{Key: "Sign in at the server to hear it"}}
	}
	path, err := s.p.cache().Fetch(ctx, client, crm.RecordingID(crm.ID(r.Call), r.Name), record.Ending)
	if err != nil {
		s.p.log.Warn("fetch a recording", "call", r.Call, "error", err)
		return "", heardFailure(err)
	}
	return path, nil
}

// heardFailure says in words why a recording can't be had from the server.
func heardFailure(err error) error {
	var p wire.Problem
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &p) && p.Code == wire.Forbidden:
		return &ui.TestFailure{Why: desk.Text{Key: "Your role does not let you listen to it"}}
	case errors.As(err, &p) && p.Code == wire.NotFound:
		return &ui.TestFailure{Why: desk.Text{Key: "The server does not have it any more"}}
	case errors.As(err, &p) && (p.Code == wire.BadSignIn || p.Code == wire.Revoked || p.Code == wire.Expired):
		return &ui.TestFailure{Why: desk.Text{Key: "Sign in at the server to hear it"}}
	case errors.As(err, &p):
		return &ui.TestFailure{Why: desk.Text{Key: "The server refused it"}, Detail: p.Message}
	}
	return &ui.TestFailure{Why: desk.Text{Key: "The server cannot be reached"}, Detail: err.Error()}
}
