package store

import (
	"testing"

	"leadline/crm"
)

// B1: what a line makes of an unknown caller has no name; a form gives it one.
func TestB1TheFormNamesWhatTheLineMade(t *testing.T) {
	l := newLinking(t, crm.Auto)
	c := l.call(t)
	m := must(l.s.Match(ctx, c.Party))(t)
	if len(m) != 1 || m[0].Ref.Kind != crm.KindLead || m[0].Name != "" {
		t.Fatalf("the line made %+v", m)
	}
	ref := must(l.s.Create(ctx, crm.Form{Call: c.ID, Kind: crm.KindLead, Into: m[0].Ref, FirstName: "Käthe", LastName: "Süßmilch", Company: "Bäckerei", Party: c.Party}))(t)
	lead := must(l.s.Record(ctx, ref))(t).Lead
	if ref != m[0].Ref || lead.FirstName != "Käthe" || lead.CompanyName != "Bäckerei" {
		t.Errorf("%+v is named: %+v", ref, lead)
	}
	// In the simple mode it is a contact.
	anna := crm.Contact{ID: l.s.NewID(), Numbers: []crm.Number{num("0171 1111111", crm.LabelMobile)}}
	ok(t, l.s.Do(ctx, crm.CreateContact{Contact: anna}))
	into := crm.Ref{Kind: crm.KindContact, ID: anna.ID}
	ref = must(l.s.Create(ctx, crm.Form{Kind: crm.KindContact, Into: into, LastName: "Wójcik", Company: "Groß & Söhne KG", Party: crm.Parse("0171 1111111", "DE")}))(t)
	if got := must(l.s.Record(ctx, into))(t); ref != into || got.Contact.LastName != "Wójcik" || got.CompanyName != "Groß & Söhne KG" {
		t.Errorf("%+v is named: %+v", ref, got.Contact)
	}
}
