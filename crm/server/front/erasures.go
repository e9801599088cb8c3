package front

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// shredTime is how long the answer to an erasure waits for the remains in the server's files: a large database takes longer, and
// goes on without somebody waiting.
const shredTime = 20 * time.Second

// erasePerson erases a person's data for an administrator (I4). The answer is what was taken, and whose copies have to follow.
func (f *Front) erasePerson(w http.ResponseWriter, r *http.Request, p access.Person) error {
	id, err := crm.ParseID(r.PathValue("id"))
	if err != nil {
		return wire.Problem{Code: wire.Malformed, Message: "an erasure needs an id"}
	}
	var in wire.ErasePerson
	if err := f.read(w, r, mostBody, &in); err != nil {
		return err
	}
	person := in.Person
	if person.ID, err = crm.ParseID(string(person.ID)); err != nil || person.Kind != crm.KindContact && person.Kind != crm.KindLead {
		return wire.Problem{Code: wire.Malformed, Message: "a contact or a lead is a person"}
	}
	done, err := f.Engine.EraseAs(r.Context(), p.Workspace, ledger.Sender{User: p.User}, id, person)
	if err != nil {
		return err
	}
	f.Log.Info("a person's data was erased", "erasure", done.ID, "by", p.User, "recordings", len(done.Recordings))
	f.eraseRemains(context.WithoutCancel(r.Context()))
	devices, err := f.devicesThere(r.Context(), p.Workspace)
	if err != nil {
		return err
	}
	state, err := f.stateOf(r.Context(), p.Workspace, done, devices)
	if err != nil {
		return err
	}
	f.answer(w, r, http.StatusOK, state)
	return nil
}

// eraseRemains removes what the server has of an erased person beside the rows of the database: files of recordings, snapshots, and
// what its own files still hold of deleted rows. It returns when that is done, or goes on, after shredTime.
func (f *Front) eraseRemains(ctx context.Context) {
	done := make(chan struct{})
	f.remains.Go(func() {
		defer close(done)
		f.removeRemains(ctx)
	})
	late := time.NewTimer(shredTime)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
	case <-f.closing:
	}
}

func (f *Front) removeRemains(ctx context.Context) {
	f.removing.Lock()
	defer f.removing.Unlock()
	err := f.Engine.EraseRemains(ctx, func(ctx context.Context) (err error) {
		if f.KeepErasures != nil {
			err = f.KeepErasures(ctx)
		}
		if f.Snapshots != nil {
			err = errors.Join(err, f.Snapshots.Tidy(ctx))
		}
		if f.Recordings != nil {
			err = errors.Join(err, f.Recordings.Erased(ctx))
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		f.Log.Error("something is left of a person who was erased", "error", err)
	}
}

// settleRemains removes what erasures still owe: a server was killed before it had done that, or could not.
func (f *Front) settleRemains(ctx context.Context) {
	owed, err := f.Engine.OwesRemains(ctx)
	if err != nil {
		if ctx.Err() == nil {
			f.Log.Error("the database does not say whether something is left of erased persons", "error", err)
		}
		return
	}
	if owed {
		f.Log.Info("what is left of erased persons is removed")
		f.removeRemains(ctx)
	}
}

// erasures lists what was erased, for administrators: so it can be proven which copies are without the person.
func (f *Front) erasures(w http.ResponseWriter, r *http.Request, p access.Person) error {
	if err := f.mustBeAdministrator(r.Context(), p); err != nil {
		return err
	}
	var all []database.Erasure
	err := f.Engine.DB.Read(r.Context(), string(p.Workspace), func(t *database.Tx) (err error) {
		all, err = t.Erasures(r.Context())
		return err
	})
	if err != nil {
		return err
	}
	devices, err := f.devicesThere(r.Context(), p.Workspace)
	if err != nil {
		return err
	}
	list := make([]wire.Erased, 0, len(all))
	for _, e := range slices.Backward(all) {
		state, err := f.stateOf(r.Context(), p.Workspace, e, devices)
		if err != nil {
			return err
		}
		list = append(list, state)
	}
	f.answer(w, r, http.StatusOK, list)
	return nil
}

// mustBeAdministrator refuses who lacks any right.
func (f *Front) mustBeAdministrator(ctx context.Context, p access.Person) error {
	_, rights, err := f.company.User(ctx, p.Workspace, p.User)
	if err == nil && rights != crm.AllRights {
		err = wire.Problem{Code: wire.Forbidden, Message: "this is for administrators"}
	}
	return err
}

// deviceOf names a device: its id is the device's own word, which another user's may say, too.
type deviceOf struct{ user, device crm.ID }

// devicesThere are all devices that somebody has signed in on.
func (f *Front) devicesThere(ctx context.Context, workspace crm.ID) (map[deviceOf]access.Device, error) {
	all, err := f.Access.Devices(ctx, workspace, "")
	there := make(map[deviceOf]access.Device, len(all))
	for _, d := range all {
		there[deviceOf{d.User, d.ID}] = d
	}
	return there, err
}

// stateOf is how an erasure stands, copy by copy. A device that was signed out and has erased its whole copy has done it, too.
func (f *Front) stateOf(ctx context.Context, workspace crm.ID, e database.Erasure, devices map[deviceOf]access.Device) (wire.Erased, error) {
	state := wire.Erased{ID: e.ID, At: time.UnixMilli(e.At), By: e.By, Records: e.Refs, Recordings: len(e.Recordings)}
	for _, k := range e.Hung {
		switch k.Entity {
		case wire.Call:
			state.Calls++
		case wire.Note, wire.FollowUp:
			state.Notes++
		case wire.Deal:
			state.Deals++
		}
	}
	owed, err := f.Engine.Acknowledgements(ctx, workspace, e.ID)
	for _, o := range owed {
		c := wire.ErasedOnCopy{Client: o.Client, User: o.User, Seen: fromMilli(o.Seen), Done: fromMilli(o.Done)}
		if d, there := devices[deviceOf{o.User, o.Device}]; there {
			c.Device, c.Out, c.Gone = d.Name, !d.Revoked.IsZero() && d.Erase, !d.Erased.IsZero()
			if c.Done.IsZero() && c.Gone {
				c.Done = d.Erased
			}
		}
		state.Copies = append(state.Copies, c)
	}
	slices.SortStableFunc(state.Copies, func(a, b wire.ErasedOnCopy) int {
		switch {
		case a.Done.IsZero() == b.Done.IsZero():
			return b.Seen.Compare(a.Seen)
		case a.Done.IsZero():
			return -1
		}
		return 1
	})
	return state, err
}

// fromMilli is a time in Unix milliseconds; the zero time for 0.
func fromMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
