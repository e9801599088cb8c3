package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"leadline/crm"
)

// openLeadsOf are the leads that a switch of the mode would convert.
func openLeadsOf(t *testing.T, s *Store) []crm.ID {
	t.Helper()
	return must(openLeadIDs(must(s.read(ctx))(t)))(t)
}

func setWorkspace(t *testing.T, s *Store, w crm.Workspace) {
	t.Helper()
	if _, err := s.SetWorkspace(ctx, w, openLeadsOf(t, s)); err != nil {
		t.Fatal(err)
	}
}

func except(t *testing.T, s *Store, list crm.ListName, text string) {
	t.Helper()
	entries, wrong := crm.ParseEntries(list, text, "DE")
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	ok(t, s.Do(ctx, crm.AddEntries{Entries: entries}))
}

func kindsOf(refs []crm.Ref) (kinds []crm.Kind) {
	for _, r := range refs {
		kinds = append(kinds, r.Kind)
	}
	return kinds
}

func TestAnExceptionLeavesNoTrace_E1(t *testing.T) {
	s := seeded(t)
	except(t, s, crm.Exceptions, "0221 98*\n"+DemoKnown)
	line := lineOf(t, s, crm.Auto)
	var count = func() (n int) {
		ok(t, s.readDB.QueryRow("SELECT (SELECT count(*) FROM lead) + (SELECT count(*) FROM contact) + (SELECT count(*) FROM deal) + (SELECT count(*) FROM call_link)").Scan(&n))
		return n
	}
	before := count()
	for _, number := range []string{DemoUnknown, DemoKnown} {
		for _, direction := range []crm.Direction{crm.Incoming, crm.Outgoing} {
			c, d := begin(t, s, direction, number, line)
			if _, _, err := s.RingCall(ctx, c.ID); err != nil {
				t.Fatal(err)
			}
			ok(t, s.AnswerCall(ctx, c.ID, noon))
			ok(t, s.LinkCall(ctx, c.ID, must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref))
			ok(t, s.EndCall(ctx, c.ID, noon, crm.Answered, ""))
			if d.Reason.Key != crm.ReasonException {
				t.Errorf("%s %s: %+v", direction, number, d)
			}
			if row := must(s.Call(ctx, c.ID))(t); row.Call.Reason.Key != crm.ReasonException || row.Call.Outcome != crm.Answered {
				t.Errorf("the log has %+v", row.Call)
			}
		}
	}
	if after := count(); after != before {
		t.Errorf("%d rows of the CRM became %d", before, after)
	}
}

func TestACallOfTheBlacklistIsLoggedOnly_E3(t *testing.T) {
	s := seeded(t)
	except(t, s, crm.Blacklist, DemoUnknown)
	c, d := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto))
	if !d.Decline || len(c.Refs) > 0 || must(s.Call(ctx, c.ID))(t).Call.Reason.Key != crm.ReasonBlacklist {
		t.Errorf("%+v on %v", d, c.Refs)
	}
}

func TestTheSimpleModeMakesCustomerAndDealAtOnce_F2(t *testing.T) {
	for _, c := range []struct {
		to   crm.ConvertTo
		want []crm.Kind
	}{
		{crm.ToContact, []crm.Kind{crm.KindContact, crm.KindDeal, crm.KindLead}},
		{crm.ToCompany, []crm.Kind{crm.KindCompany, crm.KindDeal, crm.KindLead}},
		{crm.ToBoth, []crm.Kind{crm.KindContact, crm.KindCompany, crm.KindDeal, crm.KindLead}},
	} {
		s := seeded(t)
		setWorkspace(t, s, crm.Workspace{Mode: crm.Simple, ConvertTo: c.to})
		call, _ := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto))
		if got := kindsOf(call.Refs); !slices.Equal(got, c.want) {
			t.Errorf("%q: the call is on %v", c.to, got)
		}
		if refs := must(s.Call(ctx, call.ID))(t).Ref; refs != call.Refs[0] {
			t.Errorf("%q: the log has it on %v", c.to, refs)
		}
		m := must(s.Match(ctx, call.Party))(t)
		if m[0].Ref != call.Refs[0] || m[0].Name != "0221 987 65 43" {
			t.Errorf("%q: matches %+v", c.to, m)
		}
		lead := must(s.Record(ctx, call.Refs[len(call.Refs)-1]))(t).Lead
		if lead.Status != crm.LeadConverted || len(lead.Became) != len(c.want)-1 || lead.Origin.Reason.Key != crm.ReasonNewCustomer {
			t.Errorf("%q: lead %+v", c.to, lead)
		}
		deal := must(s.Record(ctx, lead.Became[len(lead.Became)-1]))(t).Deal
		if deal.Lead != lead.ID || deal.Source != "Website" || deal.Origin.Call != call.ID || deal.Responsible == "" {
			t.Errorf("%q: deal %+v", c.to, deal)
		}
		again, d := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto))
		if d.Create != "" || len(again.Refs) != len(c.want)-1 {
			t.Errorf("%q: the next call makes %+v", c.to, d)
		}
	}
}

func TestALeadByHandIsACustomerInTheSimpleMode_F2(t *testing.T) {
	s := seeded(t)
	setWorkspace(t, s, crm.Workspace{Mode: crm.Simple})
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Suggest))
	ref := must(s.Create(ctx, crm.Form{Call: c.ID, Kind: crm.KindLead, FirstName: "Jörg", LastName: "Groß", Party: c.Party}))(t)
	if rec := must(s.Record(ctx, ref))(t); ref.Kind != crm.KindContact || rec.Name != "Jörg Groß" {
		t.Errorf("%v %+v", ref, rec.Name)
	}
	row := must(s.Call(ctx, c.ID))(t)
	if got := kindsOf(row.Call.Refs); !slices.Equal(got, []crm.Kind{crm.KindContact, crm.KindDeal}) || len(openLeadsOf(t, s)) != 0 {
		t.Errorf("the call is on %v", got)
	}
}

func TestTheSimpleModeMakesADealForWhoHasNone_F3(t *testing.T) {
	s := seeded(t)
	setWorkspace(t, s, crm.Workspace{Mode: crm.Simple})
	line := lineOf(t, s, crm.Auto)
	c, d := begin(t, s, crm.Outgoing, "089 4521 77", line)
	if d.Create != "" || len(c.Refs) != 2 {
		t.Fatalf("before it rings there: %+v on %v", d, c.Refs)
	}
	rung, d, err := s.RingCall(ctx, c.ID)
	ok(t, err)
	if d.Create != crm.KindDeal || len(rung.Refs) != 3 {
		t.Fatalf("%+v on %v", d, rung.Refs)
	}
	deal := must(s.Record(ctx, rung.Refs[2]))(t)
	if deal.ContactName != "Käthe Süßmilch" || deal.CompanyName != "Bäckerei Süßmilch" || deal.Name != "Käthe Süßmilch" {
		t.Errorf("%+v", deal)
	}
	ok(t, s.AnswerCall(ctx, c.ID, noon))
	if row := must(s.Call(ctx, c.ID))(t); len(row.Call.Refs) == 0 {
		t.Errorf("%+v", row)
	}
	_, d = begin(t, s, crm.Incoming, "089 4521 77", line)
	if d.Create != "" || len(d.Attach) != 3 {
		t.Errorf("the next call: %+v", d)
	}
	// What the company has open as a whole counts, however many larger deals its people have.
	ok(t, s.EndCall(ctx, rung.ID, noon, crm.Answered, ""))
	who := must(s.Record(ctx, rung.Refs[0]))(t)
	company := must(s.Record(ctx, rung.Refs[1]))(t)
	whole := crm.Deal{ID: s.NewID(), Title: "Whole", Company: company.Ref.ID, Amount: crm.Money{Minor: 1, Currency: "EUR"}}
	colleague := crm.Contact{ID: s.NewID(), LastName: "Ofen", Company: company.Ref.ID}
	do := []crm.Change{crm.RemoveRecord{Ref: deal.Ref}, crm.CreateContact{Contact: colleague}, crm.CreateDeal{Deal: whole}}
	for range mostMatches {
		do = append(do, crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Contact: colleague.ID, Company: company.Ref.ID, Amount: crm.Money{Minor: 100, Currency: "EUR"}}})
	}
	ok(t, s.Do(ctx, do...))
	_, d = begin(t, s, crm.Incoming, "089 4521 77", line)
	if want := []crm.Ref{who.Ref, company.Ref, {Kind: crm.KindDeal, ID: whole.ID}}; d.Create != "" || !slices.Equal(d.Attach, want) {
		t.Errorf("with a deal of the company: %+v, want it on %v", d, want)
	}
}

func TestWhatACallMadeGoesToWhoAnswers_D1(t *testing.T) {
	s := seeded(t)
	setWorkspace(t, s, crm.Workspace{Owner: crm.WhoAnswers})
	users := must(s.Users(ctx))(t)
	petra := users[1]
	gone := crm.User{ID: s.NewID(), Name: "Gone", Left: true}
	queue := crm.Queue{ID: s.NewID(), Name: "Q", Members: []crm.ID{s.NewID(), gone.ID, petra.ID}} // of whom one was removed, and one has left
	line := crm.Line{ID: s.NewID(), Name: "L", Mode: crm.Auto, Queue: queue.ID}
	ok(t, s.Do(ctx, crm.SaveUser{User: gone}, crm.SaveQueue{Queue: queue}, crm.SaveLine{Line: line}))
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, line)
	if rec := must(s.Record(ctx, c.Refs[0]))(t); rec.Responsible != "Petra Weiß" {
		t.Errorf("while it rings %s has it", rec.Responsible)
	}
	ok(t, s.AnswerCall(ctx, c.ID, noon))
	if rec := must(s.Record(ctx, c.Refs[0]))(t); rec.Responsible != "Anna Krüger" || rec.Lead.Origin.Reason.Key != crm.ReasonNewLeadQueue {
		t.Errorf("after Anna answered %s has it, made because %q", rec.Responsible, rec.Lead.Origin.Reason.Key)
	}
	if row := must(s.Call(ctx, c.ID))(t); row.Call.Reason.Key != crm.ReasonAnswered {
		t.Errorf("the call says %+v", row.Call.Reason)
	}
}

func TestACompletedTransferChangesTheResponsible_D2(t *testing.T) {
	for _, on := range []bool{true, false} {
		s := seeded(t)
		line := crm.Line{ID: s.NewID(), Name: "L", Mode: crm.Auto, ChangeResponsible: on}
		ok(t, s.Do(ctx, crm.SaveLine{Line: line}))
		c, _ := begin(t, s, crm.Incoming, DemoUnknown, line)
		ok(t, s.AnswerCall(ctx, c.ID, noon))
		known, _ := begin(t, s, crm.Incoming, DemoKnown, line)
		ok(t, s.TransferCall(ctx, c.ID, "0176 9999999")) // to outside: nobody of ours
		if rec := must(s.Record(ctx, c.Refs[0]))(t); rec.Responsible != "Anna Krüger" {
			t.Errorf("passed on to outside, %s has it", rec.Responsible)
		}
		ok(t, s.TransferCall(ctx, c.ID, "sip:102@pbx.example.org"))
		ok(t, s.TransferCall(ctx, known.ID, "102"))
		ok(t, s.EndCall(ctx, c.ID, noon, crm.Answered, ""))
		want := map[bool]string{true: "Petra Weiß", false: "Anna Krüger"}[on]
		if rec := must(s.Record(ctx, c.Refs[0]))(t); rec.Responsible != want {
			t.Errorf("setting %v: %s has it", on, rec.Responsible)
		}
		if rec := must(s.Record(ctx, known.Refs[0]))(t); rec.Responsible != "Anna Krüger" {
			t.Errorf("a record that was there before went to %s", rec.Responsible)
		}
		if row := must(s.Call(ctx, c.ID))(t); row.Call.PassedTo == "" {
			t.Error("the call does not say whom it was passed to")
		}
	}
}

func TestALeadOfAnotherProgramIsTheSame_B4(t *testing.T) {
	s := seeded(t)
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto))
	lead := must(s.Record(ctx, c.Refs[0]))(t).Lead
	other := *lead
	other.ID, other.Origin = s.NewID(), crm.Origin{Call: s.NewID()}
	for _, l := range []crm.Lead{*lead, other} {
		ok(t, s.Do(ctx, crm.EnsureLead{Lead: l, Peer: c.Party.Key(), Generation: 1}))
	}
	if m := must(s.Match(ctx, c.Party))(t); len(m) != 1 {
		t.Errorf("%d leads", len(m))
	}
	form := crm.Form{Kind: crm.KindLead, LastName: "Groß", Party: c.Party}
	if ref := must(s.Create(ctx, form))(t); ref != c.Refs[0] || must(s.Record(ctx, ref))(t).Name != "Groß" {
		t.Errorf("by hand another lead of the number was made: %v", ref)
	}
	ok(t, s.Do(ctx, crm.SetLeadStatus{Lead: lead.ID, From: crm.LeadNew, To: crm.LeadJunk}))
	setWorkspace(t, s, crm.Workspace{RepeatLeads: true})
	next, d := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto))
	if !d.Repeat || next.Refs[0] == c.Refs[0] || !must(s.Record(ctx, next.Refs[0]))(t).Lead.Repeat {
		t.Errorf("the next generation: %+v on %v", d, next.Refs)
	}
	var refused crm.Invalid
	if err := s.Do(ctx, crm.SetLeadStatus{Lead: lead.ID, From: crm.LeadJunk, To: crm.LeadNew}); !errors.As(err, &refused) || refused.Text.Key != crm.OpenAlready {
		t.Errorf("a second open lead of the number: %v", err)
	}
	lead.Status = crm.LeadInProgress
	if err := s.Do(ctx, crm.UpdateLead{Lead: *lead}); !errors.As(err, &refused) || refused.Text.Key != crm.OpenAlready {
		t.Errorf("opened by hand beside the other: %v", err)
	}
	stranger := crm.Lead{ID: s.NewID(), LastName: "Weiß"}
	ok(t, s.Do(ctx, crm.CreateLead{Lead: stranger}))
	stranger.Numbers = []crm.Number{num(DemoUnknown, crm.LabelWork)}
	if err := s.Do(ctx, crm.UpdateLead{Lead: stranger}); !errors.As(err, &refused) || refused.Text.Key != crm.OpenAlready {
		t.Errorf("the number was given to a second open lead: %v", err)
	}
}

func TestAConvertedLeadStaysClosed_F1(t *testing.T) {
	s := seeded(t)
	l, _ := aLead(t, s)
	must(s.Convert(ctx, must(s.ConversionOf(ctx, l.ID, []crm.Kind{crm.KindContact}, nil, ""))(t)))(t)
	var refused crm.Invalid
	if err := s.Do(ctx, crm.SetLeadStatus{Lead: l.ID, From: crm.LeadConverted, To: crm.LeadNew}); !errors.As(err, &refused) || refused.Text.Key != crm.ConvertedStays {
		t.Errorf("%v", err)
	}
}

func TestWhoImportedSomebodyMadeThem(t *testing.T) {
	s := seeded(t)
	other := must(s.Users(ctx))(t)[1].ID
	company, a, b := crm.Company{ID: s.NewID(), Name: "Neu AG"}, crm.Contact{ID: s.NewID(), LastName: "A"}, crm.Contact{ID: s.NewID(), LastName: "B", MadeBy: other}
	a.Company = company.ID
	ok(t, s.Do(ctx, crm.ImportContacts{Companies: []crm.Company{company}, Contacts: []crm.Contact{a, b}}))
	me := must(s.Me(ctx))(t).ID
	record := func(kind crm.Kind, id crm.ID) crm.Record { return must(s.Record(ctx, crm.Ref{Kind: kind, ID: id}))(t) }
	if f := record(crm.KindCompany, company.ID).Company; f.MadeBy != me || f.ChangedBy != me {
		t.Errorf("%+v", f)
	}
	if c := record(crm.KindContact, a.ID).Contact; c.MadeBy != me {
		t.Errorf("%+v", c)
	}
	if c := record(crm.KindContact, b.ID).Contact; c.MadeBy != other {
		t.Errorf("who made it before: %+v", c)
	}
}

// aLead makes a lead with all that a lead can have.
func aLead(t *testing.T, s *Store) (crm.Lead, crm.Call) {
	t.Helper()
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto))
	ok(t, s.SaveNote(ctx, c.ID, "Wants a boiler"))
	l := *must(s.Record(ctx, c.Refs[0]))(t).Lead
	l.FirstName, l.LastName, l.CompanyName, l.Comment = "Jörg", "Groß", "Groß & Söhne", "in a hurry"
	l.Emails, l.Addresses, l.Fields = []crm.Email{{Address: "joerg@example.org"}}, []crm.Address{{City: "Köln"}}, crm.Values{"f": "1"}
	anna := must(s.Me(ctx))(t)
	ok(t, s.Do(ctx, crm.UpdateLead{Lead: l}, crm.SaveRecordNote{Note: crm.Note{ID: s.NewID(), Ref: c.Refs[0], At: noon, Text: "by post"}},
		crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: s.NewID(), Ref: c.Refs[0], Due: noon, Text: "call", Responsible: anna.ID}}))
	return *must(s.Record(ctx, c.Refs[0]))(t).Lead, must(s.Call(ctx, c.ID))(t).Call
}

// noteOn says whether the note of aLead is on a record.
func noteOn(rec crm.Record) bool {
	return slices.ContainsFunc(rec.Timeline, func(e crm.Event) bool { return e.Kind == crm.EventNote && e.Body == "by post" })
}

func TestALeadIsConvertedWithAllItHas_F1(t *testing.T) {
	for _, kinds := range [][]crm.Kind{{crm.KindDeal}, {crm.KindContact}, {crm.KindCompany}, {crm.KindContact, crm.KindCompany},
		{crm.KindContact, crm.KindDeal}, {crm.KindCompany, crm.KindDeal}, {crm.KindContact, crm.KindCompany, crm.KindDeal}} {
		s := seeded(t)
		l, call := aLead(t, s)
		lead := crm.Ref{Kind: crm.KindLead, ID: l.ID}
		c := must(s.ConversionOf(ctx, l.ID, kinds, nil, ""))(t)
		undo := must(s.Convert(ctx, c))(t)
		if got := kindsOf(c.Refs()); !slices.Equal(got, kinds) {
			t.Errorf("made %v, not %v", got, kinds)
		}
		for _, r := range c.Refs() {
			rec := must(s.Record(ctx, r))(t)
			source := ""
			switch r.Kind {
			case crm.KindContact:
				source = rec.Contact.Source
				if rec.Name != "Jörg Groß" || len(rec.Contact.Numbers) != 1 || rec.Contact.Emails[0].Address != "joerg@example.org" || rec.Contact.Fields["f"] != "1" {
					t.Errorf("%v: %+v", kinds, rec.Contact)
				}
			case crm.KindCompany:
				source = rec.Company.Source
				if rec.Name != "Groß & Söhne" {
					t.Errorf("%v: %+v", kinds, rec.Company)
				}
			case crm.KindDeal:
				source = rec.Deal.Source
				if rec.Name != "Groß & Söhne" || rec.Deal.Lead != l.ID {
					t.Errorf("%v: %+v", kinds, rec.Deal)
				}
			}
			if source != "Website" || rec.Responsible != "Anna Krüger" || !slices.ContainsFunc(rec.Timeline, func(e crm.Event) bool { return e.Call == call.ID }) {
				t.Errorf("%v %s: source %q, responsible %q, timeline %+v", kinds, r.Kind, source, rec.Responsible, rec.Timeline)
			}
			if note := noteOn(rec); note != (r == c.Refs()[0]) {
				t.Errorf("%v %s: the lead's note is there: %v", kinds, r.Kind, note)
			}
		}
		first := c.Refs()[0]
		if row := must(s.Call(ctx, call.ID))(t); row.Ref != first {
			t.Errorf("%v: the call's own record is %v", kinds, row.Ref)
		}
		if due := must(s.FollowUps(ctx, first))(t); len(due) != 1 || due[0].Ref != first {
			t.Errorf("%v: follow-ups %+v", kinds, due)
		}
		after := must(s.Record(ctx, lead))(t)
		if after.Lead.Status != crm.LeadConverted || len(after.Lead.Became) != len(kinds) {
			t.Errorf("%v: the lead is %+v", kinds, after.Lead)
		}
		var refused crm.Invalid
		if _, err := s.Convert(ctx, must(s.ConversionOf(ctx, l.ID, nil, nil, ""))(t)); !errors.As(err, &refused) {
			t.Errorf("converted into nothing: %v", err)
		}

		later, _ := begin(t, s, crm.Incoming, DemoUnknown, crm.Line{})
		ok(t, s.Undo(ctx, undo.ID))
		back := must(s.Record(ctx, lead))(t)
		if !back.Lead.Status.Open() || len(back.Lead.Became) != 0 || back.Lead.Comment != "in a hurry" || !noteOn(back) {
			t.Errorf("%v: taken back, the lead is %+v", kinds, back.Lead)
		}
		if row := must(s.Call(ctx, call.ID))(t); row.Ref != lead || row.Call.Note != "Wants a boiler" {
			t.Errorf("%v: taken back, the call is on %v", kinds, row.Ref)
		}
		if row := must(s.Call(ctx, later.ID))(t); row.Ref != lead {
			t.Errorf("%v: a call since is on %v", kinds, row.Ref)
		}
		if due := must(s.FollowUps(ctx, lead))(t); len(due) != 1 {
			t.Errorf("%v: taken back, follow-ups %+v", kinds, due)
		}
		for _, r := range c.Refs() {
			if _, err := s.Record(ctx, r); !errors.Is(err, ErrNotFound) {
				t.Errorf("%v: taken back, %s is there: %v", kinds, r.Kind, err)
			}
		}
		if err := s.Undo(ctx, undo.ID); !errors.As(err, &refused) || refused.Text.Key != crm.UndoTooLate {
			t.Errorf("taken back twice: %v", err)
		}
	}
}

func TestAConversionIntoRecordsThatAreThere_F1(t *testing.T) {
	s := seeded(t)
	l, call := aLead(t, s)
	customer := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref
	c := must(s.ConversionOf(ctx, l.ID, []crm.Kind{crm.KindContact, crm.KindDeal}, []crm.Ref{customer}, ""))(t)
	if c.Contact != nil || c.Deal.Contact != customer.ID {
		t.Fatalf("%+v", c)
	}
	undo := must(s.Convert(ctx, c))(t)
	if row := must(s.Call(ctx, call.ID))(t); row.Ref != customer {
		t.Errorf("the call is on %v", row.Ref)
	}
	ok(t, s.Undo(ctx, undo.ID))
	if _, err := s.Record(ctx, customer); err != nil {
		t.Errorf("a contact that was there before is gone: %v", err)
	}
}

func TestWhatIsMissingIsSaidBeforeAConversion_F1(t *testing.T) {
	s := seeded(t)
	l, _ := aLead(t, s)
	ok(t, s.Do(ctx, crm.SaveField{Field: crm.Field{ID: s.NewID(), Name: "VAT", Kinds: []crm.Kind{crm.KindCompany}, Type: crm.TextField, Required: true}}))
	for want, edit := range map[string]func(*crm.ConvertLead){
		crm.FormNeedsName:       func(c *crm.ConvertLead) { c.Contact.FirstName, c.Contact.LastName = "", "" },
		crm.ConvertNeedsCompany: func(c *crm.ConvertLead) { c.Company.Name = "" },
		crm.ConvertNeedsTitle:   func(c *crm.ConvertLead) { c.Deal.Title = "" },
		crm.FieldMissing:        func(*crm.ConvertLead) {},
	} {
		c := must(s.ConversionOf(ctx, l.ID, []crm.Kind{crm.KindContact, crm.KindCompany, crm.KindDeal}, nil, ""))(t)
		edit(&c)
		var refused crm.Invalid
		if _, err := s.Convert(ctx, c); !errors.As(err, &refused) || refused.Text.Key != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if rec := must(s.Record(ctx, crm.Ref{Kind: crm.KindLead, ID: l.ID}))(t); !rec.Lead.Status.Open() {
		t.Error("refused, and converted")
	}
}

func TestUndoIsForAWhileAndWhatWasNotChanged(t *testing.T) {
	s := seeded(t)
	l, _ := aLead(t, s)
	c := must(s.ConversionOf(ctx, l.ID, []crm.Kind{crm.KindContact}, nil, ""))(t)
	undo := must(s.Convert(ctx, c))(t)
	if undos := must(s.Undos(ctx))(t); len(undos) != 1 || undos[0].Title.Args["name"] != "Groß & Söhne" {
		t.Errorf("%+v", undos)
	}
	edited := *c.Contact
	edited.Comment = "typed since"
	ok(t, s.Do(ctx, crm.UpdateContact{Contact: edited}))
	var refused crm.Invalid
	if err := s.Undo(ctx, undo.ID); !errors.As(err, &refused) || refused.Text.Key != crm.UndoChanged {
		t.Errorf("what was typed since would be lost: %v", err)
	}
	was := s.now
	s.now = func() time.Time { return was().Add(crm.UndoFor + time.Hour) }
	if err := s.Undo(ctx, undo.ID); !errors.As(err, &refused) || refused.Text.Key != crm.UndoTooLate {
		t.Errorf("a day later: %v", err)
	}
	if undos := must(s.Undos(ctx))(t); len(undos) != 0 {
		t.Errorf("a day later %+v", undos)
	}
}

func TestASwitchToTheSimpleModeConvertsOpenLeads_F6(t *testing.T) {
	s := seeded(t)
	open := openLeadsOf(t, s)
	if len(open) != 4 {
		t.Fatalf("%d open leads", len(open))
	}
	ask := func(about []crm.ID) (leads []crm.ID) {
		t.Helper()
		var more crm.LeadsOpen
		if n, err := s.SetWorkspace(ctx, crm.Workspace{Mode: crm.Simple}, about); !errors.As(err, &more) || n != 0 {
			t.Fatalf("%d converted, %v", n, err)
		}
		if w := must(s.Workspace(ctx))(t); w.Mode != crm.Classic {
			t.Fatal("the mode is switched without the answer")
		}
		return more.Leads
	}
	if asked := ask(nil); !slices.Equal(asked, open) {
		t.Errorf("it asks about %v, open are %v", asked, open)
	}
	// while the question stands one comes and one is closed
	ok(t, s.Do(ctx, crm.CreateLead{Lead: crm.Lead{ID: s.NewID(), LastName: "Groß", Status: crm.LeadNew}}))
	closed := must(s.Record(ctx, crm.Ref{Kind: crm.KindLead, ID: open[0]}))(t).Lead
	closed.Status = crm.LeadJunk
	ok(t, s.Do(ctx, crm.UpdateLead{Lead: *closed}))
	asked := ask(open)
	if len(asked) != 4 || slices.Contains(asked, open[0]) {
		t.Errorf("it asks about %v", asked)
	}
	converted := must(s.SetWorkspace(ctx, crm.Workspace{Mode: crm.Simple}, append(asked, open[0])))(t)
	if left := openLeadsOf(t, s); converted != 4 || len(left) != 0 {
		t.Errorf("%d converted, %d left", converted, len(left))
	}
	if junk := must(s.Record(ctx, crm.Ref{Kind: crm.KindLead, ID: open[0]}))(t).Lead; junk.Status != crm.LeadJunk {
		t.Errorf("the one that was closed is %s", junk.Status)
	}
	m := must(s.Match(ctx, crm.Parse("0931 36-1260", "DE")))(t)
	if m[0].Ref.Kind != crm.KindContact || m[0].Name != "Purchasing" {
		t.Errorf("%+v", m)
	}
	if again := must(s.SetWorkspace(ctx, crm.Workspace{Mode: crm.Simple, RepeatLeads: true}, nil))(t); again != 0 {
		t.Errorf("saved again, %d converted", again)
	}
}
