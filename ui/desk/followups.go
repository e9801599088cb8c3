package desk

import (
	"context"
	"time"

	"leadline/crm"
)

// countDue counts the agent's follow-ups that are due today or overdue.
func (d *Desk) countDue() {
	d.find(func(ctx context.Context) {
		n, err := d.file.FollowUpCount(ctx, endOfDay(d.now()))
		if err != nil {
			d.log.Warn("count follow-ups", "error", err)
			return
		}
		d.post(func() {
			if d.due != n {
				d.due, d.dirty = n, true
			}
		})
	})
}

// endOfDay is the midnight after t.
func endOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
}

// FollowUp notes when to come back to the record of a call (requirements.md H3); asked
// again it moves the day, and the zero time takes it back. A call with nobody's record
// has none.
func (d *Desk) FollowUp(id CallID, due time.Time) {
	d.post(func() {
		c := d.byID(id)
		if c == nil || !c.card.Known || c.due.Equal(due) {
			return
		}
		if c.followUp == "" {
			c.followUp = d.file.NewID()
		}
		f := crm.FollowUp{ID: c.followUp, Ref: fileRef(c.card.Ref), Call: crm.ID(c.id), Due: due}
		if due.IsZero() {
			f.Due, f.Done = c.due, d.now()
		}
		was := c.due
		c.due, d.dirty = due, true
		d.write(func(ctx context.Context) {
			me, err := d.file.Me(ctx)
			if err == nil {
				f.Responsible = me.ID
				if !f.Done.IsZero() {
					f.DoneBy = me.ID
				}
				err = d.file.Do(ctx, crm.SaveFollowUp{FollowUp: f})
			}
			if err != nil {
				d.post(func() {
					c.due, d.dirty = was, true
					d.warn(Text{Key: "The follow-up was not saved: {why}", Args: map[string]string{"why": err.Error()}}, err)
				})
			}
		})
	})
}
