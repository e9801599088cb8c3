package desk

import (
	"context"
	"testing"

	"leadline/crm"
	"leadline/phone"
)

// A line makes a lead of a stranger; the form gives it a name, and makes no other.
func TestTheFormNamesTheLeadThatTheLineMade_B1(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	n, _ := crm.ParseNumber("030 5557-100", "DE", crm.LabelMain)
	d.do(crm.SaveLine{Line: crm.Line{ID: d.file.NewID(), Name: "Zentrale", Number: n, Region: "DE", Mode: crm.Auto, LeadFor: crm.LeadForAll}})
	d.desk.SetAccounts([]phone.Account{{Name: "Office", Address: "101@pbx", DefaultLine: "0305557100"}})
	d.desk.CallChanged(phone.Call{ID: "1", Account: "Office", Direction: phone.Incoming, State: phone.Ringing, Lines: []string{"0305557100"},
		Remote: phone.Party{User: "089452177", Host: "pbx.example.org"}, Began: d.at})
	c := d.call("the lead", func(c Call) bool { return c.Card.Known && c.Card.Ref.Kind == Lead })
	d.desk.OpenForm(c.ID, Lead)
	c = d.call("the form", func(c Call) bool { return c.Form != nil && len(c.Form.People) > 0 })
	if !c.Form.Naming {
		t.Error("the form would make another lead")
	}
	typed := *c.Form
	typed.FirstName, typed.LastName = "Käthe", "Süßmilch"
	d.desk.ChangeForm(c.ID, typed)
	d.desk.SaveForm(c.ID)
	named := d.call("the name", func(c Call) bool { return c.Form == nil && c.Card.Name == "Käthe Süßmilch" })
	if named.Card.Ref != c.Card.Ref {
		t.Errorf("it is another record: %+v", named.Card.Ref)
	}
	page, err := d.file.Leads(ctx, crm.Query{Limit: 9})
	if err != nil || page.Total != 1 {
		t.Errorf("there are %d leads (%v)", page.Total, err)
	}
}

// An extension that no user has, as an echo test's, is no stranger whom the CRM should know.
func TestAnInternalNumberIsNoStranger_B5(t *testing.T) {
	d := newDesk(t)
	d.ring("1", "600")
	c := d.call("the card", looked)
	if len(c.Card.Marks) != 0 || c.Card.MatchedBy.Key != "" {
		t.Errorf("its card has %+v", c.Card)
	}
}

// A lead that has nothing but a number stood in the list with it twice.
func TestALeadWithoutANameIsListedByItsNumberAndPlace_B1(t *testing.T) {
	d := newDesk(t)
	number := crm.Parse("0221 9876543", "DE").Number(crm.LabelWork)
	d.do(crm.CreateLead{Lead: crm.Lead{ID: d.file.NewID(), Numbers: []crm.Number{number}}})
	page, err := d.desk.List(context.Background(), Query{List: LeadList, Limit: 9})
	if err != nil || len(page.Rows) != 1 {
		t.Fatalf("%+v, %v", page, err)
	}
	if row := page.Rows[0]; row.Title != "0221 9876543" || row.Sub != "Köln" {
		t.Errorf("it is %q, %q", row.Title, row.Sub)
	}
}
