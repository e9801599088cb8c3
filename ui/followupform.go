package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// followUpForm notes what is to be done about a record, and when (requirements.md H3).
type followUpForm struct {
	v     *recordView
	task  *recordTask
	began crm.FollowUp
	text  *kit.Field
	day   *kit.Field
	clock *kit.Field
	who   *kit.Select
	chips []*kit.FilterChip
}

// followUp opens the form; the zero FollowUp is a new one.
func (v *recordView) followUp(f crm.FollowUp) {
	ref, c := v.rec.Ref, v.opt.Customers
	type choices struct {
		users []crm.User
		me    crm.User
	}
	fileAsk(v.opt, func(ctx context.Context) (has choices, err error) {
		if has.users, err = c.Users(ctx); err != nil {
			return has, err
		}
		has.me, err = c.Me(ctx)
		return has, err
	}, func(has choices, err error) {
		switch {
		case err != nil:
			v.host.warn(companyWhy(err))
		case v.row.Ref == ref:
			if f.ID == "" {
				f = crm.FollowUp{ID: c.NewID(), Ref: crmRef(ref), Responsible: has.me.ID, Due: quickDues[0].at(v.opt.Now())}
			}
			form := newFollowUpForm(v, f, has.users)
			v.begin(form.task, form.text)
		}
	})
}

func newFollowUpForm(v *recordView, began crm.FollowUp, users []crm.User) *followUpForm {
	f := &followUpForm{v: v, began: began}
	f.text = kit.NewBareField("What is to be done", func(string) {}).WithPlaceholder("Call back")
	f.text.SetText(began.Text)
	f.text.OnSubmit(func(string) { f.task.Submit() })
	f.day = kit.NewField("Day", func(string) { f.day.SetError(""); f.mark() })
	f.clock = kit.NewField("Time", func(string) { f.clock.SetError("") }).WithPlaceholder("9:00")
	f.who = kit.NewBareSelect("Responsible", userOptions(users), func(string) {})
	f.who.SetChosen(string(began.Responsible))
	chips := kit.Row(6)
	for _, q := range quickDues {
		chip := kit.NewFilterChip(q.name, func() { f.set(q.at(v.opt.Now())) })
		f.chips = append(f.chips, chip)
		chips.Add(chip)
	}
	f.task = newRecordTask("Follow-up", "Save", f.submit, v.end,
		settingsRow("What is to be done", f.text),
		settingsRow("When", kit.Column(8, chips, kit.Row(8, kit.Sized(140, 0, f.day), kit.Sized(100, 0, f.clock), kit.Spacer()))),
		selectRow("Responsible", f.who, ""))
	f.set(began.Due.In(v.opt.Now().Location()))
	return f
}

func userOptions(users []crm.User) []kit.Option {
	options := make([]kit.Option, len(users))
	for i, u := range users {
		options[i] = kit.Option{ID: string(u.ID), Label: u.Name}
	}
	return options
}

func (f *followUpForm) set(due time.Time) {
	f.day.SetText(typedDay(due))
	f.clock.SetText(text.Time(due))
	f.day.SetError("")
	f.clock.SetError("")
	f.mark()
}

// mark shows which of the quick days it is.
func (f *followUpForm) mark() {
	for i, q := range quickDues {
		f.chips[i].SetOn(f.day.Text() == typedDay(q.at(f.v.opt.Now())))
	}
}

func (f *followUpForm) submit() {
	day, isDay := dayOf(f.day.Text(), f.v.opt.Now())
	hour, minute, isTime := timeOfDay(f.clock.Text())
	if !isDay {
		f.day.SetError(text.T("Not a day"))
	}
	if !isTime {
		f.clock.SetError(text.T("Not a time"))
	}
	if !isDay || !isTime {
		f.task.Failed(text.T("Something above cannot be used as it is."))
		return
	}
	up := f.began
	up.Text, up.Responsible = f.text.Text(), crm.ID(f.who.Chosen())
	up.Due = time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, day.Location())
	f.task.Busy()
	fileDo(f.v.opt, func(ctx context.Context) error { return f.v.opt.Customers.Do(ctx, crm.SaveFollowUp{FollowUp: up}) }, func(err error) {
		switch {
		case err != nil:
			f.task.Failed(companyWhy(err))
		case f.v.task == f.task:
			f.v.end()
			f.v.Reload()
		}
	})
}

// followUpTitle is what is to be done, in words.
func followUpTitle(f crm.FollowUp, note string) string {
	switch {
	case f.Text != "":
		return f.Text
	case note != "":
		return note
	}
	return text.T("Call back")
}

// setDone marks a follow-up as done by who works here, or takes that back with the zero time.
func setDone(opt MainOptions, f crm.FollowUp, at time.Time, done func(error)) {
	fileDo(opt, func(ctx context.Context) error {
		f.Done, f.DoneBy = at, ""
		if !at.IsZero() {
			me, err := opt.Customers.Me(ctx)
			if err != nil {
				return err
			}
			f.DoneBy = me.ID
		}
		return opt.Customers.Do(ctx, crm.SaveFollowUp{FollowUp: f})
	}, done)
}

// doneFollowUp marks a follow-up as done and offers to take that back; after either, then is called.
func doneFollowUp(opt MainOptions, host recordHost, f crm.FollowUp, note string, then func()) {
	setDone(opt, f, opt.Now(), func(err error) {
		if err != nil {
			host.warn(companyWhy(err))
			return
		}
		host.offer(text.T("Done: {what}", "what", followUpTitle(f, note)), "Undo", func() {
			setDone(opt, f, time.Time{}, func(err error) {
				if err != nil {
					host.warn(companyWhy(err))
				}
				then()
			})
		})
		then()
	})
}

// planned are the open follow-ups of the record, on top of its timeline.
func (v *recordView) planned() []*kit.TimelineNode {
	var nodes []*kit.TimelineNode
	now := v.opt.Now()
	for _, r := range v.more.due {
		if len(nodes) == 0 {
			nodes = append(nodes, kit.NewTimelineHeading(text.T("Planned")))
		}
		icon, tone := followUpShape(r.FollowUp, now)
		node := kit.NewTimelineNode(icon, tone, followUpTitle(r.FollowUp, r.Note), joined(" · ", text.Appointment(r.Due.In(now.Location()), now), r.Who), "")
		node.Below(kit.Row(6, kit.NewButton("Done|follow-up", kit.Line, func() {
			doneFollowUp(v.opt, v.host, r.FollowUp, r.Note, v.Reload)
		}).WithIcon(iconDone).Small(), kit.NewButton("Change…", kit.Ghost, func() { v.followUp(r.FollowUp) }).Small(), kit.Spacer()))
		nodes = append(nodes, node)
	}
	return nodes
}

// plannedOf are the open follow-ups of a record, with who is responsible for each and the note of the call that one was noted in.
func plannedOf(ctx context.Context, c Customers, r desk.Ref) (due []crm.FollowUpRow, err error) {
	all, err := c.FollowUps(ctx, crmRef(r))
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if f.Done.IsZero() {
			due = append(due, crm.FollowUpRow{FollowUp: f})
		}
	}
	if len(due) == 0 {
		return nil, nil
	}
	users, err := c.Users(ctx)
	if err != nil {
		return nil, err
	}
	for i, f := range due {
		if n := slices.IndexFunc(users, func(u crm.User) bool { return u.ID == f.Responsible }); n >= 0 {
			due[i].Who = users[n].Name
		}
		if f.Call == "" || f.Text != "" {
			continue
		}
		switch row, err := c.Call(ctx, f.Call); {
		case errors.Is(err, crm.ErrNotFound): // a colleague's, which not every role has
		case err != nil:
			return nil, err
		default:
			due[i].Note, _, _ = strings.Cut(strings.TrimSpace(row.Call.Note), "\n")
		}
	}
	return due, nil
}
