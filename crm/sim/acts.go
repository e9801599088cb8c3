package sim

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/store"
)

// deed is one kind of thing that happens in a step, and how often.
type deed struct {
	weight int
	do     func(*World, context.Context) error
}

// deeds are what people do, then what goes wrong.
var deeds = []deed{
	{10, (*World).ring},
	{4, (*World).ringMany},
	{6, (*World).addContact},
	{10, (*World).edit},
	{6, (*World).writeNote},
	{4, (*World).rewriteNote},
	{4, (*World).followUp},
	{5, (*World).moveLead},
	{4, (*World).assign},
	{3, (*World).convert},
	{3, (*World).merge},
	{2, (*World).moveNumber},
	{2, (*World).remove},
	{3, (*World).takeBack},
	{1, (*World).changeRole},
	{2, (*World).narrowRole},
	{1, (*World).dismiss},
	{2, (*World).employAgain},
	{2, (*World).writeNewer},
	{4, (*World).ringCustomer},
	{2, (*World).erase},

	{5, (*World).pullCable},
	{5, (*World).plugCable},
	{4, (*World).crash},
	{2, (*World).saveDevice},
	{2, (*World).restoreDevice},
	{2, (*World).restartServer},
	{2, (*World).backUpServer},
	{2, (*World).restoreServer},
	{2, (*World).setClock},
	{1, (*World).setServerClock},
	{1, (*World).changeVersion},
	{1, (*World).makeSnapshot},
	{5, (*World).newDevice},
}

func (w *World) act(ctx context.Context) error {
	sum := 0
	for _, d := range deeds {
		sum += d.weight
	}
	n := w.dice.n(sum)
	for _, d := range deeds {
		if n -= d.weight; n < 0 {
			return d.do(w, ctx)
		}
	}
	return nil
}

// anyone is somebody who has something to work with: the first always has.
func (w *World) anyone() *agent {
	if a := w.agents[w.dice.n(len(w.agents))]; !a.wiped.Load() {
		return a
	}
	return w.agents[0]
}

// number is one of a few, so that the same people call again and several at once.
func (w *World) number() string { return fmt.Sprintf("0221 55500%02d", w.dice.n(8)) }

// ring is a call that one agent gets.
func (w *World) ring(ctx context.Context) error {
	return w.anyone().takeCall(ctx, w.number(), w.dice.chance(0.5))
}

// ringMany is a call by which a queue rings all at once (B4): each program has a call of its own.
func (w *World) ringMany(ctx context.Context) error {
	number := w.number()
	for i, a := range w.agents {
		if a.wiped.Load() {
			continue
		}
		if err := a.takeCall(ctx, number, i == 0); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) addContact(ctx context.Context) error {
	a := w.anyone()
	c := crm.Contact{ID: w.id(), LastName: fmt.Sprintf("Person %d.", w.now), Responsible: a.user.ID}
	w.wrote(c.ID, c.LastName)
	switch number := w.number(); w.dice.n(4) {
	case 0, 1:
		p := crm.Parse(number, "DE")
		c.Numbers = []crm.Number{{E164: p.E164, Written: p.Written}}
	case 2: // one that is nobody else's
		p := crm.Parse(fmt.Sprintf("0221 7%06d", w.now), "DE")
		c.Numbers = []crm.Number{{E164: p.E164, Written: p.Written}}
		w.wrote(c.ID, p.Written, fmt.Sprintf("2217%06d", w.now))
	}
	return a.does(ctx, promise{made: crm.Ref{Kind: crm.KindContact, ID: c.ID}}, crm.CreateContact{Contact: c})
}

// edit changes one field of a contact or a lead, as a form does that sets them all.
func (w *World) edit(ctx context.Context) error {
	a := w.anyone()
	text := fmt.Sprintf("by %s in step %d.", a.user.Name, w.now)
	if w.dice.chance(0.2) {
		l, ok, err := a.someLead(ctx)
		if err != nil || !ok {
			return err
		}
		w.wrote(l.ID, text)
		l.Comment = text
		return a.does(ctx, promise{}, crm.UpdateLead{Lead: l})
	}
	c, ok, err := a.someContact(ctx)
	if err != nil || !ok {
		return err
	}
	w.wrote(c.ID, text)
	switch w.dice.n(4) {
	case 0:
		c.Comment = text
	case 1:
		c.Position = text
	case 2:
		c.FirstName = text
	case 3:
		c.Emails = append(c.Emails, crm.Email{Address: fmt.Sprintf("step%d@example.org", w.now)})
		w.wrote(c.ID, fmt.Sprintf("step%d@", w.now))
	}
	return a.does(ctx, promise{}, crm.UpdateContact{Contact: c})
}

func (w *World) writeNote(ctx context.Context) error {
	a := w.anyone()
	text := fmt.Sprintf("Note of step %d.", w.now)
	if w.dice.chance(0.5) && len(a.calls) > 0 {
		call := a.calls[w.dice.n(len(a.calls))]
		if c, err := a.file.Call(ctx, call); err != nil || c.Call.Party.Kind == crm.Withheld {
			return a.refused(err) // nobody knows any more with whom it was
		}
		return a.noteCall(ctx, call, text)
	}
	on, ok, err := a.somebody(ctx)
	if err != nil || !ok {
		return err
	}
	w.wrote(on.ID, text)
	n := crm.Note{ID: w.id(), Ref: on, At: a.clock(), By: a.user.ID, Text: text}
	return a.does(ctx, promise{text: text, hung: n.ID, on: n.Ref}, crm.SaveRecordNote{Note: n})
}

// rewriteNote changes or takes away a note that the agent wrote, and now and then somebody else's, which the server lets
// administrators alone do, and them only take it away.
func (w *World) rewriteNote(ctx context.Context) error {
	a := w.anyone()
	r, ok, err := a.some(ctx, a.file.Contacts)
	if err != nil || !ok {
		return err
	}
	notes := slices.DeleteFunc(r.Timeline, func(e crm.Event) bool {
		return e.Kind != crm.EventNote || e.Agent != a.user.ID && !w.dice.chance(0.1)
	})
	if len(notes) == 0 {
		return nil
	}
	n, err := a.file.Note(ctx, notes[w.dice.n(len(notes))].Note)
	if err != nil {
		return a.refused(err)
	}
	was, own := n.Text, n.By == a.user.ID
	n.Text, n.Edited = "", a.clock()
	if w.dice.chance(0.7) {
		n.Text = fmt.Sprintf("Note of step %d, rewritten", w.now)
	}
	p := promise{hung: n.ID, on: n.Ref}
	if own {
		p.text = n.Text
	}
	if own || n.Text == "" {
		w.rewritten(was)
	}
	return a.does(ctx, p, crm.SaveRecordNote{Note: n})
}

func (w *World) followUp(ctx context.Context) error {
	a := w.anyone()
	on, ok, err := a.somebody(ctx)
	if err != nil || !ok {
		return err
	}
	f := crm.FollowUp{ID: w.id(), Ref: on, Due: a.clock().Add(time.Hour), Text: fmt.Sprintf("Call back, step %d.", w.now), Responsible: a.user.ID}
	w.wrote(on.ID, f.Text)
	return a.does(ctx, promise{text: f.Text, hung: f.ID, on: f.Ref}, crm.SaveFollowUp{FollowUp: f})
}

func (w *World) moveLead(ctx context.Context) error {
	a := w.anyone()
	l, ok, err := a.someLead(ctx)
	if err != nil || !ok {
		return err
	}
	to := []crm.LeadStatus{crm.LeadInProgress, crm.LeadProcessed, crm.LeadJunk}[w.dice.n(3)]
	return a.does(ctx, promise{}, crm.SetLeadStatus{Lead: l.ID, From: l.Status, To: to})
}

func (w *World) assign(ctx context.Context) error {
	a := w.anyone()
	l, ok, err := a.someLead(ctx)
	if err != nil || !ok {
		return err
	}
	return a.does(ctx, promise{}, crm.Assign{Ref: crm.Ref{Kind: crm.KindLead, ID: l.ID}, From: l.Responsible, To: w.anyone().user.ID})
}

func (w *World) convert(ctx context.Context) error {
	a := w.anyone()
	l, ok, err := a.someLead(ctx)
	if err != nil || !ok {
		return err
	}
	c, err := a.file.ConversionOf(ctx, l.ID, []crm.Kind{crm.KindContact, crm.KindDeal}, nil, "")
	if err == nil {
		for _, made := range c.Refs() {
			w.merging(made.ID, l.ID)
		}
		_, err = a.file.Convert(ctx, c)
	}
	return a.refused(err)
}

// merge puts two contacts that one program has into one.
func (w *World) merge(ctx context.Context) error {
	a := w.anyone()
	keep, ok, err := a.someContact(ctx)
	if err != nil || !ok {
		return err
	}
	gone, _, err := a.someContact(ctx)
	if err != nil || gone.ID == keep.ID {
		return err
	}
	m, _, err := a.file.MergeOf(ctx, crm.Ref{Kind: crm.KindContact, ID: keep.ID}, crm.Ref{Kind: crm.KindContact, ID: gone.ID}, nil)
	if err == nil {
		w.merging(keep.ID, gone.ID)
		_, err = a.file.Merge(ctx, m)
	}
	if err == nil {
		w.gone(gone.ID)
	}
	return a.refused(err)
}

func (w *World) remove(ctx context.Context) error {
	a := w.anyone()
	c, ok, err := a.someContact(ctx)
	if err != nil || !ok {
		return err
	}
	w.gone(c.ID)
	w.deleted[c.ID] = true
	_, err = a.file.Remove(ctx, crm.Ref{Kind: crm.KindContact, ID: c.ID})
	return a.refused(err)
}

func (w *World) pullCable(context.Context) error {
	w.anyone().link.down.Store(true)
	return nil
}

func (w *World) plugCable(context.Context) error {
	for _, a := range w.agents {
		a.link.down.Store(false)
	}
	return nil
}

// crash ends a program in the middle of whatever it does, and starts it again.
func (w *World) crash(ctx context.Context) error {
	a := w.anyone()
	a.stop()
	return a.start(ctx)
}

// saveDevice takes a backup of an agent's machine.
func (w *World) saveDevice(ctx context.Context) error {
	a := w.anyone()
	a.stop()
	a.saved, a.savedStep = filepath.Join(w.o.Dir, fmt.Sprintf("%d-saved.db", a.number)), w.now
	if err := copyFile(a.path, a.saved); err != nil {
		return err
	}
	return a.start(ctx)
}

// restoreDevice gives an agent the machine as it was when its backup was taken.
func (w *World) restoreDevice(ctx context.Context) error {
	a := w.anyone()
	if a.saved == "" {
		return nil
	}
	a.stop()
	if err := copyFile(a.saved, a.path); err != nil {
		return err
	}
	a.wiped.Store(false)
	w.release(func(p promise) bool { return p.by == a && p.step > a.savedStep })
	return a.start(ctx)
}

func (w *World) restartServer(ctx context.Context) error {
	if w.engine == nil {
		return w.startServer(ctx)
	}
	return w.stopServer()
}

func (w *World) stopServer() error {
	w.serving.Lock()
	defer w.serving.Unlock()
	w.engine = nil
	err := w.db.Close()
	w.db = nil
	return err
}

func (w *World) startServer(ctx context.Context) error {
	w.serving.Lock()
	defer w.serving.Unlock()
	return w.openServer(ctx, "server.db")
}

func (w *World) backUpServer(ctx context.Context) error {
	if w.engine == nil {
		return nil
	}
	w.serving.Lock()
	defer w.serving.Unlock()
	file := filepath.Join(w.o.Dir, fmt.Sprintf("backup-%d.db", len(w.backups)))
	w.backups = append(w.backups, backup{file})
	return w.db.Backup(ctx, file)
}

// restoreServer puts one of the backups in the place of the server's database: a new epoch begins.
func (w *World) restoreServer(ctx context.Context) error {
	if w.engine == nil || len(w.backups) == 0 {
		return nil
	}
	if err := w.stopServer(); err != nil {
		return err
	}
	if err := w.putBack(ctx, w.backups[w.dice.n(len(w.backups))]); err != nil {
		return err
	}
	clear(w.newer) // the server itself has set it
	// The roles are those of the backup again: the administrator sets them as they should be.
	if err := w.order(ctx, crm.SaveRole{Role: w.role}); err != nil {
		return err
	}
	for _, a := range w.agents {
		if err := w.order(ctx, crm.SaveUser{User: a.user}); err != nil {
			return err
		}
	}
	return nil
}

// putBack starts the server on a backup; nobody is served before it is in its new epoch, and who was erased is erased again.
func (w *World) putBack(ctx context.Context, b backup) error {
	w.serving.Lock()
	defer w.serving.Unlock()
	if err := copyFile(b.file, filepath.Join(w.o.Dir, "server.db")); err != nil {
		return err
	}
	if err := w.openServer(ctx, "server.db"); err != nil {
		return err
	}
	erasures := w.erasures
	if w.o.Mutant == EraseOnce {
		erasures = nil
	}
	if err := w.engine.Restored(ctx, erasures); err != nil {
		return err
	}
	return w.engine.EraseRemains(ctx, nil)
}

// setClock puts an agent's clock wrong by up to a day.
func (w *World) setClock(context.Context) error {
	w.anyone().skew.Store(int64(w.dice.between(-24*time.Hour, 24*time.Hour)))
	return nil
}

// setServerClock puts the server's clock a day forward, or a day back, or right.
func (w *World) setServerClock(context.Context) error {
	w.ahead.Store(int64([]time.Duration{24 * time.Hour, -24 * time.Hour, 0}[w.dice.n(3)]))
	return nil
}

// refused passes over an error by which a file refuses a change that a window would not offer.
func (a *agent) refused(err error) error {
	var invalid crm.Invalid
	if errors.As(err, &invalid) || errors.Is(err, store.ErrNotFound) || err != nil && strings.Contains(err.Error(), "UNIQUE") {
		return nil
	}
	return err
}
