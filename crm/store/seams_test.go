package store

import (
	"fmt"
	"slices"
	"testing"

	"leadline/crm"
)

// Where two rows of requirements.md meet.

func TestWhoIsCalledAgainHasANewLeadWhenItRingsThere_B1_B6(t *testing.T) {
	s := seeded(t)
	line := lineOf(t, s, crm.Auto)
	setWorkspace(t, s, crm.Workspace{RepeatLeads: true})
	first, _ := begin(t, s, crm.Incoming, DemoUnknown, line)
	ok(t, s.Do(ctx, crm.SetLeadStatus{Lead: first.Refs[0].ID, From: crm.LeadNew, To: crm.LeadJunk}))
	c, d := begin(t, s, crm.Outgoing, DemoUnknown, line)
	if d.Create != "" || !slices.Equal(c.Refs, first.Refs) {
		t.Fatalf("before it rings there: %+v on %v", d, c.Refs)
	}
	c, d, err := s.RingCall(ctx, c.ID)
	ok(t, err)
	if d.Create != crm.KindLead || !d.Repeat || len(c.Refs) != 1 || c.Refs[0] == first.Refs[0] {
		t.Fatalf("when it rings there: %+v on %v", d, c.Refs)
	}
	if l := must(s.Record(ctx, c.Refs[0]))(t).Lead; !l.Repeat || !l.Status.Open() || l.Origin.Call != c.ID {
		t.Errorf("the new lead is %+v", l)
	}
	ok(t, s.AnswerCall(ctx, c.ID, noon))
	if open := openLeadsOf(t, s); len(open) != 5 { // four of the demo
		t.Errorf("%d leads are open", len(open))
	}
}

// What an agent has put elsewhere before it rang there stays there, and nothing is said to be made.
func TestACallPutElsewhereMakesNothingWhenItRingsThere_C3(t *testing.T) {
	s := seeded(t)
	line := lineOf(t, s, crm.Auto)
	setWorkspace(t, s, crm.Workspace{Mode: crm.Simple})
	other := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref
	for _, number := range []string{"089 4521 77", DemoUnknown} {
		c, _ := begin(t, s, crm.Outgoing, number, line)
		ok(t, s.LinkCall(ctx, c.ID, other))
		rung, d, err := s.RingCall(ctx, c.ID)
		ok(t, err)
		if d.Create != "" || rung.Refs[0] != other {
			t.Errorf("%s: %+v on %v", number, d, rung.Refs)
		}
	}
}

func TestADealIsMadeAlsoWhereOneOfBeforeIsGone_F3(t *testing.T) {
	s := seeded(t)
	line := lineOf(t, s, crm.Auto)
	setWorkspace(t, s, crm.Workspace{Mode: crm.Simple})
	var deals []crm.Ref
	for range 3 {
		c, d := begin(t, s, crm.Incoming, "089 4521 77", line)
		if d.Create != crm.KindDeal {
			t.Fatalf("%+v", d)
		}
		deal := c.Refs[len(c.Refs)-1]
		if slices.Contains(deals, deal) {
			t.Fatalf("%v again", deal)
		}
		deals = append(deals, deal)
		ok(t, s.Do(ctx, crm.SetDealStage{Deal: deal.ID, From: crm.DealNew, To: crm.DealWon}))
		if len(deals) == 2 {
			ok(t, s.Do(ctx, crm.RemoveRecord{Ref: deals[0]}))
		}
	}
}

// Every rule of a line is its own: of two lines at the same time, each does as it is set up.
func TestTwoLinesBehaveInOppositeWaysAtTheSameTime_A1(t *testing.T) {
	s := seeded(t)
	petra := crm.User{ID: s.NewID(), Name: "Petra", Extension: "155"}
	queue := crm.Queue{ID: s.NewID(), Name: "Sales queue", Members: []crm.ID{petra.ID}}
	sales := crm.Line{ID: s.NewID(), Name: "Sales", Number: num("030 555 1000", crm.LabelWork), Region: "DE", Source: "Website", Queue: queue.ID,
		Mode: crm.Auto, LeadFor: crm.LeadForIncoming, SendToResponsible: true, ChangeResponsible: true}
	service := crm.Line{ID: s.NewID(), Name: "Service", Number: num("030 555 2000", crm.LabelWork), Region: "AT", Source: "Callback",
		Mode: crm.Auto, LeadFor: crm.LeadForOutgoing}
	ok(t, s.Do(ctx, crm.SaveUser{User: petra}, crm.SaveQueue{Queue: queue}, crm.SaveLine{Line: sales}, crm.SaveLine{Line: service}))
	me := must(s.Me(ctx))(t)
	for _, tt := range []struct {
		line        crm.Line
		direction   crm.Direction
		made        bool
		responsible crm.ID
		reason      string
	}{
		{sales, crm.Incoming, true, petra.ID, crm.ReasonNewLeadQueue},
		{service, crm.Incoming, false, me.ID, crm.ReasonNotThisWay},
		{sales, crm.Outgoing, false, me.ID, crm.ReasonNotThisWay},
		{service, crm.Outgoing, true, me.ID, crm.ReasonNewLeadOut},
	} {
		c := crm.Call{Direction: tt.direction, Line: tt.line.ID, Party: crm.Parse(fmt.Sprintf("0221 98700%d%d", b2i(tt.line.ID == sales.ID), b2i(tt.direction == crm.Incoming)), "DE")}
		c, d, err := s.BeginCall(ctx, c)
		ok(t, err)
		if c, d, err = s.RingCall(ctx, c.ID); err != nil || c.LineName != tt.line.Name || d.Source != tt.line.Source || d.Responsible != tt.responsible {
			t.Errorf("%s, %s: on line %q with source %q of %v, %v", tt.line.Name, tt.direction, c.LineName, d.Source, d.Responsible, err)
		}
		if made := len(c.Refs) > 0; made != tt.made || made && must(s.Record(ctx, c.Refs[0]))(t).Lead.Line != tt.line.ID || !made && d.Reason.Key != tt.reason {
			t.Errorf("%s, %s: it is on %v because %q", tt.line.Name, tt.direction, c.Refs, d.Reason.Key)
		}
		if tt.made && c.Reason.Key != tt.reason {
			t.Errorf("%s, %s: made because %q", tt.line.Name, tt.direction, c.Reason.Key)
		}
		ok(t, s.AnswerCall(ctx, c.ID, s.now()))
		ok(t, s.TransferCall(ctx, c.ID, "102")) // to Petra Weiß
		if tt.made {
			if goes := must(s.Record(ctx, c.Refs[0]))(t).Responsible == "Petra Weiß"; goes != tt.line.ChangeResponsible {
				t.Errorf("%s: passed on, the lead goes along: %v", tt.line.Name, goes)
			}
		}
	}
	caller := crm.Parse(DemoKnown, "DE")
	for _, l := range []crm.Line{sales, service} {
		called, there, err := s.LineByNumber(ctx, l.Number.Written)
		if err != nil || !there || called.ID != l.ID || called.Region != l.Region {
			t.Errorf("%s is called, and it is %+v, %v", l.Name, called, err)
		}
		f := crm.RouteFacts{Line: called, Party: caller, Matches: must(s.Match(ctx, caller))(t), Responsible: me, Ready: true}
		if goes := crm.DecideRoute(f).Extension != ""; goes != l.SendToResponsible {
			t.Errorf("%s: sent to the responsible person: %v", l.Name, goes)
		}
	}
}

// A number of which nearly every call was junk has one open lead at most, however many closed ones.
func TestAmongManyClosedLeadsTheOpenOneIsFound_B4(t *testing.T) {
	for _, number := range []string{DemoUnknown, "sip:spam@example.org"} {
		s := seeded(t)
		party, line := crm.Parse(number, "DE"), lineOf(t, s, crm.Auto)
		setWorkspace(t, s, crm.Workspace{RepeatLeads: true})
		form := crm.Form{Party: party}
		var do []crm.Change
		for range mostMatches + 3 {
			do = append(do, crm.CreateLead{Lead: crm.Lead{ID: s.NewID(), Status: crm.LeadJunk, Numbers: form.Numbers(), SIP: form.SIP()}})
		}
		ok(t, s.Do(ctx, do...))
		first, d := begin(t, s, crm.Incoming, number, line)
		again, more := begin(t, s, crm.Incoming, number, line)
		if d.Create != crm.KindLead || more.Create != "" || !slices.Equal(again.Refs, first.Refs) {
			t.Errorf("%s: the next call makes %+v and is on %v, want %v", number, more, again.Refs, first.Refs)
		}
	}
}

func TestDealsAreMadeInTheLinesPipelineWhileItIsThere_F4(t *testing.T) {
	s := seeded(t)
	own := crm.StandardPipeline()
	own.ID, own.Name = s.NewID(), "Service"
	ofMode := crm.StandardPipeline()
	ofMode.ID, ofMode.Name = s.NewID(), "Customers"
	line := crm.Line{ID: s.NewID(), Name: "Service", Mode: crm.Auto, Pipeline: own.ID}
	ok(t, s.Do(ctx, crm.SavePipeline{Pipeline: own}, crm.SavePipeline{Pipeline: ofMode}, crm.SaveLine{Line: line}))
	pipelineOfDeal := func(refs []crm.Ref) crm.ID {
		t.Helper()
		i := slices.IndexFunc(refs, func(r crm.Ref) bool { return r.Kind == crm.KindDeal })
		if i < 0 {
			t.Fatalf("no deal among %v", refs)
		}
		return must(s.Record(ctx, refs[i]))(t).Deal.Pipeline
	}
	lead, _ := begin(t, s, crm.Incoming, "030 555 0001", line)
	if c := must(s.ConversionOf(ctx, lead.Refs[0].ID, []crm.Kind{crm.KindDeal}, nil, ""))(t); c.Deal.Pipeline != own.ID {
		t.Errorf("by hand it is proposed in %s", c.Deal.Pipeline)
	}
	setWorkspace(t, s, crm.Workspace{Mode: crm.Simple, Pipeline: ofMode.ID})
	if got := pipelineOfDeal(must(s.Record(ctx, lead.Refs[0]))(t).Lead.Became); got != own.ID {
		t.Errorf("F6: the lead of the line became a deal of %s", got)
	}
	suggested, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse("030 555 0002", "DE")})
	ok(t, err)
	must(s.Create(ctx, crm.Form{Call: suggested.ID, Kind: crm.KindLead, LastName: "Ofen", Party: suggested.Party, Line: line.ID}))(t)
	if got := pipelineOfDeal(must(s.Call(ctx, suggested.ID))(t).Call.Refs); got != own.ID {
		t.Errorf("F2: the lead by hand became a deal of %s", got)
	}
	ok(t, s.Do(ctx, crm.SaveLine{Line: crm.Line{ID: line.ID, Name: "Service", Mode: crm.Auto, Pipeline: s.NewID()}})) // one that was removed
	stranger, _ := begin(t, s, crm.Incoming, "030 555 0003", line)
	if got := pipelineOfDeal(stranger.Refs); got != ofMode.ID {
		t.Errorf("the line's pipeline is gone: the deal is in %s", got)
	}
}

func TestAColleagueWithALongExtensionMakesNothing_B5(t *testing.T) {
	s := seeded(t)
	ok(t, s.Do(ctx, crm.SaveUser{User: crm.User{ID: s.NewID(), Name: "Zora", Extension: "2001234"}}))
	if c, d := begin(t, s, crm.Incoming, "2001234", lineOf(t, s, crm.Auto)); d.Reason.Key != crm.ReasonColleague || len(c.Refs) > 0 {
		t.Errorf("%+v on %v", d, c.Refs)
	}
}

// A lead that turns out to be somebody who is there: the next call with its number is theirs, and what the lead knew is not lost (F1, C1).
func TestALeadConvertedIntoSomebodyGivesThemItsNumber_F1_C1(t *testing.T) {
	for _, kind := range []crm.Kind{crm.KindContact, crm.KindCompany} {
		s := seeded(t)
		lead, call := aLead(t, s)
		into := crm.Ref{Kind: kind, ID: s.NewID()}
		if kind == crm.KindContact {
			ok(t, s.Do(ctx, crm.CreateContact{Contact: crm.Contact{ID: into.ID, FirstName: "Jörg", LastName: "Groß", Comment: "old"}}))
		} else {
			ok(t, s.Do(ctx, crm.CreateCompany{Company: crm.Company{ID: into.ID, Name: "Groß", Comment: "old"}}))
		}
		before := everything(t, s, into, crm.Ref{Kind: crm.KindLead, ID: lead.ID})
		undo := must(s.Convert(ctx, must(s.ConversionOf(ctx, lead.ID, []crm.Kind{crm.KindDeal}, []crm.Ref{into}, ""))(t)))(t)
		if again, d := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto)); d.Create != "" || len(again.Refs) == 0 || again.Refs[0] != into {
			t.Errorf("%s: the next call makes %+v and is on %v", kind, d, again.Refs)
		} else {
			ok(t, s.LinkCall(ctx, again.ID, must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref))
		}
		rec := must(s.Record(ctx, into))(t)
		var emails []crm.Email
		comment, source := "", ""
		if kind == crm.KindContact {
			emails, comment, source = rec.Contact.Emails, rec.Contact.Comment, rec.Contact.Source
		} else {
			emails, comment, source = rec.Company.Emails, rec.Company.Comment, rec.Company.Source
		}
		if len(emails) != 1 || comment != "old\n\nin a hurry" || source != "Website" {
			t.Errorf("%s: %v, %q, source %q", kind, emails, comment, source)
		}
		ok(t, s.Undo(ctx, undo.ID))
		if after := everything(t, s, into, crm.Ref{Kind: crm.KindLead, ID: lead.ID}); !slices.Equal(after, before) {
			t.Errorf("%s: taken back it is\n%s\nwas\n%s", kind, after, before)
		}
		if row := must(s.Call(ctx, call.ID))(t); !slices.Equal(row.Call.Refs, call.Refs) {
			t.Errorf("%s: the call is on %v", kind, row.Call.Refs)
		}
	}
}

// What was typed, done and moved since stays when a conversion, a merge or a removal is taken back.
func TestTakingBackKeepsWhatWasDoneSince(t *testing.T) {
	type since struct {
		s        *Store
		note     crm.Note
		followUp crm.FollowUp
		colleague, deal,
		moved crm.Ref // a contact and a deal that pointed to what is taken back, and a contact to whom a call was moved
		call crm.ID
	}
	setUp := func(t *testing.T, on crm.Ref, s *Store) since {
		d := since{s: s, note: crm.Note{ID: s.NewID(), Ref: on, At: noon, Text: "a"}, followUp: crm.FollowUp{ID: s.NewID(), Ref: on, Due: noon, Text: "call"}}
		ok(t, s.Do(ctx, crm.SaveRecordNote{Note: d.note}, crm.SaveFollowUp{FollowUp: d.followUp}))
		d.moved = contactWith(t, s, "Else", "Where", "", "", "")
		c, _ := begin(t, s, crm.Incoming, "030 555 0007", lineOf(t, s, crm.Suggest))
		ok(t, s.LinkCall(ctx, c.ID, on))
		d.call = c.ID
		if on.Kind == crm.KindCompany {
			d.colleague = contactWith(t, s, "Ida", "Ofen", "", "", on.ID)
			d.deal = crm.Ref{Kind: crm.KindDeal, ID: s.NewID()}
			ok(t, s.Do(ctx, crm.CreateDeal{Deal: crm.Deal{ID: d.deal.ID, Title: "Boiler", Company: on.ID}}))
		}
		return d
	}
	change := func(t *testing.T, d *since) {
		h := must(noteByID(must(d.s.read(ctx))(t), d.note.ID))(t)
		if h.ID == "" {
			return
		}
		h.Text = "typed since"
		f := must(followUpByID(must(d.s.read(ctx))(t), d.followUp.ID))(t)
		f.Done = noon
		ok(t, d.s.Do(ctx, crm.SaveRecordNote{Note: h}, crm.SaveFollowUp{FollowUp: f}))
		ok(t, d.s.LinkCall(ctx, d.call, d.moved))
	}
	edit := func(t *testing.T, d *since) {
		if d.deal.None() {
			return
		}
		ok(t, d.s.Do(ctx, crm.UpdateRecord{Ref: d.colleague, Set: map[string]any{"position": "Buyer"}},
			crm.SetDealStage{Deal: d.deal.ID, From: crm.DealNew, To: crm.DealQuoteSent}))
	}
	check := func(t *testing.T, what string, d since, on crm.Ref, text string) {
		t.Helper()
		n := must(noteByID(must(d.s.read(ctx))(t), d.note.ID))(t)
		f := must(followUpByID(must(d.s.read(ctx))(t), d.followUp.ID))(t)
		if n.Text != text || n.Ref != on || f.Ref != on || f.Done.IsZero() != (text == "a") {
			t.Errorf("%s: note %+v, follow-up %+v", what, n, f)
		}
		if row := must(d.s.Call(ctx, d.call))(t); text != "a" && row.Ref != d.moved {
			t.Errorf("%s: the call that was moved is on %v", what, row.Ref)
		} else if text == "a" && row.Ref != on {
			t.Errorf("%s: the call is on %v", what, row.Ref)
		}
		if d.deal.None() {
			return
		}
		colleague, deal := must(d.s.Record(ctx, d.colleague))(t).Contact, must(d.s.Record(ctx, d.deal))(t).Deal
		if colleague.Company != on.ID || colleague.Position != "Buyer" || deal.Company != on.ID || deal.Stage != crm.DealQuoteSent {
			t.Errorf("%s: %+v and %+v", what, colleague, deal)
		}
	}
	t.Run("conversion", func(t *testing.T) {
		s := seeded(t)
		lead, _ := aLead(t, s)
		on := crm.Ref{Kind: crm.KindLead, ID: lead.ID}
		d := setUp(t, on, s)
		undo := must(s.Convert(ctx, must(s.ConversionOf(ctx, lead.ID, []crm.Kind{crm.KindContact}, nil, ""))(t)))(t)
		change(t, &d)
		ok(t, s.Undo(ctx, undo.ID))
		check(t, "conversion", d, on, "typed since")
	})
	for _, kind := range []crm.Kind{crm.KindContact, crm.KindCompany} {
		for _, how := range []string{"merge", "removal"} {
			what := fmt.Sprint(how, " of a ", kind)
			t.Run(what, func(t *testing.T) {
				s := seeded(t)
				on, keep := crm.Ref{Kind: kind, ID: s.NewID()}, crm.Ref{Kind: kind, ID: s.NewID()}
				for _, r := range []crm.Ref{on, keep} {
					if kind == crm.KindContact {
						ok(t, s.Do(ctx, crm.CreateContact{Contact: crm.Contact{ID: r.ID, LastName: "Groß"}}))
					} else {
						ok(t, s.Do(ctx, crm.CreateCompany{Company: crm.Company{ID: r.ID, Name: "Groß"}}))
					}
				}
				d := setUp(t, on, s)
				var undo crm.Undo
				text := "typed since"
				if how == "merge" {
					m, _, err := s.MergeOf(ctx, keep, on, nil)
					ok(t, err)
					undo = must(s.Merge(ctx, m))(t)
				} else {
					undo, text = must(s.Remove(ctx, on))(t), "a"
				}
				change(t, &d)
				edit(t, &d)
				ok(t, s.Undo(ctx, undo.ID))
				check(t, what, d, on, text)
			})
		}
	}
}

// A person and their company are removed together; a call that was on both is on both again.
func TestARemovalOfTwoIsTakenBackWhole(t *testing.T) {
	s := seeded(t)
	company := crm.Company{ID: s.NewID(), Name: "Mill"}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: company}))
	both := []crm.Ref{{Kind: crm.KindCompany, ID: company.ID}, contactWith(t, s, "Ida", "Weiß", "030 555 0008", "", company.ID)}
	c, _ := begin(t, s, crm.Incoming, "030 555 0008", lineOf(t, s, crm.Suggest))
	undo := must(s.Remove(ctx, both...))(t)
	ok(t, s.Undo(ctx, undo.ID))
	if row := must(s.Call(ctx, c.ID))(t); !slices.Equal(row.Call.Refs, c.Refs) || len(c.Refs) != 2 {
		t.Errorf("the call is on %v, was on %v", row.Call.Refs, c.Refs)
	}
	if got := must(s.Record(ctx, both[1]))(t).Contact.Company; got != company.ID {
		t.Errorf("she is with %q", got)
	}
}

func TestANumberMovesWithEachOfItsExtensions(t *testing.T) {
	s := seeded(t)
	from, to := contactWith(t, s, "Ida", "Weiß", "", "", ""), contactWith(t, s, "Uwe", "Ofen", "", "", "")
	ida := *must(s.Record(ctx, from))(t).Contact
	ida.Numbers = []crm.Number{num("030 555 0009 x10", crm.LabelWork), num("030 555 0009 x20", crm.LabelMobile), num("030 555 0010", crm.LabelHome)}
	ok(t, s.Do(ctx, crm.UpdateContact{Contact: ida}))
	undo := must(s.MoveNumber(ctx, ida.Numbers[0], from, to, false))(t)
	if got := must(s.Record(ctx, to))(t).Contact.Numbers; !slices.Equal(got, ida.Numbers[:2]) {
		t.Errorf("he has %+v", got)
	}
	if got := must(s.Record(ctx, from))(t).Contact.Numbers; !slices.Equal(got, ida.Numbers[2:]) {
		t.Errorf("she has %+v", got)
	}
	ok(t, s.Undo(ctx, undo.ID))
	if got := must(s.Record(ctx, from))(t).Contact.Numbers; !slices.Equal(got, ida.Numbers) {
		t.Errorf("taken back she has %+v", got)
	}
}
