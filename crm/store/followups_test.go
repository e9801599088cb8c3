package store

import (
	"testing"
	"time"

	"leadline/crm"
)

func TestFollowUpsAreListedWithTheirRecords_H3(t *testing.T) {
	s := seeded(t)
	known := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0]
	anna := must(s.Me(ctx))(t)
	other := crm.User{ID: s.NewID(), Name: "Petra Weiß"}
	deal := crm.Deal{ID: s.NewID(), Title: "40 brackets", Contact: known.Ref.ID}
	call := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse(DemoKnown, "DE"), Began: noon}
	up := func(ref crm.Ref, due time.Time, who crm.ID, text string) crm.FollowUp {
		return crm.FollowUp{ID: s.NewID(), Ref: ref, Due: due, Text: text, Responsible: who}
	}
	noted := up(known.Ref, noon.Add(-time.Hour), anna.ID, "")
	noted.Call = call.ID
	done := up(known.Ref, noon, anna.ID, "done")
	done.Done = noon
	ok(t, s.Do(ctx, crm.SaveUser{User: other}, crm.CreateDeal{Deal: deal}, crm.BeginCall{Call: call}, crm.SaveNote{Call: call.ID, Text: "Wants a price\nper 100", At: noon},
		crm.SaveFollowUp{FollowUp: up(crm.Ref{Kind: crm.KindDeal, ID: deal.ID}, noon.Add(24*time.Hour), anna.ID, "send the offer")},
		crm.SaveFollowUp{FollowUp: noted}, crm.SaveFollowUp{FollowUp: up(known.Ref, noon, other.ID, "hers")}, crm.SaveFollowUp{FollowUp: done}))
	for _, c := range []struct {
		filter crm.Filter
		want   []string
	}{{crm.FilterMine, []string{"", "send the offer"}}, {crm.FilterOpen, []string{"", "hers", "send the offer"}}, {crm.FilterDone, []string{"done"}}} {
		page := must(s.FollowUpList(ctx, crm.Query{Filter: c.filter, Limit: 128}))(t)
		if page.Total != len(c.want) || len(page.Rows) != len(c.want) {
			t.Fatalf("%s: %+v", c.filter, page)
		}
		for i, want := range c.want {
			if page.Rows[i].Text != want {
				t.Errorf("%s %d: %q, want %q", c.filter, i, page.Rows[i].Text, want)
			}
		}
	}
	rows := must(s.FollowUpList(ctx, crm.Query{Filter: crm.FilterMine, Limit: 128}))(t).Rows
	if r := rows[0]; r.Name != known.Name || r.Note != "Wants a price" || r.Number.E164 == 0 || r.Who != anna.Name {
		t.Errorf("of a contact: %+v", r)
	}
	if r := rows[1]; r.Name != "40 brackets" || r.Sub != known.Name || r.Number.E164 == 0 {
		t.Errorf("of a deal: %+v", r)
	}
	if n := must(s.FollowUpCount(ctx, noon.Add(time.Hour)))(t); n != 1 {
		t.Errorf("%d are due", n)
	}
	if page := must(s.FollowUpList(ctx, crm.Query{Filter: crm.FilterOpen, Offset: 2, Limit: 1}))(t); len(page.Rows) != 1 || page.Rows[0].Text != "send the offer" {
		t.Errorf("the third: %+v", page.Rows)
	}
}
