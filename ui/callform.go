package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// typedForm is what a person can change in a form.
type typedForm struct {
	FirstName, LastName, Company, Source, Responsible string
}

func typedOf(f desk.Form) typedForm {
	return typedForm{f.FirstName, f.LastName, f.Company, f.Source, f.Responsible}
}

// callForm is *Create lead* and *Create contact* in place (requirements.md B2).
type callForm struct {
	v       *callView
	root    *fyne.Container // the two buttons and the form
	fields  *fyne.Container
	lead    *kit.Button
	contact *kit.Button
	first   *kit.Field
	last    *kit.Field
	company *kit.Field
	source  *kit.Select
	person  *kit.Select
	similar *fyne.Container
	likeWho *kit.Label
	use     *kit.Button
	problem *kit.Prose
	kinds   *fyne.Container // the buttons for a lead and a contact
	whose   *fyne.Container // source and responsible
	asLead  *fyne.Container // the place of the button for a lead
	except  *fyne.Container // the place of the button for an exception
	save    *kit.Button
	cancel  *kit.Button
	kept    *kit.StateWord
	draft   draft[typedForm]
	kind    desk.RecordKind // of the open form, "" when none
	sources []string
	people  []string
	like    desk.Match
}

func newCallForm(v *callView) *callForm {
	f := &callForm{v: v}
	open := func(k desk.RecordKind) func() {
		return func() {
			f.flush()
			v.w.desk.OpenForm(v.w.id, k)
		}
	}
	f.lead = kit.NewButton("Create lead", kit.Line, open(desk.Lead)).WithIcon(theme.IconLead)
	f.asLead = kit.Grow(f.lead)
	f.contact = kit.NewButton("Create contact", kit.Line, open(desk.Contact)).WithIcon(theme.IconContact)
	f.except = kit.Row(3, kit.NewButton("Link to…", kit.Ghost, v.toggleLink).WithIcon(theme.IconLink), kit.NewButton("Add to exceptions", kit.Ghost, func() { v.w.desk.Except(v.w.id) }).WithIcon(theme.IconBan), kit.Spacer())
	changed := func(string) { f.typed() }
	f.first = kit.NewField("First name", changed)
	f.last = kit.NewField("Last name", changed)
	f.company = kit.NewField("Company", changed)
	f.source = kit.NewSelect("Source", nil, changed)
	f.person = kit.NewSelect("Responsible", nil, changed)
	for _, field := range []*kit.Field{f.first, f.last, f.company} {
		field.OnSubmit(func(string) { f.submit() })
	}
	f.likeWho = kit.NewData("", kit.Secondary.In(theme.WarningText).Weighing(kit.Medium)).Shrink(0)
	f.use = kit.NewButton("Use it", kit.WarningLink, func() {
		f.draft = draft[typedForm]{}
		if open := v.w.call.Form; open != nil && open.Naming && f.like.Ref.Kind != desk.Company {
			v.w.desk.LinkTo(v.w.id, f.like.Ref) // what has no name becomes it
			return
		}
		v.w.desk.Choose(v.w.id, f.like.Ref)
	})
	f.similar = kit.Stack(kit.FillRound(theme.WarningSoft, 6), kit.Sized(0, 32, kit.Pad(0, 10, 0, 10,
		kit.Row(8, kit.NewIcon(theme.IconCopy, 14, theme.WarningText).Image, kit.Grow(f.likeWho), f.use))))
	f.problem = kit.NewProseData("", kit.Secondary.In(theme.DangerText)).MaxLines(2)
	f.save = kit.NewButton("Save lead", kit.Primary, f.submit).WithHint("Ctrl+S")
	f.cancel = kit.NewButton("Cancel", kit.Ghost, func() {
		f.draft = draft[typedForm]{}
		v.w.desk.CancelForm(v.w.id)
	})
	f.kept = kit.NewStateWord("", "", kit.Neutral, kit.Secondary)
	f.whose = kit.Columns(8, f.source, f.person)
	f.fields = kit.Column(10,
		kit.Columns(8, f.first, f.last),
		f.company,
		f.similar,
		f.whose,
		f.problem,
		kit.Row(8, f.save, f.cancel, kit.Spacer(), f.kept),
	)
	f.kinds = kit.RowAligned(8, kit.Stretch, f.asLead, kit.Grow(f.contact))
	f.root = kit.Pad(12, callMargin, 14, callMargin, kit.Column(7, f.kinds, f.except, f.fields))
	return f
}

func (f *callForm) begin() {
	f.draft, f.kind = draft[typedForm]{}, ""
	f.show(typedForm{})
}

// fill draws the form of a call; offered says whether one may be opened at all.
func (f *callForm) fill(c desk.Call, offered bool) {
	setShown(f.root, offered || c.Form != nil)
	setShown(f.asLead, !c.NoLeads)
	naming := c.Form != nil && c.Form.Naming
	setShown(f.kinds, !naming)
	setShown(f.whose, !naming)
	kind := desk.RecordKind("")
	if c.Form != nil {
		kind = c.Form.Kind
	}
	f.choose(f.lead, kind == desk.Lead)
	f.choose(f.contact, kind == desk.Contact)
	room := c.Form == nil || phaseOf(c.State) == ringing && !naming // beside a form while they talk there is none
	setShown(f.except, room && c.Excepting == nil && c.Reason.Key != crm.ReasonException)
	setShown(f.fields, c.Form != nil)
	if c.Form == nil {
		f.draft, f.kind = draft[typedForm]{}, ""
		return
	}
	f.fillOpen(*c.Form)
	if f.kind == "" {
		f.focusFirst()
	}
	f.kind = kind
}

func (f *callForm) choose(b *kit.Button, on bool) {
	kind := kit.Line
	if on {
		kind = kit.Chosen
	}
	b.SetKind(kind)
}

func (f *callForm) fillOpen(form desk.Form) {
	if !slices.Equal(form.Sources, f.sources) {
		f.sources = form.Sources
		f.source.SetOptions(sourceOptions(form.Sources))
	}
	if !slices.Equal(form.People, f.people) {
		f.people = form.People
		f.person.SetOptions(kit.Options(form.People...))
	}
	if t := typedOf(form); f.draft.arrived(t) || f.kind == "" {
		f.show(t)
	}
	setShown(f.similar, len(form.Similar) > 0)
	if len(form.Similar) > 0 {
		f.like = form.Similar[0]
		f.likeWho.Say("Similar: {name}", "name", joined(", ", f.like.Name, f.like.Sub))
	}
	setShown(f.problem, form.Error.Key != "")
	f.problem.SayText(form.Error)
	if form.Kind == desk.Contact {
		f.save.Rename("Save contact")
	} else {
		f.save.Rename("Save lead")
	}
	f.save.SetEnabled(!form.Saving, text.T("Saving…"))
	switch {
	case form.Saving:
		f.kept.Set(text.T("Saving…"), "", kit.Neutral)
	case form.DraftSaved && !f.draft.dirty && !f.draft.waiting:
		f.kept.Set(text.T("Draft saved"), theme.IconCheck, kit.Neutral)
	default:
		f.kept.Set("", "", kit.Neutral)
	}
}

// standardSources are the standard lead sources (requirements.md A4). The company's own are
// data and shown as they are.
var standardSources = map[string]text.Key{
	"Call":            text.Key("Call|source"),
	"E-mail":          text.Key("E-mail"),
	"Website":         text.Key("Website|source"),
	"Advertising":     text.Key("Advertising|source"),
	"Existing client": text.Key("Existing client|source"),
	"Recommendation":  text.Key("Recommendation|source"),
	"Trade show":      text.Key("Trade show|source"),
	"CRM form":        text.Key("CRM form|source"),
	"Callback":        text.Key("Callback|source"),
	"Sales boost":     text.Key("Sales boost|source"),
	"Online store":    text.Key("Online store|source"),
	"Other":           text.Key("Other|source"),
}

func sourceOptions(names []string) []kit.Option {
	var all []kit.Option
	for _, n := range names {
		o := kit.Option{ID: n, Label: n}
		if key, ok := standardSources[n]; ok {
			o.Key = key
		}
		all = append(all, o)
	}
	return all
}

// focusFirst puts the cursor where one types first. It does not take the keyboard
// from another window: it is the focus within this one.
func (f *callForm) focusFirst() {
	if f.v.w.shown {
		f.first.Focus()
	}
}

func (f *callForm) show(t typedForm) {
	f.first.SetText(t.FirstName)
	f.last.SetText(t.LastName)
	f.company.SetText(t.Company)
	f.source.SetChosen(t.Source)
	f.person.SetChosen(t.Responsible)
}

func (f *callForm) typed() {
	f.draft.typed(typedForm{
		f.first.Text(), f.last.Text(), f.company.Text(), f.source.Chosen(), f.person.Chosen(),
	}, f.v.w.now())
	f.v.w.onTyped()
	f.kept.Set("", "", kit.Neutral)
}

func (f *callForm) tick(now time.Time) {
	if f.draft.rested(now) {
		f.flush()
	}
}

// flush hands in what was typed without waiting for the pause.
func (f *callForm) flush() {
	open := f.v.w.call.Form
	t, ok := f.draft.send()
	if !ok || open == nil {
		return
	}
	form := *open
	form.FirstName, form.LastName, form.Company = t.FirstName, t.LastName, t.Company
	form.Source, form.Responsible = t.Source, t.Responsible
	form.Touched = true
	f.v.w.desk.ChangeForm(f.v.w.id, form)
}

// submit saves the record; what was typed last goes first.
func (f *callForm) submit() {
	if f.v.w.call.Form == nil || f.v.w.call.Form.Saving {
		return
	}
	f.flush()
	f.v.w.desk.SaveForm(f.v.w.id)
}
