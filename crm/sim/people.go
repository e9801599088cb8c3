package sim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"leadline/crm"
	"leadline/crm/wire"
)

// changeRole makes an agent of an administrator, who sees but their own calls from then on, or one with the company's own role; or the
// other way round. The first stays: somebody has to see all.
func (w *World) changeRole(ctx context.Context) error {
	a := w.agents[w.dice.n(len(w.agents))]
	if a == w.agents[0] || w.engine == nil {
		return nil
	}
	if a.user.Roles[0] == crm.Administrator {
		a.user.Roles = []crm.ID{[]crm.ID{crm.Agent, w.role.ID}[w.dice.n(2)]}
	} else {
		a.user.Roles = []crm.ID{crm.Administrator}
	}
	return w.order(ctx, crm.SaveUser{User: a.user})
}

// narrowRole changes whose calls the company's own role lets see, while those who have it are away and have written on a colleague's:
// what they may write no more is refused, and what they may see no more leaves their device.
func (w *World) narrowRole(ctx context.Context) error {
	if w.engine == nil {
		return nil
	}
	for _, a := range w.agents {
		if a.user.Roles[0] != w.role.ID || a.user.Left || a.wiped.Load() {
			continue
		}
		a.link.down.Store(true)
		if err := a.writeOnColleaguesCall(ctx); err != nil {
			return err
		}
	}
	w.role.Rights.SeeCalls = []crm.Reach{crm.ReachNone, crm.ReachOwn, crm.ReachAll}[w.dice.n(3)]
	return w.order(ctx, crm.SaveRole{Role: w.role})
}

func (a *agent) writeOnColleaguesCall(ctx context.Context) error {
	page, err := a.file.Calls(ctx, crm.Query{Limit: 20})
	if err != nil {
		return err
	}
	calls := slices.DeleteFunc(page.Rows, func(r crm.CallRow) bool { return r.Call.Agent == a.user.ID || r.Call.Party.Kind == crm.Withheld })
	if len(calls) == 0 {
		return nil
	}
	return a.noteCall(ctx, calls[a.w.dice.n(len(calls))].Call.ID, fmt.Sprintf("Note of %s's on a colleague's call, step %d.", a.user.Name, a.w.now))
}

// noteCall writes what a call was about. The first note of a call stays, or is in the tray; of further ones it is open which.
func (a *agent) noteCall(ctx context.Context, call crm.ID, text string) error {
	err := a.file.SaveNote(ctx, call, text)
	if err != nil {
		return a.refused(err)
	}
	a.w.wrote(call, text)
	if a.w.noted[call] {
		a.w.release(func(p promise) bool { return p.noted == call })
		return nil
	}
	a.w.noted[call] = true
	a.w.promise(promise{by: a, step: a.w.now, text: text, noted: call})
	return nil
}

// dismiss has a user leave the company: their program erases its copy as soon as it hears of that (G1). The first stays.
func (w *World) dismiss(ctx context.Context) error {
	a := w.agents[w.dice.n(len(w.agents))]
	if a == w.agents[0] || a.user.Left || w.engine == nil {
		return nil
	}
	a.user.Left = true
	return w.order(ctx, crm.SaveUser{User: a.user})
}

// employAgain takes those back who have left. Who has erased their copy signs in anew (revive).
func (w *World) employAgain(ctx context.Context) error {
	if w.engine == nil {
		return nil
	}
	for _, a := range w.agents {
		if !a.user.Left {
			continue
		}
		a.user.Left = false
		if err := w.order(ctx, crm.SaveUser{User: a.user}); err != nil {
			return err
		}
	}
	return nil
}

// mayComeIn is what the front looks at before the engine: a device that was told to erase its copy comes in no more until somebody
// signs in on it anew.
func (a *agent) mayComeIn() error {
	if a.lockedOut.Load() {
		return wire.Problem{Code: wire.Revoked, Message: "this device was signed out and is to erase its copy"}
	}
	return nil
}

// orLeft is Front's: who has left the company is locked out. Here nobody else has no rights.
func (a *agent) orLeft(err error) error {
	var refused wire.Problem
	if errors.As(err, &refused) && refused.Code == wire.Forbidden {
		a.lockedOut.Store(true)
		return a.mayComeIn()
	}
	return err
}

// Wipe is replica.File's. What was here alone is lost with it.
func (f file) Wipe(ctx context.Context) error {
	if err := f.Store.Wipe(ctx); err != nil {
		return err
	}
	f.a.w.release(func(p promise) bool { return p.by == f.a })
	f.a.wiped.Store(true)
	return nil
}

// changeVersion gives an agent a program that is too old for the server, or too new for it; and the next time the right one again.
func (w *World) changeVersion(ctx context.Context) error {
	a := w.anyone()
	a.stop()
	if a.ahead.Swap(0) == 0 {
		a.ahead.Store([]int64{-1, 1}[w.dice.n(2)])
	}
	return a.start(ctx)
}

// writeNewer sets a field of a contact that no program here knows, as newer ones of the company do.
func (w *World) writeNewer(ctx context.Context) error {
	if w.engine == nil {
		return nil
	}
	who, ok, err := w.somebody(ctx, crm.KindContact)
	if err != nil || !ok {
		return err
	}
	text := fmt.Sprintf("by a newer program in step %d.", w.now)
	w.wrote(who.ID, text)
	result, err := w.perform(ctx, crm.UpdateRecord{Ref: who, Set: map[string]any{"newer": text}})
	if err == nil && result.Status == wire.Applied {
		w.newer[who.ID] = text
	}
	return err
}

// checkNewer: what programs do not know of a record, their changes leave as it is.
func (w *World) checkNewer(ctx context.Context, all map[wire.RowID]wire.Row) error {
	erased := w.erasedIDs()
	for _, id := range slices.Sorted(maps.Keys(w.newer)) {
		r, there := all[wire.RowID{Entity: wire.Contact, ID: id}]
		if !there || erased[id] || w.removed[id] || strings.Contains(string(r.Data), w.newer[id]) {
			continue
		}
		history, err := w.history(ctx, string(id))
		return errors.Join(fmt.Errorf("contact %s has lost %q: %s%s", id, w.newer[id], r.Data, history), err)
	}
	return nil
}
