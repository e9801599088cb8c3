package store

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"leadline/crm"
)

func TestDealsStandOnABoardByTheirStages_F4(t *testing.T) {
	s := open(t)
	anna := must(s.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"}))(t)
	service := crm.Pipeline{ID: s.NewID(), Name: "Service", Stages: []crm.Stage{{ID: "Asked", Name: "Asked"}, {ID: "Done", Name: "Done", Result: crm.Won}, {ID: "Off", Name: "Off", Result: crm.Lost}}}
	company := crm.Company{ID: s.NewID(), Name: "Meier GmbH"}
	first := crm.Deal{ID: s.NewID(), Title: "Delivery", Company: company.ID, Amount: crm.Money{Minor: 4800000, Currency: "EUR"}, Responsible: anna.ID}
	ok(t, s.Do(ctx, crm.SavePipeline{Pipeline: service}, crm.CreateCompany{Company: company}, crm.CreateDeal{Deal: first},
		crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Spare parts", Amount: crm.Money{Minor: 100, Currency: "EUR"}}},
		crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Abroad", Amount: crm.Money{Minor: 9900, Currency: "CHF"}, Stage: crm.DealWon}},
		crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Old stage", Stage: "Gone"}},
		crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Repair", Pipeline: service.ID}},
		crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: s.NewID(), Ref: crm.Ref{Kind: crm.KindDeal, ID: first.ID}, Due: noon.Add(time.Hour)}},
		crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: s.NewID(), Ref: crm.Ref{Kind: crm.KindDeal, ID: first.ID}, Due: noon, Done: noon}}))
	b := must(s.Board(ctx, "", false, 50))(t)
	if len(b.Columns) != 6 || b.Columns[5].Stage.ID != "Gone" || b.Columns[5].Count != 1 {
		t.Fatalf("the columns are %+v", b.Columns)
	}
	if c := b.Columns[0]; c.Count != 2 || len(c.Sums) != 1 || c.Sums[0].Minor != 4800100 || len(c.Cards) != 2 {
		t.Errorf("the first column is %+v", c)
	}
	if c := b.Columns[0].Cards[1]; c.CompanyName != "Meier GmbH" || c.Who != "Anna Krüger" || !c.Due.Equal(noon.Add(time.Hour)) {
		t.Errorf("the card is %+v", c)
	}
	if c := b.Columns[3]; c.Count != 1 || c.Sums[0].Currency != "CHF" {
		t.Errorf("won are %+v", c)
	}
	if b := must(s.Board(ctx, "", true, 50))(t); b.Columns[0].Count != 1 || b.Columns[3].Count != 0 || len(b.Columns[0].Cards) != 1 || b.Columns[0].Cards[0].ID != first.ID {
		t.Errorf("mine are %+v", b.Columns)
	}
	if b := must(s.Board(ctx, service.ID, false, 50))(t); b.Pipeline.Name != "Service" || len(b.Columns) != 3 || b.Columns[0].Count != 1 {
		t.Errorf("of the other pipeline: %+v", b)
	}
	if b := must(s.Board(ctx, "", false, 1))(t); b.Columns[0].Count != 2 || len(b.Columns[0].Cards) != 1 {
		t.Errorf("with one card each: %+v", b.Columns[0])
	}
}

// What the board counts is what there is, whatever became of the deals meanwhile.
func TestTheBoardCountsWhatIsThere_F4(t *testing.T) {
	s := open(t)
	anna := must(s.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"}))(t)
	boris := crm.User{ID: s.NewID(), Name: "Boris", Extension: "102"}
	service := crm.Pipeline{ID: s.NewID(), Name: "Service", Stages: []crm.Stage{{ID: "Asked", Name: "Asked"}, {ID: "Done", Name: "Done", Result: crm.Won}, {ID: "Off", Name: "Off", Result: crm.Lost}}}
	ok(t, s.Do(ctx, crm.SaveUser{User: boris}, crm.SavePipeline{Pipeline: service}))
	random := rand.New(rand.NewPCG(4, 200))
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	var deals []crm.Deal
	for i := range 200 {
		deal := crm.Deal{ID: s.NewID(), Title: "Deal", Stage: crm.DealStage(pick("New", "Asked", string(crm.DealWon))), Pipeline: crm.ID(pick("", string(crm.StandardPipelineID), string(service.ID))),
			Responsible: crm.ID(pick("", string(anna.ID), string(boris.ID))), Amount: crm.Money{Minor: int64(random.IntN(1000)), Currency: pick("EUR", "CHF")}}
		switch {
		case i%5 == 4:
			ok(t, s.Do(ctx, crm.RemoveRecord{Ref: crm.Ref{Kind: crm.KindDeal, ID: deals[0].ID}}))
			deals = deals[1:]
		case i%2 == 1:
			deal.ID = deals[random.IntN(len(deals))].ID
			ok(t, s.Do(ctx, crm.UpdateDeal{Deal: deal}))
		default:
			deals = append(deals, deal)
			ok(t, s.Do(ctx, crm.CreateDeal{Deal: deal}))
		}
	}
	counted := func() (all string) {
		ok(t, s.readDB.QueryRow("SELECT json_group_array(json_array(hex(pipeline), stage, currency, responsible, deals, cents)) FROM (SELECT * FROM deal_count WHERE deals <> 0 OR cents <> 0)").Scan(&all))
		return all
	}
	kept := counted()
	ok(t, s.write(ctx, (*tx).countDeals))
	if anew := counted(); anew != kept || len(kept) < 100 {
		t.Errorf("kept by the triggers:\n%s\ncounted anew:\n%s", kept, anew)
	}
}

// Whichever way they are found, the cards are the same, in the same order.
func TestFewDealsAreFoundAsManyAre_F4(t *testing.T) {
	s := open(t)
	anna := must(s.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"}))(t)
	service := crm.Pipeline{ID: s.NewID(), Name: "Service", Stages: []crm.Stage{{ID: crm.DealNew, Name: "Asked"}, {ID: "Done", Name: "Done", Result: crm.Won}, {ID: "Off", Name: "Off", Result: crm.Lost}}}
	boris := crm.User{ID: s.NewID(), Name: "Boris"}
	do := []crm.Change{crm.SaveUser{User: boris}, crm.SavePipeline{Pipeline: service}}
	for i := range 60 {
		do = append(do, crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Deal", Stage: []crm.DealStage{crm.DealNew, crm.DealWon}[i%5/4],
			Pipeline: []crm.ID{"", crm.StandardPipelineID, service.ID}[i%7%3], Responsible: []crm.ID{"", anna.ID, boris.ID}[i%3]}})
	}
	ok(t, s.Do(ctx, do...))
	ok(t, s.write(ctx, func(tx *tx) error { _, err := tx.exec("UPDATE deal SET active = rid * 7 % 11"); return err }))
	who := must(s.boardOf(reader{s}, true))(t)
	for _, pipeline := range []crm.ID{crm.StandardPipelineID, service.ID} {
		for _, limit := range []int{3, 50} {
			c := crm.BoardColumn{Stage: crm.Stage{ID: crm.DealNew}, Count: few}
			byFew := must(boardCards(reader{s}, pipeline, c, who, limit))(t)
			c.Count++
			if byMany := must(boardCards(reader{s}, pipeline, c, who, limit))(t); len(byFew) < 3 || !reflect.DeepEqual(byFew, byMany) {
				t.Errorf("at most %d: %+v, or %+v", limit, byFew, byMany)
			}
		}
	}
}

func TestTheBoardIsOpenedByIndex(t *testing.T) {
	s := open(t)
	for _, step := range planOf(t, s, fewDeals) {
		if strings.HasPrefix(step, "SEARCH") && !strings.Contains(step, "INDEX deal_of_responsible (responsible=? AND stage=?)") {
			t.Errorf("%s: %s", fewDeals, step)
		}
	}
	for _, query := range []string{latestDeals, "SELECT sum(deals) FROM deal_count WHERE pipeline = ?1"} {
		for _, step := range planOf(t, s, query) {
			if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") || strings.Contains(query, "deal ") && !strings.Contains(step, "COVERING INDEX deal_board") {
				t.Errorf("%s: %s", query, step)
			}
		}
	}
}
