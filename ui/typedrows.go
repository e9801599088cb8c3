package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// typedRows are several values of one sort, each with its type if there are types: numbers, e-mail and SIP addresses.
type typedRows struct {
	box     *fyne.Container
	name    text.Key // of a field
	labels  []kit.Option
	rows    []*typedRow
	changed func()
	resized func()
}

// typedRow is one of them.
type typedRow struct {
	field *kit.Field
	label typedLabel
}

// typedLabel is the choice of a type.
type typedLabel struct {
	choice *kit.Select
	began  string // the label it had, which may be one that is not offered
	shown  string // the one that is shown for it
}

func newTypedLabel(labels []kit.Option, label string, changed func()) typedLabel {
	l := typedLabel{began: label, choice: kit.NewBareSelect("Type", labels, func(string) { changed() })}
	if label == string(crm.LabelHome) {
		label = string(crm.LabelPrivate)
	}
	l.choice.SetChosen(label)
	if l.choice.Chosen() == "" && len(labels) > 0 {
		l.choice.SetChosen(labels[0].ID)
	}
	l.shown = l.choice.Chosen()
	return l
}

// Label is the type that was chosen, else the one it had.
func (l typedLabel) Label() crm.Label {
	if l.choice.Chosen() == l.shown && l.began != "" {
		return crm.Label(l.began)
	}
	return crm.Label(l.choice.Chosen())
}

func newTypedRows(name, add text.Key, labels []kit.Option, changed, resized func()) *typedRows {
	r := &typedRows{name: name, labels: labels, changed: changed, resized: resized}
	plus := kit.NewButton(add, kit.Ghost, func() {
		label := ""
		if len(labels) > 0 {
			label = labels[0].ID
		}
		r.Add("", label)
		r.rows[len(r.rows)-1].field.Focus()
	}).WithIcon(theme.IconPlus).Small()
	r.box = kit.Column(6, kit.Sized(0, 32, kit.Row(0, plus, kit.Spacer()))) // as high as a field, whose label stands beside it
	return r
}

// Add adds a value.
func (r *typedRows) Add(value, label string) {
	row := &typedRow{label: newTypedLabel(r.labels, label, r.changed)}
	row.field = kit.NewBareField(r.name, func(string) { row.field.SetError(""); r.changed() })
	row.field.SetText(value)
	line := kit.Row(6, kit.Grow(row.field))
	if len(r.labels) > 0 {
		line.Add(kit.Sized(124, 32, row.label.choice))
	}
	wrong := kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	wrong.Hide()
	entry := kit.Column(2, line, wrong)
	row.field.OnProblem(func(why string) {
		wrong.SetText(why)
		setShown(wrong, why != "")
		r.box.Refresh()
		r.resized()
	})
	line.Add(kit.NewIconButton("Remove", theme.IconX, kit.Ghost, func() { r.remove(row, entry) }))
	r.rows = append(r.rows, row)
	at := len(r.box.Objects) - 1
	r.box.Objects = append(r.box.Objects[:at:at], entry, r.box.Objects[at])
	r.box.Refresh()
	r.resized()
}

func (r *typedRows) remove(row *typedRow, line fyne.CanvasObject) {
	for i, other := range r.rows {
		if other == row {
			r.rows = append(r.rows[:i], r.rows[i+1:]...)
			break
		}
	}
	r.box.Remove(line)
	r.changed()
	r.resized()
}

// crmLabels are the types of numbers, and those of e-mail addresses.
func crmLabels(all ...crm.Label) []kit.Option {
	names := map[crm.Label]text.Key{
		crm.LabelWork: text.Key("Work"), crm.LabelMobile: text.Key("Mobile"), crm.LabelMain: text.Key("Main number"),
		crm.LabelPrivate: text.Key("Private"), crm.LabelFax: text.Key("Fax"), crm.LabelOther: text.Key("Other|type"),
	}
	options := make([]kit.Option, len(all))
	for i, l := range all {
		options[i] = kit.Option{ID: string(l), Key: names[l]}
	}
	return options
}

func numberLabels() []kit.Option {
	return crmLabels(crm.LabelWork, crm.LabelMobile, crm.LabelMain, crm.LabelPrivate, crm.LabelFax, crm.LabelOther)
}

func emailLabels() []kit.Option {
	return crmLabels(crm.LabelWork, crm.LabelPrivate, crm.LabelOther)
}

// numbers are the numbers as typed; those that were there and are unchanged stay as they
// are. What is none is told at its field, and ok is false.
func (r *typedRows) numbers(was []crm.Number, region string) (all []crm.Number, ok bool) {
	ok = true
	for _, row := range r.rows {
		label := row.label.Label()
		typed := row.field.Text()
		if typed == "" {
			continue
		}
		n, is := writtenBefore(was, typed, region)
		if !is {
			n, is = crm.ParseNumber(typed, region, label)
		}
		n.Label = label
		if !is {
			row.field.SetError(text.T("Not a number"))
			ok = false
			continue
		}
		all = append(all, n)
	}
	return all, ok
}

// writtenBefore is the number that is shown as typed.
func writtenBefore(was []crm.Number, typed, region string) (crm.Number, bool) {
	for _, n := range was {
		if n.Show(region) == typed {
			return n, true
		}
	}
	return crm.Number{}, false
}

// emails are the addresses as typed; what is none is told at its field, and ok is false.
func (r *typedRows) emails() (all []crm.Email, ok bool) {
	ok = true
	for _, row := range r.rows {
		typed := row.field.Text()
		if typed == "" {
			continue
		}
		if !looksLikeEmail(typed) {
			row.field.SetError(text.T("Not an e-mail address"))
			ok = false
			continue
		}
		all = append(all, crm.Email{Address: typed, Label: row.label.Label()})
	}
	return all, ok
}

// sip are the SIP addresses as typed, without their scheme; what is none is told at its field, and ok is false.
func (r *typedRows) sip(region string) (all []string, ok bool) {
	ok = true
	for _, row := range r.rows {
		typed := strings.TrimSpace(row.field.Text())
		if typed == "" {
			continue
		}
		address, is := crm.ParseSIPAddress(typed, region)
		if !is {
			row.field.SetError(text.T("Not a SIP address"))
			ok = false
			continue
		}
		all = append(all, address)
	}
	return all, ok
}
