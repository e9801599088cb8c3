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
	who, ok, err := w.somebody(ctx)
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
