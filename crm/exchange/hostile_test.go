package exchange

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"leadline/crm"
	"leadline/crm/store"
)

// hostile is what somebody may have pasted into a field: signs of the formats, control signs, a byte order mark, signs that
// turn the direction of writing, letters of several runes, and very much of it.
func hostile(most int, without string) *rapid.Generator[string] {
	runes := []rune("aZ0 ,;:\\\"'=^.-+*#@<>|&%\x00\x01\x07\x0b\x0c\x1b\x7f\u0085\u00a0\u00ad\u0301\u200b\u200d\u200f\u202e\u2028\u2066\ufeff\ufffdßŁ漢א🙂👩‍🚒")
	if most > 100 {
		runes = append(runes, '\n', '\t')
	}
	runes = slices.DeleteFunc(runes, func(r rune) bool { return strings.ContainsRune(without, r) })
	some := rapid.StringOfN(rapid.RuneFrom(runes), 1, most, -1)
	words := rapid.SampledFrom([]string{"END:VCARD", "=0D=0A", "BEGIN:VCARD\\n", "\\", "\\\\n", `"`, `""`, `";"`, "=cmd|'/c calc'!A0", "-1+1", "\ufeffFirst Name", "N:x;y", " folded",
		"\u202eTXT.exe", "É\u0301\u0301\u0301", "👨‍👩‍👧‍👦", "null", "sip:x@y", "tel:+49", strings.Repeat("ä", 10_000), strings.Repeat(`"`, 300), strings.Repeat("\\;", 500)})
	return rapid.Map(rapid.OneOf(some, words), func(s string) string {
		s = strings.Map(func(r rune) rune {
			if strings.ContainsRune(without, r) {
				return -1
			}
			return r
		}, s)
		if s = strings.TrimSpace(s); s == "" || strings.Contains(s, joined) {
			return "x"
		}
		return s
	})
}

// Whatever somebody has typed or pasted comes out of a whole file and in again, of people and of companies, with the
// company's own fields and several numbers of the same label.
func TestHostileTextsComeBack(t *testing.T) {
	first := open(t)
	fields := []crm.Field{
		{ID: first.NewID(), Name: `Kunden"nr";, =x`, Kinds: []crm.Kind{crm.KindContact, crm.KindCompany}, Type: crm.TextField},
		{ID: first.NewID(), Name: "\u202eHobby", Kinds: []crm.Kind{crm.KindContact}, Type: crm.TextField, Order: 1},
	}
	for _, f := range fields {
		if err := first.Do(ctx, crm.SaveField{Field: f}); err != nil {
			t.Fatal(err)
		}
	}
	text, long, mark := hostile(20, ""), hostile(200, ""), hostile(10, "*:")
	number := rapid.SampledFrom([]string{"030 2094-8812", "+49 171 5550123", "0711/44029-0", "101", "*97", "089 452177 x12", "(0176) 12-34 567", "'030 7654321", "+49 30 1234567;99", "0800 FLOWERS"})
	draw := func(t *rapid.T, c *crm.Contact) {
		c.Comment, c.Source = long.Draw(t, "comment"), text.Draw(t, "source")
		c.Marks = slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(mark, 0, 3).Draw(t, "marks"))))
		c.SIP = rapid.SliceOfN(rapid.SampledFrom([]string{"a@example.org", "b;x@[2001:db8::1]:5060"}), 0, 2).Draw(t, "sip")
		for range rapid.IntRange(0, 3).Draw(t, "addresses") {
			c.Addresses = append(c.Addresses, crm.Address{Street: long.Draw(t, "street"), City: text.Draw(t, "city"), State: text.Draw(t, "state"),
				PostalCode: text.Draw(t, "code"), Country: text.Draw(t, "country"), Label: anyLabel.Draw(t, "label")})
		}
		for range rapid.IntRange(0, 3).Draw(t, "emails") {
			c.Emails = append(c.Emails, crm.Email{Address: rapid.StringMatching(`[a-z"'=\\+]{1,8}@[a-zß]{1,8}\.org`).Draw(t, "mail"), Label: anyLabel.Draw(t, "label")})
		}
		for range rapid.IntRange(0, 6).Draw(t, "numbers") {
			if n, ok := crm.ParseNumber(number.Draw(t, "number"), "DE", rapid.SampledFrom([]crm.Label{crm.LabelWork, crm.LabelWork, crm.LabelFax, ""}).Draw(t, "label")); ok {
				c.Numbers = append(c.Numbers, n)
			}
		}
		c.Fields = crm.Values{fields[0].ID: long.Draw(t, "value")}
	}
	rapid.Check(t, func(t *rapid.T) {
		how := rapid.SampledFrom([]Format{GoogleCSV, VCard3, VCard4}).Draw(t, "format")
		c := crm.Contact{LastName: text.Draw(t, "last"), FirstName: text.Draw(t, "first"), Position: text.Draw(t, "position")}
		draw(t, &c)
		c.Fields[fields[1].ID] = text.Draw(t, "hobby")
		var of crm.Contact
		draw(t, &of)
		firm := crm.Company{Name: text.Draw(t, "company"), Comment: of.Comment, Source: of.Source, Marks: of.Marks, SIP: of.SIP, Addresses: of.Addresses, Emails: of.Emails, Numbers: of.Numbers, Fields: of.Fields}
		var b bytes.Buffer
		out := newWriters(&b)
		if how == GoogleCSV {
			out.csv.fields = fields
			out.csv.widen(c)
			out.csv.widen(companyAsContact(firm))
			if err := out.csv.header(); err != nil {
				t.Fatal(err)
			}
			if err := out.csv.row(crm.KindCompany, companyAsContact(firm), firm.Name); err != nil {
				t.Fatal(err)
			}
			if err := out.csv.row(crm.KindContact, c, firm.Name); err != nil {
				t.Fatal(err)
			}
			out.csv.out.Flush()
		} else {
			w := cardWriter{out: out.buffer, four: how == VCard4}
			w.company(firm)
			w.contact(c, firm.Name)
		}
		if err := out.buffer.Flush(); err != nil {
			t.Fatal(err)
		}
		written := b.String()
		i := importer{options: Options{custom: fields}}
		var people []store.ImportRow
		if err := i.read(&b, func(n store.ImportRow) error { people = append(people, n); return nil }); err != nil {
			t.Fatal(err)
		}
		r := i.report
		if len(people) != 2 || r.Refusals+r.Misfits > 0 {
			t.Fatalf("%d people, refused %v, misfits %v of\n%q", len(people), r.Refused, r.Misfitted, written)
		}
		for i, want := range []crm.Contact{companyAsContact(firm), c} {
			if got, want := asText(t, people[i].Contact, how), asText(t, want, how); got != want || people[i].Company != firm.Name {
				t.Fatalf("%s came back as\n%q, %q\nwas\n%q, %q\nby\n%q", how, got, people[i].Company, want, firm.Name, written)
			}
		}
	})
}

// Line ends are one sign within Leadline's files, however they were pasted.
func TestLineEndsComeBackAsOne(t *testing.T) {
	for _, how := range []Format{GoogleCSV, VCard3, VCard4} {
		s, again := open(t), open(t)
		c := crm.Contact{ID: s.NewID(), LastName: "Groß", Comment: "one\r\ntwo\nthree", Addresses: []crm.Address{{Street: "Hof\r\n2", City: "Bonn"}}}
		if err := s.Do(ctx, crm.CreateContact{Contact: c}); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := Export(ctx, s, &b, how); err != nil {
			t.Fatal(err)
		}
		in(t, again, b.String())
		var back crm.Contact
		if err := again.EachContact(ctx, func(c crm.Contact, _ string) error { back = c; return nil }); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%q %q", back.Comment, back.Addresses[0].Street); got != `"one\ntwo\nthree" "Hof\n2"` {
			t.Errorf("%s: %s of\n%q", how, got, b.String())
		}
	}
}
