package ui

import (
	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/theme"
)

// callAfter leads on from a call that is over: to the record, and to its conversion while it is an open lead.
type callAfter struct {
	root    *fyne.Container
	convert *kit.Button
}

func newCallAfter(v *callView) *callAfter {
	a := &callAfter{convert: kit.NewButton("Convert…", kit.Link, func() { v.w.convert(v.w.call.Card.Ref) })}
	open := kit.NewButton("Open the record", kit.Link, v.openRecord)
	a.root = kit.Stack(kit.Fill(theme.Sunk), kit.Column(0, kit.NewHairline(),
		kit.Sized(0, 36, kit.Pad(0, callMargin, 0, callMargin, kit.Row(20, kit.Spacer(), a.convert, open)))))
	a.root.Hide()
	return a
}

func (a *callAfter) fill(c desk.Call) {
	setShown(a.root, c.State == desk.Ended && c.Card.Known && c.Card.Ref.ID != "" && c.Form == nil)
	setShown(a.convert, c.Card.OpenLead)
}
