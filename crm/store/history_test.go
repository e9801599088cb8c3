package store

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"leadline/crm"
)

// changesOf are the changes that the timeline of a record tells, the newest first.
func changesOf(t *testing.T, s *Store, r crm.Ref) (all []crm.Event) {
	t.Helper()
	for _, e := range must(s.Record(ctx, r))(t).Timeline {
		if e.Kind == crm.EventChanged {
			all = append(all, e)
		}
	}
	return all
}

func TestTheTimelineTellsWhatAPersonChangesAndTakesItBack(t *testing.T) {
	s := open(t)
	me := must(s.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"}))(t)
	petra := crm.User{ID: s.NewID(), Name: "Petra Weiß", Extension: "102"}
	company := crm.Company{ID: s.NewID(), Name: "Groß & Söhne KG"}
	c := crm.Contact{ID: s.NewID(), FirstName: "Jörg", LastName: "Gros", Responsible: me.ID, Numbers: []crm.Number{num("030 1234567", crm.LabelWork)}}
	ok(t, s.Do(ctx, crm.SaveUser{User: petra}, crm.CreateCompany{Company: company}, crm.CreateContact{Contact: c}))
	ref := crm.Ref{Kind: crm.KindContact, ID: c.ID}
	now := *must(s.Record(ctx, ref))(t).Contact
	now.LastName, now.Company, now.Numbers = "Groß", company.ID, []crm.Number{num("030 7654321", crm.LabelMobile)}
	ok(t, s.Change(ctx, crm.UpdateContact{Contact: now}))
	ok(t, s.Change(ctx, crm.Assign{Ref: ref, From: me.ID, To: petra.ID}))
	all := changesOf(t, s, ref)
	if len(all) != 2 || all[0].Who != "Anna Krüger" || !all[0].Undoable || !all[1].Undoable {
		t.Fatalf("the timeline tells %+v", all)
	}
	if want := []crm.FieldChange{{Field: "responsible", From: "Anna Krüger", To: "Petra Weiß"}}; !reflect.DeepEqual(all[0].Changes, want) {
		t.Errorf("it tells %+v, want %+v", all[0].Changes, want)
	}
	var fields []string
	for _, c := range all[1].Changes {
		fields = append(fields, c.Field)
	}
	if want := []string{"company", "last_name", "numbers"}; !reflect.DeepEqual(fields, want) || all[1].Changes[0].To != "Groß & Söhne KG" || all[1].Changes[1].From != "Gros" {
		t.Errorf("it tells %+v", all[1].Changes)
	}
	ok(t, s.TakeBack(ctx, all[1].Note))
	got := must(s.Record(ctx, ref))(t).Contact
	if got.LastName != "Gros" || got.Company != "" || got.Responsible != petra.ID || len(got.Numbers) != 1 || got.Numbers[0].E164 != 49301234567 {
		t.Errorf("taken back it is %+v", got)
	}
	all = changesOf(t, s, ref)
	var wrong crm.Invalid
	if err := s.TakeBack(ctx, all[len(all)-1].Note); len(all) != 3 || all[len(all)-1].Undoable || !errors.As(err, &wrong) {
		t.Errorf("what was changed since is taken back: %v, %+v", err, all)
	}
	// Nothing happened, nothing is told; and what hangs on a record goes with it.
	ok(t, s.Change(ctx, crm.UpdateRecord{Ref: ref, Set: map[string]any{"last_name": "Gros"}}))
	if n := len(changesOf(t, s, ref)); n != 3 {
		t.Errorf("a change of nothing is told: %d", n)
	}
}

func TestStagesAreTold_F4(t *testing.T) {
	s := open(t)
	must(s.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"}))(t)
	way := crm.Pipeline{ID: s.NewID(), Name: "Service", Stages: []crm.Stage{{ID: "a", Name: "Asked"}, {ID: "b", Name: "Sent"}, {ID: "c", Name: "Paid", Result: crm.Won}, {ID: "l", Name: "Gone", Result: crm.Lost}}}
	d := crm.Deal{ID: s.NewID(), Title: "Boiler", Pipeline: way.ID, Stage: "a"}
	l := crm.Lead{ID: s.NewID(), LastName: "Groß", Status: crm.LeadNew}
	ok(t, s.Do(ctx, crm.SavePipeline{Pipeline: way}, crm.CreateDeal{Deal: d}, crm.CreateLead{Lead: l}))
	ok(t, s.Change(ctx, crm.SetDealStage{Deal: d.ID, From: "a", To: "c"}, crm.SetLeadStatus{Lead: l.ID, From: crm.LeadNew, To: crm.LeadInProgress}))
	for ref, want := range map[crm.Ref]crm.FieldChange{
		{Kind: crm.KindDeal, ID: d.ID}: {Field: "stage", From: "Asked", To: "Paid"},
		{Kind: crm.KindLead, ID: l.ID}: {Field: "status", From: string(crm.LeadNew), To: string(crm.LeadInProgress)},
	} {
		all := changesOf(t, s, ref)
		if len(all) != 1 || !reflect.DeepEqual(all[0].Changes, []crm.FieldChange{want}) {
			t.Fatalf("%s: the timeline tells %+v, want %+v", ref.Kind, all, want)
		}
		ok(t, s.TakeBack(ctx, all[0].Note))
	}
	if got := must(s.Record(ctx, crm.Ref{Kind: crm.KindDeal, ID: d.ID}))(t).Deal; got.Stage != "a" {
		t.Errorf("the deal is at %q", got.Stage)
	}
	if got := must(s.Record(ctx, crm.Ref{Kind: crm.KindLead, ID: l.ID}))(t).Lead; got.Status != crm.LeadNew {
		t.Errorf("the lead is %q", got.Status)
	}
}

// C1: who is saved by hand after the third call has three.
func TestC1ANewRecordGetsTheCallsOfItsNumber(t *testing.T) {
	l := newLinking(t, crm.Suggest)
	first := l.call(t)
	ok(t, l.s.EndCall(ctx, first.ID, time.Now(), crm.Missed, ""))
	second := l.call(t)
	made := crm.Contact{ID: l.s.NewID(), LastName: "Süßmilch", Numbers: []crm.Number{num("0176 1234567", crm.LabelMobile)}}
	ok(t, l.s.Change(ctx, crm.CreateContact{Contact: made}))
	for _, id := range []crm.ID{first.ID, second.ID} {
		if row := must(l.s.Call(ctx, id))(t); row.Ref.ID != made.ID {
			t.Errorf("a call is on %+v", row.Ref)
		}
	}
	// So has one that gets the number later.
	third, _, err := l.s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse("0176 7654321", "DE"), Line: l.line.ID, Began: time.Now()})
	ok(t, err)
	now := *must(l.s.Record(ctx, l.contact))(t).Contact
	now.Numbers = append(now.Numbers, num("0176 7654321", crm.LabelMobile))
	ok(t, l.s.Change(ctx, crm.UpdateContact{Contact: now}))
	if row := must(l.s.Call(ctx, third.ID))(t); row.Ref != l.contact {
		t.Errorf("the call is on %+v", row.Ref)
	}
}

func TestACustomerHasPeopleAndDeals(t *testing.T) {
	s := open(t)
	company, other := crm.Company{ID: s.NewID(), Name: "Groß & Söhne KG"}, crm.Company{ID: s.NewID(), Name: "Meier GmbH"}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: company}, crm.CreateCompany{Company: other}))
	var people []crm.Contact
	for _, name := range []string{"Weiß", "Groß", "Adam"} {
		c := crm.Contact{ID: s.NewID(), LastName: name, Company: company.ID}
		people = append(people, c)
		ok(t, s.Do(ctx, crm.CreateContact{Contact: c}))
	}
	ok(t, s.Do(ctx, crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Lost", Stage: crm.DealLost, Company: company.ID}},
		crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Boiler", Company: company.ID, Contact: people[0].ID}}))
	b := must(s.Belongings(ctx, crm.Ref{Kind: crm.KindCompany, ID: company.ID}, 2))(t)
	if b.PeopleInAll != 3 || len(b.People) != 2 || b.People[0].Name != "Adam" || b.People[1].Name != "Groß" {
		t.Errorf("its people are %+v", b.People)
	}
	if b.DealsInAll != 2 || b.Deals[0].Name != "Boiler" || !b.Deals[0].Open || b.Deals[1].Open {
		t.Errorf("its deals are %+v", b.Deals)
	}
	if b := must(s.Belongings(ctx, crm.Ref{Kind: crm.KindContact, ID: people[0].ID}, 2))(t); b.DealsInAll != 1 || b.PeopleInAll != 0 {
		t.Errorf("a contact has %+v", b)
	}
	if b := must(s.Belongings(ctx, crm.Ref{Kind: crm.KindCompany, ID: other.ID}, 2))(t); b.DealsInAll != 0 || b.PeopleInAll != 0 {
		t.Errorf("another company has %+v", b)
	}
}
