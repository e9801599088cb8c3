package crm

import (
	"reflect"
	"slices"
	"testing"
)

func TestNamesThatAreProbablyTheSame(t *testing.T) {
	for _, same := range [][]string{
		{"Jürgen Müller", "Müller Jürgen", "juergen mueller", "MÜLLER, Jürgen", "Jurgen Muller", "Müller-Jürgen"},
		{"Groß & Söhne GmbH", "Gross und Soehne", "Grosz & Sohne Gmbh & Co. KG", "GROẞ & SÖHNE"},
		{"Łukasz Wójcik", "Wojcik Lukasz"}, {"Nguyễn", "Nguyen"}, {"Bauer", "bauer"}, {"G.m.b.H.", "GmbH"},
		{"Søren Ægir", "Soren Aegir"},
	} {
		for _, other := range same[1:] {
			if NameKey(other) != NameKey(same[0]) {
				t.Errorf("%q is %q, %q is %q", same[0], NameKey(same[0]), other, NameKey(other))
			}
		}
	}
	for _, unlike := range [][2]string{{"Bauer", "Baur"}, {"Neuer", "Neur"}, {"Jürgen Müller", "Jürgen Möller"}, {"Müller", "Müller Jürgen"}, {"Anna", ""}} {
		if NameKey(unlike[0]) == NameKey(unlike[1]) {
			t.Errorf("%q and %q are the same", unlike[0], unlike[1])
		}
	}
	if NameKey(" - ") != "" {
		t.Error("a name of nothing")
	}
}

func TestRecordsAreMergedFieldByField(t *testing.T) {
	number := Number{E164: 49301, Written: "030 1", Label: LabelWork}
	keep := Contact{ID: "1", FirstName: "Jürgen", LastName: "Müller", Numbers: []Number{number}, Emails: []Email{{Address: "A@x.org"}},
		Comment: "first", Marks: []string{"VIP"}, Fields: Values{"a": "1", "b": "2"}, Responsible: "anna"}
	gone := Contact{ID: "2", FirstName: "Juergen", LastName: "Müller", Position: "Buyer", Numbers: []Number{{E164: 49301, Written: "030-1"}, {E164: 49302}},
		Emails: []Email{{Address: "a@x.org"}, {Address: "b@x.org"}}, SIP: []string{"j@x.org"}, Addresses: []Address{{City: "Köln"}}, Comment: "second",
		Marks: []string{"VIP", "Press"}, Fields: Values{"b": "3", "c": "4"}, Company: "f", Responsible: "petra"}
	got, diffs := MergeContacts(keep, gone, map[string]bool{"first_name": true, "b": true})
	want := Contact{ID: "1", FirstName: "Juergen", LastName: "Müller", Position: "Buyer", Company: "f", Numbers: []Number{number, {E164: 49302}},
		SIP: []string{"j@x.org"}, Emails: []Email{{Address: "A@x.org"}, {Address: "b@x.org"}}, Addresses: []Address{{City: "Köln"}},
		Comment: "first\n\nsecond", Marks: []string{"VIP", "Press"}, Fields: Values{"a": "1", "b": "3", "c": "4"}, Responsible: "anna"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	wantDiffs := []Difference{{"first_name", "Jürgen", "Juergen"}, {"responsible", "anna", "petra"}, {"b", "2", "3"}}
	if !slices.Equal(diffs, wantDiffs) {
		t.Errorf("%+v", diffs)
	}
	if keep.FirstName != "Jürgen" || keep.Fields["b"] != "2" || len(keep.Numbers) != 1 {
		t.Error("what was merged changed")
	}
	if same, diffs := MergeContacts(keep, keep, nil); !reflect.DeepEqual(same, keep) || len(diffs) != 0 {
		t.Errorf("merged with itself: %+v %v", same, diffs)
	}
	company, _ := MergeCompanies(Company{ID: "1", Name: "Meier"}, Company{ID: "2", Name: "Meier GmbH", Source: "Call"}, map[string]bool{"name": true})
	lead, _ := MergeLeads(Lead{ID: "1", Status: LeadInProgress}, Lead{ID: "2", Title: "Boiler", Status: LeadNew}, nil)
	if company.ID != "1" || company.Name != "Meier GmbH" || company.Source != "Call" || lead.Title != "Boiler" || lead.Status != LeadInProgress {
		t.Errorf("%+v %+v", company, lead)
	}
}
