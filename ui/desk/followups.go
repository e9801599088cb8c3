package desk

import (
	"context"
	"errors"
	"time"

	"leadline/crm"
)

// countWork counts what waits for the agent: follow-ups that are due today or overdue, and open leads.
func (d *Desk) countWork() {
	d.find(func(ctx context.Context) {
		due, err := d.file.FollowUpCount(ctx, endOfDay(d.now()))
		if err != nil {
			d.log.Warn("count follow-ups", "error", err)
			return
		}
		leads, err := d.file.OpenLeads(ctx)
		if err != nil {
			d.log.Warn("count open leads", "error", err)
			return
		}
		d.post(func() {
			if d.due != due || d.leads != leads {
				d.due, d.leads, d.dirty = due, leads, true
			}
		})
	})
}

// endOfDay is the midnight after t.
func endOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
}

// FollowUp notes when to come back to the record of a call, and whose it is (requirements.md H3): an owner
// is a Person's ID, "" who works here. Asked again it moves the day or hands it on, and the zero time takes
// it back. A call with nobody's record has none.
func (d *Desk) FollowUp(id CallID, due time.Time, owner string) {
	d.post(func() {
		c := d.byID(id)
		if c == nil || !c.card.Known || c.due.Equal(due) && c.owner == crm.ID(owner) {
			return
		}
		was, had := c.due, c.owner
		c.due, c.owner, d.dirty = due, crm.ID(owner), true
		if due.IsZero() && was.IsZero() { // whose it would be
			return
		}
		if c.followUp == "" {
			c.followUp = d.file.NewID()
		}
		f := crm.FollowUp{ID: c.followUp, Ref: fileRef(c.card.Ref), Call: crm.ID(c.id), Due: due, Responsible: c.owner}
		if due.IsZero() {
			f.Due, f.Done = was, d.now()
		}
		d.write(func(ctx context.Context) {
			me, err := d.file.Me(ctx)
			if err == nil {
				if f.Responsible == "" {
					f.Responsible = me.ID
				}
				if !f.Done.IsZero() {
					f.DoneBy = me.ID
				}
				err = d.file.Do(ctx, crm.SaveFollowUp{FollowUp: f})
			}
			if err != nil {
				d.post(func() {
					c.due, c.owner, d.dirty = was, had, true
					d.warn(because("The follow-up was not saved: {why}", err), err)
				})
			}
		})
	})
}

// followUpOf is the open follow-up that was noted in a call, in the name of who works here where it is theirs; the zero one where
// there is none. It runs on the writer's goroutine.
func (d *Desk) followUpOf(ctx context.Context, call crm.Call) (crm.FollowUp, error) {
	me, err := d.file.Me(ctx)
	if err != nil {
		return crm.FollowUp{}, err
	}
	f, err := d.file.FollowUpOf(ctx, call.ID)
	if f.Responsible == me.ID {
		f.Responsible = ""
	}
	return f, err
}

// findPeople finds out who may get the follow-up of an ended call.
func (d *Desk) findPeople(c *onDesk) {
	d.find(func(ctx context.Context) {
		users, err := d.file.Users(ctx)
		me, err2 := d.file.Me(ctx)
		if err := errors.Join(err, err2); err != nil {
			d.log.Warn("whom a follow-up can be given to", "error", err)
			return
		}
		d.post(func() {
			c.people, d.dirty = nil, true
			for _, u := range users {
				if u.Left {
					continue
				}
				p := Person{ID: string(u.ID), Name: u.Name}
				if u.ID == me.ID {
					p.ID = ""
				}
				c.people = append(c.people, p)
			}
		})
	})
}
