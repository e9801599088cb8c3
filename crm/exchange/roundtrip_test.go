package exchange

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"leadline/crm"
	"leadline/crm/store"
)

// anyText is what a person may have typed into a field.
func anyText(long bool) *rapid.Generator[string] {
	runes := []rune("abcÄöüßŁ🙂 ,;:\\\"'=^.-@<>|&%")
	most := 12
	if long {
		runes, most = append(runes, '\n', '\t'), 120
	}
	return rapid.Map(rapid.StringOfN(rapid.RuneFrom(runes), 1, most, -1), func(s string) string {
		s = strings.Trim(s, "*:;,. \n\t")
		if strings.TrimSpace(s) == "" || strings.Contains(s, joined) {
			return "x"
		}
		return s
	})
}

var anyLabel = rapid.SampledFrom([]crm.Label{"", crm.LabelWork, crm.LabelMobile, crm.LabelHome, crm.LabelMain, crm.LabelFax, crm.LabelPrivate, crm.LabelOther})

func anyContact(t *rapid.T) crm.Contact {
	c := crm.Contact{LastName: anyText(false).Draw(t, "last")}
	if rapid.Bool().Draw(t, "first only") {
		c.FirstName, c.LastName = c.LastName, ""
	}
	if rapid.Bool().Draw(t, "full") {
		c.Position = anyText(false).Draw(t, "position")
		if c.FirstName == "" {
			c.FirstName = anyText(false).Draw(t, "first")
		}
		c.Comment, c.Source = anyText(true).Draw(t, "comment"), anyText(false).Draw(t, "source")
		c.Marks = slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(anyText(false), 0, 3).Draw(t, "marks"))))
		c.SIP = rapid.SliceOfN(rapid.SampledFrom([]string{"a@example.org", "b@example.com"}), 0, 2).Draw(t, "sip")
		for range rapid.IntRange(0, 3).Draw(t, "addresses") {
			c.Addresses = append(c.Addresses, crm.Address{Street: anyText(true).Draw(t, "street"), City: anyText(false).Draw(t, "city"),
				PostalCode: "10115", State: rapid.OneOf(rapid.Just(""), anyText(false)).Draw(t, "state"), Country: anyText(false).Draw(t, "country"), Label: anyLabel.Draw(t, "label")})
		}
		for range rapid.IntRange(0, 2).Draw(t, "emails") {
			c.Emails = append(c.Emails, crm.Email{Address: rapid.StringMatching(`[a-z]{1,8}@[a-z]{1,8}\.org`).Draw(t, "mail"), Label: anyLabel.Draw(t, "label")})
		}
	}
	written := rapid.SampledFrom([]string{"030 2094-8812", "+49 171 5550123", "0711/44029-0", "+48 22 555 18 40", "101", "089 452177 x12", "(0176) 12-34 567"})
	for range rapid.IntRange(0, 4).Draw(t, "numbers") {
		if n, ok := crm.ParseNumber(written.Draw(t, "number"), "DE", anyLabel.Draw(t, "label")); ok {
			c.Numbers = append(c.Numbers, n)
		}
	}
	return c
}

// asText is all that a contact has, for comparing; a CSV does not keep how a number was written.
func asText(t *rapid.T, c crm.Contact, how Format) string {
	if how == GoogleCSV {
		numbers := slices.Clone(c.Numbers)
		for i := range numbers {
			numbers[i].Written = ""
		}
		c.Numbers = numbers
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Whatever a contact has comes out and in again as it was.
func TestWhatGoesOutComesInAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		how := rapid.SampledFrom([]Format{GoogleCSV, VCard3, VCard4}).Draw(t, "format")
		c := anyContact(t)
		if rapid.Bool().Draw(t, "fields") {
			c.Fields = crm.Values{"01a20847-6f48-725e-bdb7-f4a559c062a0": anyText(true).Draw(t, "value")}
		}
		company := rapid.OneOf(rapid.Just(""), anyText(false)).Draw(t, "company")
		if rapid.IntRange(0, 4).Draw(t, "named") == 0 {
			c.FirstName, c.LastName = "", ""
		}
		out := writeOne(t, c, company, how)
		i := importer{}
		var back []store.ImportRow
		err := i.read(strings.NewReader(out), func(n store.ImportRow) error { back = append(back, n); return nil })
		if err != nil || len(back) != 1 || i.report.Refusals > 0 {
			t.Fatalf("%d people, %v, %v of\n%s", len(back), i.report.Refused, err, out)
		}
		if got, want := asText(t, back[0].Contact, how), asText(t, c, how); got != want || back[0].Company != company || c.Name() == "" && company != "" && !back[0].Person {
			t.Fatalf("came back as\n%s, %q\nwas\n%s, %q\nby\n%s", got, back[0].Company, want, company, out)
		}
	})
}

func writeOne(t *rapid.T, c crm.Contact, company string, how Format) string {
	var b bytes.Buffer
	out := newWriters(&b)
	if how == GoogleCSV {
		out.csv.widen(c)
		out.csv.marks = mustBeMarked(c, company)
		if err := out.csv.header(); err != nil {
			t.Fatal(err)
		}
		if err := out.csv.row(crm.KindContact, c, company); err != nil {
			t.Fatal(err)
		}
		out.csv.out.Flush()
	} else {
		cardWriter{out: out.buffer, four: how == VCard4}.contact(c, company)
	}
	if err := out.buffer.Flush(); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if how != GoogleCSV && len(strings.TrimRight(line, "\r\n")) > 75 {
			t.Fatalf("a line of %d octets: %q", len(line), line)
		}
	}
	return b.String()
}

// A whole file, with its companies, in each format.
func TestAWholeFileComesBack(t *testing.T) {
	for _, how := range []Format{GoogleCSV, VCard3, VCard4} {
		first, second := open(t), open(t)
		if err := first.SeedDemo(ctx, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		sameUsers(t, first, second)
		in(t, first, outlookEnglish)
		var out, again bytes.Buffer
		n, err := Export(ctx, first, &out, how)
		if err != nil {
			t.Fatal(err)
		}
		if r := in(t, second, out.String()); r.Contacts != n || r.Refusals > 0 || r.Skipped > 0 {
			t.Errorf("%s: exported %d, report %+v", how, n, r)
		}
		if _, err := Export(ctx, second, &again, how); err != nil {
			t.Fatal(err)
		}
		if plain(out.String()) != plain(again.String()) {
			t.Errorf("%s: first out:\n%s\nagain:\n%s", how, out.String(), again.String())
		}
	}
}

// A CSV has as many columns as the company with the most addresses, numbers and fields needs, also where no person has as many.
func TestACompanyMayHaveMoreThanItsPeople(t *testing.T) {
	first, second := open(t), open(t)
	works := crm.Company{ID: first.NewID(), Name: "Works", Addresses: []crm.Address{{City: "Bonn"}, {City: "Köln"}, {City: "Ulm"}},
		Emails: []crm.Email{{Address: "a@works.example", Label: crm.LabelWork}, {Address: "b@works.example", Label: crm.LabelOther}},
		Fields: crm.Values{first.NewID(): "x", first.NewID(): "y"}}
	if err := first.Do(ctx, crm.CreateCompany{Company: works}, crm.CreateContact{Contact: crm.Contact{ID: first.NewID(), LastName: "Weiß", Company: works.ID}}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if n, err := Export(ctx, first, &out, GoogleCSV); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	in(t, second, out.String())
	if err := second.EachCompany(ctx, func(c crm.Company) error {
		if fmt.Sprint(c.Addresses, c.Emails, c.Fields) != fmt.Sprint(works.Addresses, works.Emails, works.Fields) {
			t.Errorf("came back as %+v of\n%s", c, out.String())
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// Somebody whose name nobody knows stays a contact, and is not taken for their company, the e-mail address or nobody.
func TestSomebodyWithoutANameComesBack(t *testing.T) {
	for _, how := range []Format{GoogleCSV, VCard3, VCard4} {
		first, second := open(t), open(t)
		number, _ := crm.ParseNumber("0221 9870001", "DE", crm.LabelWork)
		other, _ := crm.ParseNumber("0221 9870002", "DE", crm.LabelWork)
		field := crm.Field{ID: first.NewID(), Name: "Region", Kinds: []crm.Kind{crm.KindContact}, Type: crm.TextField}
		works := crm.Company{ID: first.NewID(), Name: "Works", Numbers: []crm.Number{number}}
		for _, s := range []*store.Store{first, second} {
			if err := s.Do(ctx, crm.SaveField{Field: field}); err != nil {
				t.Fatal(err)
			}
		}
		do := []crm.Change{crm.CreateCompany{Company: works}}
		for _, c := range []crm.Contact{
			{Company: works.ID, Numbers: []crm.Number{number}, Position: "Pförtner", Fields: crm.Values{field.ID: "Nord"}},
			{Company: works.ID, Comment: "ruft oft an"},
			{Company: works.ID, Emails: []crm.Email{{Address: "office@works.example"}}},
			{Emails: []crm.Email{{Address: "somebody@example.org"}}},
			{Comment: "nobody knows more"},
			{Numbers: []crm.Number{other}},
			{SIP: []string{"gate@works.example"}},
			{LastName: "Weiß", Company: works.ID},
		} {
			c.ID = first.NewID()
			do = append(do, crm.CreateContact{Contact: c})
		}
		if err := first.Do(ctx, do...); err != nil {
			t.Fatal(err)
		}
		all := func(s *store.Store) (lines []string) {
			if err := s.EachContact(ctx, func(c crm.Contact, company string) error {
				for i := range c.Numbers {
					c.Numbers[i].Written = ""
				}
				lines = append(lines, fmt.Sprint(c.Name(), "|", company, "|", c.Position, c.Numbers, c.SIP, c.Emails, c.Comment, c.Fields))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			slices.Sort(lines)
			return lines
		}
		want := all(first)
		var out bytes.Buffer
		if _, err := Export(ctx, first, &out, how); err != nil {
			t.Fatal(err)
		}
		if r := in(t, second, out.String()); r.Contacts != len(want) || r.Companies != 1 || r.Refusals+r.Skipped > 0 {
			t.Errorf("%s: report %+v of\n%s", how, r, out.String())
		}
		if got := all(second); !slices.Equal(got, want) {
			t.Errorf("%s: came back as\n%s\nwas\n%s", how, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if r := in(t, second, out.String()); r.Contacts+r.Companies > 1 { // of a SIP address alone nothing tells who it is
			t.Errorf("%s: the same again: %+v", how, r)
		}
		if err := second.EachCompany(ctx, func(c crm.Company) error {
			if len(c.Emails) > 0 || c.Comment != "" || len(c.Numbers) != 1 {
				t.Errorf("%s: the company has %+v", how, c)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// plain leaves out what is new in every file: ids and times.
func plain(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(line, "UID:") && !strings.HasPrefix(line, "REV:") {
			b.WriteString(line)
		}
	}
	return b.String()
}

type writers struct {
	buffer *bufio.Writer
	csv    *csvWriter
}

func newWriters(b *bytes.Buffer) writers {
	buffer := bufio.NewWriter(b)
	return writers{buffer, &csvWriter{out: csv.NewWriter(buffer), phones: 1, emails: 1, addresses: 1}}
}
