package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// callFollowUp notes, after the call, when to come back to its record (requirements.md H3): by one of
// the usual days, or a day and time that are typed or reached by the arrows; and whose it is.
type callFollowUp struct {
	v     *callView
	root  *fyne.Container
	rows  *fyne.Container
	none  *kit.FilterChip
	chips []*kit.FilterChip
	when  *kit.StateWord // or what is wrong with what was typed
	day   *kit.Field
	clock *kit.Field
	who   *kit.Select     // there are colleagues to give it to
	air   *fyne.Container // above; not in a low window
	names []desk.Person
	due   time.Time // as the desk has it
	shown time.Time // what the fields were last filled with
	typed bool      // and whether they are otherwise since
}

// Between the rows of a follow-up, and below them.
const (
	followUpGap  = 6
	followUpFoot = 4
)

func newCallFollowUp(v *callView) *callFollowUp {
	f := &callFollowUp{v: v, air: kit.Gap(wrapUpAir)}
	f.none = kit.NewFilterChip("None|follow-up", func() { f.set(time.Time{}) })
	row := kit.Row(6, f.none)
	for _, q := range quickDues {
		chip := kit.NewFilterChip(q.name, func() { f.set(q.at(v.w.now())) })
		f.chips = append(f.chips, chip)
		row.Add(chip)
	}
	f.when = kit.NewStateWord("", "", kit.Neutral, kit.Caption)
	f.day = f.field(kit.NewBareField("Day", f.changed).WithPlaceholder("Day").WithIcon(theme.IconCalendar), 24*time.Hour, 7*24*time.Hour)
	f.clock = f.field(kit.NewBareField("Time", f.changed).WithPlaceholder("Time"), 15*time.Minute, time.Hour)
	f.who = kit.NewBareSelect("Responsible", nil, func(string) { f.set(f.due) })
	f.rows = kit.Column(followUpGap,
		kit.Row(8, kit.NewLabel("Follow-up", kit.Section), kit.Spacer(), f.when), row,
		kit.RowAligned(8, kit.Start, kit.GrowBy(4, f.day), kit.GrowBy(3, f.clock), kit.GrowBy(5, f.who)))
	f.root = kit.Column(0, f.air, kit.Pad(10-wrapUpAir, callMargin, followUpFoot, callMargin, f.rows))
	return f
}

// whole is how much of it is seen in a height so that no row is cut, and the heading does not stand alone.
func (f *callFollowUp) whole(height float32) (seen float32) {
	y := f.root.MinSize().Height - f.rows.MinSize().Height - followUpFoot // what is above the rows
	for n, row := range f.rows.Objects {
		if y += row.MinSize().Height; y > height {
			break
		}
		if n > 0 {
			seen = y
		}
		y += followUpGap
	}
	return seen
}

// field lets the arrows change the time by a step, Page Up and Page Down by a leap.
func (f *callFollowUp) field(field *kit.Field, step, leap time.Duration) *kit.Field {
	field.OnSubmit(func(string) { f.flush() })
	field.OnFocus(func(on bool) {
		if !on {
			f.flush()
		}
	})
	field.OnKey(func(e *fyne.KeyEvent) bool {
		by := map[fyne.KeyName]time.Duration{fyne.KeyUp: step, fyne.KeyDown: -step, fyne.KeyPageUp: leap, fyne.KeyPageDown: -leap}[e.Name]
		if e.Name == fyne.KeyEscape {
			f.v.w.win.Canvas().Unfocus()
			return true
		}
		if by != 0 {
			f.step(by)
		}
		return by != 0
	})
	return field
}

// step moves what the fields say, from tomorrow where they say nothing yet; never into the past.
func (f *callFollowUp) step(by time.Duration) {
	now := f.v.w.now()
	at, ok := f.read()
	switch {
	case !ok:
		at = quickDues[0].at(now)
	case by%(24*time.Hour) == 0: // whole days, whatever the clocks do
		at = at.AddDate(0, 0, int(by/(24*time.Hour)))
	default:
		at = at.Add(by)
	}
	if at.Before(now) {
		return
	}
	f.show(at)
	f.set(at)
}

func (f *callFollowUp) changed(string) {
	f.typed = true
	f.v.w.touched = f.v.w.now()
	f.wrong("", "")
}

// wrong says what is wrong with day or time; "" for nothing.
func (f *callFollowUp) wrong(day, clock string) {
	f.day.SetError(day)
	f.clock.SetError(clock)
	if why := joined(", ", day, clock); why != "" {
		f.when.Set(why, theme.IconAlert, kit.Bad)
		f.v.lay()
	}
}

// read is what the fields say; ok is false when that is no time.
func (f *callFollowUp) read() (at time.Time, ok bool) {
	now := f.v.w.now()
	day, isDay := dayOf(f.day.Text(), now)
	hour, minute, isTime := timeOfDay(f.clock.Text())
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, now.Location()), isDay && isTime
}

// flush notes what was typed, or says what is wrong with it.
func (f *callFollowUp) flush() {
	if !f.typed || !f.root.Visible() {
		return
	}
	if f.day.Text() == "" && f.clock.Text() == "" {
		f.set(time.Time{})
		return
	}
	at, ok := f.read()
	if !ok {
		if _, isDay := dayOf(f.day.Text(), f.v.w.now()); !isDay {
			f.wrong(text.T("Not a day"), "")
		} else {
			f.wrong("", text.T("Not a time"))
		}
		return
	}
	f.set(at)
}

func (f *callFollowUp) set(due time.Time) {
	f.typed, f.due = false, due
	f.v.w.touched = f.v.w.now()
	f.v.w.desk.FollowUp(f.v.w.id, due, f.who.Chosen())
}

// show fills the fields.
func (f *callFollowUp) show(due time.Time) {
	f.shown, f.typed = due, false
	if due.IsZero() {
		f.day.SetText("")
		f.clock.SetText("")
	} else {
		due = due.In(f.v.w.now().Location())
		f.day.SetText(typedDay(due))
		f.clock.SetText(text.Time(due))
	}
	f.wrong("", "")
}

func (f *callFollowUp) begin() { f.show(time.Time{}) }

// fill shows it after a call with somebody whom the CRM knows.
func (f *callFollowUp) fill(c desk.Call) {
	setShown(f.root, c.State == desk.Ended && c.Outcome != desk.AnsweredElsewhere && c.Card.Known && c.Form == nil && !f.v.overlaid())
	setShown(f.air, !f.v.w.low())
	now := f.v.w.now()
	f.due = c.FollowUp
	f.fillPeople(c)
	f.none.SetOn(c.FollowUp.IsZero())
	for i, q := range quickDues {
		f.chips[i].SetOn(c.FollowUp.Equal(q.at(now)))
	}
	words := ""
	if !c.FollowUp.IsZero() {
		words = text.Appointment(c.FollowUp.In(now.Location()), now)
	}
	if f.day.Problem() == "" && f.clock.Problem() == "" {
		f.when.Set(words, "", kit.Neutral)
	}
	if !f.typed && !f.shown.Equal(c.FollowUp) {
		f.show(c.FollowUp)
	}
}

// fillPeople shows whose the follow-up is, where it can be somebody else's.
func (f *callFollowUp) fillPeople(c desk.Call) {
	setShown(f.who, len(c.People) > 1)
	if !slices.Equal(f.names, c.People) {
		f.names = c.People
		options := make([]kit.Option, len(c.People))
		for i, p := range c.People {
			options[i] = kit.Option{ID: p.ID, Label: p.Name}
		}
		f.who.SetOptions(options)
	}
	f.who.SetChosen(c.FollowUpOwner)
}
