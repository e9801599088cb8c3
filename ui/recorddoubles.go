package ui

import (
	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// doublesMost is how many possible duplicates a form shows.
const doublesMost = 3

// recordDoubles shows, while one types, what the record would double.
type recordDoubles struct {
	v       *recordView
	box     *fyne.Container
	asking  asker[crm.Likeness, []crm.Duplicate]
	rest    *mainDelay
	typed   func() (crm.Likeness, bool)
	resized func()
	touched bool // something was typed: it would be lost by leaving the form
}

func newRecordDoubles(v *recordView, typed func() (crm.Likeness, bool), resized func()) *recordDoubles {
	d := &recordDoubles{v: v, box: kit.Column(6), typed: typed, resized: resized}
	d.asking = asker[crm.Likeness, []crm.Duplicate]{do: v.opt.Do, ask: v.opt.Customers.Like}
	d.rest = newMainDelay(v.opt.Do, pause, d.Look)
	d.box.Hide()
	return d
}

// Typed looks after a pause of the typing; the question before is cancelled at once.
func (d *recordDoubles) Typed() {
	d.touched = true
	d.asking.Stop()
	d.rest.Restart()
}

// Stop drops what waits or is on its way.
func (d *recordDoubles) Stop() {
	d.rest.Stop()
	d.asking.Stop()
}

// Look looks now.
func (d *recordDoubles) Look() {
	like, enough := d.typed()
	if !enough {
		d.show(nil, like)
		return
	}
	d.asking.Ask(like, func(found []crm.Duplicate, err error) {
		if err != nil { // a hint; saving does not depend on it
			found = nil
		}
		d.show(found, like)
	})
}

func (d *recordDoubles) show(found []crm.Duplicate, like crm.Likeness) {
	d.box.Objects = nil
	for _, double := range found[:min(len(found), doublesMost)] {
		buttons := []fyne.CanvasObject{kit.NewButton("Open|record", kit.WarningLink, func() { d.v.host.open(deskRef(double.Ref)) })}
		if like.Ref.ID != "" && !d.touched {
			buttons = append(buttons, kit.NewButton("Merge…", kit.WarningLink, func() { d.v.merge(&double) }))
		}
		words := joined(" · ", doubleName(double, d.v.opt.Region), double.Sub, sameWhat(double))
		row := append([]fyne.CanvasObject{kit.NewIcon(theme.IconCopy, 14, theme.WarningText).Image,
			kit.Grow(kit.NewData(text.T("Similar: {name}", "name", words), kit.Secondary.In(theme.WarningText)).Shrink(0))}, buttons...)
		d.box.Add(kit.Stack(kit.FillRound(theme.WarningSoft, 6), kit.Sized(0, 32, kit.Pad(0, 10, 0, 10, kit.Row(8, row...)))))
	}
	setShown(d.box, len(d.box.Objects) > 0)
	d.resized()
}

func doubleName(d crm.Duplicate, region string) string {
	if d.Name == "" {
		return d.By.Show(region)
	}
	return d.Name
}

// sameWhat says by what a record is like the other.
func sameWhat(d crm.Duplicate) string {
	switch {
	case d.ByNumber:
		return text.T("same number")
	case d.ByEmail:
		return text.T("same e-mail")
	}
	return text.T("same name")
}
