package desk

import (
	"context"
	"slices"
	"strings"

	"leadline/crm"
)

// TraceOf tells what AddExceptions would remove from the CRM. numbers are as they are
// dialled. It waits for the file.
func (d *Desk) TraceOf(ctx context.Context, numbers []string) (Trace, error) {
	entries, err := d.exceptionsOf(ctx, numbers)
	if err != nil {
		return Trace{}, d.notExcepted(err)
	}
	found, err := d.file.TraceOf(ctx, entries)
	if err != nil {
		return Trace{}, d.notExcepted(err)
	}
	t := Trace{Calls: found.Calls}
	for _, l := range found.Leads {
		t.Leads = append(t.Leads, viewRef(l))
	}
	return t, nil
}

// AddExceptions makes exceptions of numbers and removes what the CRM has of them
// (requirements.md E2). It waits for the file.
func (d *Desk) AddExceptions(ctx context.Context, numbers []string) error {
	entries, err := d.exceptionsOf(ctx, numbers)
	if err == nil {
		err = d.file.AddExceptions(ctx, entries, true)
	}
	if err != nil {
		return d.notExcepted(err)
	}
	d.Tell(Notice{Text: Text{Key: "Added to the CRM exceptions"}})
	return nil
}

// exceptionsOf makes entries of numbers; those that are there already keep their comment.
func (d *Desk) exceptionsOf(ctx context.Context, numbers []string) ([]crm.Entry, error) {
	entries, _ := crm.ParseEntries(crm.Exceptions, strings.Join(numbers, "\n"), d.region)
	known, err := d.file.Entries(ctx, crm.Exceptions)
	for i, e := range entries {
		if at := slices.IndexFunc(known, func(k crm.Entry) bool { return k.ID == e.ID }); at >= 0 {
			entries[i] = known[at]
		}
	}
	return entries, err
}

func (d *Desk) notExcepted(err error) error {
	d.post(func() {
		d.warn(because("Not added to the CRM exceptions: {why}", err), err)
	})
	return err
}

// Except makes an exception of the number of a call. What the CRM has of it is asked
// about first, in Call.Excepting.
func (d *Desk) Except(id CallID) {
	d.withCall(id, func(c *onDesk) {
		number := c.party.DialString()
		d.write(func(ctx context.Context) {
			trace, err := d.TraceOf(ctx, []string{number})
			switch {
			case err != nil:
			case trace.None():
				d.except(ctx, c, number)
			default:
				d.post(func() { c.trace, d.dirty = &trace, true })
			}
		})
	})
}

// AnswerException answers the question of Call.Excepting: yes removes and adds, no
// leaves everything as it is.
func (d *Desk) AnswerException(id CallID, yes bool) {
	d.withCall(id, func(c *onDesk) {
		if c.trace == nil {
			return
		}
		c.trace, d.dirty = nil, true
		if number := c.party.DialString(); yes {
			d.write(func(ctx context.Context) { d.except(ctx, c, number) })
		}
	})
}

// except makes an exception of a call's number; the call says so. It runs on the writer's goroutine.
func (d *Desk) except(ctx context.Context, c *onDesk, number string) {
	if d.AddExceptions(ctx, []string{number}) != nil {
		return
	}
	d.check(d.file.Do(ctx, crm.LinkCall{Call: crm.ID(c.id), Reason: crm.Say(crm.ReasonException, "entry", number)}))
	d.showReason(ctx, c)
}

func (d *Desk) withCall(id CallID, do func(*onDesk)) {
	d.post(func() {
		if c := d.byID(id); c != nil && c.party.Kind != crm.Withheld {
			do(c)
		}
	})
}
