package store

import (
	"errors"
	"slices"
	"testing"

	"leadline/crm"
)

// Records of each kind carry who made them and who last changed them, whatever the change says of it.
func TestARecordSaysWhoMadeAndWhoChangedIt(t *testing.T) {
	s := seeded(t)
	users := must(s.Users(ctx))(t)
	me, other := must(s.Me(ctx))(t).ID, users[1].ID
	if me == other {
		other = users[0].ID
	}
	contact, company, lead, deal := crm.Contact{ID: s.NewID(), LastName: "A"}, crm.Company{ID: s.NewID(), Name: "B"}, crm.Lead{ID: s.NewID(), LastName: "C"}, crm.Deal{ID: s.NewID(), Title: "D"}
	ok(t, s.Do(ctx, crm.CreateContact{Contact: contact}, crm.CreateCompany{Company: company}, crm.CreateLead{Lead: lead}, crm.CreateDeal{Deal: deal}))
	signed := func(kind crm.Kind, id crm.ID) (made, changed crm.ID) {
		switch r := must(s.Record(ctx, crm.Ref{Kind: kind, ID: id}))(t); kind {
		case crm.KindContact:
			return r.Contact.MadeBy, r.Contact.ChangedBy
		case crm.KindCompany:
			return r.Company.MadeBy, r.Company.ChangedBy
		case crm.KindLead:
			return r.Lead.MadeBy, r.Lead.ChangedBy
		default:
			return r.Deal.MadeBy, r.Deal.ChangedBy
		}
	}
	ids := map[crm.Kind]crm.ID{crm.KindContact: contact.ID, crm.KindCompany: company.ID, crm.KindLead: lead.ID, crm.KindDeal: deal.ID}
	for kind, id := range ids {
		if made, changed := signed(kind, id); made != me || changed != me {
			t.Errorf("%s: made by %q, changed by %q", kind, made, changed)
		}
		_, err := s.writer.ExecContext(ctx, "UPDATE "+string(kind)+" SET made_by = (SELECT rid FROM user WHERE id = ?1), changed_by = (SELECT rid FROM user WHERE id = ?1) WHERE id = ?2", other.Bytes(), id.Bytes())
		ok(t, err)
		if made, changed := signed(kind, id); made != other || changed != other {
			t.Errorf("%s: another's: made by %q, changed by %q", kind, made, changed)
		}
	}
	contact.FirstName, company.Comment, lead.Comment, deal.Comment = "x", "x", "x", "x"
	ok(t, s.Do(ctx, crm.UpdateContact{Contact: contact}, crm.UpdateCompany{Company: company}, crm.UpdateLead{Lead: lead}, crm.UpdateDeal{Deal: deal}))
	for kind, id := range ids {
		if made, changed := signed(kind, id); made != other || changed != me {
			t.Errorf("%s, changed: made by %q, changed by %q", kind, made, changed)
		}
	}
}

// A removal of what was merged meanwhile takes nothing: what it is now is somebody else's record, too.
func TestWhatWasMergedIsNotRemoved(t *testing.T) {
	s := seeded(t)
	keep, gone := contactWith(t, s, "Ida", "Ofen", "0221 9870001", "", ""), contactWith(t, s, "Ida", "Ofen", "0221 9870002", "", "")
	m, _, err := s.MergeOf(ctx, keep, gone, nil)
	ok(t, err)
	must(s.Merge(ctx, m))(t)
	if err := s.Do(ctx, crm.RemoveRecord{Ref: gone}); !errors.Is(err, ErrNotFound) {
		t.Errorf("the removal said %v", err)
	}
	if rec := must(s.Record(ctx, keep))(t); len(rec.Contact.Numbers) != 2 {
		t.Errorf("left is %+v", rec.Contact)
	}
	if found := must(s.Match(ctx, crm.Parse("0221 9870001", "DE")))(t); len(found) != 1 || found[0].Ref != keep {
		t.Errorf("by number is found %+v", found)
	}
}

// What can be taken back of a removal says whom it is about, or how many.
func TestARemovalSaysWhatItTook(t *testing.T) {
	s := seeded(t)
	refs := []crm.Ref{contactWith(t, s, "Ida", "Ofen", "0221 9870001", "", ""), contactWith(t, s, "Uwe", "Ofen", "", "", ""), contactWith(t, s, "Eva", "Ofen", "", "", "")}
	if u := must(s.Remove(ctx, refs[0]))(t); u.Title.Key != crm.UndoRemoval || u.Title.Args["name"] != "Ida Ofen" {
		t.Errorf("one: %+v", u.Title)
	}
	if u := must(s.Remove(ctx, refs[1:]...))(t); u.Title.Key != crm.UndoRemovals || u.Title.Args["n"] != "2" {
		t.Errorf("two: %+v", u.Title)
	}
}

// Who works at a company that was merged is found by the name of the one they work at now.
func TestPeopleOfAMergedCompanyAreFoundByItsName(t *testing.T) {
	s := seeded(t)
	works, mill := crm.Company{ID: s.NewID(), Name: "Xylowerke"}, crm.Company{ID: s.NewID(), Name: "Mühle"}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: works}, crm.CreateCompany{Company: mill}))
	ida := contactWith(t, s, "Ida", "Ofen", "0221 9870001", "", mill.ID)
	m, _, err := s.MergeOf(ctx, crm.Ref{Kind: crm.KindCompany, ID: works.ID}, crm.Ref{Kind: crm.KindCompany, ID: mill.ID}, nil)
	ok(t, err)
	must(s.Merge(ctx, m))(t)
	found := must(s.Search(ctx, "xylo ofen", 5))(t)
	if len(found) != 1 || found[0].Ref != ida || found[0].Sub != "Xylowerke" {
		t.Errorf("found %+v", found)
	}
}

// Who works at a company and what it buys are found by the name that it has, and by no other: when it is called otherwise, is
// merged, is removed, and when each of that is taken back.
func TestPeopleAndDealsAreFoundByWhatTheirCompanyIsCalled(t *testing.T) {
	s := seeded(t)
	mill, works := crm.Company{ID: s.NewID(), Name: "Mühlquist"}, crm.Company{ID: s.NewID(), Name: "Xylowerke"}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: works}, crm.CreateCompany{Company: mill}))
	ida := contactWith(t, s, "Ida", "Ofen", "0221 9870001", "", mill.ID)
	deal := crm.Deal{ID: s.NewID(), Title: "Ofenrohre", Company: mill.ID}
	ok(t, s.Do(ctx, crm.CreateDeal{Deal: deal}))
	ref := crm.Ref{Kind: crm.KindCompany, ID: mill.ID}
	names := []string{"Mühlquist", "Brotquist", "Xylowerke"}
	expect := func(when, name string) {
		t.Helper()
		for _, typed := range names {
			found, n := must(s.Search(ctx, typed+" ofen", 9))(t), 0
			for _, f := range found {
				if f.Ref == ida || f.Ref.ID == deal.ID {
					n++
				}
				if f.Sub != name {
					t.Errorf("%s: %s is shown with %q", when, f.Name, f.Sub)
				}
			}
			if typed == name && n != 2 || typed != name && n != 0 {
				t.Errorf("%s: by %s %+v are found", when, typed, found)
			}
		}
	}
	expect("as made", "Mühlquist")
	mill.Name = "Brotquist"
	ok(t, s.Do(ctx, crm.UpdateCompany{Company: mill}))
	expect("renamed", "Brotquist")
	mill.Name = "Mühlquist"
	ok(t, s.Do(ctx, crm.UpdateCompany{Company: mill}))
	expect("renamed back", "Mühlquist")

	undo := must(s.Remove(ctx, ref))(t)
	expect("removed", "")
	ok(t, s.Undo(ctx, undo.ID))
	expect("the removal taken back", "Mühlquist")

	m, _, err := s.MergeOf(ctx, crm.Ref{Kind: crm.KindCompany, ID: works.ID}, ref, nil)
	ok(t, err)
	undo = must(s.Merge(ctx, m))(t)
	expect("merged", "Xylowerke")
	ok(t, s.Undo(ctx, undo.ID))
	expect("the merge taken back", "Mühlquist")

	if m, _, err = s.MergeOf(ctx, ref, crm.Ref{Kind: crm.KindCompany, ID: works.ID}, map[string]bool{"name": true}); err != nil {
		t.Fatal(err)
	}
	undo = must(s.Merge(ctx, m))(t)
	expect("merged under the other's name", "Xylowerke")
	ok(t, s.Undo(ctx, undo.ID))
	expect("that taken back", "Mühlquist")
}

// Who shows the record that took another's place hears of it, as who shows the other does.
func TestARecordThatTakesAnothersPlaceIsToldOf(t *testing.T) {
	s := seeded(t)
	gone, instead := contactWith(t, s, "Ida", "Ofen", "0221 9870001", "", ""), contactWith(t, s, "Ida", "Ofen", "0221 9870002", "", "")
	var told Changed
	defer s.OnChange(func(c Changed) { told = c })()
	ok(t, s.Do(ctx, crm.RemoveRecord{Ref: gone, Instead: instead}))
	if !slices.Contains(told.Refs, gone) || !slices.Contains(told.Refs, instead) || !told.Lists {
		t.Errorf("told %+v", told)
	}
}
