package exchange

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"leadline/crm"
	"leadline/crm/store"
)

// readAll is what the reader makes of a text.
func readAll(t testing.TB, text string, o Options) ([]store.ImportRow, Report) {
	t.Helper()
	i := importer{options: o}
	var people []store.ImportRow
	if err := i.read(strings.NewReader(text), func(n store.ImportRow) error { people = append(people, n); return nil }); err != nil {
		t.Fatal(err)
	}
	return people, i.report
}

const (
	outlookEnglish = `"Title","First Name","Middle Name","Last Name","Company","Job Title","Business Street","Business Street 2","Business City","Business State","Business Postal Code","Business Country/Region","Home Street","Business Fax","Business Phone","Company Main Phone","Home Phone","Mobile Phone","Categories","E-mail Address","E-mail Type","E-mail Display Name","E-mail 2 Address","Notes"
"Dr.","Käthe","Anna","Süßmilch","Bäckerei Süßmilch","Inhaberin","Am Markt 1","Hof","München","BY","80331","Germany","Privatweg 2","089 4521 99","089 4521 77","089 4521 0","089 11223344","0171 5550123","VIP;Presse","kaethe@example.org","SMTP","Käthe S.","k2@example.org","liebt Kuchen"
`
	outlookGerman = `"Anrede";"Vorname";"Weitere Vornamen";"Nachname";"Firma";"Position";"Straße geschäftlich";"Ort geschäftlich";"Postleitzahl geschäftlich";"Land/Region geschäftlich";"Straße privat";"Fax geschäftlich";"Telefon geschäftlich";"Telefon Firma";"Telefon privat";"Mobiltelefon";"Kategorien";"E-Mail-Adresse";"E-Mail-Typ";"E-Mail: Angezeigter Name";"E-Mail 2: Adresse";"Notizen"
"Frau";"Käthe";"Anna";"Süßmilch";"Bäckerei Süßmilch";"Inhaberin";"Am Markt 1";"München";"80331";"Deutschland";"Privatweg 2";"089 4521 99";"089 4521 77";"089 4521 0";"089 11223344";"0171 5550123";"VIP;Presse";"kaethe@example.org";"SMTP";"Käthe S.";"k2@example.org";"liebt Kuchen"
`
	bitrixEnglish = `"ID";"Salutation";"First Name";"Last Name";"Second Name";"Photo";"Company";"Position";"Work Phone";"Mobile";"Fax";"Home Phone";"Other Phone Number";"Work E-mail";"Home E-mail";"Street, house no.";"City";"Zip/Postal code";"Country";"Source";"Comment";"Responsible person";"Available to everyone"
"7";"";"Käthe";"Süßmilch";"Anna";"";"Bäckerei Süßmilch";"Inhaberin";"089 4521 77";"0171 5550123";"089 4521 99";"089 11223344";"";"kaethe@example.org";"k2@example.org";"Am Markt 1";"München";"80331";"Germany";"Website";"liebt Kuchen";"Anna Krüger";"yes"
`
	bitrixGerman = `"ID";"Anrede";"Vorname";"Nachname";"Zweiter Vorname";"Unternehmen";"Position";"Telefon geschäftlich";"Mobiltelefon";"Fax";"Telefon privat";"E-Mail geschäftlich";"E-Mail privat";"Straße, Hausnummer";"Stadt";"PLZ";"Land";"Quelle";"Kommentar";"Verantwortliche Person";"Für alle verfügbar"
"7";"";"Käthe";"Süßmilch";"Anna";"Bäckerei Süßmilch";"Inhaberin";"089 4521 77";"0171 5550123";"089 4521 99";"089 11223344";"kaethe@example.org";"k2@example.org";"Am Markt 1";"München";"80331";"Germany";"Website";"liebt Kuchen";"Anna Krüger";"ja"
`
)

func TestOutlookAndBitrixAreRecognisedInBothLanguages(t *testing.T) {
	for name, c := range map[string]struct {
		text, format string
		delimiter    rune
	}{
		"Outlook, English":  {outlookEnglish, "CSV of Outlook", ','},
		"Outlook, German":   {outlookGerman, "CSV of Outlook", ';'},
		"Bitrix24, English": {bitrixEnglish, "CSV of Bitrix24", ';'},
		"Bitrix24, German":  {bitrixGerman, "CSV of Bitrix24", ';'},
	} {
		t.Run(name, func(t *testing.T) {
			people, r := readAll(t, c.text, Options{})
			if r.File.Format != c.format || r.File.Delimiter != c.delimiter || r.File.Encoding != UTF8 || len(people) != 1 {
				t.Fatalf("%d people, file %+v, refused %v", len(people), r.File, r.Refused)
			}
			p := people[0]
			if p.Contact.Name() != "Käthe Anna Süßmilch" || p.Company != "Bäckerei Süßmilch" || p.Contact.Position != "Inhaberin" || p.Contact.Comment != "liebt Kuchen" {
				t.Errorf("person %+v", p)
			}
			got := map[string]crm.Label{}
			for _, n := range p.Contact.Numbers {
				got[n.E164.String()] = n.Label
			}
			for number, label := range map[string]crm.Label{"+4989452177": crm.LabelWork, "+491715550123": crm.LabelMobile, "+4989452199": crm.LabelFax, "+498911223344": crm.LabelHome} {
				if got[number] != label {
					t.Errorf("%s is %q, want %q", number, got[number], label)
				}
			}
			if len(p.Contact.Emails) != 2 || p.Contact.Emails[0].Address != "kaethe@example.org" {
				t.Errorf("e-mails %v", p.Contact.Emails)
			}
			a := p.Contact.Addresses[0]
			if !strings.HasPrefix(a.Street, "Am Markt 1") || a.City != "München" || a.PostalCode != "80331" || a.Country == "" {
				t.Errorf("address %+v", a)
			}
			if strings.HasPrefix(name, "Outlook") && (!slices.Equal(p.Contact.Marks, []string{"VIP", "Presse"}) || len(p.Contact.Addresses) != 2) {
				t.Errorf("marks %q, addresses %+v", p.Contact.Marks, p.Contact.Addresses)
			}
			if strings.HasPrefix(name, "Bitrix") && p.Contact.Source != "Website" {
				t.Errorf("source %q", p.Contact.Source)
			}
		})
	}
}

func TestLettersAreReadInEveryEncoding(t *testing.T) {
	narrow, err := charmap.Windows1252.NewEncoder().String(outlookGerman)
	if err != nil {
		t.Fatal(err)
	}
	dos, err := charmap.CodePage850.NewEncoder().String(outlookGerman)
	if err != nil {
		t.Fatal(err)
	}
	mac, err := charmap.Macintosh.NewEncoder().String(strings.ReplaceAll(outlookGerman, "\n", "\r"))
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(outlookGerman)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		want Encoding
		said Encoding
	}{
		"UTF-8":                         {outlookGerman, UTF8, ""},
		"UTF-8 with its mark":           {"\ufeff" + outlookGerman, UTF8, ""},
		"Windows-1252":                  {narrow, Windows1252, ""},
		"Windows-1252, said by hand":    {narrow, Windows1252, Windows1252},
		"Excel's CSV (MS-DOS)":          {dos, CP850, ""},
		"CP850, said by hand":           {dos, CP850, CP850},
		"UTF-16, as Excel's text files": {wide, UTF16, ""},
		"Excel's CSV (Macintosh)":       {mac, MacRoman, ""},
		"MacRoman, said by hand":        {strings.ReplaceAll(mac, "\r", "\n"), MacRoman, MacRoman},
		"UTF-8 of a Mac":                {strings.ReplaceAll(outlookGerman, "\n", "\r"), UTF8, ""},
		"a line that says the sign":     {"sep=;\r\n" + outlookGerman, UTF8, ""},
	} {
		t.Run(name, func(t *testing.T) {
			people, r := readAll(t, c.text, Options{Encoding: c.said})
			if len(people) != 1 || people[0].Contact.LastName != "Süßmilch" || people[0].Contact.Addresses[0].City != "München" || r.File.Encoding != c.want {
				t.Errorf("%+v of a file in %s", people, r.File.Encoding)
			}
		})
	}
}

// The line in which Excel says the delimiter is none of the header, also when it is a tab, stands in quotation marks, or the delimiter is
// said by hand; rows are told by their lines in the file.
func TestTheLineThatSaysTheDelimiterIsPassedOver(t *testing.T) {
	for line, by := range map[string]rune{"sep=;\r\n": 0, "SEP=\t\n": 0, "\"sep=|\"\r\n": 0, "sep=,\n": ';'} {
		rows := strings.ReplaceAll("Nachname;Telefon\nGroß;030 1234567\n;12\n", ";", string(cmp.Or(by, rune(strings.Trim(line, "\"\r\n")[4]))))
		people, r := readAll(t, line+rows, Options{Delimiter: by})
		if len(people) != 1 || len(people[0].Contact.Numbers) != 1 || len(r.Refused) != 1 || r.Refused[0].Line != 4 {
			t.Errorf("%q: %+v, refused %+v", line, people, r.Refused)
		}
	}
}

// What is said by hand holds, also where the letters could be another encoding's.
func TestAnEncodingSaidByHandIsNotGuessed(t *testing.T) {
	people, r := readAll(t, "Nachname;Telefon\nGroß;030 1234567\n", Options{Encoding: Windows1252})
	if len(people) != 1 || people[0].Contact.LastName != "GroÃŸ" || r.File.Encoding != Windows1252 {
		t.Errorf("%+v of a file in %s", people, r.File.Encoding)
	}
}

// What a list is and of which day stands above the header of some. A file without a header is none of those: nothing of it is passed over.
func TestATitleAboveTheHeaderIsPassedOver(t *testing.T) {
	const rows = "Nachname;Telefon\nGroß;030 1234567\n;12\n"
	for title, lines := range map[string]int{"Kundenliste\n": 1, "Kundenliste;\n;\n": 2, "\r\nStand: 1.1.2026, 12:00\r\n\r\n": 3, "sep=;\nKundenliste\n": 2} {
		people, r := readAll(t, title+rows, Options{})
		if len(people) != 1 || people[0].Contact.LastName != "Groß" || len(r.Refused) != 1 || r.Refused[0].Line != 3+lines || r.File.Delimiter != ';' {
			t.Errorf("%q: %+v, %+v", title, people, r)
		}
	}
	for _, none := range []string{"Groß;030 1234567\nWeiß;030 1234568\n", "Groß;030 1234567;Bonn\nNachname;Telefon;\n", strings.Repeat("x\n", 10) + rows} {
		if _, err := Import(ctx, open(t), strings.NewReader(none), Options{}); !errors.Is(err, ErrUnknownColumns) {
			t.Errorf("%q: %v", none, err)
		}
	}
}

// Several numbers in one cell are several, and one that is written in parts is one. A spreadsheet's E+11 is none: its last digits are gone.
func TestSeveralNumbersInOneCell_C2(t *testing.T) {
	for cell, want := range map[string]string{
		"030 1234567 / 0171 5550123": "+49301234567 +491715550123", "030 1234567\n+49 171 5550123": "+49301234567 +491715550123",
		"030 1234567 oder 0171 5550123": "+49301234567 +491715550123", "(030) 1234567 | (0171) 5550123": "+49301234567 +491715550123",
		"030 1234567 und 030 1234568 & 030 1234569": "+49301234567 +49301234568 +49301234569", "030 1234567; 0171 5550123": "+49301234567 +491715550123",
		"030/1234567": "+49301234567", "+49 171 / 5550123": "+491715550123", "0049/171/5550123": "+491715550123", "030 / 12 34 567": "+49301234567",
		"4,91715E+11": "", "4.9171555E+11": "", "4e+11": "", "0800 FLOWERS": "+498003569377",
	} {
		people, r := readAll(t, "Nachname\tTelefon\nGroß\t\""+cell+"\"\n", Options{})
		var got []string
		for _, n := range people[0].Contact.Numbers {
			got = append(got, n.E164.String())
		}
		if strings.Join(got, " ") != want || r.Misfits != b2i(want == "") {
			t.Errorf("%q: %v, misfits %v", cell, got, r.Misfitted)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// A list with the street under "Adresse" has one address, and one that has each of its columns twice has two.
func TestColumnsOfOneAddressBelongTogether(t *testing.T) {
	for text, want := range map[string]string{
		"Name,Telefon,Adresse,PLZ,Ort\nGroß,030 1234567,Hof 2,53111,Bonn\n":                                   "Hof 2, 53111 Bonn",
		"Name,Telefon,Adresse,PLZ,Ort,Adresse,PLZ,Ort\nGroß,030 1234567,Hof 2,53111,Bonn,Ring 3,50667,Köln\n": "Hof 2, 53111 Bonn|Ring 3, 50667 Köln",
		"Name,Telefon,Adresse\nGroß,030 1234567,\"Hof 2, Bonn\"\n":                                            "Hof 2, Bonn",
		"Name,Telefon,Straße,Adresse,Ort\nGroß,030 1234567,Hof 2,\"Hof 2, Bonn\",Bonn\n":                      "Hof 2, Bonn|Hof 2, Bonn",
	} {
		people, _ := readAll(t, text, Options{})
		var got []string
		for _, a := range people[0].Contact.Addresses {
			got = append(got, a.Line())
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestColumnsCanBeNamedByHand(t *testing.T) {
	const text = "Kd.;Durchwahl;Handynr\nMeier;030 1234567;0171 5550123\n"
	if err := (&importer{}).read(strings.NewReader(text), nil); err == nil {
		t.Error("columns that nobody knows were taken for something")
	}
	people, r := readAll(t, text, Options{Columns: map[string]Field{"kd.": LastName, "Durchwahl": "phone:work"}})
	if len(people) != 1 || people[0].Contact.LastName != "Meier" || len(people[0].Contact.Numbers) != 2 || people[0].Contact.Numbers[0].Label != crm.LabelWork {
		t.Errorf("people %+v", people)
	}
	if r.File.Columns[1] != (Column{"Durchwahl", "phone:work", "030 1234567"}) || r.File.Columns[2].Field != "phone:mobile" {
		t.Errorf("columns %v", r.File.Columns)
	}
	err := (&importer{options: Options{Columns: map[string]Field{"Telefon": Phone}}}).read(strings.NewReader(text), nil)
	if err == nil || !strings.Contains(err.Error(), "“telefon”") || !strings.Contains(err.Error(), "Durchwahl") {
		t.Errorf("a column that is not there: %v", err)
	}
}

const cards = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:S=FC=DFmilch;K=E4the\r\nTEL;WORK;VOICE:089 4521 77\r\nTEL;CELL:0171 5550123\r\n" +
	"NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:erste Zeile=0D=0Azw=\r\neite Zeile\r\nEMAIL;INTERNET;HOME:kaethe@example.org\r\n" +
	"PHOTO;JPEG;ENCODING=BASE64:\r\n /9j/4AAQSkZJRgABAQEAYABgAAD\r\n /2wBDAAgGBgcGBQgHBwcJCQ\r\n\r\nAGENT:\r\nBEGIN:VCARD\r\nVERSION:2.1\r\nN:Bote;Willi\r\nEND:VCARD\r\nEND:VCARD\r\n" +
	"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jürgen Müller\\, Dr.\r\nN:Müller;Jürgen;;Dr.;\r\nORG:Meier GmbH;Einkauf\r\nTITLE:Leiter\r\nitem1.TEL;type=pref:+49 30 2094 8812\r\nitem1.X-ABLabel:_$!<Mobile>!$_\r\n" +
	"ADR;TYPE=WORK:;;Hauptstr. 5;Berlin;;10115;Germany\r\nCATEGORIES:VIP,Presse\\, Funk\r\nNOTE:eine sehr lange Notiz\\, die um\r\n gebrochen ist\\nund eine zweite Zeile hat\r\nEND:VCARD\r\n" +
	"BEGIN:VCARD\nVERSION:4.0\nKIND:org\nFN:Weiß & Co\nTEL;VALUE=uri;TYPE=\"main-number,voice\":tel:+49-30-7654321;ext=12\nIMPP:sip:info@weiss.example\nEND:VCARD\n" +
	"BEGIN:VCARD\nVERSION:3.0\nN:;;;;\nFN:\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Nur Ein Name\nTEL:030 1112223\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Abgebrochen\n"

func TestCardsOfAllVersionsAreRead(t *testing.T) {
	people, r := readAll(t, cards, Options{})
	if len(people) != 4 || r.Rows != 6 || r.Refusals != 2 || r.File.Format != "vCard 2.1" {
		t.Fatalf("%d people, report %+v", len(people), r)
	}
	old := people[0].Contact
	if old.Name() != "Käthe Süßmilch" || len(old.Numbers) != 2 || old.Numbers[1].Label != crm.LabelMobile || old.Comment != "erste Zeile\nzweite Zeile" || old.Emails[0].Label != crm.LabelHome {
		t.Errorf("2.1: %+v", old)
	}
	three := people[1]
	if three.Contact.Name() != "Jürgen Müller" || three.Company != "Meier GmbH" || three.Contact.Numbers[0].Label != crm.LabelMobile || three.Contact.Addresses[0].PostalCode != "10115" ||
		!slices.Equal(three.Contact.Marks, []string{"VIP", "Presse, Funk"}) || three.Contact.Comment != "eine sehr lange Notiz, die umgebrochen ist\nund eine zweite Zeile hat\nFN: Jürgen Müller, Dr.\nORG: Einkauf" {
		t.Errorf("3.0: %+v", three)
	}
	four := people[2]
	if four.Contact.Name() != "" || four.Company != "Weiß & Co" || four.Contact.Numbers[0].E164 != 49307654321 || four.Contact.Numbers[0].Extension != "12" ||
		four.Contact.Numbers[0].Label != crm.LabelMain || four.Contact.SIP[0] != "info@weiss.example" {
		t.Errorf("4.0: %+v", four)
	}
	if people[3].Contact.Name() != "Nur Ein Name" {
		t.Errorf("without N: %+v", people[3])
	}
	if !strings.Contains(r.Refused[1].Why, "breaks off") {
		t.Errorf("refused %v", r.Refused)
	}
}

func TestDuplicatesAreUpdatedOrAdded(t *testing.T) {
	const head = "First Name,Last Name,Company,Position,Business Phone,Mobile Phone,E-mail Address\n"
	for duplicates, want := range map[store.Duplicates]Report{
		store.Skip: {Skipped: 2}, store.Update: {Updated: 2}, store.Add: {Contacts: 2},
	} {
		s := open(t)
		in(t, s, head+"Anna,Krüger,Meier,,030 1234567,,\n")
		r, err := Import(ctx, s, strings.NewReader(head+"Anna,Krüger,Meier,Chefin,030 1234567,0171 5550123,anna@example.org\nANNA,Kruger,,,+49 30 1234567,,anna2@example.org\n"),
			Options{Duplicates: duplicates})
		if err != nil || r.Contacts != want.Contacts || r.Updated != want.Updated || r.Skipped != want.Skipped || r.Companies != 0 {
			t.Errorf("%s: %+v, %v", duplicates, r, err)
		}
		m, err := s.Match(ctx, crm.Parse("030 1234567", "DE"))
		if err != nil || len(m) != 1+want.Contacts {
			t.Fatalf("%s: %d matches, %v", duplicates, len(m), err)
		}
		rec, err := s.Record(ctx, m[0].Ref)
		if err != nil {
			t.Fatal(err)
		}
		if c := rec.Contact; duplicates == store.Update && (c.Position != "Chefin" || len(c.Numbers) != 2 || len(c.Emails) != 2) {
			t.Errorf("updated to %+v", c)
		}
	}
}

func TestADryRunSaysWhatWouldBeAndWritesNothing(t *testing.T) {
	s := open(t)
	in(t, s, people(10))
	again := strings.Split(people(2), "\n")[2]
	r, err := Import(ctx, s, strings.NewReader(people(2*batch)+again+"\nX,Y,,,,,\nX,Y,,,,,\n,,,,,,\n"), Options{DryRun: true})
	if err != nil || r.Contacts != 2*batch-10+1 || r.Skipped != 10+2 || r.Refusals != 1 || len(r.First) != mostFirst || len(r.File.Columns) != 7 {
		t.Errorf("%d made, %d skipped, %d refused, %d first, %v", r.Contacts, r.Skipped, r.Refusals, len(r.First), err)
	}
	page, err := s.Contacts(ctx, crm.Query{Limit: 1})
	if err != nil || page.Total != 10 {
		t.Errorf("%d contacts are in the file, %v", page.Total, err)
	}
}

func FuzzCards(f *testing.F) {
	f.Add(cards)
	f.Add("BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=\n=\n=C3=A4\nEND:VCARD")
	f.Add("BEGIN:VCARD\nTEL;TYPE=\"a,b;c:d\";X=^n^':+4930;ext=1\nEND:VCARD\n")
	f.Fuzz(func(t *testing.T, text string) {
		i := importer{}
		taken := 0
		err := i.read(strings.NewReader("BEGIN:VCARD\n"+text), func(n store.ImportRow) error {
			taken++
			if n.Contact.Name() == "" && n.Company == "" && len(n.Contact.Numbers)+len(n.Contact.Emails)+len(n.Contact.SIP) == 0 {
				t.Fatalf("nobody was taken from %q", text)
			}
			return nil
		})
		if err != nil || taken+i.report.Refusals != i.report.Rows {
			t.Fatalf("%d taken, report %+v, %v", taken, i.report, err)
		}
	})
}

func TestALongLineIsNoDanger(t *testing.T) {
	text := "BEGIN:VCARD\nFN:Anna\nPHOTO;ENCODING=b:" + strings.Repeat("A", 3*longestLine) + "\nNOTE:" + strings.Repeat("\n x", 2*longestLine) + "\nEND:VCARD\n"
	people, _ := readAll(t, text, Options{})
	if len(people) != 1 || people[0].Contact.Name() != "Anna" || len(people[0].Contact.Comment) > longestLine+100 {
		t.Errorf("%d people, a note of %d bytes", len(people), len(people[0].Contact.Comment))
	}
}
