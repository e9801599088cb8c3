package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

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
		{"contacts found by a part of a number", s.Contacts, crm.Query{Text: "94 8812"}, 1},
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

func TestAnyPartOfANumberFindsIt(t *testing.T) {
	s := open(t)
	number := func(written string) crm.Number { n, _ := crm.ParseNumber(written, "DE", crm.LabelWork); return n }
	c := crm.Contact{ID: s.NewID(), LastName: "Meier", Numbers: []crm.Number{number("030 2094 8812"), number("+48 22 555 18 40"), number("4711")}}
	ok(t, s.Do(ctx, crm.CreateContact{Contact: c}))
	other := crm.Contact{ID: s.NewID(), LastName: "Weber", Numbers: []crm.Number{number("0711 44029"), number("0711 88120")}}
	ok(t, s.Do(ctx, crm.CreateContact{Contact: other}))
	for typed, want := range map[string]string{
		"812": "Meier", "8812": "Meier", "48812": "Meier", "948812": "Meier", "2094 88": "Meier", "20948812": "Meier", "3020948812": "Meier",
		"302": "Meier", "030209": "Meier", "094": "Meier", "09488": "Meier", "5551840": "Meier", "184": "Meier", "711": "Weber", "4711": "Meier",
		"44029": "Weber", "4402988120": "", "948813": "", "99999": "", "+4402": "",
	} {
		found := must(s.Search(ctx, typed, 10))(t)
		if want == "" && len(found) > 0 || want != "" && !hasName(found, want) {
			t.Errorf("%q finds %v, want %q", typed, found, want)
		}
		for _, f := range found {
			if !f.ByNumber || f.Number.E164 == 0 && f.Number.Short == "" {
				t.Errorf("%q finds %+v", typed, f)
			}
		}
	}
	c.Numbers = c.Numbers[:0]
	ok(t, s.Do(ctx, crm.UpdateContact{Contact: c}))
	if found := must(s.Search(ctx, "48812", 10))(t); len(found) != 0 {
		t.Errorf("a number that was taken away finds %v", found)
	}
}

// However long the part is, and wherever: a search for it finds the number.
func TestEveryPartOfEveryNumberFindsIt(t *testing.T) {
	s := open(t)
	rapid.Check(t, func(r *rapid.T) {
		n, isOne := crm.ParseNumber(rapid.StringMatching(`\+49[1-9][0-9]{5,10}`).Draw(r, "number"), "DE", crm.LabelWork)
		if !isOne {
			r.Skip()
		}
		digits := nationalDigits(n)
		from := rapid.IntRange(0, len(digits)-3).Draw(r, "from")
		part := digits[from:rapid.IntRange(from+3, len(digits)).Draw(r, "to")]
		c := crm.Contact{ID: s.NewID(), LastName: "Meier", Numbers: []crm.Number{n}}
		ok(t, s.Do(ctx, crm.CreateContact{Contact: c}))
		for _, f := range must(s.Search(ctx, part, 128))(t) {
			if f.Ref.ID == c.ID {
				return
			}
		}
		r.Fatalf("%q of %s does not find it", part, digits)
	})
}

func TestNotesAndCommentsAreFound(t *testing.T) {
	s := seeded(t)
	c, _ := begin(t, s, crm.Incoming, DemoKnown, crm.Line{})
	ok(t, s.SaveNote(ctx, c.ID, "möchte Wärmepumpe\nbis Ostern"))
	for _, typed := range []string{"wärmep", "waermepumpe", "warmepumpe ost"} {
		found := must(s.Search(ctx, typed, 10))(t)
		if len(found) != 1 || found[0].Name != "Jürgen Müller-Lüdenscheidt" || found[0].Note != "möchte Wärmepumpe" {
			t.Errorf("%q finds %+v", typed, found)
		}
	}
	ok(t, s.SaveNote(ctx, c.ID, "doch nicht"))
	if found := must(s.Search(ctx, "wärmep", 10))(t); len(found) != 0 {
		t.Errorf("what the note said before finds %v", found)
	}
	person := must(s.Search(ctx, "lüdenscheidt", 1))(t)[0].Ref
	ok(t, s.Do(ctx, crm.SaveRecordNote{Note: crm.Note{ID: s.NewID(), Ref: person, Text: "sammelt Briefmarken", At: noon}}))
	if found := must(s.Search(ctx, "briefm", 10))(t); len(found) != 1 || found[0].Ref != person {
		t.Errorf("a note of the record finds %v", found)
	}
	lonely := crm.Contact{ID: s.NewID(), LastName: "Still", Comment: "spricht Plattdüütsch"}
	ok(t, s.Do(ctx, crm.CreateContact{Contact: lonely}))
	if found := must(s.Search(ctx, "plattdueuet", 10))(t); !hasName(found, "Still") {
		t.Errorf("a comment finds %v", found)
	}
}

// Among many of a name those come first who are one's own or called last, though they are old.
func TestOwnAndRecentComeFirst(t *testing.T) {
	s := open(t)
	s.ownWithin = time.Minute // a busy machine is no reason to fail
	anna := must(s.SignIn(ctx, crm.User{Name: "Anna", Extension: "101"}))(t)
	var all []crm.Change
	number, _ := crm.ParseNumber("030 1234567", "DE", crm.LabelWork)
	own := crm.Contact{ID: s.NewID(), LastName: "Müller", FirstName: "Own", Responsible: anna.ID}
	called := crm.Contact{ID: s.NewID(), LastName: "Müller", FirstName: "Called", Numbers: []crm.Number{number}}
	all = append(all, crm.CreateContact{Contact: own}, crm.CreateContact{Contact: called})
	for i := range 3 * candidates {
		all = append(all, crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: "Müller", FirstName: itoa(i)}})
	}
	ok(t, s.Do(ctx, all...))
	begin(t, s, crm.Incoming, "030 1234567", crm.Line{})
	found := must(s.Search(ctx, "mü", 10))(t)
	if len(found) != 10 || !found[0].Near || !found[1].Near || found[2].Near || !hasName(found[:2], "Own Müller") || !hasName(found[:2], "Called Müller") {
		t.Errorf("found %+v", found[:3])
	}
	for _, f := range found[:2] {
		if f.Name == "Called Müller" && f.Number.E164 != number.E164 {
			t.Errorf("found without the number: %+v", f)
		}
	}
	ok(t, s.Do(ctx, crm.Assign{Ref: crm.Ref{Kind: crm.KindContact, ID: own.ID}, From: anna.ID}))
	if found = must(s.Search(ctx, "mü", 10))(t); found[0].Name != "Called Müller" || found[1].Near {
		t.Errorf("what was given away is still near: %+v", found[:2])
	}
	for _, change := range []func(crm.ID) crm.Change{
		func(who crm.ID) crm.Change {
			return crm.CreateCompany{Company: crm.Company{ID: s.NewID(), Name: "Kroll Works", Responsible: who}}
		},
		func(who crm.ID) crm.Change {
			return crm.CreateLead{Lead: crm.Lead{ID: s.NewID(), LastName: "Kroll", Responsible: who}}
		},
		func(who crm.ID) crm.Change {
			return crm.CreateDeal{Deal: crm.Deal{ID: s.NewID(), Title: "Kroll", Responsible: who}}
		},
	} {
		ok(t, s.Do(ctx, change(""), change(anna.ID)))
	}
	found = must(s.Search(ctx, "kroll", 10))(t)
	if len(found) != 6 {
		t.Fatalf("found %+v", found)
	}
	for n, f := range found {
		if f.Near != (n < 3) || f.Near != (f.Responsible == anna.ID) {
			t.Errorf("%d: %+v", n, f)
		}
	}
}

// What begins with the text comes before what has it further in, and that before what has its words somewhere, and that before what has
// them in no name; newest first only among these. What is near goes before all of its own that is not.
func TestNamesAreRankedByHowTheyHaveTheText(t *testing.T) {
	ranked := []crm.Found{
		{Name: "Mei Anders"}, {Name: "Hotel Mei Anders"}, {Name: "Anna Meier"}, {Name: "Ofenbau"},
	}
	for i := range ranked { // what comes later is newer
		ranked[i].Ref, ranked[i].At = crm.Ref{Kind: crm.KindContact, ID: crm.ID(itoa(i))}, noon.Add(time.Duration(i)*time.Hour)
	}
	near := ranked[2]
	near.Ref.ID, near.Near, near.At = "near", true, noon.Add(-time.Hour)
	older := ranked[0]
	older.Ref.ID, older.At = "older", noon.Add(-time.Hour)
	want := []crm.Found{near, ranked[0], older, ranked[1], ranked[2], ranked[3]}
	found := []crm.Found{ranked[3], older, ranked[2], near, ranked[1], ranked[0]}
	rankFound(found, "Mei An")
	for i, f := range found {
		if f.Ref != want[i].Ref {
			t.Errorf("place %d has %s (%s), not %s (%s)", i, f.Name, f.Ref.ID, want[i].Name, want[i].Ref.ID)
		}
	}
}

// A beginning of up to three letters has a list of its own in the index; a longer one is asked for by its words, when these are few.
func TestALongBeginningIsAskedForByItsWords(t *testing.T) {
	s := open(t)
	var all []crm.Change
	for i := range mostCompletions {
		all = append(all, crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: "Kroll" + string(rune('a'+i))}})
	}
	all = append(all, crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: "Meier"}}, crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: "Meierhof"}})
	ok(t, s.Do(ctx, all...))
	asks := func(typed string) string {
		t.Helper()
		return must(matchExpression(must(s.read(ctx))(t), "search", typed))(t)
	}
	for typed, want := range map[string]string{
		"mei": `"mei"*`, "kro": `"kro"*`, "meie": `("meier" OR "meierhof")`, "meierh mei": `("meierhof") AND "mei"*`, "krou": "",
	} {
		if got := asks(typed); got != want {
			t.Errorf("%q is asked for as %s, not %s", typed, got, want)
		}
	}
	if got := asks("krol"); !strings.HasPrefix(got, `("krolla" OR `) || strings.Count(got, "OR") != mostCompletions-1 {
		t.Errorf("%d words are asked for as %s", mostCompletions, got)
	}
	ok(t, s.Do(ctx, crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: "Krolls"}}))
	if got := asks("krol"); got != `"krol"*` {
		t.Errorf("one more is asked for as %s", got)
	}
}
