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

// What the one lacks comes from the other, of every field that the kind has; where both have something there was a choice.
func TestEveryFieldOfTwoRecordsIsMerged(t *testing.T) {
	l := aWholeLead()
	person := Contact{FirstName: "Jörg", LastName: "Groß", Position: "Buyer", Company: "f1", Numbers: l.Numbers, SIP: l.SIP, Emails: l.Emails,
		Addresses: l.Addresses, Fields: l.Fields, Comment: l.Comment, Marks: l.Marks, Source: l.Source, Responsible: l.Responsible}
	firm := Company{Name: "Groß", Numbers: l.Numbers, SIP: l.SIP, Emails: l.Emails, Addresses: l.Addresses, Fields: l.Fields, Comment: l.Comment,
		Marks: l.Marks, Source: l.Source, Responsible: l.Responsible}
	lead := Lead{Title: l.Title, FirstName: l.FirstName, LastName: l.LastName, CompanyName: l.CompanyName, Numbers: l.Numbers, SIP: l.SIP, Emails: l.Emails,
		Addresses: l.Addresses, Fields: l.Fields, Comment: l.Comment, Marks: l.Marks, Source: l.Source, Responsible: l.Responsible}
	all := map[string]bool{}
	for _, tt := range []struct {
		what          string
		scalars       []string
		fill, nothing func() (any, []Difference)
		want          any
		both          func(take map[string]bool) (any, []Difference)
	}{
		{"people", []string{"first_name", "last_name", "position", "source", "company", "responsible"},
			func() (any, []Difference) { c, d := MergeContacts(Contact{}, person, nil); return c, d },
			func() (any, []Difference) { c, d := MergeContacts(person, Contact{}, all); return c, d }, person,
			func(take map[string]bool) (any, []Difference) {
				other := Contact{FirstName: "1", LastName: "1", Position: "1", Company: "1", Source: "1", Responsible: "1"}
				c, d := MergeContacts(person, other, take)
				return [6]any{c.FirstName, c.LastName, c.Position, c.Source, string(c.Company), string(c.Responsible)}, d
			}},
		{"companies", []string{"name", "source", "responsible"},
			func() (any, []Difference) { c, d := MergeCompanies(Company{}, firm, nil); return c, d },
			func() (any, []Difference) { c, d := MergeCompanies(firm, Company{}, all); return c, d }, firm,
			func(take map[string]bool) (any, []Difference) {
				c, d := MergeCompanies(firm, Company{Name: "1", Source: "1", Responsible: "1"}, take)
				return [6]any{c.Name, c.Source, string(c.Responsible)}, d
			}},
		{"leads", []string{"title", "first_name", "last_name", "company_name", "source", "responsible"},
			func() (any, []Difference) { c, d := MergeLeads(Lead{}, lead, nil); return c, d },
			func() (any, []Difference) { c, d := MergeLeads(lead, Lead{}, all); return c, d }, lead,
			func(take map[string]bool) (any, []Difference) {
				other := Lead{Title: "1", FirstName: "1", LastName: "1", CompanyName: "1", Source: "1", Responsible: "1"}
				c, d := MergeLeads(lead, other, take)
				return [6]any{c.Title, c.FirstName, c.LastName, c.CompanyName, c.Source, string(c.Responsible)}, d
			}},
	} {
		take := map[string]bool{}
		for _, name := range tt.scalars {
			all[name], take[name] = true, true
		}
		if got, diffs := tt.fill(); !reflect.DeepEqual(got, tt.want) || len(diffs) != 0 {
			t.Errorf("%s into an empty one: %+v, %v", tt.what, got, diffs)
		}
		if got, diffs := tt.nothing(); !reflect.DeepEqual(got, tt.want) || len(diffs) != 0 {
			t.Errorf("%s, an empty one into them: %+v, %v", tt.what, got, diffs)
		}
		got, diffs := tt.both(take)
		var taken [6]any
		for i := range tt.scalars {
			taken[i] = "1"
		}
		names := []string{}
		for _, d := range diffs {
			names = append(names, d.Field)
		}
		if got != any(taken) || !slices.Equal(names, tt.scalars) {
			t.Errorf("%s, all taken from the other: %v, with a choice in %v", tt.what, got, names)
		}
	}
}

func TestWhatIsTheSameIsNotJoinedTwice(t *testing.T) {
	keep := Contact{Numbers: []Number{{E164: 49301}, {Written: "ask Anna"}}, Fields: Values{"a": "1"}}
	gone := Contact{Numbers: []Number{{E164: 49301, Extension: "12"}, {Written: "ask Anna"}, {Written: "ask Ben"}, {E164: 49302}, {E164: 49302}}, Fields: Values{"a": "1", "b": ""}}
	got, diffs := MergeContacts(keep, gone, map[string]bool{"b": true})
	want := []Number{{E164: 49301}, {Written: "ask Anna"}, {E164: 49301, Extension: "12"}, {Written: "ask Ben"}, {E164: 49302}}
	if !slices.Equal(got.Numbers, want) || !reflect.DeepEqual(got.Fields, keep.Fields) || len(diffs) != 0 {
		t.Errorf("%+v, %v with a choice in %v", got.Numbers, got.Fields, diffs)
	}
}
