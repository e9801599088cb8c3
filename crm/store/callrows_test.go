package store

import (
	"database/sql"
	"testing"
	"time"

	"leadline/crm"
)

// asks counts what is asked of the file.
type asks struct {
	reader
	n int
}

func (a *asks) query(query string, args ...any) (*sql.Rows, error) {
	a.n++
	return a.reader.query(query, args...)
}

func (a *asks) row(query string, args ...any) *sql.Row {
	a.n++
	return a.reader.row(query, args...)
}

// A page of the log must be there before the window is painted: it asks as often for a hundred calls as for one of each kind.
func TestAPageOfTheLogAsksOnceForAllItsParties(t *testing.T) {
	s := open(t)
	kunz := crm.Company{ID: s.NewID(), Name: "Kunz KG", Numbers: []crm.Number{num("030 1000001", crm.LabelWork)}}
	anna := crm.Contact{ID: s.NewID(), FirstName: "Anna", LastName: "Kunz", Company: kunz.ID, Numbers: []crm.Number{num("030 1000002", crm.LabelWork)}}
	lead := crm.Lead{ID: s.NewID(), Title: "Fair in Kraków", LastName: "Wójcik", Numbers: []crm.Number{num("030 1000003", crm.LabelWork)}}
	jens := crm.User{ID: s.NewID(), Name: "Jens Ohm", Extension: "204"}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: kunz}, crm.CreateContact{Contact: anna}, crm.CreateLead{Lead: lead}, crm.SaveUser{User: jens}))
	deal := crm.Deal{ID: s.NewID(), Title: "Brackets"}
	ok(t, s.Do(ctx, crm.CreateDeal{Deal: deal}))

	type shown struct{ kind, name, sub string }
	want := map[string]shown{
		"030 1000001": {"company", "Kunz KG", ""}, "030 1000002": {"contact", "Anna Kunz", "Kunz KG"},
		"030 1000003": {"lead", "Fair in Kraków", "Wójcik"}, "204": {"", "Jens Ohm", ""}, "030 1000009": {},
		"030 1000004": {"deal", "Brackets", ""},
	}
	line := lineOf(t, s, crm.Suggest)
	call := func(number string) {
		c, _ := begin(t, s, crm.Incoming, number, line)
		if number == "030 1000004" {
			ok(t, s.LinkCall(ctx, c.ID, crm.Ref{Kind: crm.KindDeal, ID: deal.ID}))
		}
		ok(t, s.EndCall(ctx, c.ID, c.Began.Add(time.Second), crm.Missed, ""))
	}
	for number := range want {
		call(number)
	}
	page := func() int {
		a := &asks{reader: reader{s}}
		var rids []int64
		ok(t, each(a, "SELECT rid FROM call", nil, func(rows *sql.Rows) error {
			rids = append(rids, 0)
			return rows.Scan(&rids[len(rids)-1])
		}))
		a.n = 0
		rows := must(callsAt(a, rids))(t)
		if len(rows) != len(rids) {
			t.Errorf("%d of %d calls are there", len(rows), len(rids))
		}
		for _, r := range rows {
			got := shown{string(r.Ref.Kind), r.Name, r.Sub}
			if is := want[r.Call.Party.Written]; got != is {
				t.Errorf("%s is shown as %+v, not as %+v", r.Call.Party.Written, got, is)
			}
		}
		return a.n
	}
	few := page()
	for i := range 100 {
		call([]string{"030 1000001", "030 1000002", "030 1000003", "204", "030 1000009"}[i%5])
	}
	if many := page(); many != few {
		t.Errorf("106 calls took %d questions, one of each kind %d", many, few)
	}
}
