package store

import (
	"testing"
	"time"

	"leadline/crm"
)

// The card says of whom it is, also of a lead and of a company: where it leads to, how many open leads and missed calls their numbers have.
func TestACardIsOfAnyRecord_H1(t *testing.T) {
	s := seeded(t)
	company := crm.Company{ID: s.NewID(), Name: "Mill", Numbers: []crm.Number{num("0221 9870009", crm.LabelMain)}}
	lead := crm.Lead{ID: s.NewID(), FirstName: "Jörg", LastName: "Groß", CompanyName: "Groß & Söhne", Numbers: []crm.Number{num("0221 9870009", crm.LabelWork), {Short: "*97", Written: "*97"}},
		SIP: []string{"joerg@example.org"}}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: company}, crm.CreateLead{Lead: lead}))
	person := contactWith(t, s, "Ida", "Ofen", "0221 9870010", "", company.ID)
	for n, from := range []string{"0221 9870009", "sip:joerg@example.org"} {
		c, _ := begin(t, s, crm.Incoming, from, crm.Line{})
		ok(t, s.EndCall(ctx, c.ID, noon.Add(time.Duration(n)*time.Minute), crm.Missed, ""))
	}
	for _, want := range []crm.Card{
		{Ref: crm.Ref{Kind: crm.KindLead, ID: lead.ID}, Name: "Groß & Söhne", Company: "Jörg Groß", OpenLeads: 1, Missed: 2},
		{Ref: crm.Ref{Kind: crm.KindCompany, ID: company.ID}, Name: "Mill", OpenLeads: 1, Missed: 1},
		{Ref: person, Name: "Ida Ofen", Company: "Mill", CompanyRef: crm.Ref{Kind: crm.KindCompany, ID: company.ID}},
	} {
		got := must(s.Card(ctx, want.Ref, 5, ""))(t)
		if got.Ref != want.Ref || got.Name != want.Name || got.Company != want.Company || got.CompanyRef != want.CompanyRef || got.OpenLeads != want.OpenLeads || got.Missed != want.Missed {
			t.Errorf("the card is %+v, want %+v", got, want)
		}
	}
	if alone := must(s.Card(ctx, contactWith(t, s, "Uwe", "Ofen", "0221 9870011", "", ""), 5, ""))(t); alone.CompanyRef != (crm.Ref{}) {
		t.Errorf("who has no company has %+v", alone.CompanyRef)
	}
}

// Of two companies of one number the one last spoken to is first, and the other lists when that was.
func TestTheCompanyLastSpokenToIsFirst_C3(t *testing.T) {
	s := seeded(t)
	numbers := []crm.Number{num("0221 9870009", crm.LabelMain)}
	one, two := crm.Company{ID: s.NewID(), Name: "One", Numbers: numbers}, crm.Company{ID: s.NewID(), Name: "Two", Numbers: numbers}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: one}, crm.CreateCompany{Company: two}))
	for at, to := range []crm.Company{two, one, two} {
		c, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: numbers[0].Party(), Began: noon.Add(time.Duration(at) * time.Hour)})
		ok(t, err)
		ok(t, s.LinkCall(ctx, c.ID, crm.Ref{Kind: crm.KindCompany, ID: to.ID}))
		ok(t, s.AnswerCall(ctx, c.ID, noon.Add(time.Duration(at)*time.Hour)))
		ok(t, s.EndCall(ctx, c.ID, noon.Add(time.Duration(at)*time.Hour+time.Minute), crm.Answered, ""))
		if m := must(s.Match(ctx, numbers[0].Party()))(t); m[0].Name != to.Name || !m[0].Last.Equal(noon.Add(time.Duration(at)*time.Hour)) {
			t.Errorf("after a call with %s: %+v", to.Name, m)
		}
	}
}
