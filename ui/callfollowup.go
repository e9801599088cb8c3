package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// callFollowUp notes, after the call, when to come back to its record (requirements.md H3).
type callFollowUp struct {
	root  *fyne.Container
	none  *kit.FilterChip
	chips []*kit.FilterChip
	when  *kit.Label
	now   func() time.Time
}

func newCallFollowUp(v *callView) *callFollowUp {
	f := &callFollowUp{now: func() time.Time { return v.w.now() }}
	set := func(due time.Time) {
		v.w.touched = v.w.now()
		v.w.desk.FollowUp(v.w.id, due)
	}
	f.none = kit.NewFilterChip("None|follow-up", func() { set(time.Time{}) })
	row := kit.Row(6, f.none)
	for _, q := range quickDues {
		chip := kit.NewFilterChip(q.name, func() { set(q.at(v.w.now())) })
		f.chips = append(f.chips, chip)
		row.Add(chip)
	}
	f.when = kit.NewData("", kit.Caption)
	f.root = kit.Pad(10, callMargin, 4, callMargin, kit.Column(6,
		kit.Row(8, kit.NewLabel("Follow-up", kit.Section), kit.Spacer(), f.when), row))
	return f
}

// fill shows it after a call with somebody whom the CRM knows.
func (f *callFollowUp) fill(c desk.Call) {
	setShown(f.root, c.State == desk.Ended && c.Outcome != desk.AnsweredElsewhere && c.Card.Known && c.Form == nil)
	now := f.now()
	f.none.SetOn(c.FollowUp.IsZero())
	for i, q := range quickDues {
		f.chips[i].SetOn(c.FollowUp.Equal(q.at(now)))
	}
	words := ""
	if !c.FollowUp.IsZero() {
		words = text.Appointment(c.FollowUp.In(now.Location()), now)
	}
	f.when.SetText(words)
}
