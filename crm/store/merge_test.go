package store

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"leadline/crm"
)

func contactWith(t testing.TB, s *Store, first, last, number, email string, company crm.ID) crm.Ref {
	t.Helper()
	c := crm.Contact{ID: s.NewID(), FirstName: first, LastName: last, Company: company}
	if number != "" {
		c.Numbers = []crm.Number{num(number, crm.LabelMobile)}
	}
	if email != "" {
		c.Emails = []crm.Email{{Address: email}}
	}
	ok(t, s.Do(ctx, crm.CreateContact{Contact: c}))
	return crm.Ref{Kind: crm.KindContact, ID: c.ID}
}

func TestDuplicatesAreFoundByNumberEmailAndName(t *testing.T) {
	s := seeded(t)
	self := contactWith(t, s, "Jörg", "Groß", "0170 1111111", "joerg@example.org", "")
	byNumber := contactWith(t, s, "Praktikant", "", "+49 170 1111111", "", "")
	byEmail := contactWith(t, s, "J.", "G.", "", "Joerg@Example.org", "")
	byName := contactWith(t, s, "GROSS", "Joerg", "", "", "")
	all := contactWith(t, s, "Jorg", "Gross", "01701111111", "joerg@example.org", "")
	contactWith(t, s, "Georg", "Groß", "0170 2222222", "georg@example.org", "")
	want := []Duplicate{{Match: crm.Match{Ref: all}, ByNumber: true, ByEmail: true, ByName: true}, {Match: crm.Match{Ref: byNumber}, ByNumber: true},
		{Match: crm.Match{Ref: byEmail}, ByEmail: true}, {Match: crm.Match{Ref: byName}, ByName: true}}
	got := must(s.Duplicates(ctx, self))(t)
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, d := range got {
		if w := want[i]; d.Ref != w.Ref || d.ByNumber != w.ByNumber || d.ByEmail != w.ByEmail || d.ByName != w.ByName || d.Name == "" {
			t.Errorf("place %d: %+v", i, d)
		}
	}
	umlaut := contactWith(t, s, "Jürgen", "Möller", "", "", "")
	for _, typed := range []string{"Moeller", "Moller", "MÖLLER"} {
		other := contactWith(t, s, typed, "Jürgen", "", "", "")
		if got := must(s.Duplicates(ctx, other))(t); !slices.ContainsFunc(got, func(d Duplicate) bool { return d.Ref == umlaut && d.ByName }) {
			t.Errorf("%s: %+v", typed, got)
		}
	}
	company := crm.Company{ID: s.NewID(), Name: "MEIER gmbh & Co. KG"}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: company}))
	if got := must(s.Duplicates(ctx, crm.Ref{Kind: crm.KindCompany, ID: company.ID}))(t); len(got) != 1 || got[0].Name != "Meier GmbH" || !got[0].ByName {
		t.Errorf("%+v", got)
	}
}

// everything is what a file shows of records and calls, but for when they were changed.
func everything(t *testing.T, s *Store, refs ...crm.Ref) (all []string) {
	t.Helper()
	add := func(v any) {
		b, err := json.Marshal(v)
		ok(t, err)
		all = append(all, string(b))
	}
	for _, r := range refs {
		rec := must(s.Record(ctx, r))(t)
		switch {
		case rec.Contact != nil:
			rec.Contact.Updated, rec.Contact.ChangedBy = noon, ""
		case rec.Company != nil:
			rec.Company.Updated, rec.Company.ChangedBy = noon, ""
		case rec.Lead != nil:
			rec.Lead.Updated, rec.Lead.ChangedBy = noon, ""
		case rec.Deal != nil:
			rec.Deal.Updated, rec.Deal.ChangedBy = noon, ""
		}
		for _, e := range rec.Timeline {
			if e.Call != "" {
				add(must(s.Call(ctx, e.Call))(t).Call.Refs)
			}
		}
		add(rec)
		add(must(s.FollowUps(ctx, r))(t))
	}
	return all
}

func asBefore(t *testing.T, after, before []string) {
	t.Helper()
	for i := range max(len(after), len(before)) {
		if i >= len(after) || i >= len(before) || after[i] != before[i] {
			t.Errorf("taken back, it is not as it was:\n%.3000s\n%.3000s", after[min(i, len(after)-1)], before[min(i, len(before)-1)])
			return
		}
	}
}

func TestAMergeMovesEverythingAndIsTakenBack(t *testing.T) {
	s := seeded(t)
	meier := must(s.Companies(ctx, crm.Query{Text: "Meier", Limit: 9}))(t).Rows[0].Ref
	person := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref
	deal := crm.Ref{Kind: crm.KindDeal, ID: must(s.Card(ctx, person, 5, ""))(t).Deals[0].ID}
	double := contactWith(t, s, "Juergen", "Mueller-Luedenscheidt", "0170 5555555", "jm@example.org", meier.ID)
	call, _ := begin(t, s, crm.Incoming, "0170 5555555", crm.Line{})
	ok(t, s.Do(ctx, crm.SaveRecordNote{Note: crm.Note{ID: s.NewID(), Ref: double, At: noon, Text: "prefers mail"}},
		crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: s.NewID(), Ref: double, Due: noon, Text: "send it"}}))
	before := everything(t, s, person, double, meier, deal)

	m, diffs, err := s.MergeOf(ctx, double, person, map[string]bool{"last_name": true})
	ok(t, err)
	if len(diffs) != 2 || diffs[0].Field != "first_name" || m.Contact.LastName != "Müller-Lüdenscheidt" {
		t.Errorf("%+v %+v", diffs, m.Contact)
	}
	undo := must(s.Merge(ctx, m))(t)
	card := must(s.Card(ctx, double, 99, ""))(t)
	if card.Name != "Juergen Müller-Lüdenscheidt" || len(card.Deals) != 2 || card.Calls != 13 {
		t.Errorf("merged: %+v", card)
	}
	for _, number := range []string{DemoKnown, "0170 5555555"} {
		if got := must(s.Match(ctx, crm.Parse(number, "DE")))(t); len(got) != 1 || got[0].Ref != double {
			t.Errorf("%s leads to %+v", number, got)
		}
	}
	if rec := must(s.Record(ctx, person))(t); rec.Ref != double {
		t.Errorf("who knows the old id finds %v", rec.Ref)
	}
	ok(t, s.Undo(ctx, undo.ID))
	asBefore(t, everything(t, s, person, double, meier, deal), before)
	if row := must(s.Call(ctx, call.ID))(t); row.Ref != double {
		t.Errorf("the call is on %v", row.Ref)
	}
}

func TestTwoCompaniesAreMergedWithTheirPeople(t *testing.T) {
	s := seeded(t)
	meier := must(s.Companies(ctx, crm.Query{Text: "Meier", Limit: 9}))(t).Rows[0].Ref
	other := crm.Company{ID: s.NewID(), Name: "Meier Köln", Numbers: []crm.Number{num("0221 111111", crm.LabelMain)}}
	keep := crm.Ref{Kind: crm.KindCompany, ID: other.ID}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: other}))
	person := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref
	before := everything(t, s, meier, keep, person)
	m, _, err := s.MergeOf(ctx, keep, meier, nil)
	ok(t, err)
	undo := must(s.Merge(ctx, m))(t)
	if rec := must(s.Record(ctx, person))(t); rec.CompanyName != "Meier Köln" {
		t.Errorf("the person is at %q", rec.CompanyName)
	}
	ok(t, s.Undo(ctx, undo.ID))
	asBefore(t, everything(t, s, meier, keep, person), before)
	var refused crm.Invalid
	if _, _, err := s.MergeOf(ctx, keep, person, nil); !errors.As(err, &refused) {
		t.Errorf("a company and a person: %v", err)
	}
	if err := s.Do(ctx, crm.MergeRecords{Keep: keep, Gone: keep, Company: &other}); !errors.As(err, &refused) {
		t.Errorf("a company into itself: %v", err)
	}
}

func TestANumberMovesToAnotherPerson(t *testing.T) {
	for _, withCalls := range []bool{true, false} {
		s := seeded(t)
		from := must(s.Match(ctx, crm.Parse("+48 22 555 18 40", "DE")))(t)[0].Ref
		to := contactWith(t, s, "Heiko", "Nachfolger", "", "", "")
		before := everything(t, s, from, to)
		calls := must(s.Card(ctx, from, 9, ""))(t).Calls
		undo := must(s.MoveNumber(ctx, num("+48 22 555 18 40", crm.LabelWork), from, to, withCalls))(t)
		if m := must(s.Match(ctx, crm.Parse("+48 22 555 18 40", "DE")))(t); len(m) != 1 || m[0].Ref != to {
			t.Errorf("the number leads to %+v", m)
		}
		moved := must(s.Card(ctx, to, 9, ""))(t).Calls
		if withCalls && (moved != calls || calls == 0) || !withCalls && moved != 0 {
			t.Errorf("with calls %v: %d of %d moved", withCalls, moved, calls)
		}
		ok(t, s.Undo(ctx, undo.ID))
		asBefore(t, everything(t, s, from, to), before)
	}
}

// A number goes from where it is to where it is to be, also when one of the two was merged into a third while somebody looked.
func TestANumberIsMovedFromWhereItWasMergedTo(t *testing.T) {
	s := seeded(t)
	from, heir := contactWith(t, s, "Ida", "Ofen", "0221 9870001", "", ""), contactWith(t, s, "Ida", "Ofen-Groß", "", "", "")
	to := contactWith(t, s, "Uwe", "Nachfolger", "", "", "")
	c, _ := begin(t, s, crm.Incoming, "0221 9870001", crm.Line{})
	ok(t, s.EndCall(ctx, c.ID, noon.Add(time.Minute), crm.Answered, ""))
	m, _, err := s.MergeOf(ctx, heir, from, nil)
	ok(t, err)
	must(s.Merge(ctx, m))(t)
	number := num("0221 9870001", crm.LabelMobile)
	must(s.MoveNumber(ctx, number, from, to, true))(t)
	if row := must(s.Call(ctx, c.ID))(t); !slices.Equal(row.Call.Refs, []crm.Ref{to}) {
		t.Errorf("the call is on %v", row.Call.Refs)
	}
	if found := must(s.Match(ctx, number.Party()))(t); len(found) != 1 || found[0].Ref != to {
		t.Errorf("the number leads to %+v", found)
	}
	if _, err := s.MoveNumber(ctx, number, from, heir, true); !errors.Is(err, ErrNotFound) {
		t.Errorf("moved from a record to itself: %v", err)
	}
}

// Deleting many is taken back as a whole: notes, follow-ups, calls on several of them, people and deals that pointed to one.
func TestDeletedRecordsComeBackWithAllThatHungOnThem(t *testing.T) {
	s := seeded(t)
	meier := must(s.Companies(ctx, crm.Query{Text: "Meier", Limit: 9}))(t).Rows[0].Ref
	person := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref
	deal := crm.Ref{Kind: crm.KindDeal, ID: must(s.Card(ctx, person, 5, ""))(t).Deals[0].ID}
	lead := must(s.Leads(ctx, crm.Query{Filter: crm.FilterOpen, Limit: 9}))(t).Rows[0].Ref
	ok(t, s.Do(ctx, crm.SaveRecordNote{Note: crm.Note{ID: s.NewID(), Ref: lead, At: noon, Text: "prefers mail"}},
		crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: s.NewID(), Ref: lead, Due: noon, Text: "send it"}}))
	for _, refs := range [][]crm.Ref{{person}, {meier}, {deal}, {lead}, {meier, person, deal, lead}} {
		all := []crm.Ref{meier, person, deal, lead}
		before := everything(t, s, all...)
		undo, err := s.Remove(ctx, refs...)
		ok(t, err)
		for _, r := range refs {
			if _, err := s.Record(ctx, r); !errors.Is(err, ErrNotFound) {
				t.Errorf("%v is still there: %v", r, err)
			}
		}
		ok(t, s.Undo(ctx, undo.ID))
		asBefore(t, everything(t, s, all...), before)
	}
	if got := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t); len(got) == 0 || got[0].Ref != person {
		t.Errorf("%s leads to %+v", DemoKnown, got)
	}
	// One that is gone keeps all from being removed.
	must(s.Remove(ctx, lead))(t)
	if _, err := s.Remove(ctx, deal, lead); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed what is not there: %v", err)
	}
	must(s.Record(ctx, deal))(t)
}

// What can be taken back is told newest first, with its records, and once it is taken back no longer.
func TestWhatIsTakenBackIsOfferedNoLonger(t *testing.T) {
	s := seeded(t)
	ids := map[string]crm.Undo{}
	for _, name := range []string{"Ofen", "Kessel"} {
		keep, gone := contactWith(t, s, "Ida", name, "", "", ""), contactWith(t, s, "Uwe", name, "", "", "")
		m, _, err := s.MergeOf(ctx, keep, gone, nil)
		ok(t, err)
		ids[name] = must(s.Merge(ctx, m))(t)
		if u := ids[name]; u.Title.Key != crm.UndoMerge || !slices.Equal(u.Refs, []crm.Ref{keep}) {
			t.Errorf("%+v", u)
		}
	}
	undos := must(s.Undos(ctx))(t)
	if len(undos) != 2 || undos[0].ID != ids["Kessel"].ID || !slices.Equal(undos[1].Refs, ids["Ofen"].Refs) {
		t.Errorf("offered %+v", undos)
	}
	ok(t, s.Undo(ctx, ids["Ofen"].ID))
	if undos = must(s.Undos(ctx))(t); len(undos) != 1 || undos[0].ID != ids["Kessel"].ID {
		t.Errorf("then offered %+v", undos)
	}
}
