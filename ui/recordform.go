package ui

import (
	"cmp"
	"context"
	"net/mail"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// recordForm edits a record, or makes a new one.
type recordForm struct {
	v     *recordView
	task  *recordTask
	kind  crm.Kind
	has   formChoices
	was   crm.Record // as it was read; its ids are set for a new one, too
	fresh bool

	first, last, position, name, title, amount *kit.Field
	company, contact                           *recordPicker
	numbers, emails, sip                       *typedRows
	addresses                                  *addressRows
	comment                                    *kit.Field
	source, who, stage, currency               *kit.Select
	inputs                                     []*customInput
	doubles                                    *recordDoubles
	hints                                      *exceptionHints
	touched                                    bool // something was chosen, or written that is compared with nothing
}

// formChoices are what a form chooses from.
type formChoices struct {
	rec       crm.Record
	fields    []crm.Field
	users     []crm.User
	me        crm.User
	workspace crm.Workspace
	pipelines []crm.Pipeline
	excepted  crm.Blocklist
}

func readFormChoices(ctx context.Context, c Customers, ref crm.Ref) (has formChoices, err error) {
	if ref.ID != "" {
		if has.rec, err = c.Record(ctx, ref); err != nil {
			return has, err
		}
	}
	if has.fields, err = c.Fields(ctx); err != nil {
		return has, err
	}
	if has.users, err = c.Users(ctx); err != nil {
		return has, err
	}
	if has.me, err = c.Me(ctx); err != nil {
		return has, err
	}
	if has.pipelines, err = c.Pipelines(ctx); err != nil {
		return has, err
	}
	exceptions, err := c.Entries(ctx, crm.Exceptions)
	if err != nil {
		return has, err
	}
	has.excepted = crm.NewBlocklist(exceptions)
	has.workspace, err = c.Workspace(ctx)
	return has, err
}

// edit opens the form on the record that is shown.
func (v *recordView) edit() {
	ref := v.rec.Ref
	v.openForm(crmRef(ref), nil, func() bool { return v.row.Ref == ref })
}

// New opens the form for a new record.
func (v *recordView) New(kind desk.RecordKind) {
	place := newPlace(kind)
	switch {
	case v.blanked && v.task != nil && v.task.place == place: // it is open
		return
	case v.left[place] == nil:
		v.newWith(kind, nil)
		return
	}
	v.blank()
	v.resume(place)
	v.draw()
}

// newPlace is where the form of a new record is begun that belongs to none.
func newPlace(kind desk.RecordKind) string { return "new " + string(kind) }

// NewWith is New with a number or a name in it already.
func (v *recordView) NewWith(kind desk.RecordKind, words string) {
	v.newWith(kind, func(r *crm.Record) {
		if r.Contact != nil {
			nameContact(r.Contact, words, v.opt.Region)
		}
	})
}

// newWith is New with something in it already.
func (v *recordView) newWith(kind desk.RecordKind, preset func(*crm.Record)) {
	v.openForm(crm.Ref{Kind: crm.Kind(kind)}, preset, func() bool {
		v.blank()
		return true
	})
}

// newBeside opens the form for a new record under the head of what is shown, which it belongs to and which is shown again when
// none is made.
func (v *recordView) newBeside(kind desk.RecordKind, preset func(*crm.Record)) {
	was := v.row
	v.openForm(crm.Ref{Kind: crm.Kind(kind)}, preset, func() bool { return v.task == nil && rowKey(v.row) == rowKey(was) })
}

// openForm opens a form, if it is still wanted when what it chooses from was read; preset, which may be nil, fills in a new record.
func (v *recordView) openForm(ref crm.Ref, preset func(*crm.Record), wanted func() bool) {
	c := v.opt.Customers
	fileAsk(v.opt, func(ctx context.Context) (formChoices, error) { return readFormChoices(ctx, c, ref) }, func(has formChoices, err error) {
		switch {
		case err != nil:
			v.host.warn(companyWhy(err))
		case wanted():
			f := newRecordForm(v, ref, has, preset)
			if v.blanked {
				f.task.place = newPlace(desk.RecordKind(ref.Kind))
			}
			v.begin(f.task, f.firstField())
		}
	})
}

func newRecordForm(v *recordView, ref crm.Ref, has formChoices, preset func(*crm.Record)) *recordForm {
	f := &recordForm{v: v, kind: ref.Kind, has: has, was: has.rec, fresh: ref.ID == ""}
	if f.fresh {
		f.was = blankRecord(ref.Kind, v.opt.Customers.NewID(), has.me.ID)
		if preset != nil {
			preset(&f.was)
		}
	}
	f.doubles = newRecordDoubles(v, f.likeness, func() { f.refit() })
	f.hints = newExceptionHints(has.excepted, f.refit)
	var rows []fyne.CanvasObject
	switch ref.Kind {
	case crm.KindCompany:
		rows = f.companyRows(*f.was.Company)
	case crm.KindLead:
		rows = f.leadRows(*f.was.Lead)
	case crm.KindDeal:
		rows = f.dealRows(*f.was.Deal)
	default:
		rows = f.contactRows(*f.was.Contact)
	}
	title, verb := formTitle(ref.Kind, f.fresh), text.Key("Save")
	f.task = newRecordTask(title, verb, f.submit, v.end, append([]fyne.CanvasObject{f.doubles.box, f.hints.box}, rows...)...)
	f.task.stop, f.task.typed = f.doubles.Stop, f.typed
	if !f.fresh || preset != nil {
		f.doubles.Look()
	}
	f.hint()
	return f
}

func blankRecord(kind crm.Kind, id, me crm.ID) crm.Record {
	switch kind {
	case crm.KindCompany:
		return crm.Record{Company: &crm.Company{ID: id, Responsible: me}}
	case crm.KindLead:
		return crm.Record{Lead: &crm.Lead{ID: id, Status: crm.LeadNew, Responsible: me}}
	case crm.KindDeal:
		return crm.Record{Deal: &crm.Deal{ID: id, Responsible: me}}
	}
	return crm.Record{Contact: &crm.Contact{ID: id, Responsible: me}}
}

// nameContact gives a contact the number, or the first and last name, that the words are.
func nameContact(c *crm.Contact, words, region string) {
	if n, ok := crm.ParseNumber(words, region, crm.LabelWork); ok {
		c.Numbers = []crm.Number{n}
		return
	}
	c.FirstName, c.LastName = personOf(words)
}

func formTitle(kind crm.Kind, fresh bool) text.Key {
	switch {
	case kind == crm.KindCompany && fresh:
		return text.Key("New company")
	case kind == crm.KindLead && fresh:
		return text.Key("New lead")
	case kind == crm.KindDeal && fresh:
		return text.Key("New deal")
	case fresh:
		return text.Key("New contact")
	case kind == crm.KindCompany:
		return text.Key("Edit company")
	case kind == crm.KindLead:
		return text.Key("Edit lead")
	case kind == crm.KindDeal:
		return text.Key("Edit deal")
	}
	return text.Key("Edit contact")
}

func (f *recordForm) field(name text.Key, value string) *kit.Field {
	var field *kit.Field
	field = kit.NewBareField(name, func(string) { field.SetError(""); f.doubles.Typed() })
	field.SetText(value)
	return field
}

func (f *recordForm) firstField() *kit.Field {
	return cmp.Or(f.first, f.name, f.title)
}

// chosen is told of what was chosen or written.
func (f *recordForm) chosen(string) { f.touched = true }

// typed says whether something is in the form that was not there when it was opened.
func (f *recordForm) typed() bool { return f.touched || f.doubles.touched }

func (f *recordForm) refit() {
	if f.task != nil {
		f.task.Refit()
	}
}

func (f *recordForm) person(first, last string) fyne.CanvasObject {
	f.first, f.last = f.field("First name", first), f.field("Last name", last)
	return settingsRow("Name", kit.Columns(8, f.first.WithPlaceholder("First name"), f.last.WithPlaceholder("Last name")))
}

func (f *recordForm) contactRows(c crm.Contact) []fyne.CanvasObject {
	f.position = f.field("Position", c.Position)
	rows := []fyne.CanvasObject{f.person(c.FirstName, c.LastName), settingsRow("Position", f.position)}
	rows = append(rows, f.companyPicker(c.Company))
	rows = append(rows, f.reachRows(c.Numbers, c.Emails, c.SIP, c.Addresses)...)
	return append(rows, f.tail(c.Source, c.Responsible, c.Comment, c.Fields)...)
}

func (f *recordForm) companyRows(c crm.Company) []fyne.CanvasObject {
	f.name = f.field("Company name", c.Name)
	rows := append([]fyne.CanvasObject{settingsRow("Name", f.name)}, f.reachRows(c.Numbers, c.Emails, c.SIP, c.Addresses)...)
	return append(rows, f.tail(c.Source, c.Responsible, c.Comment, c.Fields)...)
}

func (f *recordForm) leadRows(l crm.Lead) []fyne.CanvasObject {
	f.name = f.field("Company name", l.CompanyName)
	rows := []fyne.CanvasObject{f.person(l.FirstName, l.LastName), settingsRow("Company", f.name)}
	if l.Status != crm.LeadConverted {
		f.stage = kit.NewBareSelect("Status", f.statusOptions(), f.chosen)
		f.stage.SetChosen(string(l.Status))
		rows = append(rows, selectRow("Status", f.stage, ""))
	}
	rows = append(rows, f.reachRows(l.Numbers, l.Emails, l.SIP, l.Addresses)...)
	return append(rows, f.tail(l.Source, l.Responsible, l.Comment, l.Fields)...)
}

func (f *recordForm) dealRows(d crm.Deal) []fyne.CanvasObject {
	f.title = f.field("Title of the deal", d.Title)
	f.amount = f.field("Amount", typedAmount(d.Amount)).WithPlaceholder("0")
	f.currency = kit.NewBareSelect("Currency", kit.Options(f.has.workspace.Offered(d.Amount.Currency)...), func(string) { f.amount.SetError("") })
	f.currency.SetChosen(f.currencyOf(d.Amount))
	f.stage = kit.NewBareSelect("Stage", stageOptions(f.pipeline(d.Pipeline)), f.chosen)
	f.stage.SetChosen(string(cmp.Or(d.Stage, f.pipeline(d.Pipeline).First())))
	f.contact = newRecordPicker(f.v.opt, "Find a contact", desk.Contact, desk.Ref{}, f.refit)
	if d.Contact != "" {
		f.contact.choose(desk.Row{Ref: desk.Ref{Kind: desk.Contact, ID: string(d.Contact)}, Title: f.was.ContactName})
	}
	rows := []fyne.CanvasObject{settingsRow("Title", f.title),
		settingsRow("Amount", kit.Row(8, kit.Sized(160, 0, f.amount), kit.Sized(92, 32, f.currency), kit.Spacer())), selectRow("Stage", f.stage, ""),
		settingsRow("Contact", f.contact.box), f.companyPicker(d.Company)}
	return append(rows, f.tail(d.Source, d.Responsible, d.Comment, d.Fields)...)
}

// currencyOf is the currency that an amount has, or that one begins with.
func (f *recordForm) currencyOf(m crm.Money) string {
	switch {
	case m.Currency != "":
		return m.Currency
	case m.Minor != 0:
		return crm.Euro
	}
	return f.has.workspace.Currency()
}

func (f *recordForm) companyPicker(id crm.ID) fyne.CanvasObject {
	f.company = newRecordPicker(f.v.opt, "Find a company", desk.Company, desk.Ref{}, f.refit)
	if id != "" {
		f.company.choose(desk.Row{Ref: desk.Ref{Kind: desk.Company, ID: string(id)}, Title: f.was.CompanyName})
	}
	return settingsRow("Company", f.company.box)
}

// reachRows are the rows for numbers, e-mail, SIP and postal addresses.
func (f *recordForm) reachRows(numbers []crm.Number, emails []crm.Email, sip []string, addresses []crm.Address) []fyne.CanvasObject {
	f.numbers = newTypedRows("Number", "Add number", numberLabels(), f.waysTyped, f.refit)
	for _, n := range numbers {
		f.numbers.Add(n.Show(f.v.opt.Region), string(n.Label))
	}
	f.emails = newTypedRows("E-mail", "Add e-mail", emailLabels(), f.waysTyped, f.refit)
	for _, e := range emails {
		f.emails.Add(e.Address, string(e.Label))
	}
	if f.fresh && len(numbers) == 0 && len(sip) == 0 {
		f.numbers.Add("", string(crm.LabelWork))
	}
	f.sip = newTypedRows("SIP address", "Add SIP address", nil, f.waysTyped, f.refit)
	for _, a := range sip {
		f.sip.Add(a, "")
	}
	f.addresses = newAddressRows(addresses, f.refit)
	return []fyne.CanvasObject{settingsRow("Numbers", f.numbers.box), settingsRow("E-mail", f.emails.box),
		settingsRow("SIP addresses", f.sip.box), settingsRow("Addresses", f.addresses.box)}
}

func (f *recordForm) tail(source string, who crm.ID, comment string, values crm.Values) []fyne.CanvasObject {
	f.source = kit.NewBareSelect("Source", sourceOptions(lineSources(f.has.workspace, source)), f.chosen)
	f.source.SetChosen(source)
	f.who = kit.NewBareSelect("Responsible", userOptions(f.has.users), f.chosen)
	f.who.SetChosen(string(who))
	f.comment = kit.NewNoteField("Comment", 76, f.chosen)
	f.comment.SetText(comment)
	rows := []fyne.CanvasObject{selectRow("Source", f.source, ""), selectRow("Responsible", f.who, "")}
	f.inputs = customInputs(f.has.fields, values, func() { f.touched = true }, func(field crm.Field) bool { return field.Has(f.kind) })
	for _, i := range f.inputs {
		rows = append(rows, i.Row())
	}
	return append(rows, settingsRow("Comment", f.comment))
}

func (f *recordForm) pipeline(id crm.ID) crm.Pipeline { return pipelineOf(f.has.pipelines, id) }

// pipelineOf is the pipeline of that id, "" for the standard one; that one, too, where it is no more.
func pipelineOf(all []crm.Pipeline, id crm.ID) crm.Pipeline {
	id = cmp.Or(id, crm.StandardPipelineID)
	for _, p := range all {
		if p.ID == id {
			return p
		}
	}
	return crm.StandardPipeline()
}

// statusOptions are the statuses that a lead can be given by hand.
func (f *recordForm) statusOptions() []kit.Option {
	var options []kit.Option
	for _, s := range append(f.has.workspace.Statuses(), crm.LeadJunk) {
		if s != crm.LeadConverted { // that is what converting is for
			options = append(options, kit.Option{ID: string(s), Label: text.T(text.Key(s))})
		}
	}
	return options
}

func stageOptions(p crm.Pipeline) []kit.Option {
	options := make([]kit.Option, len(p.Stages))
	for i, s := range p.Stages {
		options[i] = kit.Option{ID: string(s.ID), Label: stageName(s)}
	}
	return options
}

// stageName is a stage as it is shown; those that every company begins with are
// translated until they are given other names.
func stageName(s crm.Stage) string {
	if s.Name == string(s.ID) {
		return text.T(text.Key(s.Name))
	}
	return s.Name
}

// looksLikeEmail says whether something can be an e-mail address.
func looksLikeEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == strings.TrimSpace(s)
}

// likeness is what the record is compared with others by, as far as it is typed.
func (f *recordForm) likeness() (crm.Likeness, bool) {
	l := crm.Likeness{Ref: crm.Ref{Kind: f.kind}}
	if !f.fresh {
		l.Ref.ID = f.was.Ref.ID
	}
	switch f.kind {
	case crm.KindContact:
		l.Name = crm.FullName(f.first.Text(), f.last.Text())
	case crm.KindCompany:
		l.Name = f.name.Text()
	case crm.KindLead:
		l.Name = cmp.Or(f.was.Lead.Title, f.name.Text(), crm.FullName(f.first.Text(), f.last.Text()))
	default:
		return l, false
	}
	l.Numbers, l.Emails, _ = f.waysSoFar()
	l.Numbers = slices.DeleteFunc(l.Numbers, func(n crm.Number) bool { return len(n.Written) < 5 })
	return l, len([]rune(l.Name)) > 2 || len(l.Numbers) > 0 || len(l.Emails) > 0
}

// waysSoFar are the numbers and addresses that can be read already.
func (f *recordForm) waysSoFar() (numbers []crm.Number, emails []crm.Email, sip []string) {
	for _, row := range f.numbers.rows {
		if n, ok := crm.ParseNumber(row.field.Text(), f.v.opt.Region, ""); ok {
			numbers = append(numbers, n)
		}
	}
	for _, row := range f.emails.rows {
		if looksLikeEmail(row.field.Text()) {
			emails = append(emails, crm.Email{Address: row.field.Text()})
		}
	}
	for _, row := range f.sip.rows {
		if a, ok := crm.ParseSIPAddress(row.field.Text(), f.v.opt.Region); ok {
			sip = append(sip, a)
		}
	}
	return numbers, emails, sip
}

func (f *recordForm) waysTyped() {
	f.doubles.Typed()
	f.hint()
}

// hint warns of exceptions; a deal has no numbers.
func (f *recordForm) hint() {
	if f.addresses == nil { // a deal, or the form is not whole yet
		return
	}
	numbers, emails, sip := f.waysSoFar()
	f.hints.Look(numbers, sip, emails)
}
