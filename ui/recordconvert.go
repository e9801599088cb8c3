package ui

import (
	"cmp"
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// What becomes of a part of a lead.
const (
	partNew      = "new"
	partExisting = "existing"
	partNone     = "none"
)

// recordConvert is the form by which a lead is converted by hand (requirements.md F1).
type recordConvert struct {
	v      *recordView
	task   *recordTask
	lead   crm.ID
	fields []crm.Field

	contact, company, deal *convertPart
	first, last, name      *kit.Field
	title                  *kit.Field
	pipeline               *kit.Select
	inputs                 []*customInput
	custom                 *fyne.Container
	values                 crm.Values
}

// convertPart is one of the records that a lead becomes.
type convertPart struct {
	kind   crm.Kind
	choice *kit.Segmented
	box    *fyne.Container
	made   fyne.CanvasObject
	picker *recordPicker // nil where only a new one makes sense
}

// convertStart is what the form begins with.
type convertStart struct {
	proposal  crm.ConvertLead
	fields    []crm.Field
	pipelines []crm.Pipeline
}

var convertKinds = []crm.Kind{crm.KindContact, crm.KindCompany, crm.KindDeal}

func (v *recordView) convert() {
	lead := crm.ID(v.rec.Ref.ID)
	c := v.opt.Customers
	ref := v.rec.Ref
	fileAsk(v.opt, func(ctx context.Context) (s convertStart, err error) {
		if s.proposal, err = c.ConversionOf(ctx, lead, convertKinds, nil, ""); err != nil {
			return s, err
		}
		if s.fields, err = c.Fields(ctx); err != nil {
			return s, err
		}
		s.pipelines, err = c.Pipelines(ctx)
		return s, err
	}, func(s convertStart, err error) {
		switch {
		case err != nil:
			v.host.warn(companyWhy(err))
		case v.row.Ref == ref:
			f := newRecordConvert(v, lead, s)
			v.begin(f.task, f.first)
		}
	})
}

func newRecordConvert(v *recordView, lead crm.ID, s convertStart) *recordConvert {
	f := &recordConvert{v: v, lead: lead, fields: s.fields, values: s.proposal.Contact.Fields, custom: kit.Column(14)}
	field := func(name text.Key, value string) *kit.Field {
		var made *kit.Field
		made = kit.NewField(name, func(string) { made.SetError("") })
		made.SetText(value)
		return made
	}
	f.first, f.last = field("First name", s.proposal.Contact.FirstName), field("Last name", s.proposal.Contact.LastName)
	f.name = field("Company name", s.proposal.Company.Name)
	f.title = field("Title of the deal", s.proposal.Deal.Title)
	f.pipeline = kit.NewSelect("Pipeline", pipelineOptions(s.pipelines, "")[1:], func(string) {})
	f.pipeline.SetChosen(string(cmp.Or(s.proposal.Deal.Pipeline, crm.StandardPipelineID)))
	f.contact = f.part(crm.KindContact, kit.Columns(8, f.first, f.last), s.proposal.Contact.Name())
	f.company = f.part(crm.KindCompany, f.name, s.proposal.Company.Name)
	f.deal = f.part(crm.KindDeal, kit.Columns(8, f.title, f.pipeline), "")
	f.task = newRecordTask("Convert lead", "Convert", f.submit, v.end,
		settingsRow(kindName(desk.Contact), f.contact.whole()), settingsRow(kindName(desk.Company), f.company.whole()),
		settingsRow(kindName(desk.Deal), f.deal.whole()), f.custom)
	f.contact.set(partNew)
	f.company.set(partNone)
	if hasCompany(v.rec) {
		f.company.set(partNew)
	}
	f.deal.set(partNew)
	f.look()
	return f
}

// hasCompany says whether the lead names a company.
func hasCompany(r desk.Record) bool {
	return slices.ContainsFunc(r.Facts, func(f desk.Fact) bool { return f.Label.Key == "Company" })
}

// part makes a part; words are what an existing record is looked for by at first.
func (f *recordConvert) part(kind crm.Kind, made fyne.CanvasObject, words string) *convertPart {
	p := &convertPart{kind: kind, box: kit.Column(0), made: made}
	options := []kit.Option{{ID: partNew, Key: text.Key("New|record")}, {ID: partNone, Key: text.Key("None|record")}}
	if kind != crm.KindDeal {
		p.picker = newRecordPicker(f.v.opt, pickerName(kind), desk.RecordKind(kind), desk.Ref{}, f.refit)
		options = slices.Insert(options, 1, kit.Option{ID: partExisting, Key: text.Key("Existing|record")})
	}
	p.choice = kit.NewSegmented(kindName(desk.RecordKind(kind)), options, func(id string) {
		p.set(id)
		if id == partExisting && p.picker.field.Text() == "" {
			p.picker.Find(words)
		}
		f.look()
	})
	return p
}

func pickerName(k crm.Kind) text.Key {
	switch k {
	case crm.KindCompany:
		return text.Key("Find a company")
	case crm.KindLead:
		return text.Key("Find a lead")
	}
	return text.Key("Find a contact")
}

func (p *convertPart) whole() fyne.CanvasObject {
	return kit.Column(8, kit.Row(0, p.choice, kit.Spacer()), p.box)
}

func (p *convertPart) set(how string) {
	p.choice.SetChosen(how)
	p.box.Objects = nil
	switch how {
	case partNew:
		p.box.Objects = []fyne.CanvasObject{p.made}
	case partExisting:
		p.box.Objects = []fyne.CanvasObject{p.picker.box}
	}
	p.box.Refresh()
}

func (p *convertPart) is(how string) bool { return p.choice.Chosen() == how }

// kinds are those that are made anew.
func (f *recordConvert) kinds() (kinds []crm.Kind) {
	for _, p := range []*convertPart{f.contact, f.company, f.deal} {
		if p.is(partNew) {
			kinds = append(kinds, p.kind)
		}
	}
	return kinds
}

// look shows the required fields of what is made.
func (f *recordConvert) look() {
	for _, i := range f.inputs { // what was typed stays
		f.values = valuesInto(f.values, []*customInput{i}, i.field.Kinds[0])
	}
	kinds := f.kinds()
	f.inputs = customInputs(f.fields, f.values, func() {}, func(field crm.Field) bool {
		return field.Required && slices.ContainsFunc(field.Kinds, func(k crm.Kind) bool { return slices.Contains(kinds, k) })
	})
	f.custom.Objects = nil
	for _, i := range f.inputs {
		f.custom.Add(i.Row())
	}
	f.refit()
}

func (f *recordConvert) refit() {
	if f.task != nil {
		f.task.Refit()
	}
}

// into are the records that are there, and what is missing of them.
func (f *recordConvert) into() (refs []crm.Ref, why string) {
	for _, p := range []*convertPart{f.contact, f.company} {
		if !p.is(partExisting) {
			continue
		}
		if p.picker.Chosen() == (desk.Ref{}) {
			why = text.T("Choose a record of those that are there first.")
		}
		refs = append(refs, crmRef(p.picker.Chosen()))
	}
	return refs, why
}

// submit asks for the proposal of what was chosen, puts in what was typed, and converts.
func (f *recordConvert) submit() {
	into, why := f.into()
	if wrong := checkInputs(f.inputs); why == "" {
		why = wrong
	}
	if why != "" {
		f.task.Failed(why)
		return
	}
	f.task.Busy()
	c, kinds, pipeline := f.v.opt.Customers, f.kinds(), crm.ID(f.pipeline.Chosen())
	complete := f.typed()
	fileAsk(f.v.opt, func(ctx context.Context) (crm.Undo, error) {
		convert, err := c.ConversionOf(ctx, f.lead, kinds, into, pipeline)
		if err != nil {
			return crm.Undo{}, err
		}
		complete(&convert)
		return c.Convert(ctx, convert)
	}, f.done)
}

// typed puts what was typed into a conversion; it may be called from any goroutine.
func (f *recordConvert) typed() func(*crm.ConvertLead) {
	first, last, name, title := f.first.Text(), f.last.Text(), f.name.Text(), f.title.Text()
	values := map[crm.Kind]crm.Values{}
	for _, k := range convertKinds {
		values[k] = valuesInto(nil, f.inputs, k)
	}
	put := func(into *crm.Values, k crm.Kind) {
		for id, v := range values[k] {
			if *into == nil {
				*into = crm.Values{}
			}
			(*into)[id] = v
		}
	}
	return func(c *crm.ConvertLead) {
		if c.Contact != nil {
			c.Contact.FirstName, c.Contact.LastName = first, last
			put(&c.Contact.Fields, crm.KindContact)
		}
		if c.Company != nil {
			c.Company.Name = name
			put(&c.Company.Fields, crm.KindCompany)
		}
		if c.Deal != nil {
			c.Deal.Title = title
			put(&c.Deal.Fields, crm.KindDeal)
		}
	}
}

func (f *recordConvert) done(u crm.Undo, err error) {
	if err != nil {
		f.task.Failed(companyWhy(err))
		return
	}
	f.v.did(f.task, u)
}
