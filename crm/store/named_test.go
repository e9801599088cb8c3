package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"leadline/crm"
)

// Rows of requirements.md that were held by tests of other names only, and what no test reached.

func TestACallKeepsTheNameOfItsLine_A2(t *testing.T) {
	s := seeded(t)
	line := lineOf(t, s, crm.Auto)
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, line)
	was := line.Name
	line.Name = "Renamed"
	ok(t, s.Do(ctx, crm.SaveLine{Line: line}))
	if row := must(s.Call(ctx, c.ID))(t); c.LineName != was || was == "" || row.Call.LineName != was {
		t.Errorf("begun on %q, it is now on %q, want %q", c.LineName, row.Call.LineName, was)
	}
}

func TestTheSourceOfALineIsCarriedToAllThatALeadBecomes_A4(t *testing.T) {
	for _, tt := range []struct{ source, want string }{{"Website", "Website"}, {"Messe", "Messe"}, {"", crm.SourceCall}} {
		for _, mode := range []crm.CRMMode{crm.Classic, crm.Simple} {
			s := seeded(t)
			setWorkspace(t, s, crm.Workspace{Mode: mode, ConvertTo: crm.ToBoth, OwnSources: []string{"Messe"}})
			line := crm.Line{ID: s.NewID(), Name: "L", Mode: crm.Auto, Source: tt.source}
			ok(t, s.Do(ctx, crm.SaveLine{Line: line}))
			c, d := begin(t, s, crm.Incoming, DemoUnknown, line)
			lead := c.Refs[len(c.Refs)-1]
			if mode == crm.Classic {
				must(s.Convert(ctx, must(s.ConversionOf(ctx, lead.ID, []crm.Kind{crm.KindContact, crm.KindCompany, crm.KindDeal}, nil, ""))(t)))(t)
			}
			l := must(s.Record(ctx, lead))(t).Lead
			sources := []string{d.Source, l.Source}
			for _, r := range l.Became {
				switch rec := must(s.Record(ctx, r))(t); r.Kind {
				case crm.KindContact:
					sources = append(sources, rec.Contact.Source)
				case crm.KindCompany:
					sources = append(sources, rec.Company.Source)
				case crm.KindDeal:
					sources = append(sources, rec.Deal.Source)
				}
			}
			if want := slices.Repeat([]string{tt.want}, 5); !slices.Equal(sources, want) {
				t.Errorf("mode %q, line with the source %q: decision, lead, contact, company, deal have %q", mode, tt.source, sources)
			}
		}
	}
}

func TestACallIsNotSavedOnAClosedLeadBesideTheCustomer_C1(t *testing.T) {
	s := seeded(t)
	line := lineOf(t, s, crm.Auto)
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, line)
	ok(t, s.Do(ctx, crm.SetLeadStatus{Lead: c.Refs[0].ID, From: crm.LeadNew, To: crm.LeadJunk}))
	customer := contactWith(t, s, "Ida", "Ofen", DemoUnknown, "", "")
	if c, d := begin(t, s, crm.Incoming, DemoUnknown, line); d.Create != "" || !slices.Equal(c.Refs, []crm.Ref{customer}) {
		t.Errorf("%+v on %v", d, c.Refs)
	}
}

func TestASIPAddressIsMatched_C2(t *testing.T) {
	s := seeded(t)
	who := crm.Contact{ID: s.NewID(), LastName: "Ofen", SIP: []string{"anna@example.org"}}
	ok(t, s.Do(ctx, crm.CreateContact{Contact: who}))
	for written, found := range map[string]int{"sip:anna@example.org": 1, "<sip:anna@example.org;transport=tcp>": 1, "sip:anna@example.com": 0, "sip:ann@example.org": 0} {
		if m := must(s.Match(ctx, crm.Parse(written, "DE")))(t); len(m) != found || found > 0 && m[0].Ref.ID != who.ID {
			t.Errorf("%s: %+v", written, m)
		}
	}
}

// What the PBX calls the caller is the lead's name, unless that is the number again.
func TestALeadHasTheNameThatThePBXSends_B1(t *testing.T) {
	for display, want := range map[string]string{"Käthe Süßmilch": "Käthe Süßmilch", DemoUnknown: "", "+49 30 1234567": "", "": ""} {
		s := seeded(t)
		party := crm.Parse(DemoUnknown, "DE")
		party.Display = display
		c, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Line: lineOf(t, s, crm.Auto).ID, Party: party})
		ok(t, err)
		if l := must(s.Record(ctx, c.Refs[0]))(t).Lead; l.LastName != want {
			t.Errorf("%q: the lead is named %q", display, l.LastName)
		}
	}
}

// A deal that a call makes is the company's where the company calls, and has the number for a title where nobody has a name.
func TestADealIsMadeForACompanyAndForANumber_F3(t *testing.T) {
	s := seeded(t)
	setWorkspace(t, s, crm.Workspace{Mode: crm.Simple})
	line := lineOf(t, s, crm.Auto)
	mill := crm.Company{ID: s.NewID(), Name: "Mill", Numbers: []crm.Number{num("0221 9870001", crm.LabelMain)}}
	nobody := crm.Contact{ID: s.NewID(), Numbers: []crm.Number{num("0221 9870002", crm.LabelWork)}}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: mill}, crm.CreateContact{Contact: nobody}))
	for number, want := range map[string]crm.Deal{"0221 9870001": {Title: "Mill", Company: mill.ID}, "0221 9870002": {Title: "0221 987 00 02", Contact: nobody.ID}} {
		c, d := begin(t, s, crm.Incoming, number, line)
		if d.Create != crm.KindDeal {
			t.Fatalf("%s: %+v", number, d)
		}
		if got := must(s.Record(ctx, c.Refs[len(c.Refs)-1]))(t).Deal; got.Title != want.Title || got.Company != want.Company || got.Contact != want.Contact {
			t.Errorf("%s: %+v", number, got)
		}
	}
}

// A lead is converted once; one that is closed otherwise is not converted at all.
func TestALeadIsConvertedOnce_F1(t *testing.T) {
	s := seeded(t)
	l, _ := aLead(t, s)
	all := []crm.Kind{crm.KindContact, crm.KindCompany, crm.KindDeal}
	first, second := must(s.ConversionOf(ctx, l.ID, all, nil, ""))(t), must(s.ConversionOf(ctx, l.ID, all, nil, ""))(t)
	must(s.Convert(ctx, first))(t)
	ok(t, s.Do(ctx, second)) // as another program's arrives
	if _, err := s.Record(ctx, crm.Ref{Kind: crm.KindContact, ID: second.Contact.ID}); !errors.Is(err, ErrNotFound) {
		t.Errorf("it became two contacts: %v", err)
	}
	if became := must(s.Record(ctx, crm.Ref{Kind: crm.KindLead, ID: l.ID}))(t).Lead.Became; !slices.Equal(became, first.Refs()) {
		t.Errorf("it became %v", became)
	}
	c, _ := begin(t, s, crm.Incoming, "0221 9879999", lineOf(t, s, crm.Auto))
	ok(t, s.Do(ctx, crm.SetLeadStatus{Lead: c.Refs[0].ID, From: crm.LeadNew, To: crm.LeadJunk}))
	var refused crm.Invalid
	if err := s.Do(ctx, must(s.ConversionOf(ctx, c.Refs[0].ID, all, nil, ""))(t)); !errors.As(err, &refused) || refused.Text.Key != crm.ConvertClosed {
		t.Errorf("junk: %v", err)
	}
}

// Whom a lead is converted into belongs to the company that it makes, unless they have one.
func TestAContactThatIsThereGetsTheCompanyOfALead_F1(t *testing.T) {
	s := seeded(t)
	meier := must(s.Companies(ctx, crm.Query{Text: "Meier", Limit: 9}))(t).Rows[0].Ref
	for _, has := range []crm.ID{"", meier.ID} {
		l, _ := aLead(t, s)
		who := contactWith(t, s, "Ida", "Ofen", "", "", has)
		c := must(s.ConversionOf(ctx, l.ID, []crm.Kind{crm.KindContact, crm.KindCompany}, []crm.Ref{who}, ""))(t)
		undo := must(s.Convert(ctx, c))(t)
		want := has
		if want == "" {
			want = c.Company.ID
		}
		if got := must(s.Record(ctx, who))(t).Contact.Company; got != want {
			t.Errorf("of company %q, it is of %q, want %q", has, got, want)
		}
		ok(t, s.Undo(ctx, undo.ID))
	}
}

func TestMissedCallsAreOrderedByTheirColumns_H6(t *testing.T) {
	s := open(t)
	lines := []crm.Line{{ID: s.NewID(), Name: "Alpha"}, {ID: s.NewID(), Name: "Beta"}}
	ok(t, s.Do(ctx, crm.SaveLine{Line: lines[0]}, crm.SaveLine{Line: lines[1]}))
	miss := func(number string, at, rang time.Duration, line crm.Line) {
		c, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Line: line.ID, Party: crm.Parse(number, "DE"), Began: noon.Add(at)})
		ok(t, err)
		ok(t, s.EndCall(ctx, c.ID, c.Began.Add(rang), crm.Missed, ""))
	}
	const ida, ben, cem = "0221 9870001", "0221 9870002", "sip:cem@example.org"
	miss(ida, 0, 5*time.Second, lines[1])
	miss(ben, time.Minute, 20*time.Second, lines[0])
	miss(ida, 2*time.Minute, 10*time.Second, lines[1])
	miss(cem, 3*time.Minute, time.Second, lines[1])
	names := map[string]string{crm.Parse(ida, "DE").Key(): "Ida", crm.Parse(ben, "DE").Key(): "Ben", crm.Parse(cem, "DE").Key(): "Cem"}
	for _, tt := range []struct {
		order crm.Order
		want  []string
	}{
		{crm.OrderUsual, []string{"Cem", "Ida", "Ben"}}, {crm.By(crm.ColumnBegan, false), []string{"Ben", "Ida", "Cem"}}, {crm.By(crm.ColumnBegan, true), []string{"Cem", "Ida", "Ben"}},
		{crm.By(crm.ColumnAttempts, true), []string{"Ida", "Cem", "Ben"}}, {crm.By(crm.ColumnAttempts, false), []string{"Cem", "Ben", "Ida"}},
		{crm.By(crm.ColumnLine, false), []string{"Ben", "Cem", "Ida"}}, {crm.By(crm.ColumnLine, true), []string{"Cem", "Ida", "Ben"}},
		{crm.By(crm.ColumnLength, false), []string{"Cem", "Ida", "Ben"}}, {crm.By(crm.ColumnLength, true), []string{"Ben", "Ida", "Cem"}},
	} {
		var got []string
		for _, row := range must(s.Missed(ctx, crm.Query{Order: tt.order, Limit: 10}))(t).Rows {
			got = append(got, names[row.Call.Party.Key()])
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("by %q: %v, want %v", tt.order, got, tt.want)
		}
	}
	if _, err := s.Missed(ctx, crm.Query{Order: crm.By(crm.ColumnAmount, false), Limit: 10}); err == nil {
		t.Error("missed calls are ordered by an amount")
	}
	both := crm.Contact{ID: s.NewID(), LastName: "Kurz", Numbers: []crm.Number{num(ida, crm.LabelWork)}, SIP: []string{"cem@example.org"}}
	ok(t, s.Do(ctx, crm.CreateContact{Contact: both}))
	if card := must(s.Card(ctx, crm.Ref{Kind: crm.KindContact, ID: both.ID}, 5, ""))(t); card.Missed != 3 {
		t.Errorf("%d calls of their number and address wait", card.Missed)
	}
}

// The server may say who had a call; somebody whom the file does not know changes nothing.
func TestWhoHadACallIsSaid_C1(t *testing.T) {
	s := seeded(t)
	petra := must(s.Users(ctx))(t)[1]
	c, _ := begin(t, s, crm.Incoming, DemoKnown, crm.Line{})
	other, _ := begin(t, s, crm.Incoming, DemoKnown, crm.Line{})
	for _, agent := range []crm.ID{petra.ID, s.NewID()} {
		ok(t, s.Do(ctx, crm.UpdateCall{ID: c.ID, Agent: agent}))
		if got := must(s.Call(ctx, c.ID))(t).Call; got.Agent != petra.ID || got.AgentName != petra.Name {
			t.Errorf("it was %s's, %q", got.Agent, got.AgentName)
		}
	}
	if got := must(s.Call(ctx, other.ID))(t).Call; got.Agent == petra.ID {
		t.Error("another call is Petra's, too")
	}
}

// A number moves between records of every kind, with the calls of that number and with no others.
func TestANumberMovesBetweenAllKinds(t *testing.T) {
	s := seeded(t)
	number, stays := num("0221 9870001", crm.LabelWork), num("0221 9870009", crm.LabelHome)
	with := []crm.Number{number, stays}
	who := crm.Contact{ID: s.NewID(), LastName: "Ofen", Numbers: with}
	mill := crm.Company{ID: s.NewID(), Name: "Mill"}
	lead := crm.Lead{ID: s.NewID(), LastName: "Kurz", Status: crm.LeadNew}
	ok(t, s.Do(ctx, crm.CreateContact{Contact: who}, crm.CreateCompany{Company: mill}, crm.CreateLead{Lead: lead}))
	called, _ := begin(t, s, crm.Incoming, number.Written, crm.Line{})
	elsewhere, _ := begin(t, s, crm.Incoming, stays.Written, crm.Line{})
	refs := []crm.Ref{{Kind: crm.KindContact, ID: who.ID}, {Kind: crm.KindCompany, ID: mill.ID}, {Kind: crm.KindLead, ID: lead.ID}, {Kind: crm.KindContact, ID: who.ID}}
	numbers := func(r crm.Ref) []crm.Number {
		switch rec := must(s.Record(ctx, r))(t); r.Kind {
		case crm.KindContact:
			return rec.Contact.Numbers
		case crm.KindCompany:
			return rec.Company.Numbers
		default:
			return rec.Lead.Numbers
		}
	}
	for i, to := range refs[1:] {
		from := refs[i]
		must(s.MoveNumber(ctx, number, from, to, true))(t)
		if slices.Contains(numbers(from), number) || !slices.Contains(numbers(to), number) || !slices.Contains(numbers(refs[0]), stays) {
			t.Errorf("%s to %s: %v and %v", from.Kind, to.Kind, numbers(from), numbers(to))
		}
		if a, b := must(s.Call(ctx, called.ID))(t).Call.Refs, must(s.Call(ctx, elsewhere.ID))(t).Call.Refs; a[0] != to || b[0] != refs[0] {
			t.Errorf("%s to %s: the calls are on %v and %v", from.Kind, to.Kind, a, b)
		}
	}
	// What a record has not in its numbers any more is given all the same.
	must(s.MoveNumber(ctx, num("0221 9870005", crm.LabelWork), refs[1], refs[2], false))(t)
	if got := numbers(refs[2]); len(got) != 1 || got[0].E164 != 492219870005 {
		t.Errorf("given: %v", got)
	}
	deal, another := crm.Deal{ID: s.NewID(), Title: "Kettle"}, crm.Deal{ID: s.NewID(), Title: "Pot"}
	ok(t, s.Do(ctx, crm.CreateDeal{Deal: deal}, crm.CreateDeal{Deal: another}))
	r := crm.Ref{Kind: crm.KindDeal, ID: deal.ID}
	if _, err := s.MoveNumber(ctx, number, refs[0], r, false); err == nil {
		t.Error("a deal gets a number")
	}
	if _, _, err := s.MergeOf(ctx, r, crm.Ref{Kind: crm.KindDeal, ID: another.ID}, nil); err == nil {
		t.Error("two deals are merged")
	}
}

func TestDuplicatesOfLeadsAndBySIPAddress(t *testing.T) {
	s := seeded(t)
	lead := func(name, address string) crm.Ref {
		l := crm.Lead{ID: s.NewID(), LastName: name, Status: crm.LeadNew, SIP: []string{address}, Emails: []crm.Email{{Address: name + "@example.org"}}}
		ok(t, s.Do(ctx, crm.CreateLead{Lead: l}))
		return crm.Ref{Kind: crm.KindLead, ID: l.ID}
	}
	one, two := lead("Zwirn", "zwirn@example.org"), lead("Faden", "zwirn@example.org")
	three := lead("Zwirn", "other@example.org")
	lead("Anders", "anders@example.org")
	got := must(s.Duplicates(ctx, one))(t)
	if len(got) != 2 || got[0].Ref != two || !got[0].ByNumber || got[0].ByName || got[1].Ref != three || got[1].ByNumber || !got[1].ByEmail || !got[1].ByName {
		t.Errorf("%+v", got)
	}
}

func TestOpenLeadsAreOnesOwn(t *testing.T) {
	s := seeded(t)
	anna, petra := must(s.Me(ctx))(t), must(s.Users(ctx))(t)[1]
	before := must(s.OpenLeads(ctx))(t)
	for _, l := range []crm.Lead{{Responsible: anna.ID, Status: crm.LeadNew}, {Responsible: anna.ID, Status: crm.LeadInProgress}, {Responsible: anna.ID, Status: crm.LeadJunk}, {Responsible: petra.ID, Status: crm.LeadNew}, {Status: crm.LeadNew}} {
		l.ID, l.LastName = s.NewID(), "x"
		ok(t, s.Do(ctx, crm.CreateLead{Lead: l}))
	}
	if n := must(s.OpenLeads(ctx))(t) - before; n != 2 {
		t.Errorf("%d open leads more are Anna's", n)
	}
}

// What somebody has put elsewhere since a merge stays there when it is taken back.
func TestWhatWasPutElsewhereSinceStaysThere(t *testing.T) {
	s := seeded(t)
	company := func(name string) crm.Ref {
		c := crm.Company{ID: s.NewID(), Name: name}
		ok(t, s.Do(ctx, crm.CreateCompany{Company: c}))
		return crm.Ref{Kind: crm.KindCompany, ID: c.ID}
	}
	gone, keep, third := company("Mill"), company("Mühle"), company("Works")
	moved, stays := contactWith(t, s, "Ida", "Ofen", "", "", gone.ID), contactWith(t, s, "Uwe", "Ofen", "", "", gone.ID)
	note := crm.Note{ID: s.NewID(), Ref: gone, At: noon, Text: "note"}
	up := crm.FollowUp{ID: s.NewID(), Ref: gone, Due: noon, Text: "call"}
	ok(t, s.Do(ctx, crm.SaveRecordNote{Note: note}, crm.SaveFollowUp{FollowUp: up}))
	m, _, err := s.MergeOf(ctx, keep, gone, nil)
	ok(t, err)
	undo := must(s.Merge(ctx, m))(t)
	note.Ref, up.Ref = third, third
	ok(t, s.Do(ctx, crm.SaveRecordNote{Note: note}, crm.SaveFollowUp{FollowUp: up}, crm.UpdateRecord{Ref: moved, Set: map[string]any{"company": string(third.ID)}}))
	ok(t, s.Undo(ctx, undo.ID))
	if got := must(noteByID(must(s.read(ctx))(t), note.ID))(t); got.Ref != third {
		t.Errorf("the note is on %v", got.Ref)
	}
	if got := must(followUpByID(must(s.read(ctx))(t), up.ID))(t); got.Ref != third {
		t.Errorf("the follow-up is on %v", got.Ref)
	}
	if a, b := must(s.Record(ctx, moved))(t).Contact.Company, must(s.Record(ctx, stays))(t).Contact.Company; a != third.ID || b != gone.ID {
		t.Errorf("who went since is of %s, who did not of %s", a, b)
	}
}

// More rows than are counted have no number, nor have more than the search looks through.
func TestVeryLongListsAreNotCounted(t *testing.T) {
	s := open(t)
	people := make([]ImportRow, countedRows+1)
	for i := range people {
		people[i].Contact.LastName = fmt.Sprintf("Groß %d", i)
	}
	must(s.Import(ctx, must(s.PrepareImport(people))(t), Add))(t)
	ok(t, s.WaitIndexed(ctx))
	for text, want := range map[string]int{"": -1, "groß": -1, "groß 1000": 2} { // and 10000
		if page := must(s.Contacts(ctx, crm.Query{Text: text, Limit: 5}))(t); page.Total != want || want > 0 && len(page.Rows) != want {
			t.Errorf("%q: %d of %d", text, len(page.Rows), page.Total)
		}
	}
	first := must(s.Contacts(ctx, crm.Query{Limit: 1}))(t).Rows[0].Ref
	ok(t, s.Do(ctx, crm.RemoveRecord{Ref: first}))
	if page := must(s.Contacts(ctx, crm.Query{Limit: 1}))(t); page.Total != countedRows {
		t.Errorf("exactly as many as are counted: %d", page.Total)
	}
}

// The statistics name a line that is no more as it was called last.
func TestALineThatIsNoMoreIsNamedAsLast_A2(t *testing.T) {
	s := open(t)
	line := s.NewID()
	for i, name := range []string{"Sales", "Sales and service", "Later"} {
		c, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Line: line, LineName: name, Party: crm.Parse("0221 9870001", "DE"), Began: noon.Add(time.Duration(i) * time.Hour)})
		ok(t, err)
		ok(t, s.EndCall(ctx, c.ID, c.Began.Add(time.Minute), crm.Missed, ""))
	}
	st := must(s.Statistics(ctx, crm.StatisticsQuery{From: noon, To: noon.Add(2 * time.Hour)}))(t)
	if len(st.ByLine) != 1 || st.ByLine[0].Name != "Sales and service" || st.ByLine[0].Calls != 2 {
		t.Errorf("%+v", st.ByLine)
	}
}
