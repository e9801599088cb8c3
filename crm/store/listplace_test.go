package store

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"leadline/crm"
)

// Pages by their bookmarks are the list, row by row, wherever names are alike, and however far one jumps.
func TestPagesFollowEachOtherByBookmark(t *testing.T) {
	s := seeded(t)
	began := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	for i := range 300 {
		ok(t, s.Do(ctx, crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: []string{"Meier", "", "Ömer", "Zoë"}[i%4]}},
			crm.CreateLead{Lead: crm.Lead{ID: s.NewID(), Title: fmt.Sprint("Lead ", i)}},
			crm.BeginCall{Call: crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Party{Kind: crm.Phone, E164: crm.E164(4930300000 + i)}, Began: began.Add(time.Duration(i/7) * time.Second)}}))
	}
	type page struct {
		ids []crm.ID
		end crm.Bookmark
	}
	records := func(p crm.RecordPage, err error) (page, error) {
		var ids []crm.ID
		for _, r := range p.Rows {
			ids = append(ids, r.Ref.ID)
		}
		return page{ids, p.End}, err
	}
	for name, ask := range map[string]func(q crm.Query) (page, error){
		"contacts": func(q crm.Query) (page, error) { return records(s.Contacts(ctx, q)) },
		"newest":   func(q crm.Query) (page, error) { q.Order = crm.OrderNewest; return records(s.Contacts(ctx, q)) },
		"leads":    func(q crm.Query) (page, error) { return records(s.Leads(ctx, q)) },
		"open":     func(q crm.Query) (page, error) { q.Filter = crm.FilterOpen; return records(s.Leads(ctx, q)) },
		"calls": func(q crm.Query) (page, error) {
			p, err := s.Calls(ctx, q)
			var ids []crm.ID
			for _, r := range p.Rows {
				ids = append(ids, r.Call.ID)
			}
			return page{ids, p.End}, err
		},
	} {
		var all []crm.ID
		for len(all)%128 == 0 {
			p := must(ask(crm.Query{Offset: len(all), Limit: 128}))(t)
			all = append(all, p.ids...)
		}
		if len(all) < 300 {
			t.Fatalf("%s: %d rows", name, len(all))
		}
		var at crm.Bookmark
		for i := 0; i < len(all); {
			p := must(ask(crm.Query{After: at, Limit: 7}))(t)
			if want := all[i:min(i+7, len(all))]; fmt.Sprint(p.ids) != fmt.Sprint(want) {
				t.Fatalf("%s: behind row %d come %v, want %v", name, i, p.ids, want)
			}
			i, at = i+len(p.ids), p.end
		}
		if p := must(ask(crm.Query{After: at, Limit: 7}))(t); len(p.ids) > 0 {
			t.Errorf("%s: %d rows behind the last", name, len(p.ids))
		}
		first := must(ask(crm.Query{Limit: 10}))(t)
		if p := must(ask(crm.Query{After: first.end, Offset: 100, Limit: 5}))(t); fmt.Sprint(p.ids) != fmt.Sprint(all[110:115]) {
			t.Errorf("%s: 100 further than row 10 is %v", name, p.ids)
		}
		if _, err := ask(crm.Query{After: `["one too many", 1, 2]`, Limit: 5}); err == nil {
			t.Errorf("%s: a bookmark of something else is taken", name)
		}
	}
	for kind, list := range map[crm.Kind]crm.Query{crm.KindContact: {}, crm.KindLead: {Filter: crm.FilterOpen}, "": {}} {
		if n := must(s.Count(ctx, kind, list))(t); n < 300 {
			t.Errorf("%d rows of %q are counted", n, kind)
		}
	}
	if n := must(s.Count(ctx, crm.KindContact, crm.Query{Text: "meier"}))(t); n < 75 || n > 100 {
		t.Errorf("%d contacts are called Meier", n)
	}
}

// No page sorts the table: its rows are found in an index, in their order.
func TestPagesAreFoundInTheIndex(t *testing.T) {
	s := seeded(t)
	for _, l := range []list{contactList, companyList, leadList, dealList} {
		for _, o := range []ordering{l.order, l.newest} {
			query := "SELECT " + l.rid + " FROM " + l.table + " WHERE 1 AND (" + strings.Join(o.terms, ", ") + ") > (?" + strings.Repeat(", ?", len(o.terms)-1) + ") ORDER BY " + o.by() + " LIMIT ? OFFSET ?"
			for _, step := range planOf(t, s, query) {
				if strings.Contains(step, "TEMP B-TREE") || strings.HasPrefix(step, "SCAN") {
					t.Errorf("%s: %s", query, step)
				}
			}
		}
	}
}

// BenchmarkLists measures a page of a list of a million contacts: the first, one scrolled to, and one jumped to.
func BenchmarkLists(b *testing.B) {
	s, _ := generate(b, million)
	for _, order := range []crm.Order{crm.OrderUsual, crm.OrderNewest} {
		name := "usual"
		if order != "" {
			name = string(order)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
			}
			quantiles(b, "first", 200, func(int) {
				if _, err := s.Contacts(ctx, crm.Query{Order: order, Limit: 128}); err != nil {
					b.Fatal(err)
				}
			})
			middle, err := s.Contacts(ctx, crm.Query{Order: order, Offset: million / 2, Limit: 128})
			ok(b, err)
			at := middle.End
			quantiles(b, "on", 500, func(int) {
				p, err := s.Contacts(ctx, crm.Query{Order: order, After: at, Limit: 128})
				if err != nil {
					b.Fatal(err)
				}
				at = p.End
			})
			quantiles(b, "jump", 100, func(int) {
				if _, err := s.Contacts(ctx, crm.Query{Order: order, Offset: rand.IntN(million - 128), Limit: 128}); err != nil {
					b.Fatal(err)
				}
			})
			quantiles(b, "count", 50, func(int) {
				if _, err := s.Count(ctx, crm.KindContact, crm.Query{Order: order}); err != nil {
					b.Fatal(err)
				}
			})
			quantiles(b, "mine", 50, func(int) {
				if _, err := s.Contacts(ctx, crm.Query{Order: order, Filter: crm.FilterMine, Limit: 128}); err != nil {
					b.Fatal(err)
				}
			})
			quantiles(b, "countmine", 10, func(int) {
				if _, err := s.Count(ctx, crm.KindContact, crm.Query{Order: order, Filter: crm.FilterMine}); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

// BenchmarkSortedLists measures sorting a million contacts by a column that has no index, and a page after that.
func BenchmarkSortedLists(b *testing.B) {
	s, _ := generate(b, million)
	for _, c := range []crm.Column{crm.ColumnCompany, crm.ColumnPosition, crm.ColumnResponsible, crm.ColumnSource, crm.ColumnChanged} {
		b.Run(string(c), func(b *testing.B) {
			for b.Loop() {
			}
			s.rank.what = ""
			start := time.Now()
			if _, err := s.Contacts(ctx, crm.Query{Order: crm.By(c, false), Limit: 128}); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(time.Since(start).Milliseconds()), "sorted-ms")
			quantiles(b, "page", 200, func(int) {
				if _, err := s.Contacts(ctx, crm.Query{Order: crm.By(c, false), Offset: rand.IntN(million - 128), Limit: 128}); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}
