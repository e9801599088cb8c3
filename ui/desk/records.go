package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"leadline/crm"
)

// Record is a record with all its detail shows, and a page of its timeline: after so many of the newest events. It waits for
// the file.
func (d *Desk) Record(ctx context.Context, ref Ref, skip int) (Record, error) {
	r, err := d.file.RecordFrom(ctx, fileRef(ref), skip)
	if err != nil {
		return Record{}, fmt.Errorf("read %s: %w", ref.Kind, err)
	}
	fields, err := d.file.Fields(ctx)
	if err != nil {
		return Record{}, fmt.Errorf("read the custom fields: %w", err)
	}
	me, err := d.file.Me(ctx)
	if err != nil {
		return Record{}, fmt.Errorf("read who works here: %w", err)
	}
	out := Record{Ref: ref, Title: r.Name, Stage: -1, Earlier: r.Earlier}
	b := facts{d: d, out: &out}
	if err := b.record(ctx, r, fields); err != nil {
		return Record{}, err
	}
	if out.Title == "" && len(out.Facts) > 0 {
		out.Title = out.Facts[0].Value
	}
	rights, err := d.file.Rights(ctx)
	if err != nil {
		return Record{}, fmt.Errorf("read what who works here may do: %w", err)
	}
	for _, e := range r.Timeline {
		mayEdit, mayRemove := mayChangeNote(e, me.ID, rights)
		out.Timeline = append(out.Timeline, Event{
			Kind: EventKind(e.Kind), At: e.At, Title: Text(e.Title), Body: e.Body, Who: e.Who,
			Incoming: e.Direction == crm.Incoming, Outcome: viewOutcome(e.Outcome), NotTaken: notTaken(e.Outcome, e.Detail), Length: e.Length, Passed: sentOnBy(e.Diverted, d.region),
			Recordings: d.recordedOf(e, me.ID), Sounded: viewSounded(e.Quality),
			Reason: Text(e.Reason), By: d.madeBy(e.By), Result: e.Result, Line: d.lineWords(e.Line),
			Changes: d.changed(e.Changes, fields), Note: string(e.Note), Undoable: e.Undoable,
			Call: CallID(e.Call), Edited: e.Edited, MayEdit: mayEdit, MayRemove: mayRemove,
		})
	}
	return out, nil
}

// mayChangeNote says whether who works here may change the note that an event tells, and take it away: that of a call is its agent's.
func mayChangeNote(e crm.Event, me crm.ID, rights crm.Rights) (edit, remove bool) {
	switch e.Kind {
	case crm.EventNote:
		n := crm.Note{By: e.Agent}
		return n.MayEdit(me), n.MayRemove(me, rights)
	case crm.EventCall:
		own := e.Body != "" && (e.Agent == "" || e.Agent == me)
		return own, own
	}
	return false, false
}

// madeBy is the call that made a record, for the eye.
func (d *Desk) madeBy(c *crm.Call) *By {
	if c == nil {
		return nil
	}
	return &By{At: c.Began, Incoming: c.Direction == crm.Incoming, Outcome: viewOutcome(c.Outcome), Who: c.AgentName,
		Party: cmp.Or(c.Party.Show(d.region), c.Party.Display), Line: d.lineWords(c.LineName)}
}

// joined puts what there is of several parts on one line.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// facts collects the labelled values of a record; empty ones are left out.
type facts struct {
	d   *Desk
	out *Record
}

// record collects those of a record by its kind, and its stages.
func (b facts) record(ctx context.Context, r crm.Record, fields []crm.Field) error {
	switch {
	case r.Contact != nil:
		c := r.Contact
		b.out.Sub = joined(c.Position, r.CompanyName)
		b.common(c.Numbers, c.SIP, c.Emails)
		b.link(Text{Key: "Company"}, r.CompanyName, crm.Ref{Kind: crm.KindCompany, ID: c.Company})
		b.add(Text{Key: "Position"}, c.Position)
		if err := b.belongings(ctx, r.Ref); err != nil {
			return err
		}
		b.addresses(c.Addresses)
		b.custom(fields, r.Ref.Kind, c.Fields)
		b.tail(r.Responsible, c.Source, c.Comment, c.Marks, c.Created)
	case r.Company != nil:
		c := r.Company
		b.common(c.Numbers, c.SIP, c.Emails)
		if err := b.belongings(ctx, r.Ref); err != nil {
			return err
		}
		b.addresses(c.Addresses)
		b.custom(fields, r.Ref.Kind, c.Fields)
		b.tail(r.Responsible, c.Source, c.Comment, c.Marks, c.Created)
	case r.Lead != nil:
		return b.lead(ctx, r, fields)
	case r.Deal != nil:
		l := r.Deal
		b.out.Sub = joined(r.ContactName, r.CompanyName)
		b.out.Dial = r.Number.Party().DialString()
		b.add(Text{Key: "Amount"}, b.d.amount(l.Amount))
		b.link(Text{Key: "Contact"}, r.ContactName, crm.Ref{Kind: crm.KindContact, ID: l.Contact})
		b.link(Text{Key: "Company"}, r.CompanyName, crm.Ref{Kind: crm.KindCompany, ID: l.Company})
		b.custom(fields, r.Ref.Kind, l.Fields)
		b.tail(r.Responsible, l.Source, l.Comment, nil, l.Created)
		b.out.Stages, b.out.Stage = r.Stages, r.Stage
	}
	return nil
}

// lead is record of a lead.
func (b facts) lead(ctx context.Context, r crm.Record, fields []crm.Field) error {
	l, out := r.Lead, b.out
	person := crm.FullName(l.FirstName, l.LastName)
	if person != r.Name {
		out.Sub = person
	}
	b.common(l.Numbers, l.SIP, l.Emails)
	b.add(Text{Key: "Contact"}, person)
	b.add(Text{Key: "Company"}, l.CompanyName)
	b.add(Text{Key: "Line"}, b.d.lineWords(r.LineName))
	b.addresses(l.Addresses)
	if err := b.became(ctx, l.Became); err != nil {
		return err
	}
	out.Open = l.Status.Open()
	b.custom(fields, r.Ref.Kind, l.Fields)
	b.tail(r.Responsible, l.Source, l.Comment, l.Marks, l.Created)
	out.Stages, out.Stage = r.Stages, r.Stage
	if out.Stage < 0 && l.Status.Open() { // one that the company has no longer, between New and Processed
		out.Stage = slices.Index(out.Stages, string(crm.LeadInProgress))
	}
	if l.Origin.Reason.Key != "" {
		out.Origin = Text(l.Origin.Reason)
	}
	return nil
}

func (b facts) add(label Text, value string) {
	if value != "" {
		b.out.Facts = append(b.out.Facts, Fact{Label: label, Value: value})
	}
}

// link is a fact that leads to another record.
func (b facts) link(label Text, value string, to crm.Ref) {
	if value != "" {
		b.out.Facts = append(b.out.Facts, Fact{Label: label, Value: value, Ref: viewRef(to)})
	}
}

// belongingsShown is how many people and deals of a company a record shows.
const belongingsShown = 10

// belongings are the people of a company and the deals of a customer, each of which can be opened.
func (b facts) belongings(ctx context.Context, r crm.Ref) error {
	has, err := b.d.file.Belongings(ctx, r, belongingsShown)
	if err != nil {
		return fmt.Errorf("read what belongs to the %s: %w", r.Kind, err)
	}
	for _, p := range has.People {
		b.link(Text{Key: "Contact"}, joined(p.Name, p.Position), p.Ref)
	}
	b.more(Text{Key: "More contacts: {n}"}, has.PeopleInAll-len(has.People))
	for _, d := range has.Deals {
		label := Text{Key: "Open deal"}
		if !d.Open {
			label = Text{Key: "Closed deal"}
		}
		b.link(label, joined(d.Name, b.d.amount(d.Amount)), d.Ref)
	}
	b.more(Text{Key: "More deals: {n}"}, has.DealsInAll-len(has.Deals))
	return nil
}

// more says that there are n more than are shown.
func (b facts) more(words Text, n int) {
	if n > 0 {
		words.Args = map[string]string{"n": strconv.Itoa(n)}
		b.out.Facts = append(b.out.Facts, Fact{Label: words})
	}
}

// became are the records that a lead was converted into (requirements.md F1); one that is gone is left out.
func (b facts) became(ctx context.Context, refs []crm.Ref) error {
	for _, r := range refs {
		rec, err := b.d.file.Record(ctx, r)
		if err != nil {
			b.d.log.Warn("read what a lead became", "kind", r.Kind, "error", err)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			continue
		}
		b.link(becameLabel(r.Kind), rec.Name, r)
	}
	return nil
}

func becameLabel(k crm.Kind) Text {
	switch k {
	case crm.KindCompany:
		return Text{Key: "Became the company"}
	case crm.KindDeal:
		return Text{Key: "Became the deal"}
	}
	return Text{Key: "Became the contact"}
}

func (b facts) common(numbers []crm.Number, addresses []string, emails []crm.Email) {
	for _, n := range numbers {
		f := Fact{Label: numberLabel(n.Label), Value: n.Show(b.d.region), Dial: n.Party().DialString()}
		b.out.Facts = append(b.out.Facts, f)
		if b.out.Dial == "" {
			b.out.Dial = f.Dial
		}
	}
	for _, a := range addresses {
		b.out.Facts = append(b.out.Facts, Fact{Label: Text{Key: "SIP address"}, Value: a, Dial: "sip:" + a})
		if b.out.Dial == "" {
			b.out.Dial = "sip:" + a
		}
	}
	for _, e := range emails {
		b.out.Facts = append(b.out.Facts, Fact{Label: Text{Key: "E-mail"}, Value: e.Address, Mail: e.Address})
	}
}

// custom are the values of the company's own fields, by their names.
func (b facts) custom(fields []crm.Field, k crm.Kind, values crm.Values) {
	for _, f := range fields {
		if v := values[f.ID]; f.Has(k) && v != "" {
			b.out.Facts = append(b.out.Facts, Fact{Label: Text{Key: "{tag}", Args: map[string]string{"tag": f.Name}}, Value: v, Type: f.Type})
		}
	}
}

func (b facts) addresses(addresses []crm.Address) {
	for _, a := range addresses {
		b.add(addressLabel(a.Label), a.Line())
	}
}

func addressLabel(l crm.Label) Text {
	switch l {
	case crm.LabelWork, crm.LabelMain:
		return Text{Key: "Work address"}
	case crm.LabelHome, crm.LabelPrivate:
		return Text{Key: "Private address"}
	}
	return Text{Key: "Address"}
}

func (b facts) tail(responsible, source, comment string, marks []string, created time.Time) {
	b.add(Text{Key: "Responsible"}, responsible)
	if source != "" {
		b.out.Facts = append(b.out.Facts, Fact{Label: Text{Key: "Source"}, Value: source})
	}
	b.add(Text{Key: "Marks"}, strings.Join(marks, ", "))
	b.add(Text{Key: "Comment"}, comment)
	b.out.Created = created
}

func numberLabel(l crm.Label) Text {
	switch l {
	case crm.LabelMobile:
		return Text{Key: "Mobile"}
	case crm.LabelHome, crm.LabelPrivate:
		return Text{Key: "Private"}
	case crm.LabelFax:
		return Text{Key: "Fax"}
	case crm.LabelMain:
		return Text{Key: "Main number"}
	case crm.LabelWork:
		return Text{Key: "Work"}
	}
	return Text{Key: "Phone"}
}
