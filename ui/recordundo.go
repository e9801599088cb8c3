package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// did ends a task that can be taken back, and offers that.
func (v *recordView) did(t *recordTask, u crm.Undo) {
	v.host.offer(text.Say(desk.Text(u.Title)), "Undo", func() { v.undo(u) })
	if v.task == t {
		v.end()
	}
	v.Reload()
	v.changed()
}

// undo takes something back and shows what it was done to.
func (v *recordView) undo(u crm.Undo) {
	fileDo(v.opt, func(ctx context.Context) error { return v.opt.Customers.Undo(ctx, u.ID) }, func(err error) {
		if err != nil {
			v.host.warn(companyWhy(err))
			v.Reload()
			return
		}
		v.host.withdraw(text.Say(desk.Text(u.Title))) // its Undo, where another one was pressed
		v.changed()
		v.host.open(deskRef(u.Refs[len(u.Refs)-1]))
	})
}

// undosOf are what can still be taken back of a record.
func undosOf(ctx context.Context, c Customers, r desk.Ref) ([]crm.Undo, error) {
	all, err := c.Undos(ctx)
	return slices.DeleteFunc(all, func(u crm.Undo) bool { return !slices.Contains(u.Refs, crmRef(r)) }), err
}

// undoBar says what can be taken back of the record; nothing when there is nothing.
func (v *recordView) undoBar() fyne.CanvasObject {
	rows := kit.Column(6)
	for _, u := range v.more.undos {
		rows.Add(kit.Stack(kit.FillRound(theme.AccentSoft, 6), kit.Sized(0, 32, kit.Pad(0, 10, 0, 10, kit.Row(8,
			kit.Grow(kit.NewData(joined(" · ", text.Say(desk.Text(u.Title)), text.Day(u.At, v.opt.Now())), kit.Secondary.In(theme.Text1)).Shrink(0)),
			kit.NewButton("Undo", kit.Link, func() { v.undo(u) }))))))
	}
	setShown(rows, len(rows.Objects) > 0)
	return rows
}
