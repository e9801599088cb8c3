package crm

import (
	"errors"
	"reflect"
	"slices"
	"testing"
)

// aWholeLead is a lead with all that a lead can have.
func aWholeLead() Lead {
	return Lead{ID: "l1", Title: "Boiler", FirstName: "Jörg", LastName: "Groß", CompanyName: "Groß & Söhne", Status: LeadInProgress,
		Numbers: []Number{{E164: 492219876543, Written: "0221 9876543"}}, SIP: []string{"joerg@example.org"}, Emails: []Email{{Address: "j@example.org"}},
		Addresses: []Address{{City: "Köln"}}, Comment: "in a hurry", Marks: []string{"VIP"}, Fields: Values{"f": "1"}, Source: "Website", Line: "line",
		Responsible: "u-anna", Origin: Origin{Call: "call", Reason: Say(ReasonNewLead)}, MadeBy: "u-petra"}
}

func newIDs(k Kind) ID { return "new " + ID(k) }

// Every field of a lead goes to what it becomes; numbers, addresses and the comment to the person, where there is one,
// else to the company.
func TestALeadGivesWhatItHasToWhatItBecomes_F1(t *testing.T) {
	l := aWholeLead()
	origin := Origin{Call: "call", Reason: Say(ReasonConverted)}
	person := Contact{ID: "new contact", FirstName: "Jörg", LastName: "Groß", Numbers: l.Numbers, SIP: l.SIP, Emails: l.Emails, Addresses: l.Addresses,
		Fields: l.Fields, Comment: l.Comment, Marks: l.Marks, Source: l.Source, Responsible: l.Responsible, Origin: origin}
	firm := Company{ID: "new company", Name: "Groß & Söhne", Fields: l.Fields, Marks: l.Marks, Source: l.Source, Responsible: l.Responsible, Origin: origin}
	firmAlone := firm
	firmAlone.Numbers, firmAlone.SIP, firmAlone.Emails, firmAlone.Addresses, firmAlone.Comment = l.Numbers, l.SIP, l.Emails, l.Addresses, l.Comment
	deal := Deal{ID: "new deal", Title: "Boiler", Pipeline: "p1", Lead: "l1", Comment: l.Comment, Fields: l.Fields, Source: l.Source, Responsible: l.Responsible, Origin: origin}
	at := func(c Contact, company ID) *Contact { c.Company = company; return &c }
	with := func(contact, company ID) *Deal { d := deal; d.Contact, d.Company = contact, company; return &d }
	somebody, some := Ref{KindContact, "c1"}, Ref{KindCompany, "f1"}
	for _, tt := range []struct {
		what  string
		kinds []Kind
		into  []Ref
		want  ConvertLead
	}{
		{"a contact", []Kind{KindContact}, nil, ConvertLead{Contact: &person}},
		{"a company", []Kind{KindCompany}, nil, ConvertLead{Company: &firmAlone}},
		{"a deal", []Kind{KindDeal}, nil, ConvertLead{Deal: with("", "")}},
		{"a contact at a company", []Kind{KindContact, KindCompany}, nil, ConvertLead{Contact: at(person, "new company"), Company: &firm}},
		{"a contact with a deal", []Kind{KindContact, KindDeal}, nil, ConvertLead{Contact: &person, Deal: with("new contact", "")}},
		{"a company with a deal", []Kind{KindCompany, KindDeal}, nil, ConvertLead{Company: &firmAlone, Deal: with("", "new company")}},
		{"all three", []Kind{KindContact, KindCompany, KindDeal}, nil, ConvertLead{Contact: at(person, "new company"), Company: &firm, Deal: with("new contact", "new company")}},
		{"a deal of who is there", []Kind{KindContact, KindDeal}, []Ref{somebody}, ConvertLead{Deal: with("c1", "")}},
		{"a contact at a company that is there", []Kind{KindContact, KindCompany, KindDeal}, []Ref{some}, ConvertLead{Contact: at(person, "f1"), Deal: with("new contact", "f1")}},
		{"a company for a contact that is there", []Kind{KindCompany}, []Ref{somebody}, ConvertLead{Company: &firm}},
	} {
		tt.want.Lead, tt.want.Into = "l1", tt.into
		if got := l.Convert(Conversion{Kinds: tt.kinds, Into: tt.into, Pipeline: "p1", NewID: newIDs, Region: "DE"}); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s:\n%+v %+v %+v\nwant\n%+v %+v %+v", tt.what, got.Contact, got.Company, got.Deal, tt.want.Contact, tt.want.Company, tt.want.Deal)
		}
	}
	made := aWholeLead()
	all := made.Convert(Conversion{Kinds: []Kind{KindContact, KindCompany, KindDeal}, NewID: newIDs})
	made.Fields["f"] = "changed"
	if all.Contact.Fields["f"] != "1" || all.Company.Fields["f"] != "1" || all.Deal.Fields["f"] != "1" {
		t.Error("what a lead became changes with the lead")
	}
}

// Somebody of whom only a number is known is shown by it.
func TestWhatALeadBecomesHasAName_F2(t *testing.T) {
	kinds := []Kind{KindContact, KindCompany, KindDeal}
	for want, l := range map[string]Lead{
		"0221 987 65 43":    {Numbers: []Number{{E164: 492219876543}}, SIP: []string{"a@example.org"}},
		"joerg@example.org": {SIP: []string{"joerg@example.org"}},
		"Jörg Groß":         {FirstName: "Jörg", LastName: "Groß", Numbers: []Number{{E164: 492219876543}}},
	} {
		c := l.Convert(Conversion{Kinds: kinds, NewID: newIDs, Region: "DE"})
		if c.Contact.Name() != want || c.Company.Name != want || c.Deal.Title != want {
			t.Errorf("%q, %q and %q, want %q", c.Contact.Name(), c.Company.Name, c.Deal.Title, want)
		}
	}
}

// Who is there already keeps what they have and gets the rest.
func TestWhoIsThereGetsWhatTheLeadKnows_F1(t *testing.T) {
	l := aWholeLead()
	person := l.KnownTo(Contact{ID: "c1", LastName: "Meier", Source: "Call", Comment: "old", Fields: Values{"f": "0", "g": "1"}})
	want := Contact{ID: "c1", LastName: "Meier", Source: "Call", Comment: "old\n\nin a hurry", Fields: Values{"f": "0", "g": "1"}, Numbers: l.Numbers, SIP: l.SIP,
		Emails: l.Emails, Addresses: l.Addresses, Marks: l.Marks, Responsible: l.Responsible}
	if !reflect.DeepEqual(person, want) {
		t.Errorf("%+v", person)
	}
	firm := l.KnownToCompany(Company{ID: "f1", Name: "Meier GmbH"})
	wantFirm := Company{ID: "f1", Name: "Meier GmbH", Comment: l.Comment, Fields: l.Fields, Numbers: l.Numbers, SIP: l.SIP, Emails: l.Emails,
		Addresses: l.Addresses, Marks: l.Marks, Source: l.Source, Responsible: l.Responsible}
	if !reflect.DeepEqual(firm, wantFirm) {
		t.Errorf("%+v", firm)
	}
}

func TestWhatAConversionMakesIsNamedPersonFirst_F1(t *testing.T) {
	l := aWholeLead()
	c := l.Convert(Conversion{Kinds: []Kind{KindContact, KindDeal}, Into: []Ref{{KindCompany, "f1"}}, NewID: newIDs})
	want := []Ref{{KindContact, "new contact"}, {KindCompany, "f1"}, {KindDeal, "new deal"}}
	if !slices.Equal(c.Refs(), want) {
		t.Errorf("%v", c.Refs())
	}
	by := l.Convert(Conversion{Kinds: []Kind{KindContact, KindCompany, KindDeal}, NewID: newIDs})
	now := by.MadeBy(l.Origin)
	if now.Contact.Origin.Reason.Key != ReasonNewLead || now.Company.Origin.Reason.Key != ReasonNewLead || now.Deal.Origin.Reason.Key != ReasonNewLead {
		t.Errorf("made by %+v, %+v, %+v", now.Contact.Origin, now.Company.Origin, now.Deal.Origin)
	}
	if by.Contact.Origin.Reason.Key != ReasonConverted {
		t.Error("the conversion itself was changed")
	}
}

func TestAConversionSaysWhatItLacks_F1(t *testing.T) {
	all := []Kind{KindContact, KindCompany, KindDeal}
	required := func(k Kind) []Field {
		return []Field{{ID: "need", Name: "Need", Kinds: []Kind{k}, Type: TextField, Required: true}}
	}
	for _, tt := range []struct {
		edit   func(*ConvertLead)
		fields []Field
		want   string
	}{
		{func(*ConvertLead) {}, nil, ""},
		{func(c *ConvertLead) { *c = ConvertLead{Lead: "l1"} }, nil, ConvertNeedsKind},
		{func(c *ConvertLead) { c.Contact.FirstName, c.Contact.LastName = "", "" }, nil, FormNeedsName},
		{func(c *ConvertLead) { c.Company.Name = "" }, nil, ConvertNeedsCompany},
		{func(c *ConvertLead) { c.Deal.Title = "" }, nil, ConvertNeedsTitle},
		{func(*ConvertLead) {}, required(KindContact), FieldMissing},
		{func(*ConvertLead) {}, required(KindCompany), FieldMissing},
		{func(*ConvertLead) {}, required(KindDeal), FieldMissing},
		{func(*ConvertLead) {}, required(KindLead), ""},
	} {
		c := aWholeLead().Convert(Conversion{Kinds: all, NewID: newIDs})
		tt.edit(&c)
		got := ""
		if wrong := (Invalid{}); errors.As(c.Check(tt.fields), &wrong) {
			got = wrong.Text.Key
		}
		if got != tt.want {
			t.Errorf("it lacks %q, want %q", got, tt.want)
		}
	}
}
