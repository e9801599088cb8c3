package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/store"
	"leadline/crm/wire"
	"leadline/ui"
	"leadline/ui/desk"
)

// Server is the shared server as it is set up.
func (s settings) Server(context.Context) (ui.ServerSettings, error) {
	c := s.config().Server
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	return ui.ServerSettings{Address: c.URL, User: c.User, SignedIn: s.shared.client != nil && s.shared.client.SignedIn()}, nil
}

// SignIn signs in at a server.
func (s settings) SignIn(ctx context.Context, address, user, password string) error {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	return signInFailure(s.shared.signIn(ctx, strings.TrimRight(address, "/"), user, password))
}

// signInFailure says in words why a sign-in failed.
func signInFailure(err error) error {
	var p wire.Problem
	var other errOtherServer
	var somebody errOtherUser
	switch {
	case err == nil:
		return nil
	case errors.Is(err, remote.ErrURL):
		return &ui.TestFailure{Field: ui.FieldAddress, Why: desk.Text{Key: "The server's address begins with https://"}}
	case errors.As(err, &other):
		return &ui.TestFailure{Why: desk.Text{Key: "The data on this computer belongs to another server: {server}", Args: map[string]string{"server": other.url}}}
	case errors.As(err, &somebody):
		return &ui.TestFailure{Why: desk.Text{Key: "The data on this computer belongs to {user}, and changes go to the server in that name only. Start Leadline with another configuration to work as somebody else.",
			Args: map[string]string{"user": somebody.name}}}
	case errors.As(err, &p) && p.Code == wire.BadSignIn:
		return &ui.TestFailure{Field: ui.FieldPassword, Why: wrongPassword(p.Tries)}
	case errors.As(err, &p) && p.Code == wire.TooMany:
		return &ui.TestFailure{Field: ui.FieldPassword, Why: desk.Text{Key: "Too many tries; wait a little"}}
	case errors.As(err, &p):
		return &ui.TestFailure{Why: desk.Text{Key: "The server refused it"}, Detail: p.Message}
	}
	return &ui.TestFailure{Field: ui.FieldAddress, Why: desk.Text{Key: "The server cannot be reached"}, Detail: err.Error()}
}

// fewTries is from how many tries left on it is told that they end.
const fewTries = 5

func wrongPassword(tries int) desk.Text {
	switch {
	case tries == 1:
		return desk.Text{Key: "E-mail address or password is wrong. One more try, then you have to wait."}
	case tries > 1 && tries <= fewTries:
		return desk.Text{Key: "E-mail address or password is wrong. {n} more tries.", Args: map[string]string{"n": strconv.Itoa(tries)}}
	}
	return desk.Text{Key: "E-mail address or password is wrong"}
}

// SignOut ends the session; without a connection the server hears of it never, and the session runs out.
func (s settings) SignOut(ctx context.Context) error {
	if err := s.shared.signOut(ctx); err != nil {
		s.log.Warn("sign out", "error", err)
	}
	return nil
}

// TryServer has the server tried at once.
func (s settings) TryServer() {
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	if s.shared.replica != nil {
		s.shared.replica.Retry()
	}
}

// RefusedChanges are those in the tray.
func (s settings) RefusedChanges(ctx context.Context) ([]ui.RefusedChange, error) {
	tray, err := s.store.Refused(ctx)
	if err != nil {
		return nil, err
	}
	own, err := s.store.Fields(ctx)
	all := make([]ui.RefusedChange, 0, len(tray))
	for _, r := range tray {
		all = append(all, viewRefused(r, wantedBy(r.Change, own, time.Now())))
	}
	return all, err
}

// DoAgain does a refused change once more.
func (s settings) DoAgain(ctx context.Context, seq int64) error { return s.store.Retry(ctx, seq) }

// Drop gives a refused change up.
func (s settings) Drop(ctx context.Context, seq int64) error { return s.store.Discard(ctx, seq) }

func viewRefused(r store.RefusedChange, wanted string) ui.RefusedChange {
	v := ui.RefusedChange{Seq: r.Seq, What: whatChanged(r.Name), Subject: r.Subject, Record: desk.Ref{Kind: desk.RecordKind(r.Record.Kind), ID: string(r.Record.ID)}, At: r.At,
		Wanted: wanted, Why: desk.Text(r.Reason), Final: r.Change == nil}
	switch r.Code {
	case wire.RejectGone, wire.RejectUnknown, wire.RejectInvalid:
		v.Final = true
	}
	if v.Why.Key == "" {
		v.Why = desk.Text(crm.Say(crm.NoSense))
	}
	return v
}

// whatChanged says what a command does.
func whatChanged(name string) desk.Text {
	switch name {
	case "contact.create":
		return desk.Text{Key: "New contact"}
	case "company.create":
		return desk.Text{Key: "New company"}
	case "lead.create", "lead.ensure":
		return desk.Text{Key: "New lead"}
	case "deal.create":
		return desk.Text{Key: "New deal"}
	case "record.update", "contact.update", "company.update", "lead.update", "deal.update":
		return desk.Text{Key: "Changed fields"}
	case "record.assign":
		return desk.Text{Key: "Another responsible person"}
	case "lead.status", "deal.stage":
		return desk.Text{Key: "Another stage"}
	case "lead.convert":
		return desk.Text{Key: "Conversion"}
	case "record.merge":
		return desk.Text{Key: "Merge of two records"}
	case "record.remove":
		return desk.Text{Key: "Removal"}
	case "note.save", "recordnote.save":
		return desk.Text{Key: "Note"}
	case "followup.save":
		return desk.Text{Key: "Follow-up"}
	case "contacts.import":
		return desk.Text{Key: "Import"}
	case "call.begin", "call.update", "call.end", "call.link", "call.recordings", "call.recordings.remove", "call.quality":
		return desk.Text{Key: "Call"}
	}
	return desk.Text{Key: "Settings of the company"}
}
