package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// addressRows are the postal addresses of a record, each with its type.
type addressRows struct {
	box     *fyne.Container
	rows    []*addressRow
	resized func()
}

// addressRow is one of them.
type addressRow struct {
	was                                      crm.Address
	street, postalCode, city, state, country *kit.Field
	label                                    typedLabel
	box                                      fyne.CanvasObject
}

func newAddressRows(addresses []crm.Address, resized func()) *addressRows {
	r := &addressRows{resized: func() {}}
	plus := kit.NewButton("Add address", kit.Ghost, func() {
		r.Add(crm.Address{Label: crm.LabelWork})
		r.rows[len(r.rows)-1].street.Focus()
	}).WithIcon(theme.IconPlus).Small()
	r.box = kit.Column(14, kit.Sized(0, 32, kit.Row(0, plus, kit.Spacer())))
	for _, a := range addresses {
		r.Add(a)
	}
	r.resized = resized
	return r
}

// Add adds an address.
func (r *addressRows) Add(a crm.Address) {
	row := &addressRow{was: a}
	field := func(name text.Key, value string) *kit.Field {
		f := kit.NewBareField(name, func(string) {}).WithPlaceholder(name)
		f.SetText(value)
		return f
	}
	row.street = kit.NewNoteField("Street and number", 52, func(string) {}).WithPlaceholder("Street and number")
	row.street.SetText(a.Street)
	row.postalCode, row.city = field("Postal code", a.PostalCode), field("City", a.City)
	row.state, row.country = field("State or region", a.State), field("Country|address", a.Country)
	row.label = newTypedLabel(addressLabels(), string(a.Label), func() {})
	remove := kit.NewIconButton("Remove", theme.IconX, kit.Ghost, func() { r.remove(row) })
	row.box = kit.RowAligned(6, kit.Start, kit.Grow(kit.Column(6, row.street,
		kit.Row(6, kit.Sized(110, 0, row.postalCode), kit.Grow(row.city)),
		kit.Columns(6, row.state, row.country))), kit.Sized(124, 32, row.label.choice), remove)
	r.rows = append(r.rows, row)
	at := len(r.box.Objects) - 1
	r.box.Objects = append(r.box.Objects[:at:at], row.box, r.box.Objects[at])
	r.box.Refresh()
	r.resized()
}

func (r *addressRows) remove(row *addressRow) {
	for i, other := range r.rows {
		if other == row {
			r.rows = append(r.rows[:i], r.rows[i+1:]...)
			break
		}
	}
	r.box.Remove(row.box)
	r.resized()
}

// addresses are those that something was typed in; one that is unchanged stays as it is.
func (r *addressRows) addresses() (all []crm.Address) {
	for _, row := range r.rows {
		a := crm.Address{Street: kept(row.was.Street, row.street), PostalCode: kept(row.was.PostalCode, row.postalCode), City: kept(row.was.City, row.city),
			State: kept(row.was.State, row.state), Country: kept(row.was.Country, row.country)}
		if a != (crm.Address{}) {
			a.Label = row.label.Label()
			all = append(all, a)
		}
	}
	return all
}

// kept is what was there, blanks and all, unless something else was typed.
func kept(was string, f *kit.Field) string {
	if f.Text() == was {
		return was
	}
	return strings.TrimSpace(f.Text())
}

func addressLabels() []kit.Option {
	return crmLabels(crm.LabelWork, crm.LabelPrivate, crm.LabelOther)
}
