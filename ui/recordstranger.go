package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// recognise offers to say who it was whom the CRM does not know: a new record, or one that is there (requirements.md B2).
func (v *recordView) recognise() fyne.CanvasObject {
	if v.row.Colleague {
		return kit.NewLabel("Colleague", kit.Secondary)
	}
	words := kit.NewLabel("Not in the CRM", kit.Secondary)
	if v.opt.Customers == nil || v.row.Dial == "" {
		return words
	}
	row := kit.Row(8)
	if !v.noLeads {
		row.Add(kit.NewButton("Create lead", kit.Line, func() { v.newBeside(desk.Lead, v.ofCall) }).WithIcon(theme.IconLead))
	}
	row.Add(kit.NewButton("Create contact", kit.Line, func() { v.newBeside(desk.Contact, v.ofCall) }).WithIcon(theme.IconContact))
	row.Add(kit.NewButton("Link to…", kit.Ghost, v.linkCall).WithIcon(theme.IconLink))
	row.Add(kit.Spacer())
	return kit.Column(10, words, row)
}

// ofCall fills in what is known of the other side of the call that is shown.
func (v *recordView) ofCall(r *crm.Record) {
	party := crm.Parse(v.row.Dial, v.opt.Region)
	form := crm.Form{Party: party}
	origin := crm.Origin{Call: crm.ID(v.row.Call), Reason: crm.Say(crm.ReasonByHand)}
	first, last := "", ""
	// What the PBX called them is a good guess, when it is a name.
	if name := v.row.Title; !strings.ContainsAny(name, "0123456789@") {
		first, last = personOf(name)
	}
	switch {
	case r.Contact != nil:
		c := r.Contact
		c.FirstName, c.LastName, c.Numbers, c.SIP, c.Source, c.Origin = first, last, form.Numbers(), form.SIP(), crm.SourceCall, origin
	case r.Lead != nil:
		l := r.Lead
		l.FirstName, l.LastName, l.Numbers, l.SIP, l.Source, l.Origin = first, last, form.Numbers(), form.SIP(), crm.SourceCall, origin
	}
}

// personOf takes the last word of a name as the family name.
func personOf(name string) (first, last string) {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "", ""
	}
	return strings.Join(words[:len(words)-1], " "), words[len(words)-1]
}

// linkCall opens the search for the record that the other side of the call is.
func (v *recordView) linkCall() {
	call := crm.ID(v.row.Call)
	var t *recordTask
	p := newRecordPicker(v.opt, "Name, company or number", "", desk.Ref{}, func() {
		if t != nil {
			t.Failed("")
		}
	})
	t = newRecordTask("Who is it?", "Link", func() {
		to := p.Chosen()
		if to == (desk.Ref{}) {
			t.Failed(text.T("Choose a record of those that are there first."))
			return
		}
		t.Busy()
		fileDo(v.opt, func(ctx context.Context) error { return v.opt.Customers.LinkParty(ctx, call, crmRef(to)) }, func(err error) {
			if err != nil {
				t.Failed(companyWhy(err))
				return
			}
			v.changed()
			if v.task == t {
				v.end()
				v.host.open(to)
			}
		})
	}, v.end, kit.NewProse("The record gets the number, and the calls with it.", kit.Secondary), settingsRow("Record|crm", p.box))
	t.stop = p.Stop
	v.begin(t, p.field)
}

// belonging are the records that can be made of what belongs to the one that is shown.
func (v *recordView) belonging() (items []kit.MenuItem) {
	r := v.rec
	deal := func(fill func(*crm.Record)) kit.MenuItem {
		return kit.MenuItem{Key: "New deal", Do: func() { v.newBeside(desk.Deal, fill) }}
	}
	switch r.Ref.Kind {
	case desk.Contact:
		company := companyFact(r)
		items = append(items, deal(func(d *crm.Record) {
			d.Deal.Contact, d.ContactName = crm.ID(r.Ref.ID), r.Title
			d.Deal.Company, d.CompanyName = crm.ID(company.Ref.ID), company.Value
		}))
	case desk.Company:
		items = append(items, deal(func(d *crm.Record) { d.Deal.Company, d.CompanyName = crm.ID(r.Ref.ID), r.Title }),
			kit.MenuItem{Key: "New contact", Do: func() {
				v.newBeside(desk.Contact, func(c *crm.Record) { c.Contact.Company, c.CompanyName = crm.ID(r.Ref.ID), r.Title })
			}})
	}
	return items
}

// companyFact is the fact that leads to the company of a contact; the zero Fact for none.
func companyFact(r desk.Record) (company desk.Fact) {
	for _, f := range r.Facts {
		if f.Ref.Kind == desk.Company {
			company = f
		}
	}
	return company
}

// remove asks before the record is deleted, and offers to take that back.
func (v *recordView) remove() {
	ref, name := v.rec.Ref, v.rec.Title
	var t *recordTask
	t = newRecordTask("Delete", "Delete now", func() {
		t.Busy()
		fileAsk(v.opt, func(ctx context.Context) (crm.Undo, error) { return v.opt.Customers.Remove(ctx, crmRef(ref)) }, func(u crm.Undo, err error) {
			if err != nil {
				t.Failed(companyWhy(err))
				return
			}
			v.host.offer(text.Say(desk.Text(u.Title)), "Undo", func() { v.restore(u, ref) })
			if v.task == t {
				v.Clear()
				v.removed()
			}
			v.changed()
		})
	}, v.end, kit.NewProseData(text.T("Delete {name} with its notes and follow-ups? Its calls stay in the call list.", "name", name), kit.Body))
	t.do.SetKind(kit.Danger)
	t.do.WithHint("")
	v.begin(t, nil)
}

// restore brings a record back that was deleted.
func (v *recordView) restore(u crm.Undo, ref desk.Ref) {
	fileDo(v.opt, func(ctx context.Context) error { return v.opt.Customers.Undo(ctx, u.ID) }, func(err error) {
		if err != nil {
			v.host.warn(companyWhy(err))
			return
		}
		v.changed()
		v.host.open(ref)
	})
}
