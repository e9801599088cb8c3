package main

import (
	"context"
	"errors"
	"slices"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/store"
	"leadline/crm/wire"
	"leadline/ui"
	"leadline/ui/desk"
)

// asAdministrator does something at the server that is for administrators, and says in words why it did not work. What is not found there
// the caller explains.
func (s settings) asAdministrator(do func(*remote.Client) error) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	err = do(c)
	var p wire.Problem
	var told *ui.TestFailure
	switch {
	case errors.As(err, &told):
		return err
	case errors.As(err, &p) && p.Code == wire.Forbidden:
		return &ui.TestFailure{Why: desk.Text{Key: "Only an administrator can do that"}}
	case errors.As(err, &p) && p.Code == wire.BadSignIn:
		return &ui.TestFailure{Why: desk.Text{Key: "Sign in at the server first"}}
	case errors.As(err, &p) && p.Code == wire.NotFound:
		return &ui.TestFailure{Why: desk.Text{Key: "The server is too old for that"}}
	}
	return signInFailure(err)
}

// hasServer says whether the file is kept in step with a server.
func (s settings) hasServer(ctx context.Context) (bool, error) {
	at, err := s.store.Standing(ctx)
	return at.Server != "", err
}

// WouldErase counts what is here of a person.
func (s settings) WouldErase(ctx context.Context, person crm.Ref) (takes ui.ErasureTakes, err error) {
	d, err := s.store.Dossier(ctx, person)
	takes = ui.ErasureTakes{Leads: len(d.Leads), Calls: len(d.Calls), Notes: len(d.Notes) + len(d.FollowUps), Deals: len(d.Deals)}
	if person.Kind == crm.KindLead {
		takes.Leads--
	}
	for _, c := range d.Calls {
		takes.Recordings += len(c.Recordings)
	}
	return takes, err
}

// Erase erases a person by the server, or here where there is none.
func (s settings) Erase(ctx context.Context, id crm.ID, person crm.Ref) (done ui.Erasure, err error) {
	shared, err := s.hasServer(ctx)
	if err != nil {
		return done, err
	}
	if !shared {
		here, err := s.store.Erase(ctx, person)
		if here.ID == "" {
			return done, err
		}
		return erasedHere(here), errors.Join(err, s.RemoveGone(ctx))
	}
	var told wire.Erased
	err = s.asAdministrator(func(c *remote.Client) (err error) {
		told, err = c.Erase(ctx, id, person)
		var p wire.Problem
		if errors.As(err, &p) && p.Code == wire.NotFound {
			if _, old := c.Erasures(ctx); old == nil { // it knows how to, but not whom
				return &ui.TestFailure{Why: desk.Text{Key: "The server does not know this record yet: wait until everything here is saved there"}}
			}
		}
		return err
	})
	if err != nil {
		return done, err
	}
	return s.viewErasure(ctx, told)
}

// Erasures are those of the server, and those that were done here before there was one, the latest first.
func (s settings) Erasures(ctx context.Context) (all []ui.Erasure, err error) {
	here, err := s.store.Erased(ctx)
	if err != nil {
		return nil, err
	}
	shared, err := s.hasServer(ctx)
	var told []wire.Erased
	if err == nil && shared {
		err = s.asAdministrator(func(c *remote.Client) (err error) {
			told, err = c.Erasures(ctx)
			return err
		})
	}
	for _, e := range told {
		view, failed := s.viewErasure(ctx, e)
		err = errors.Join(err, failed)
		all = append(all, view)
	}
	for _, e := range slices.Backward(here) {
		all = append(all, erasedHere(e))
	}
	return all, err
}

func erasedHere(e store.Erased) ui.Erasure {
	return ui.Erasure{ID: e.ID, At: e.At, Records: e.Records, Here: true,
		ErasureTakes: ui.ErasureTakes{Leads: leadsBeside(e.Records), Calls: e.Calls, Notes: e.Notes, Deals: e.Deals, Recordings: e.Recordings}}
}

// leadsBeside is how many leads there were besides the person's record, which is the first.
func leadsBeside(records []crm.Ref) (n int) {
	for i, r := range records {
		if i > 0 && r.Kind == crm.KindLead {
			n++
		}
	}
	return n
}

// viewErasure puts names to the ids of an erasure.
func (s settings) viewErasure(ctx context.Context, e wire.Erased) (view ui.Erasure, err error) {
	at, err := s.store.Standing(ctx)
	if err != nil {
		return view, err
	}
	names, err := s.userNames(ctx)
	view = ui.Erasure{ID: e.ID, At: e.At.Local(), By: names[e.By], Records: e.Records,
		ErasureTakes: ui.ErasureTakes{Leads: leadsBeside(e.Records), Calls: e.Calls, Notes: e.Notes, Deals: e.Deals, Recordings: e.Recordings}}
	for _, c := range e.Copies {
		view.Copies = append(view.Copies, ui.ErasureCopy{User: names[c.User], Device: c.Device, This: c.Client == at.Client, Seen: c.Seen, Done: c.Done, Out: c.Out, Gone: c.Gone})
	}
	return view, err
}
