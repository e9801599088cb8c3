package store

import (
	"errors"
	"testing"

	"leadline/crm"
)

// Two agents change a record at the same time, each with a whole record in the window: both
// have their way where they touched different fields.
func TestOnlyWhatWasChangedIsTold(t *testing.T) {
	here, there := seeded(t), open(t)
	replay(t, here, there)
	before, _ := outbox(t, here)
	person := must(here.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref
	mine, yours := *must(here.Record(ctx, person))(t).Contact, *must(there.Record(ctx, person))(t).Contact
	yours.Position, yours.Emails = "Buyer", append(yours.Emails, crm.Email{Address: "new@example.org"})
	ok(t, there.Do(ctx, crm.UpdateContact{Contact: yours}))
	mine.LastName, mine.Numbers = "Schmidt", append(mine.Numbers, num("030 1111 2222", crm.LabelWork))
	ok(t, here.Do(ctx, crm.UpdateContact{Contact: mine}))
	replay(t, here, there)
	got := *must(there.Record(ctx, person))(t).Contact
	if got.LastName != "Schmidt" || got.Position != "Buyer" || len(got.Emails) != len(yours.Emails) || len(got.Numbers) != len(mine.Numbers) {
		t.Errorf("%+v", got)
	}
	names, changes := outbox(t, here)
	if len(names) != len(before)+1 || names[len(before)] != "record.update" {
		t.Fatalf("outbox %v", names[len(before):])
	}
	if u := changes[len(before)].(crm.UpdateRecord); u.Ref != person || u.Set["last_name"] != "Schmidt" || len(u.Add["numbers"]) != 1 || len(u.Drop)+len(u.Order) != 0 {
		t.Errorf("%+v", u)
	}
	ok(t, here.Do(ctx, crm.UpdateContact{Contact: mine}))
	if names, _ := outbox(t, here); len(names) != len(before)+1 {
		t.Errorf("saved without a change: %v", names)
	}
}

// A window that has been open for long saves what was typed in it, and nothing else.
func TestAnOldWindowTakesNothingBack(t *testing.T) {
	s := open(t)
	me := must(s.SignIn(ctx, crm.User{Name: "Anna"}))(t)
	r := contactWith(t, s, "Anna", "Meier", "0221 1111111", "", "")
	was := must(s.Record(ctx, r))(t)
	ok(t, s.Do(ctx, crm.UpdateRecord{Ref: r, Set: map[string]any{"position": "Buyer", "changed_by": "6b1d2f0a-0f6b-8e0e-9d5c-5f1a000000aa"}}))
	typed := *was.Contact
	typed.Comment = "typed"
	change := must(crm.Since(was, crm.UpdateContact{Contact: typed}))(t)
	ok(t, s.Do(ctx, change))
	if c := must(s.Record(ctx, r))(t).Contact; c.Position != "Buyer" || c.Comment != "typed" || c.ChangedBy != me.ID {
		t.Errorf("%+v", c)
	}
	company, lead, deal := crm.Company{ID: s.NewID(), Name: "AG"}, crm.Lead{ID: s.NewID()}, crm.Deal{ID: s.NewID()}
	for _, c := range []crm.Change{
		must(crm.Since(crm.Record{Company: &company}, crm.UpdateCompany{Company: company}))(t), must(crm.Since(crm.Record{Lead: &lead}, crm.UpdateLead{Lead: lead}))(t),
		must(crm.Since(crm.Record{Deal: &deal}, crm.UpdateDeal{Deal: deal}))(t),
	} {
		if u, is := c.(crm.UpdateRecord); !is || !u.Empty() {
			t.Errorf("%+v", c)
		}
	}
	if other := must(crm.Since(crm.Record{}, crm.RemoveRecord{Ref: r}))(t); other != (crm.RemoveRecord{Ref: r}) {
		t.Errorf("%+v", other)
	}
}

func TestRecordsOfAllKindsArePatched(t *testing.T) {
	s := open(t)
	person, company, lead, deal := s.NewID(), s.NewID(), s.NewID(), s.NewID()
	ok(t, s.Do(ctx, crm.CreateContact{Contact: crm.Contact{ID: person, LastName: "Meier"}}, crm.CreateCompany{Company: crm.Company{ID: company, Name: "Meier AG"}},
		crm.CreateLead{Lead: crm.Lead{ID: lead, Title: "Boiler"}}, crm.CreateDeal{Deal: crm.Deal{ID: deal, Title: "Boiler", Comment: "old"}}))
	patch := func(r crm.Ref, set map[string]any) error {
		return s.Do(ctx, crm.UpdateRecord{Ref: r, Set: set})
	}
	ok(t, patch(crm.Ref{Kind: crm.KindContact, ID: person}, map[string]any{"company": company, "fields.f": "x"}))
	ok(t, patch(crm.Ref{Kind: crm.KindCompany, ID: company}, map[string]any{"comment": "c"}))
	ok(t, patch(crm.Ref{Kind: crm.KindLead, ID: lead}, map[string]any{"status": "Junk"}))
	ok(t, patch(crm.Ref{Kind: crm.KindDeal, ID: deal}, map[string]any{"amount": map[string]any{"cents": int64(1) << 60, "currency": "EUR"}, "contact": person, "comment": nil}))
	c := must(s.Record(ctx, crm.Ref{Kind: crm.KindContact, ID: person}))(t).Contact
	d := must(s.Record(ctx, crm.Ref{Kind: crm.KindDeal, ID: deal}))(t).Deal
	l := must(s.Record(ctx, crm.Ref{Kind: crm.KindLead, ID: lead}))(t).Lead
	if c.Company != company || c.Fields["f"] != "x" || d.Amount.Minor != 1<<60 || d.Contact != person || d.Comment != "" || l.Status != crm.LeadJunk {
		t.Errorf("%+v %+v %+v", c, d, l)
	}
	for _, wrong := range []struct {
		r   crm.Ref
		set map[string]any
	}{
		{crm.Ref{Kind: crm.KindContact, ID: s.NewID()}, nil},
		{crm.Ref{Kind: "planet", ID: person}, nil},
		{crm.Ref{Kind: crm.KindContact, ID: person}, map[string]any{"last_name": 7}},
		{crm.Ref{Kind: crm.KindContact, ID: person}, map[string]any{"company": s.NewID()}},
	} {
		if wrong.set == nil {
			wrong.set = map[string]any{"comment": "x"}
		}
		if err := patch(wrong.r, wrong.set); err == nil {
			t.Errorf("%+v was done", wrong)
		}
	}
}

// A window that was opened before a merge saves on what the record became.
func TestAPatchFollowsAMerge(t *testing.T) {
	s := open(t)
	keep, gone := contactWith(t, s, "Anna", "Meier", "0221 1111111", "", ""), contactWith(t, s, "Ann", "Meier", "0221 2222222", "", "")
	m, _, err := s.MergeOf(ctx, keep, gone, nil)
	ok(t, err)
	must(s.Merge(ctx, m))(t)
	ok(t, s.Do(ctx, crm.UpdateRecord{Ref: gone, Set: map[string]any{"comment": "late"}}))
	if c := must(s.Record(ctx, keep))(t).Contact; c.Comment != "late" || c.ID != keep.ID {
		t.Errorf("%+v", c)
	}
	if err := s.Do(ctx, crm.UpdateContact{Contact: crm.Contact{ID: s.NewID()}}); !errors.Is(err, ErrNotFound) {
		t.Errorf("said %v", err)
	}
}

// A file of an earlier version may have commands on their way that set whole records.
func TestTheOldCommandsAreStillUnderstood(t *testing.T) {
	s := open(t)
	r := contactWith(t, s, "Anna", "Meier", "0221 1111111", "", "")
	ok(t, s.Apply(ctx, crm.Command{ID: s.NewID(), At: 1 << 16, Change: crm.UpdateContact{Contact: crm.Contact{ID: r.ID, LastName: "Schmidt"}}}))
	if c := must(s.Record(ctx, r))(t).Contact; c.Name() != "Schmidt" || len(c.Numbers) != 0 {
		t.Errorf("%+v", c)
	}
}
