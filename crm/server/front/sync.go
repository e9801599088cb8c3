package front

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

func sender(p access.Person) server.Sender {
	return server.Sender{Workspace: p.Workspace, User: p.User, Device: p.Device}
}

func (f *Front) hello(w http.ResponseWriter, r *http.Request, p access.Person) error {
	var in wire.Hello
	if err := f.read(w, r, mostBody, &in); err != nil {
		return err
	}
	if err := texts(in.Client, in.Last.ID); err != nil {
		return err
	}
	out, err := f.Engine.Hello(r.Context(), sender(p), in)
	if err != nil {
		return f.orLeft(r.Context(), p, err)
	}
	phones, err := f.Access.Telephones(r.Context(), p.Workspace, p.User)
	if err != nil {
		return err
	}
	for _, t := range phones {
		out.Accounts = append(out.Accounts, t.Account) // with one that is shut, programs keep the password that they have
	}
	if out.Snapshot, err = f.offer(r.Context(), sender(p), in); err != nil {
		return err
	}
	f.answer(w, r, http.StatusOK, out)
	return nil
}

// orLeft is the answer to a program that Hello refused for why. Where the user has left the company, it is to erase its copy, like a
// device that was signed out.
func (f *Front) orLeft(ctx context.Context, p access.Person, why error) error {
	var refused wire.Problem
	if !errors.As(why, &refused) || refused.Code != wire.Forbidden {
		return why
	}
	u, _, err := f.company.User(ctx, p.Workspace, p.User)
	if err != nil || !u.Left {
		return errors.Join(why, err)
	}
	if err := f.Access.LockOut(ctx, p.Workspace, p.User); err != nil {
		return err
	}
	f.recheckDevices(p.Workspace) // the user's other devices
	return access.Revoked{Erase: true}
}

func (f *Front) push(w http.ResponseWriter, r *http.Request, p access.Person) error {
	var in wire.Push
	if err := f.read(w, r, mostPushBody, &in); err != nil {
		return err
	}
	if err := checkPush(in); err != nil {
		return err
	}
	out, err := f.committer.Push(r.Context(), sender(p), in)
	if err != nil {
		return err
	}
	f.metrics.commands.Add(float64(len(in.Commands)))
	f.answer(w, r, http.StatusOK, out)
	return nil
}

// checkPush refuses a push that is larger than the protocol allows, or has a text that no database takes.
func checkPush(in wire.Push) error {
	if len(in.Commands) > wire.MostCommands || len(in.Erased) > wire.MostCommands {
		return errTooLarge
	}
	if err := texts(in.Client); err != nil {
		return err
	}
	size := 0
	for _, c := range in.Commands {
		size += len(c.Args)
		if err := texts(c.ID, crm.ID(c.Name), crm.ID(c.Args)); err != nil {
			return err
		}
	}
	if err := texts(in.Erased...); err != nil {
		return err
	}
	if size > wire.MostBytes && len(in.Commands) > 1 {
		return errTooLarge
	}
	return nil
}

// texts refuses what PostgreSQL does not take as text: a single such command would make the commit of a whole group fail.
func texts(all ...crm.ID) error {
	for _, s := range all {
		if strings.ContainsRune(string(s), 0) || !utf8.ValidString(string(s)) {
			return wire.Problem{Code: wire.Malformed, Message: "a text has a NUL in it, or is not UTF-8"}
		}
	}
	return nil
}

// mostWait is how long a pull may wait for something new.
const mostWait = 25 * time.Second

func (f *Front) pull(w http.ResponseWriter, r *http.Request, p access.Person) error {
	var in wire.Pull
	if err := f.read(w, r, mostBody, &in); err != nil {
		return err
	}
	if err := texts(in.Client); err != nil {
		return err
	}
	f.heard(r.Context(), p)
	out, err := f.Engine.Pull(r.Context(), sender(p), in)
	if err == nil && in.Wait > 0 {
		if in.Team == wire.TeamUnknown {
			f.learn(r.Context(), p.Workspace)
			out.Team = f.board.marked(p.Workspace)
		}
		if !news(in, out) {
			out, err = f.awaitNews(r, p, in)
		}
	}
	if err != nil {
		return err
	}
	f.answer(w, r, http.StatusOK, out)
	return nil
}

// news says whether a page has something new for a pull that waits.
func news(in wire.Pull, out wire.Page) bool {
	return out.Rev > in.Cursor || out.More || len(out.Rows) > 0 || len(out.Refused) > 0 || out.Team != nil
}

// otherTeam is the team, if it is not as the program knows it; else nil.
func (f *Front) otherTeam(p access.Person, in wire.Pull) *wire.Team {
	if team := f.board.marked(p.Workspace); team.Mark != in.Team {
		return team
	}
	return nil
}

// teamPause is how long a pull waits at least before a change of the team ends it, so that a busy team is not told call by call.
const teamPause = time.Second

// awaitNews pulls again once the workspace has gone on: long polling, where no WebSocket gets through.
func (f *Front) awaitNews(r *http.Request, p access.Person, in wire.Pull) (wire.Page, error) {
	late := time.NewTimer(min(in.Wait, mostWait))
	defer late.Stop()
	watcher := f.hub.join(p.Workspace, p.Device)
	if watcher == nil {
		return wire.Page{}, tooMany(pingEvery)
	}
	defer f.hub.leave(watcher)
	var team <-chan time.Time // when it is time to look how the team is
	if in.Team != "" {
		team = time.After(teamPause)
	}
	looked := false
	for {
		// After joining, so that what was committed in between is seen.
		out, err := f.Engine.Pull(r.Context(), sender(p), in)
		if err == nil && in.Team != "" && looked {
			out.Team = f.otherTeam(p, in)
		}
		if err == nil && news(in, out) {
			err = f.stillIn(r.Context(), p) // it may have been signed out while it waited
		}
		if err != nil || news(in, out) {
			return out, err
		}
		select {
		case <-watcher.wake:
			if _, _, recheck := watcher.take(); recheck {
				if err := f.stillIn(r.Context(), p); err != nil {
					return wire.Page{}, err
				}
			}
		case <-team:
			looked = true
		case <-late.C:
			return out, nil
		case <-f.closing:
			return out, nil
		case <-r.Context().Done():
			return out, r.Context().Err()
		}
	}
}

// stillIn refuses a device that was signed out. While the database cannot say so, the device stays.
func (f *Front) stillIn(ctx context.Context, p access.Person) error {
	var revoked access.Revoked
	if err := f.Access.StillIn(ctx, p); errors.As(err, &revoked) {
		return err
	}
	return nil
}

func (f *Front) rows(w http.ResponseWriter, r *http.Request, p access.Person) error {
	var in wire.Fetch
	if err := f.read(w, r, mostBody, &in); err != nil {
		return err
	}
	if len(in.IDs) > wire.MostRows {
		return errTooLarge
	}
	for _, row := range in.IDs {
		if err := texts(row.ID, crm.ID(row.Entity)); err != nil {
			return err
		}
	}
	out, err := f.Engine.Fetch(r.Context(), sender(p), in)
	if err != nil {
		return err
	}
	f.answer(w, r, http.StatusOK, out)
	return nil
}
