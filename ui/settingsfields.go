package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsFieldsView lists the company's custom fields and edits one of them.
type settingsFieldsView struct {
	setupPlace
	have []crm.Field
}

func newSettingsFields(opt MainOptions) *settingsFieldsView {
	v := &settingsFieldsView{setupPlace: newSetupPlace(opt, crm.SetupField, maySettings)}
	v.read = func() {
		companyAsk(opt, func(ctx context.Context, c Company) ([]crm.Field, error) { return c.Fields(ctx) }, func(have []crm.Field, err error) {
			v.have = have
			v.listed(err)
		})
	}
	v.list = v.fields
	return v
}

func (v *settingsFieldsView) fields() {
	showList(&v.setupPlace, setupWords{"Custom fields", "Add field", theme.IconList, "No custom field yet",
		"A field of your own on records of some kinds: a customer number, a birthday."}, v.have, v.add,
		func(f crm.Field) setupEntry {
			return setupEntry{id: f.ID, name: f.Name, sub: fieldSummary(f), edit: func() { v.editField(f) }, up: func() { v.moveUp(f.ID) }, first: f.ID == v.have[0].ID}
		})
}

// moveUp puts a field before the one above it, on all forms and records.
func (v *settingsFieldsView) moveUp(id crm.ID) {
	order := slices.Clone(v.have)
	moveUp(order, slices.IndexFunc(order, func(f crm.Field) bool { return f.ID == id }))
	var changes []crm.Change
	for i, f := range order {
		if f.Order != i {
			f.Order = i
			changes = append(changes, crm.SaveField{Field: f})
		}
	}
	v.change(changes...)
}

// fieldTypeName is what a field holds, in words.
func fieldTypeName(t crm.FieldType) text.Key {
	switch t {
	case crm.NumberField:
		return text.Key("Number|field")
	case crm.DateField:
		return text.Key("Date")
	case crm.ChoiceField:
		return text.Key("Choice")
	}
	return text.Key("Text|field")
}

// fieldSummary is what a field holds and where, in a line.
func fieldSummary(f crm.Field) string {
	var kinds []string
	for _, k := range f.Kinds {
		kinds = append(kinds, text.T(kindName(desk.RecordKind(k))))
	}
	required := ""
	if f.Required {
		required = text.T("required")
	}
	return joined(" · ", text.T(fieldTypeName(f.Type)), strings.Join(kinds, ", "), required)
}

func (v *settingsFieldsView) add() {
	order := 0
	for _, f := range v.have {
		order = max(order, f.Order+1)
	}
	v.editField(crm.Field{ID: v.opt.Company.NewID(), Type: crm.TextField, Kinds: []crm.Kind{crm.KindContact}, Order: order})
}

func (v *settingsFieldsView) editField(began crm.Field) {
	f := newFieldForm(v, began)
	v.edit(f.editor, f.name)
}

// fieldForm edits one custom field.
type fieldForm struct {
	v       *settingsFieldsView
	began   crm.Field
	value   crm.Field
	editor  *companyEditor
	name    *kit.Field
	choices *fyne.Container
}

var fieldKinds = []crm.Kind{crm.KindContact, crm.KindCompany, crm.KindLead, crm.KindDeal}

func newFieldForm(v *settingsFieldsView, began crm.Field) *fieldForm {
	f := &fieldForm{v: v, began: began, value: began}
	title := began.Name
	if title == "" {
		title = text.T("New field")
	}
	f.name = kit.NewBareField("Name of the field", func(s string) { f.value.Name = strings.TrimSpace(s); f.look() })
	f.name.SetText(began.Name)
	kinds := kit.Column(6)
	for _, k := range fieldKinds {
		if k == crm.KindLead && v.opt.Desk.Snapshot().NoLeads && !began.Has(k) { // nothing is said of leads there (requirements.md F2)
			continue
		}
		check := kit.NewCheck(kindName(desk.RecordKind(k)), func(on bool) { f.setKind(k, on) })
		check.SetOn(began.Has(k))
		kinds.Add(check)
	}
	var types []kit.Option
	for _, t := range []crm.FieldType{crm.TextField, crm.NumberField, crm.DateField, crm.ChoiceField} {
		types = append(types, kit.Option{ID: string(t), Key: fieldTypeName(t)})
	}
	kind := kit.NewSegmented("Type", types, func(id string) { f.value.Type = crm.FieldType(id); f.look() })
	kind.SetChosen(string(began.Type))
	choices := kit.NewNoteField("Choices", 100, func(s string) { f.value.Choices = typedLines(s); f.look() })
	choices.SetText(strings.Join(began.Choices, "\n"))
	f.choices = kit.Stack(settingsRow("Choices", kit.Column(4, choices, kit.NewProse("One per line.", kit.Quiet))))
	required := kit.NewCheck("Required", func(on bool) { f.value.Required = on; f.look() }).WithHelp("Asked for when a record is made by hand or converted.")
	required.SetOn(began.Required)
	setShown(f.choices, began.Type == crm.ChoiceField)
	f.editor = newCompanyEditor(v.opt, title, v.close, f.changes, f.submit, func() { v.editField(f.began) },
		fieldRow("Name", 260, f.name, ""), settingsRow("Used for", kinds), settingsRow("Type", kit.Row(0, kind, kit.Spacer())), f.choices, settingsRow("Required", required))
	return f
}

func (f *fieldForm) setKind(k crm.Kind, on bool) {
	f.value.Kinds = slices.DeleteFunc(slices.Clone(f.value.Kinds), func(o crm.Kind) bool { return o == k })
	if on {
		f.value.Kinds = append(f.value.Kinds, k)
		slices.SortFunc(f.value.Kinds, func(a, b crm.Kind) int {
			return cmp.Compare(slices.Index(fieldKinds, a), slices.Index(fieldKinds, b))
		})
	}
	f.look()
}

func (f *fieldForm) changes() int { return differences(f.value, f.began) }

func (f *fieldForm) look() {
	if f.editor == nil {
		return
	}
	f.name.SetError("")
	setShown(f.choices, f.value.Type == crm.ChoiceField)
	f.editor.Refit()
	f.editor.Saved("")
}

func (f *fieldForm) submit() {
	switch {
	case f.value.Name == "":
		f.name.SetError(text.T("A field needs a name"))
		f.editor.Saved(text.T("Something above cannot be used as it is."))
	case slices.ContainsFunc(f.v.have, func(o crm.Field) bool { return o.ID != f.value.ID && strings.EqualFold(o.Name, f.value.Name) }):
		f.name.SetError(text.T("Another field has this name"))
		f.editor.Saved(text.T("Something above cannot be used as it is."))
	case len(f.value.Kinds) == 0:
		f.editor.Saved(text.T("Choose which records have the field."))
	case f.value.Type == crm.ChoiceField && len(f.value.Choices) == 0:
		f.editor.Saved(text.T("Type what can be chosen."))
	case f.value.Type == crm.ChoiceField && twice(f.value.Choices) != "":
		f.editor.Saved(text.T("“{name}” is there already", "name", twice(f.value.Choices)))
	default:
		f.v.save(f.editor, crm.SaveField{Field: f.value})
	}
}
