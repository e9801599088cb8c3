package ui

import (
	"cmp"
	"context"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// submit saves the record when nothing in it is wrong.
func (f *recordForm) submit() {
	change, why := f.change()
	if wrong := checkInputs(f.inputs); why == "" {
		why = wrong
	}
	if why != "" {
		f.task.Failed(why)
		f.toWrong()
		return
	}
	f.task.Busy()
	fileDo(f.v.opt, func(ctx context.Context) error {
		since, err := crm.Since(f.was, change)
		if err != nil {
			return err
		}
		return f.v.opt.Customers.Change(ctx, since)
	}, func(err error) {
		if err != nil {
			f.task.Failed(companyWhy(err))
			return
		}
		f.v.changed()
		if f.v.task != f.task {
			return
		}
		f.v.end()
		f.v.host.open(deskRef(crm.Ref{Kind: f.kind, ID: f.id()}))
	})
}

// toWrong gives the keyboard to the first field that is wrong: it may be out of view.
func (f *recordForm) toWrong() {
	fields := []*kit.Field{f.first, f.last, f.name, f.title, f.amount}
	for _, rows := range []*typedRows{f.numbers, f.emails, f.sip} {
		if rows != nil {
			for _, row := range rows.rows {
				fields = append(fields, row.field)
			}
		}
	}
	for _, i := range f.inputs {
		fields = append(fields, i.typed)
	}
	for _, field := range fields {
		if field != nil && field.Problem() != "" {
			field.Focus()
			return
		}
	}
}

func (f *recordForm) id() crm.ID {
	switch f.kind {
	case crm.KindCompany:
		return f.was.Company.ID
	case crm.KindLead:
		return f.was.Lead.ID
	case crm.KindDeal:
		return f.was.Deal.ID
	}
	return f.was.Contact.ID
}

// change is the command that saves what was typed, or why there is none.
func (f *recordForm) change() (crm.Change, string) {
	switch f.kind {
	case crm.KindCompany:
		return f.companyChange()
	case crm.KindLead:
		return f.leadChange()
	case crm.KindDeal:
		return f.dealChange()
	}
	return f.contactChange()
}

// typedWays are numbers and addresses as typed.
func (f *recordForm) typedWays(was []crm.Number) (numbers []crm.Number, emails []crm.Email, sip []string, why string) {
	numbers, ok1 := f.numbers.numbers(was, f.v.opt.Region)
	emails, ok2 := f.emails.emails()
	sip, ok3 := f.sip.sip(f.v.opt.Region)
	if !ok1 || !ok2 || !ok3 {
		why = text.T("Something above cannot be used as it is.")
	}
	return numbers, emails, sip, why
}

func (f *recordForm) contactChange() (crm.Change, string) {
	c := *f.was.Contact
	var why string
	c.FirstName, c.LastName, c.Position = f.first.Text(), f.last.Text(), f.position.Text()
	c.Company = crm.ID(f.company.Chosen().ID)
	c.Numbers, c.Emails, c.SIP, why = f.typedWays(c.Numbers)
	c.Addresses = f.addresses.addresses()
	c.Source, c.Responsible, c.Comment = f.source.Chosen(), f.responsible(c.Responsible), f.comment.Text()
	c.Fields = valuesInto(cloned(c.Fields), f.inputs, f.kind)
	if c.Name() == "" {
		why = text.T(crm.FormNeedsName)
		f.last.SetError(why)
	}
	if f.fresh {
		return crm.CreateContact{Contact: c}, why
	}
	return crm.UpdateContact{Contact: c}, why
}

func (f *recordForm) companyChange() (crm.Change, string) {
	c := *f.was.Company
	var why string
	c.Name = f.name.Text()
	c.Numbers, c.Emails, c.SIP, why = f.typedWays(c.Numbers)
	c.Addresses = f.addresses.addresses()
	c.Source, c.Responsible, c.Comment = f.source.Chosen(), f.responsible(c.Responsible), f.comment.Text()
	c.Fields = valuesInto(cloned(c.Fields), f.inputs, f.kind)
	if c.Name == "" {
		why = text.T(crm.ConvertNeedsCompany)
		f.name.SetError(why)
	}
	if f.fresh {
		return crm.CreateCompany{Company: c}, why
	}
	return crm.UpdateCompany{Company: c}, why
}

func (f *recordForm) leadChange() (crm.Change, string) {
	l := *f.was.Lead
	var why string
	l.FirstName, l.LastName, l.CompanyName = f.first.Text(), f.last.Text(), f.name.Text()
	l.Numbers, l.Emails, l.SIP, why = f.typedWays(l.Numbers)
	l.Addresses = f.addresses.addresses()
	l.Source, l.Responsible, l.Comment = f.source.Chosen(), f.responsible(l.Responsible), f.comment.Text()
	l.Fields = valuesInto(cloned(l.Fields), f.inputs, f.kind)
	if f.stage != nil {
		l.Status = cmp.Or(crm.LeadStatus(f.stage.Chosen()), l.Status)
	}
	if l.Name() == "" && len(l.Numbers)+len(l.SIP) == 0 && why == "" {
		why = text.T("Type a name, a company or a number first.")
		f.last.SetError(why)
	}
	if f.fresh {
		return crm.CreateLead{Lead: l}, why
	}
	return crm.UpdateLead{Lead: l}, why
}

func (f *recordForm) dealChange() (crm.Change, string) {
	d := *f.was.Deal
	why := ""
	d.Title = f.title.Text()
	amount, ok := amountOf(f.amount.Text(), f.currency.Chosen())
	if !ok {
		why = text.T("Not an amount in {currency}", "currency", amount.Currency)
		f.amount.SetError(why)
	}
	d.Amount = amount
	d.Stage = cmp.Or(crm.DealStage(f.stage.Chosen()), d.Stage)
	d.Contact, d.Company = crm.ID(f.contact.Chosen().ID), crm.ID(f.company.Chosen().ID)
	d.Source, d.Responsible, d.Comment = f.source.Chosen(), f.responsible(d.Responsible), f.comment.Text()
	d.Fields = valuesInto(cloned(d.Fields), f.inputs, f.kind)
	if d.Title == "" {
		why = text.T(crm.ConvertNeedsTitle)
		f.title.SetError(why)
	}
	if f.fresh {
		return crm.CreateDeal{Deal: d}, why
	}
	return crm.UpdateDeal{Deal: d}, why
}

// responsible is who was chosen; somebody who has left can't be, and stays.
func (f *recordForm) responsible(was crm.ID) crm.ID { return cmp.Or(crm.ID(f.who.Chosen()), was) }

// cloned is a copy that can be changed.
func cloned(values crm.Values) crm.Values {
	out := crm.Values{}
	for id, v := range values {
		out[id] = v
	}
	return out
}
