package exchange

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"leadline/crm"
)

// The company's own fields go out by their names and come in again, of contacts and of companies.
func TestCustomFieldsComeBack(t *testing.T) {
	first, second := open(t), open(t)
	number := crm.Field{ID: first.NewID(), Name: "Customer number", Kinds: []crm.Kind{crm.KindContact}, Type: crm.TextField}
	region := crm.Field{ID: first.NewID(), Name: "Region", Kinds: []crm.Kind{crm.KindContact}, Type: crm.TextField, Order: 1}
	regionOfCompany := crm.Field{ID: first.NewID(), Name: "region", Kinds: []crm.Kind{crm.KindCompany}, Type: crm.TextField, Order: 2}
	unknown := first.NewID()
	company := crm.Company{ID: first.NewID(), Name: "Bäckerei", Fields: crm.Values{regionOfCompany.ID: "Süd"}}
	contact := crm.Contact{ID: first.NewID(), LastName: "Süßmilch", Company: company.ID, Fields: crm.Values{region.ID: "Nord", number.ID: "K-4711", unknown: "of a later version"}}
	for _, f := range []crm.Field{number, region, regionOfCompany} {
		for _, s := range []interface {
			Do(c context.Context, changes ...crm.Change) error
		}{first, second} {
			if err := s.Do(ctx, crm.SaveField{Field: f}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := first.Do(ctx, crm.CreateCompany{Company: company}, crm.CreateContact{Contact: contact}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := Export(ctx, first, &out, GoogleCSV); err != nil {
		t.Fatal(err)
	}
	in(t, second, out.String())
	var back crm.Contact
	if err := second.EachContact(ctx, func(c crm.Contact, _ string) error { back = c; return nil }); err != nil {
		t.Fatal(err)
	}
	if f := back.Fields; len(f) != 3 || f[region.ID] != "Nord" || f[number.ID] != "K-4711" || f[unknown] != "of a later version" {
		t.Errorf("the contact has %v of\n%s", f, out.String())
	}
	var works crm.Company
	if err := second.EachCompany(ctx, func(c crm.Company) error { works = c; return nil }); err != nil {
		t.Fatal(err)
	}
	if f := works.Fields; len(f) != 1 || f[regionOfCompany.ID] != "Süd" {
		t.Errorf("the company has %v of\n%s", f, out.String())
	}
}

// Fields go out in their order by their names; by its id goes one of a name that another has, and one that this program does not know.
func TestFieldsGoOutInTheirOrder(t *testing.T) {
	const number, kind, another, unknown = crm.ID("01a20847-6f48-725e-bdb7-f4a559c062a3"), crm.ID("01a20847-6f48-725e-bdb7-f4a559c062a2"),
		crm.ID("01a20847-6f48-725e-bdb7-f4a559c062a1"), crm.ID("01a20847-6f48-725e-bdb7-f4a559c062a0")
	of := []crm.Kind{crm.KindContact}
	fields := customFields{{ID: number, Name: "Zahl", Kinds: of}, {ID: kind, Name: "Art", Kinds: of}, {ID: another, Name: "art", Kinds: of}}
	for range 20 { // a map has no order
		got := fields.labelled(crm.KindContact, crm.Values{another: "4", kind: "3", unknown: "1", number: "2"})
		if want := []labelled{{string(unknown), "1"}, {"Zahl", "2"}, {"Art", "3"}, {string(another), "4"}}; !slices.Equal(got, want) {
			t.Fatalf("%v, not %v", got, want)
		}
	}
}

// A column for which there is no field is not lost, nor is one that is named by hand.
func TestAColumnForNoFieldGoesIntoTheComment(t *testing.T) {
	s := open(t)
	hobby := crm.Field{ID: s.NewID(), Name: "Hobby", Kinds: []crm.Kind{crm.KindContact}, Type: crm.TextField}
	if err := s.Do(ctx, crm.SaveField{Field: hobby}); err != nil {
		t.Fatal(err)
	}
	people, r := readAll(t, "Vorname,Telefon,Freizeit,Custom Field 1 - Label,Custom Field 1 - Value\nAnna,030 1234567,Schach,Schuhgröße,38\n",
		Options{Columns: map[string]Field{"Freizeit": "field:hobby"}, custom: customFields{hobby}})
	if c := r.File.Columns[2]; c.Sample != "Schach" || c.Field != "field:hobby" {
		t.Errorf("column %+v", c)
	}
	if c := people[0].Contact; len(c.Fields) != 1 || c.Fields[hobby.ID] != "Schach" || c.Comment != "Schuhgröße: 38" {
		t.Errorf("%+v", c)
	}
}
