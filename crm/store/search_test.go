package store

import (
	"context"
	"testing"

	"leadline/crm"
)

func TestSearchFindsAsOneTypes(t *testing.T) {
	s := seeded(t)
	for typed, want := range map[string]string{
		"j":                   "Jürgen Müller-Lüdenscheidt",
		"müller":              "Jürgen Müller-Lüdenscheidt",
		"muller":              "Jürgen Müller-Lüdenscheidt",
		"mueller":             "Jürgen Müller-Lüdenscheidt",
		"MÜLLER":              "Jürgen Müller-Lüdenscheidt",
		"lüdensch jür":        "Jürgen Müller-Lüdenscheidt",
		"suess":               "Käthe Süßmilch",
		"sussm":               "Käthe Süßmilch",
		"lukasz":              "Łukasz Wójcik",
		"Łuk":                 "Łukasz Wójcik",
		"nguyen":              "Praxis Dr. Nguyễn",
		"sule":                "Şule Özdemir",
		"meier":               "Meier GmbH",
		"head of p":           "Jürgen Müller-Lüdenscheidt",
		"delivery con":        "Delivery contract 2027",
		"donaudampf":          "Donaudampfschifffahrtsgesellschaft Österreich",
		"030 2094 8812":       "Jürgen Müller-Lüdenscheidt",
		"030209488":           "Jürgen Müller-Lüdenscheidt",
		"+49 30 2094 8812":    "Jürgen Müller-Lüdenscheidt",
		"0049 30 2094 8812":   "Jürgen Müller-Lüdenscheidt",
		"+4822555":            "Łukasz Wójcik",
		"hotel":               "Hôtel Méditerranée",
		`"meier" OR (x NEAR*`: "",
		"xyzzy":               "",
		"":                    "",
		"*":                   "",
		"'; DROP TABLE call":  "",
	} {
		found := must(s.Search(ctx, typed, 10))(t)
		switch {
		case want == "" && len(found) > 0:
			t.Errorf("%q finds %q", typed, found[0].Name)
		case want != "" && len(found) == 0:
			t.Errorf("%q finds nothing, want %q", typed, want)
		case want != "" && !hasName(found, want):
			t.Errorf("%q finds %q, want %q among them", typed, found[0].Name, want)
		}
	}
}

func hasName(found []crm.Found, name string) bool {
	for _, f := range found {
		if f.Name == name {
			return true
		}
	}
	return false
}

func TestSearchGivesUpWithItsContext(t *testing.T) {
	s := seeded(t)
	over, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Search(over, "m", 10); err == nil {
		t.Error("searched though nobody waits")
	}
}

func TestListsArePaged(t *testing.T) {
	s := seeded(t)
	all := must(s.Contacts(ctx, crm.Query{Limit: 128}))(t)
	if all.Total != len(all.Rows) || all.Rows[0].Name != "Sven Böttcher" {
		t.Fatalf("contacts %+v", all)
	}
	page := must(s.Contacts(ctx, crm.Query{Offset: 2, Limit: 2}))(t)
	if len(page.Rows) != 2 || page.Rows[0].Ref != all.Rows[2].Ref || page.Total != all.Total {
		t.Errorf("page %+v", page)
	}
	for _, c := range []struct {
		name  string
		list  func(context.Context, crm.Query) (crm.RecordPage, error)
		query crm.Query
		want  int
	}{
		{"open leads", s.Leads, crm.Query{Filter: crm.FilterOpen}, 4},
		{"closed leads", s.Leads, crm.Query{Filter: crm.FilterDone}, 1},
		{"new leads", s.Leads, crm.Query{Filter: crm.FilterNew}, 1},
		{"my leads", s.Leads, crm.Query{Filter: crm.FilterMine}, 2},
		{"open deals", s.Deals, crm.Query{Filter: crm.FilterOpen}, 3},
		{"my contacts", s.Contacts, crm.Query{Filter: crm.FilterMine}, 3},
		{"companies", s.Companies, crm.Query{}, 7},
		{"companies found", s.Companies, crm.Query{Text: "kälte"}, 1},
		{"contacts found by number", s.Contacts, crm.Query{Text: "0711440"}, 1},
	} {
		c.query.Limit = 100
		page, err := c.list(ctx, c.query)
		ok(t, err)
		if page.Total != c.want || len(page.Rows) != c.want {
			t.Errorf("%s: %d of %d, want %d", c.name, len(page.Rows), page.Total, c.want)
		}
	}
	calls := must(s.Calls(ctx, crm.Query{Text: "meier", Limit: 100}))(t)
	if calls.Total != 13 || calls.Rows[0].Sub != "Meier GmbH" {
		t.Errorf("%d calls with Meier", calls.Total)
	}
}

func TestSpansHoldAllNumbersThatBeginSo(t *testing.T) {
	in := func(n int64, spans [][2]int64) bool {
		for _, s := range spans {
			if n >= s[0] && n <= s[1] {
				return true
			}
		}
		return false
	}
	spans := spans("4930209")
	for n, want := range map[int64]bool{4930209: true, 493020948812: true, 493020999999: true, 493021000000: false, 493020899999: false, 493: false} {
		if in(n, spans) != want {
			t.Errorf("%d is within: %v", n, !want)
		}
	}
}
