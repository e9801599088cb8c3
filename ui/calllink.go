package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// callLink finds the record that an unknown caller is: it gets the number (requirements.md C3).
type callLink struct {
	v       *callView
	root    *fyne.Container
	offer   *fyne.Container // the buttons, where no form is offered
	name    *kit.Button     // opens the form for the name
	except  *kit.Button     // while it does not ring: then it stands below the actions
	field   *kit.Field
	rows    *fyne.Container
	none    *kit.Label
	problem *kit.Prose
	found   []desk.Match
	at      int // the one of them that Enter takes
}

func newCallLink(v *callView) *callLink {
	l := &callLink{v: v, rows: kit.Column(0), none: kit.NewLabel("Nothing found", kit.Secondary)}
	l.name = kit.NewButton("Name the lead", kit.Line, func() { v.w.desk.OpenForm(v.w.id, v.w.call.Card.Ref.Kind) })
	l.except = kit.NewButton("Exceptions", kit.Ghost, func() { v.w.desk.Except(v.w.id) }).WithIcon(theme.IconBan).Small()
	l.offer = kit.Pad(8, callMargin, 8, callMargin, kit.Row(2, l.name, l.button().Small(), l.except, kit.Spacer()))
	l.field = kit.NewBareField("Link to", func(s string) { v.w.desk.FindToLink(v.w.id, s) }).WithPlaceholder("Name, company or number").WithIcon(theme.IconSearch)
	l.field.OnSubmit(func(string) { l.take(l.at) })
	l.problem = kit.NewProseData("", kit.Secondary.In(theme.DangerText)).MaxLines(2)
	cancel := kit.NewButton("Cancel", kit.Ghost, v.toggleLink).WithHint("Esc").Small()
	l.root = kit.Column(0,
		kit.Sized(0, 34, kit.Pad(6, callMargin, 0, callMargin, kit.Row(8, kit.NewLabel("Who is it?", kit.Section), kit.Spacer(), cancel))),
		kit.Pad(0, callMargin, 8, callMargin, kit.Column(6, l.field, l.problem, l.none)), l.rows, kit.Gap(8), kit.Sized(0, 1, kit.NewHairline()))
	l.root.Hide()
	return l
}

// button opens the search.
func (l *callLink) button() *kit.Button {
	return kit.NewButton("Link to…", kit.Ghost, l.v.toggleLink).WithIcon(theme.IconLink)
}

func (l *callLink) begin() {
	l.field.SetText("")
	l.found, l.at, l.rows.Objects = nil, 0, nil
}

// offered tells whether a call may be linked by hand: nobody is known, or only a record without a name that
// the line has made, or several have the number and it may be none of them.
func (l *callLink) offered(c desk.Call) bool {
	return offersForm(c) || len(c.Card.Matches) > 1 || nameless(c) && c.Party.Number != ""
}

// nameless tells whether the caller is a record that has nothing but the number: a lead that the line has made, or a contact
// where there are no leads.
func nameless(c desk.Call) bool {
	return c.Card.Known && c.Card.Name == "" && (c.Card.Ref.Kind == desk.Lead || c.Card.Ref.Kind == desk.Contact)
}

func (l *callLink) fill(c desk.Call, open bool) {
	setShown(l.root, open)
	setShown(l.offer, l.offered(c) && !offersForm(c) && len(c.Card.Matches) < 2 && !l.v.overlaid() && c.Form == nil)
	setShown(l.name, nameless(c) && (c.Card.OpenLead || c.Card.Ref.Kind == desk.Contact))
	setShown(l.except, phaseOf(c.State) != ringing && c.Excepting == nil && c.Party.Dial != "" && c.Reason.Key != crm.ReasonException)
	if c.Card.Ref.Kind == desk.Contact {
		l.name.Rename("Name the contact")
	} else {
		l.name.Rename("Name the lead")
	}
	setShown(l.problem, c.Linking.Error.Key != "")
	l.problem.SayText(c.Linking.Error)
	setShown(l.none, c.Linking.Searched && len(c.Linking.Found) == 0)
	if !open {
		return
	}
	if !slices.Equal(l.found, c.Linking.Found) {
		l.found, l.at = c.Linking.Found, 0
	}
	l.list()
}

// list draws what was found, with the one that Enter takes among it.
func (l *callLink) list() {
	l.rows.Objects = nil
	for i, m := range l.found {
		l.rows.Objects = append(l.rows.Objects, l.row(i, m))
	}
}

// key has the arrows go over what was found while one types.
func (l *callLink) key(k fyne.KeyName) bool {
	to := l.at
	switch k {
	case fyne.KeyDown:
		to++
	case fyne.KeyUp:
		to--
	default:
		return false
	}
	if to >= 0 && to < len(l.found) {
		l.at = to
		l.list()
		l.v.lay()
	}
	return true
}

func (l *callLink) row(i int, m desk.Match) fyne.CanvasObject {
	icon := map[desk.RecordKind]theme.IconName{desk.Contact: theme.IconContact, desk.Company: theme.IconCompany, desk.Lead: theme.IconLead}[m.Ref.Kind]
	words := kit.Column(1, kit.NewData(m.Name, kit.Strong).Shrink(40))
	if m.Sub != "" {
		words.Add(kit.NewData(m.Sub, kit.Secondary).Shrink(40))
	}
	cells := kit.Row(10, kit.NewIcon(icon, 16, theme.Text2).Image, kit.Grow(words))
	cells.Add(kit.NewData(text.T(kindWord(m.Ref.Kind)), kit.Quiet))
	if i == l.at {
		cells.Add(kit.NewKeyHint("Enter"))
	}
	row := newPressFocus("row", 0, kit.Sized(0, 44, kit.Pad(0, callMargin, 0, callMargin, cells)), func() { l.take(i) })
	row.SetSelected(i == l.at)
	row.english = func() string { return m.Name }
	row.shown = func() string { return joined(" · ", m.Name, m.Sub, text.T(kindWord(m.Ref.Kind))) }
	return row
}

// take links the call to what was found.
func (l *callLink) take(i int) {
	if i < len(l.found) && l.v.w.call.Linking.Words == l.field.Text() {
		l.v.w.desk.LinkTo(l.v.w.id, l.found[i].Ref)
	}
}

// toggleLink opens or closes the search.
func (v *callView) toggleLink() {
	v.linkOpen, v.keypadOpen, v.transferOpen = !v.linkOpen, false, false
	v.fresh = true
	if !v.linkOpen {
		v.link.begin()
	}
	v.fill(v.w.call, v.w.now())
	if v.linkOpen {
		v.w.win.Canvas().Focus(v.link.field.Focusable())
	}
}
