package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// importTargets are what a column may be taken for, by the names that ImportColumn.Target has; those
// of a company's own fields come on top.
func importTargets(own []string) []kit.Option {
	options := []kit.Option{{ID: "", Key: text.Key("Not taken")}}
	add := func(base string, labels ...crm.Label) {
		options = append(options, kit.Option{ID: base, Label: importTargetName(base)})
		for _, l := range labels {
			id := base + ":" + string(l)
			options = append(options, kit.Option{ID: id, Label: importTargetName(id)})
		}
	}
	for _, base := range []string{"first", "middle", "last", "name", "company", "position"} {
		add(base)
	}
	add("phone", crm.LabelWork, crm.LabelMobile, crm.LabelHome, crm.LabelMain, crm.LabelPrivate, crm.LabelFax, crm.LabelOther)
	add("email", crm.LabelWork, crm.LabelHome, crm.LabelOther)
	add("sip")
	for _, base := range []string{"address", "street", "zip", "city", "state", "country"} {
		add(base, crm.LabelWork, crm.LabelHome)
	}
	for _, base := range []string{"comment", "marks", "source", "responsible"} {
		add(base)
	}
	for _, name := range own {
		add("field:" + name)
	}
	return options
}

// importTargetName is a target in words: "Phone · Work".
func importTargetName(id string) string {
	base, label, _ := strings.Cut(id, ":")
	if base == "field" {
		return label
	}
	name := map[string]text.Key{
		"first": text.Key("First name"), "middle": text.Key("Middle name"), "last": text.Key("Last name"), "name": text.Key("Whole name"),
		"company": text.Key("Company"), "position": text.Key("Position"), "phone": text.Key("Phone"), "email": text.Key("E-mail"), "sip": text.Key("SIP address"),
		"address": text.Key("Address in one piece"), "street": text.Key("Street"), "zip": text.Key("Postal code"), "city": text.Key("Town"),
		"state": text.Key("State|address"), "country": text.Key("Country"), "comment": text.Key("Comment"), "marks": text.Key("Marks"),
		"source": text.Key("Source"), "responsible": text.Key("Responsible"), "label": text.Key("Says what another column is"), "record": text.Key("Contact"),
	}[base]
	if label == "" {
		return text.T(name)
	}
	of := map[crm.Label]text.Key{
		crm.LabelWork: text.Key("Work"), crm.LabelMobile: text.Key("Mobile"), crm.LabelHome: text.Key("At home"), crm.LabelMain: text.Key("Main number"),
		crm.LabelPrivate: text.Key("Private"), crm.LabelFax: text.Key("Fax"), crm.LabelOther: text.Key("Other|type"),
	}[crm.Label(label)]
	return text.T(name) + " · " + text.T(of)
}

// assign lets a person say which column is what; why says what is the matter, where something is.
func (v *settingsImportView) assign(why string) {
	v.step = func() { v.assign(why) }
	options := importTargets(v.preview.Own)
	var rows []fyne.CanvasObject
	if why != "" {
		rows = append(rows, kit.NewProseData(why, kit.Secondary))
	}
	for _, c := range v.preview.Columns {
		rows = append(rows, v.columnRow(c, options))
	}
	again := kit.NewButton("Read the file like this", kit.Primary, v.recount)
	v.show(settingsBar(kit.Spacer(), kit.NewButton("Cancel", kit.Line, func() { v.start("", false) }), again),
		kit.NewLabel("Which column is what", kit.Strong), kit.Column(8, rows...))
}

// columnRow is a column with what is in it and what it is taken for.
func (v *settingsImportView) columnRow(c ImportColumn, options []kit.Option) fyne.CanvasObject {
	target := c.Target
	if said, ok := v.columns[c.Header]; ok {
		target = said
	}
	if !slices.ContainsFunc(options, func(o kit.Option) bool { return o.ID == target }) {
		options = append(slices.Clone(options), kit.Option{ID: target, Label: importTargetName(target)})
	}
	choice := kit.NewBareSelectData(c.Header, options, func(id string) { v.columns[c.Header] = id })
	choice.SetChosen(target)
	return kit.Columns(12, kit.Column(2, kit.NewData(c.Header, kit.Body).Shrink(40), kit.NewData(c.Sample, kit.Quiet).Shrink(40)), choice)
}
