package store

import (
	"testing"
	"time"

	"leadline/crm"
)

func TestDealsStandOnABoardByTheirStages_F4(t *testing.T) {
	s := open(t)
	anna := must(s.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"}))(t)
	service := crm.Pipeline{ID: s.NewID(), Name: "Service", Stages: []crm.Stage{{ID: "Asked", Name: "Asked"}, {ID: "Done", Name: "Done", Result: crm.Won}, {ID: "Off", Name: "Off", Result: crm.Lost}}}
	company := crm.Company{ID: s.NewID(), Name: "Meier GmbH"}
	first := crm.Deal{ID: s.NewID(), Title: "Delivery", Company: company.ID, Amount: crm.Money{Cents: 4800000, Currency: "EUR"}, Responsible: anna.ID}
	ok(t, s.Do(ctx, crm.SavePipeline{Pipeline: service}, crm.CreateCompany{Company: company}, crm.CreateDeal{Deal: first},
		crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Spare parts", Amount: crm.Money{Cents: 100, Currency: "EUR"}}},
		crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Abroad", Amount: crm.Money{Cents: 9900, Currency: "CHF"}, Stage: crm.DealWon}},
		crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Old stage", Stage: "Gone"}},
		crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Repair", Pipeline: service.ID}},
		crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: s.NewID(), Ref: crm.Ref{Kind: crm.KindDeal, ID: first.ID}, Due: noon.Add(time.Hour)}},
		crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: s.NewID(), Ref: crm.Ref{Kind: crm.KindDeal, ID: first.ID}, Due: noon, Done: noon}}))
	b := must(s.Board(ctx, "", false, 50))(t)
	if len(b.Columns) != 6 || b.Columns[5].Stage.ID != "Gone" || b.Columns[5].Count != 1 {
		t.Fatalf("the columns are %+v", b.Columns)
	}
	if c := b.Columns[0]; c.Count != 2 || len(c.Sums) != 1 || c.Sums[0].Cents != 4800100 || len(c.Cards) != 2 {
		t.Errorf("the first column is %+v", c)
	}
	if c := b.Columns[0].Cards[1]; c.CompanyName != "Meier GmbH" || c.Who != "Anna Krüger" || !c.Due.Equal(noon.Add(time.Hour)) {
		t.Errorf("the card is %+v", c)
	}
	if c := b.Columns[3]; c.Count != 1 || c.Sums[0].Currency != "CHF" {
		t.Errorf("won are %+v", c)
	}
	if b := must(s.Board(ctx, "", true, 50))(t); b.Columns[0].Count != 1 || b.Columns[3].Count != 0 {
		t.Errorf("mine are %+v", b.Columns)
	}
	if b := must(s.Board(ctx, service.ID, false, 50))(t); b.Pipeline.Name != "Service" || len(b.Columns) != 3 || b.Columns[0].Count != 1 {
		t.Errorf("of the other pipeline: %+v", b)
	}
	if b := must(s.Board(ctx, "", false, 1))(t); b.Columns[0].Count != 2 || len(b.Columns[0].Cards) != 1 {
		t.Errorf("with one card each: %+v", b.Columns[0])
	}
}
