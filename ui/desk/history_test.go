package desk

import (
	"context"
	"testing"

	"leadline/crm"
)

func TestAChangeIsToldInWords(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	field := crm.Field{ID: d.file.NewID(), Name: "Birthday", Kinds: []crm.Kind{crm.KindContact}, Type: crm.DateField}
	d.do(crm.SaveField{Field: field})
	ref := d.contact("Käthe", "Süßmilch", "089 452177")
	number, _ := crm.ParseNumber("0171 3920044", "DE", crm.LabelMobile)
	now, err := d.file.Record(ctx, fileRef(ref))
	if err != nil {
		t.Fatal(err)
	}
	c := *now.Contact
	c.Numbers = append(c.Numbers, number)
	c.Emails = []crm.Email{{Address: "kaethe@example.org"}}
	c.Addresses = []crm.Address{{Street: "Hauptstr. 5", City: "Berlin"}}
	c.Fields = crm.Values{field.ID: "1980-02-03"}
	deal := crm.Deal{ID: d.file.NewID(), Title: "Ofen", Contact: c.ID}
	d.do(crm.CreateDeal{Deal: deal})
	changed := deal
	changed.Amount = crm.Money{Minor: 120000, Currency: "EUR"}
	if err := d.file.Change(ctx, crm.UpdateContact{Contact: c}, crm.UpdateDeal{Deal: changed}); err != nil {
		t.Fatal(err)
	}
	told := func(r Ref) (all []Changed) {
		t.Helper()
		rec, err := d.desk.Record(ctx, r, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range rec.Timeline {
			all = append(all, e.Changes...)
		}
		return all
	}
	want := map[string]string{"Numbers": "0171 3920044", "E-mail": "kaethe@example.org", "Addresses": "Hauptstr. 5, Berlin", "{tag}": "1980-02-03"}
	all := told(ref)
	for _, c := range all {
		if c.To != want[c.Label.Key] || c.From != "" {
			t.Errorf("%+v", c)
		}
	}
	if len(all) != len(want) {
		t.Errorf("told are %+v", all)
	}
	if all := told(Ref{Deal, string(deal.ID)}); len(all) != 1 || all[0].Label.Key != "Amount" || all[0].To != "1200 EUR" {
		t.Errorf("of the deal %+v", all)
	}
	rec, err := d.desk.Record(ctx, ref, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, f := range rec.Facts {
		found = found || f.Label.Key == "Open deal" && f.Value == "Ofen · 1200 EUR" && f.Ref == (Ref{Deal, string(deal.ID)})
	}
	if !found {
		t.Errorf("the contact's deal is not among %+v", rec.Facts)
	}
}
