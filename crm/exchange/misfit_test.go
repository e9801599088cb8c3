package exchange

import (
	"fmt"
	"strings"
	"testing"

	"leadline/crm"
	"leadline/crm/store"
)

func TestAValueThatIsNoneIsToldAndStandsInTheComment(t *testing.T) {
	s := open(t)
	field := func(name string, kind crm.FieldType, choices ...string) crm.ID {
		f := crm.Field{ID: s.NewID(), Name: name, Kinds: []crm.Kind{crm.KindContact}, Type: kind, Choices: choices}
		if err := s.Do(ctx, crm.SaveField{Field: f}); err != nil {
			t.Fatal(err)
		}
		return f.ID
	}
	size, since, colour := field("Größe", crm.NumberField), field("Kunde seit", crm.DateField), field("Farbe", crm.ChoiceField, "Blau", "Rot")
	const file = "Nachname;Telefon;E-Mail;Notiz;Custom Field 1 - Label;Custom Field 1 - Value;Custom Field 2 - Label;Custom Field 2 - Value;Custom Field 3 - Label;Custom Field 3 - Value\n" +
		"Groß;12;not-an-email;nett;Größe;1.234,5;Kunde seit;3.2.2024;Farbe;rot\n" +
		"Weiß;030 1234567; 0171 5550123;;;;;;;\n" +
		"Ofen;110;a@example.org, b@example.org;;Größe;viel;Kunde seit;gestern;Farbe;gelb\n" +
		";12;c@example.org;;;;;;;\n" +
		";12;x;;;;;;;\n"
	quoted := strings.Replace(file, "030 1234567; 0171 5550123", `"030 1234567; 0171 5550123"`, 1)
	people, r := read(t, s, quoted)
	if len(people) != 4 || r.Refusals != 1 || r.Refused[0].Line != 6 {
		t.Fatalf("%d people, refused %+v", len(people), r.Refused)
	}
	groß, weiß, ofen, nameless := people[0].Contact, people[1].Contact, people[2].Contact, people[3].Contact
	if len(groß.Numbers) != 0 || len(groß.Emails) != 0 || groß.Comment != "nett\nTelefon: 12\nE-Mail: not-an-email" && groß.Comment != "Telefon: 12\nE-Mail: not-an-email\nnett" {
		t.Errorf("%+v", groß)
	}
	if groß.Fields[size] != "1234.5" || groß.Fields[since] != "2024-02-03" || groß.Fields[colour] != "Rot" {
		t.Errorf("fields %v", groß.Fields)
	}
	if len(weiß.Numbers) != 2 || weiß.Numbers[1].E164 != 491715550123 {
		t.Errorf("two numbers in one cell are %+v", weiß.Numbers)
	}
	if len(ofen.Numbers) != 1 || ofen.Numbers[0].Short != "110" || len(ofen.Emails) != 2 || len(ofen.Fields) != 0 ||
		ofen.Comment != "Größe: viel\nKunde seit: gestern\nFarbe: gelb" {
		t.Errorf("%+v", ofen)
	}
	if nameless.LastName != "c@example.org" || nameless.Comment != "Telefon: 12" {
		t.Errorf("%+v", nameless)
	}
	var told []string
	for _, m := range r.Misfitted {
		told = append(told, fmt.Sprintf("%d %s", m.Line, m))
	}
	const want = "2 Telefon: “12” is no telephone number, 2 E-Mail: “not-an-email” is no e-mail address, " +
		"4 Größe is a number: “viel” is none., 4 Kunde seit is a date: “gestern” is none., 4 Farbe does not offer “gelb”., 5 Telefon: “12” is no telephone number"
	if got := strings.Join(told, ", "); got != want || r.Misfits != len(told) {
		t.Errorf("%d told: %s", r.Misfits, got)
	}
}

// Amounts and days as programs and people write them; what may mean two things is not guessed.
func TestNumbersAndDaysInEveryNotation(t *testing.T) {
	number, day := crm.Field{Type: crm.NumberField}, crm.Field{Type: crm.DateField}
	for _, c := range []struct {
		f             crm.Field
		written, want string
	}{
		{number, "1234.5", "1234.5"}, {number, "1234,5", "1234.5"}, {number, "1.234,50", "1234.50"}, {number, "1,234.50", "1234.50"}, {number, "-1,234,567.89", "-1234567.89"},
		{number, "1.234.567", "1234567"}, {number, "1,234,567", "1234567"}, {number, "1 234,50", "1234.50"}, {number, "1\u00a0234\u202f567,5", "1234567.5"}, {number, "1'234.50", "1234.50"},
		{number, "1’234", "1234"}, {number, "1,5", "1.5"}, {number, "1,234", "1.234"}, {number, "12", "12"},
		{number, "1.2.3", ""}, {number, "1.23,4,5", ""}, {number, "12 34", ""}, {number, "1,23.4", ""}, {number, "1.234,5.6", ""}, {number, "12 EUR", ""},
		{day, "2024-02-03", "2024-02-03"}, {day, "3.2.2024", "2024-02-03"}, {day, "03.02.24", "2024-02-03"}, {day, "03.02.2024 00:00", "2024-02-03"}, {day, "03.02.2024 12:30:00", "2024-02-03"},
		{day, "2024/2/3", "2024-02-03"}, {day, "2024-2-3", "2024-02-03"}, {day, "20240203", "2024-02-03"}, {day, "2024-02-03 12:30:00", "2024-02-03"}, {day, "2024-02-03 12:30", "2024-02-03"},
		{day, "2024-02-03T12:30:00", "2024-02-03"}, {day, "2024-02-03T23:30:00+01:00", "2024-02-03"}, {day, "2/3/2024", ""}, {day, "31.2.2024", ""}, {day, "gestern", ""},
	} {
		got, why := fitted(c.f, c.written)
		if why == nil != (c.want != "") || c.want != "" && got != c.want {
			t.Errorf("%s %q is %q, not %q", c.f.Type, c.written, got, c.want)
		}
	}
}

func TestACardsValueThatIsNoneStandsInTheComment(t *testing.T) {
	people, r := read(t, open(t), "BEGIN:VCARD\nVERSION:3.0\nFN:Anna\nTEL:12\nEMAIL:x\nX-SIP:anna@example.org\nNOTE:nett\nEND:VCARD\n")
	if len(people) != 1 || r.Misfits != 2 || r.Misfitted[0].Line != 1 {
		t.Fatalf("%d people, %+v", len(people), r)
	}
	if c := people[0].Contact; len(c.Numbers)+len(c.Emails) > 0 || len(c.SIP) != 1 || c.Comment != "TEL: 12\nEMAIL: x\nnett" {
		t.Errorf("%+v", c)
	}
}

// An import that brings people up to date sets who is responsible and the company, where the file says so, and takes nothing from a comment.
func TestAnUpdateSetsWhatTheFileSays(t *testing.T) {
	s := open(t)
	anna, ben := crm.User{ID: s.NewID(), Name: "Anna Krüger"}, crm.User{ID: s.NewID(), Name: "Ben Groß"}
	company := crm.Company{ID: s.NewID(), Name: "Mill", Responsible: anna.ID, Comment: "old", Fields: crm.Values{"a": "1"}}
	who := crm.Contact{ID: s.NewID(), LastName: "Meier", Responsible: anna.ID, Comment: "by an agent", Numbers: []crm.Number{crm.Parse("030 1234567", "DE").Number("")}}
	other := crm.Contact{ID: s.NewID(), LastName: "Huber", Responsible: anna.ID, Company: company.ID, Numbers: []crm.Number{crm.Parse("030 1234568", "DE").Number("")}}
	if err := s.Do(ctx, crm.SaveUser{User: anna}, crm.SaveUser{User: ben}, crm.CreateCompany{Company: company}, crm.CreateContact{Contact: who}, crm.CreateContact{Contact: other}); err != nil {
		t.Fatal(err)
	}
	const file = "Nachname;Firma;Telefon;Notiz;Verantwortlich\n" +
		"Meier;Works;030 1234567;nett;Ben Groß\n" +
		"Huber;;030 1234568;;\n" +
		";Mill;;groß;Ben Groß\n"
	for range 2 { // again it changes nothing
		r, err := Import(ctx, s, strings.NewReader(file), Options{Duplicates: store.Update, Responsible: anna.ID})
		if err != nil || r.Updated != 3 || r.Contacts != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	record := func(k crm.Kind, id crm.ID) crm.Record {
		r, err := s.Record(ctx, crm.Ref{Kind: k, ID: id})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := record(crm.KindContact, who.ID); r.Contact.Responsible != ben.ID || r.CompanyName != "Works" || r.Contact.Comment != "by an agent\nnett" {
		t.Errorf("%+v of %q", r.Contact, r.CompanyName)
	}
	if r := record(crm.KindContact, other.ID); r.Contact.Responsible != anna.ID || r.Contact.Company != company.ID {
		t.Errorf("of whom the file says nothing: %+v", r.Contact)
	}
	if r := record(crm.KindCompany, company.ID); r.Company.Responsible != ben.ID || r.Company.Comment != "old\ngroß" || r.Company.Fields["a"] != "1" {
		t.Errorf("%+v", r.Company)
	}
}

// read gives the people of a file, as they would come in.
func read(t *testing.T, s *store.Store, file string) (people []store.ImportRow, r Report) {
	t.Helper()
	fields, err := s.Fields(ctx)
	if err != nil {
		t.Fatal(err)
	}
	i := importer{options: Options{custom: fields}}
	if err := i.read(strings.NewReader(file), func(n store.ImportRow) error { people = append(people, n); return nil }); err != nil {
		t.Fatal(err)
	}
	return people, i.report
}
