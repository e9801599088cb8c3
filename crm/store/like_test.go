package store

import (
	"testing"

	"leadline/crm"
)

func TestWhatIsTypedIsComparedWithWhatIsThere(t *testing.T) {
	s := seeded(t)
	n, _ := crm.ParseNumber("0221 555 0101", "DE", crm.LabelWork)
	contact := crm.Contact{ID: s.NewID(), FirstName: "Jörg", LastName: "Großmüller", Numbers: []crm.Number{n}, Emails: []crm.Email{{Address: "jg@example.org"}}}
	ok(t, s.Do(ctx, crm.CreateContact{Contact: contact}, crm.CreateCompany{Company: crm.Company{ID: s.NewID(), Name: "Großmüller", Numbers: []crm.Number{n}}}))
	ref := crm.Ref{Kind: crm.KindContact, ID: contact.ID}
	for _, c := range []struct {
		name  string
		typed crm.Likeness
		want  int
	}{
		{"number", crm.Likeness{Ref: crm.Ref{Kind: crm.KindContact}, Numbers: []crm.Number{n}}, 1},
		{"e-mail", crm.Likeness{Ref: crm.Ref{Kind: crm.KindContact}, Emails: []crm.Email{{Address: "JG@example.org"}}}, 1},
		{"name", crm.Likeness{Ref: crm.Ref{Kind: crm.KindContact}, Name: "Grossmueller Joerg"}, 1},
		{"another kind", crm.Likeness{Ref: crm.Ref{Kind: crm.KindLead}, Numbers: []crm.Number{n}}, 0},
		{"itself", crm.Likeness{Ref: ref, Numbers: []crm.Number{n}, Name: "Jörg Großmüller"}, 0},
		{"nothing", crm.Likeness{Ref: crm.Ref{Kind: crm.KindContact}}, 0},
	} {
		found := must(s.Like(ctx, c.typed))(t)
		if len(found) != c.want || c.want == 1 && found[0].Ref != ref {
			t.Errorf("%s: found %+v", c.name, found)
		}
	}
}
