package exchange

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"

	"leadline/crm"
	"leadline/crm/store"
)

// Formats, fields and encodings are said by hand by these names, and by no others.
func TestWhatIsSaidByHandIsNamed(t *testing.T) {
	for _, c := range []struct{ said, file, want string }{
		{"csv", "a.vcf", "csv"}, {"VCARD3", "", "vcard3"}, {"vcard4", "", "vcard4"}, {"vcard", "", "vcard4"}, {"json", "a.csv", "json"},
		{"", "a.VCF", "vcard4"}, {"", "a.vcard", "vcard4"}, {"", "a.json", "json"}, {"", "a.jsonl", "json"}, {"", "a.csv", "csv"}, {"", "a", "csv"}, {"xlsx", "a.csv", ""},
	} {
		if f, err := ParseFormat(c.said, c.file); string(f) != c.want || (err == nil) != (c.want != "") {
			t.Errorf("the format %q of %q is %q, %v", c.said, c.file, f, err)
		}
	}
	for said, want := range map[string]string{
		"": "", "UTF-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16", " utf16 ": "utf-16", "windows-1252": "windows-1252",
		"CP1252": "windows-1252", "latin1": "windows-1252", "ISO-8859-1": "windows-1252", "ansi": "windows-1252", "utf-7": "none",
	} {
		if e, err := ParseEncoding(said); (err != nil) != (want == "none") || err == nil && string(e) != want {
			t.Errorf("the encoding %q is %q, %v", said, e, err)
		}
	}
	for said, want := range map[string]string{
		"first": "first", " Phone:Mobile ": "phone:mobile", "field:Customer number": "field:Customer number", "FIELD:Größe": "field:Größe", "city:work": "city:work",
		"surname": "", "phone:pager": "", "label": "", "phone:": "", "field": "field", "field:": "", "": "",
	} {
		if f, err := ParseField(said); string(f) != want || (err == nil) != (want != "") {
			t.Errorf("the field %q is %q, %v", said, f, err)
		}
	}
	for why, want := range map[string]string{"the phone number “12” is none": "“12”", "the phone number “12”": "", "“12” is none": "", NobodyInIt: ""} {
		if number, ok := BadNumber(why); ok != (want != "") || ok && number != want {
			t.Errorf("of %q the number is %q, %t", why, number, ok)
		}
	}
}

// Columns whose headers say SIP, a whole address or a label of their own; and those that are named by hand with labels.
func TestAddressesAndSIPOfACSV(t *testing.T) {
	people, _ := readAll(t, "Nachname;SIP;Adresse;Str;Stadt2;Land\nGroß;sip:anna@example.org;Am Markt 1 ::: Hof 2;;;\nKlein;ben@example.org;;Weg 2;Bonn;\nKurz;;;;;Wales\n",
		Options{Columns: map[string]Field{"Str": "street:home", "Stadt2": "city:home"}})
	if len(people) != 3 {
		t.Fatal(people)
	}
	for i, want := range []string{
		`["anna@example.org"] [{Street:Am Markt 1 PostalCode: City: State: Country: Label:}]`,
		`["ben@example.org"] [{Street:Weg 2 PostalCode: City:Bonn State: Country: Label:home}]`,
		`[] [{Street: PostalCode: City: State: Country:Wales Label:}]`,
	} {
		if got := fmt.Sprintf("%q %+v", people[i].Contact.SIP, people[i].Contact.Addresses); got != want {
			t.Errorf("%s has %s, want %s", people[i].Contact.LastName, got, want)
		}
	}
	people, r := readAll(t, "Nachname;SIP;\nGroß;sip:anonymous@anonymous.invalid;12\n", Options{Columns: map[string]Field{"": Phone, "SIP": SIP}})
	if c := people[0].Contact; len(c.SIP)+len(c.Numbers) > 0 || c.Comment != "SIP: sip:anonymous@anonymous.invalid\nColumn 3: 12" || r.Misfits != 2 || r.Misfitted[0].Why.Key != NoSIPAddress {
		t.Errorf("%+v, %+v", c, r.Misfitted)
	}
}

// Of what a report tells the first of each kind are kept, and all counted; a long value is told by its beginning.
func TestAReportKeepsTheFirstOfEachKind(t *testing.T) {
	s := open(t)
	if err := s.SetEntries(ctx, crm.Exceptions, first(crm.ParseEntries(crm.Exceptions, "0900*", "DE"))); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("Nachname;Telefon;E-Mail;Verantwortlich\n")
	const rows = mostRefusals + 1
	for i := range rows {
		fmt.Fprintf(&b, ";;;\nGroß%d;0900 %06d;x;Petra %d\n", i, i, i%(mostStrangers+1))
	}
	r, err := Import(ctx, s, strings.NewReader(b.String()), Options{DryRun: true})
	if err != nil || r.Refusals != rows || r.Misfits != rows || r.Excepts != rows || r.Contacts != rows ||
		len(r.Refused) != mostRefusals || len(r.Misfitted) != mostRefusals || len(r.Excepted) != mostRefusals || len(r.Strangers) != mostStrangers || len(r.First) != mostFirst {
		t.Errorf("%d refused, %d misfits, %d exceptions, %d strangers, %d first, %v", len(r.Refused), len(r.Misfitted), len(r.Excepted), len(r.Strangers), len(r.First), err)
	}
	for n, want := range map[int]string{40: strings.Repeat("ä", 40), 41: strings.Repeat("ä", 39) + "…"} {
		if got := shortened(strings.Repeat("ä", n)); got != want {
			t.Errorf("%d letters are told as %q", n, got)
		}
	}
}

func first[T, U any](of T, _ U) T { return of }

// What a file calls a number, an address of the post or an e-mail address, in a label of its own.
func TestWhatLabelsOfOthersMean(t *testing.T) {
	for said, want := range map[string]crm.Label{
		"": "", "* Mobile": crm.LabelMobile, "Mobil": crm.LabelMobile, "handy": crm.LabelMobile, "Cell": crm.LabelMobile,
		"* Work": crm.LabelWork, "geschäftlich": crm.LabelWork, "Arbeit": crm.LabelWork, "Büro": crm.LabelWork,
		"Home": crm.LabelHome, "privat": crm.LabelHome, "Zuhause": crm.LabelHome, "Main": crm.LabelMain, "Haupttelefon": crm.LabelMain, "Zentrale": crm.LabelMain,
		"Private": crm.LabelPrivate, "Work Fax": crm.LabelFax, "Home Fax": crm.LabelFax, "fax": crm.LabelFax, "Fax (geschäftlich)": crm.LabelFax, "Fax (privat)": crm.LabelFax,
		"Ferienhaus": crm.LabelOther,
	} {
		if got := labelOf(said); got != want {
			t.Errorf("%q is the label %q, want %q", said, got, want)
		}
	}
	for types, want := range map[string]crm.Label{
		"": "", ";TYPE=voice": "", ";TYPE=work,fax": crm.LabelFax, ";CELL;WORK": crm.LabelMobile, ";TYPE=mobile": crm.LabelMobile, ";type=IPHONE": crm.LabelMobile,
		";TYPE=main": crm.LabelMain, `;TYPE="main-number,work"`: crm.LabelMain, ";TYPE=WORK;TYPE=HOME": crm.LabelWork, ";TYPE=x-private": crm.LabelPrivate,
		";HOME": crm.LabelHome, ";TYPE=other": crm.LabelOther, ";TYPE=X-OTHER": crm.LabelOther, ";PAGER": crm.LabelOther, ";CAR": crm.LabelOther, ";ISDN": crm.LabelOther,
	} {
		people, _ := readAll(t, "BEGIN:VCARD\nFN:Anna\nTEL"+types+":030 1234567\nEND:VCARD\n", Options{})
		if got := people[0].Contact.Numbers[0].Label; got != want {
			t.Errorf("TEL%s is the label %q, want %q", types, got, want)
		}
	}
	people, _ := readAll(t, "BEGIN:VCARD\nFN:Anna\nitem1.TEL:030 1234567\nitem2.X-ABLABEL:Work\nitem1.X-ABLABEL:Mobile\nTEL:030 1234568\nitem3.TEL:030 1234569\nEND:VCARD\n", Options{})
	if n := people[0].Contact.Numbers; n[0].Label != crm.LabelMobile || n[1].Label != "" || n[2].Label != "" {
		t.Errorf("%+v", n)
	}
}

// Cards say their texts in base64 and quoted-printable as well, with and without the word ENCODING; pictures, sounds and keys are passed over.
func TestEncodedValuesOfCards(t *testing.T) {
	for line, want := range map[string]string{
		"NOTE;ENCODING=b:R3JvdcOf\nX-A:b":                    "Grouß",
		"NOTE;ENCODING=BASE64:R3Jv\n  dcOf":                  "Grouß",
		"NOTE;BASE64:R3Jv\n \tdcOf":                          "Grouß",
		"NOTE;ENCODING=b:nothing of it!":                     "nothing of it!",
		"NOTE;QUOTED-PRINTABLE:Gro=C3=9F":                    "Groß",
		"NOTE;quoted-printable;CHARSET=iso-8859-1:Gro=DF":    "Groß",
		"NOTE;ENCODING=8BIT:Groß":                            "Groß",
		"NOTE;7BIT:plain":                                    "plain",
		`NOTE:C:\temp\,\x`:                                   `C:\temp,\x`,
		`NOTE:ends in \`:                                     `ends in \`,
		"NOTE;ENCODING=QUOTED-PRINTABLE:broken =C3=9":        "broken Ã=9",
		"NOTE;CHARSET=nonsense:Groß":                         "Groß",
		"LOGO;ENCODING=b:R3Jv\nSOUND;ENCODING=b:R3Jv\nX-B:c": "",
		"KEY;ENCODING=b:R3Jv\nPHOTO;ENCODING=b:R3Jv":         "",
	} {
		people, r := readAll(t, "BEGIN:VCARD\nFN:Anna\n"+line+"\nEND:VCARD\n", Options{})
		if len(people) != 1 || people[0].Contact.Comment != want {
			t.Errorf("%q: %+v, %+v", line, people, r)
		}
	}
	if people, r := readAll(t, "BEGIN:VCARD\nFN:Anna\nNOTE;QUOTED-PRINTABLE:breaks off=", Options{}); len(people) != 0 || r.Refused[0].Why != CardBreaksOff {
		t.Errorf("%+v, %+v", people, r)
	}
}

// A line that is no text is folded as well, rather than for ever.
func TestALineOfNoTextIsFolded(t *testing.T) {
	var b bytes.Buffer
	out := newWriters(&b)
	cardWriter{out: out.buffer}.line(strings.Repeat("\x80", 200))
	if err := out.buffer.Flush(); err != nil || b.Len() < 200 {
		t.Errorf("%q, %v", b.String(), err)
	}
}

// A card shows the number of somebody without a name, who comes back without one.
func TestACardOfANumberAlone(t *testing.T) {
	s, again := open(t), open(t)
	n, _ := crm.ParseNumber("+49 30 1234567", "DE", "")
	c := crm.Contact{ID: s.NewID(), Numbers: []crm.Number{n}}
	firm := crm.Company{ID: s.NewID(), Name: "Mill"}
	deal := crm.Deal{ID: s.NewID(), Title: "Kettle", Contact: c.ID}
	if err := s.Do(ctx, crm.CreateContact{Contact: c}, crm.CreateCompany{Company: firm}, crm.CreateDeal{Deal: deal}); err != nil {
		t.Fatal(err)
	}
	for how, version := range map[Format]string{VCard3: "\r\nVERSION:3.0\r\n", VCard4: "\r\nVERSION:4.0\r\n"} {
		var all bytes.Buffer
		if n, err := Export(ctx, s, &all, how); err != nil || n != 1 || strings.Count(all.String(), version) != 2 {
			t.Errorf("%s: %d people of\n%s, %v", how, n, all.String(), err)
		}
		for r, want := range map[crm.Ref]string{{Kind: crm.KindContact, ID: c.ID}: "FN:+49 30 1234567\r\n", {Kind: crm.KindCompany, ID: firm.ID}: "ORG:Mill\r\n"} {
			var b bytes.Buffer
			if err := ExportPerson(ctx, s, r, &b, how); err != nil || !strings.Contains(b.String(), want) || !strings.Contains(b.String(), version) || r.Kind == crm.KindContact && strings.Contains(b.String(), "ORG") {
				t.Errorf("%s: %s, %v", how, b.String(), err)
			}
		}
		if err := ExportPerson(ctx, s, crm.Ref{Kind: crm.KindDeal, ID: deal.ID}, &bytes.Buffer{}, how); err == nil {
			t.Errorf("a deal is a card of %s", how)
		}
	}
	if err := ExportPerson(ctx, s, crm.Ref{Kind: crm.KindContact, ID: c.ID}, &bytes.Buffer{}, GoogleCSV); err == nil {
		t.Error("one person is a CSV")
	}
	var b bytes.Buffer
	if _, err := Export(ctx, s, &b, VCard3); err != nil {
		t.Fatal(err)
	}
	in(t, again, b.String())
	if err := again.EachContact(ctx, func(c crm.Contact, _ string) error {
		if c.Name() != "" || len(c.Numbers) != 1 {
			t.Errorf("came back as %+v", c)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// What the file refuses of everything is told with its line, and how far it came.
func TestRefusedLinesOfEverythingAreTold(t *testing.T) {
	s := open(t)
	file := `{"leadline":"everything/1"}` + "\n" + `{"command":"contact.create/1","args":{"id":"` + string(s.NewID()) + `","last_name":"Groß","company":"` + string(s.NewID()) + `"}}` + "\n\n" +
		`{"command":"company.create/1","args":{"id":"` + string(s.NewID()) + `","name":"Mill"}}` + "\n"
	var progress []int
	r, err := Import(ctx, s, strings.NewReader(file), Options{Progress: func(rows int) { progress = append(progress, rows) }})
	if err != nil || r.Rows != 2 || r.Companies != 1 || !slices.Equal(progress, []int{2}) {
		t.Errorf("%+v, %v, progress %v", r, err, progress)
	}
	if r.Refusals != 1 || r.Refused[0].Line != 2 || !strings.Contains(r.Refused[0].Why, store.ErrNotFound.Error()) {
		t.Errorf("refused %+v", r.Refused)
	}
}

// Where a value ends to be one: the longest e-mail address there is, a scheme without anything behind it, an address of the post with nothing in it.
func TestWhereAValueEndsToBeOne(t *testing.T) {
	longest := strings.Repeat("a", longestEmail-len("@example.org")) + "@example.org"
	people, r := readAll(t, "BEGIN:VCARD\nFN:Anna\nTITLE:Chefin\nROLE:Einkauf\nADR;TYPE=WORK:;;;;;;\nADR:;;;;;10115;\nEMAIL:"+longest+"\nEMAIL:a"+longest+"\nEMAIL:mailto:b@example.org\nEMAIL:mailto:\nTEL:sip:\nTEL:sips:anna@example.org\nTEL:110\nTEL:*97\nTEL:12\nEND:VCARD\n", Options{})
	c := people[0].Contact
	if len(c.Addresses) != 1 || c.Addresses[0].PostalCode != "10115" {
		t.Errorf("addresses %+v", c.Addresses)
	}
	if len(c.Emails) != 2 || c.Emails[0].Address != longest || c.Emails[1].Address != "b@example.org" {
		t.Errorf("e-mails %+v", c.Emails)
	}
	if c.Position != "Chefin" {
		t.Errorf("position %q", c.Position)
	}
	if len(c.Numbers) != 2 || c.Numbers[0].Short != "110" || c.Numbers[1].Short != "*97" || !slices.Equal(c.SIP, []string{"anna@example.org"}) {
		t.Errorf("numbers %+v, SIP %q", c.Numbers, c.SIP)
	}
	var why []string
	for _, m := range r.Misfitted {
		why = append(why, m.Value[:min(len(m.Value), 7)]+" "+m.Why.Key)
	}
	if want := []string{"aaaaaaa " + NoEmail, "mailto: " + NoEmail, "sip: " + NoNumber, "12 " + NoNumber}; !slices.Equal(why, want) {
		t.Errorf("misfits %q", why)
	}
}

// Cards as other programs read them: RFC 2426, RFC 6350, and what Apple calls a company.
func TestCardsAreWrittenAsOthersReadThem(t *testing.T) {
	const id = crm.ID("01a20847-6f48-725e-bdb7-f4a559c062a0")
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("", 3600))
	numbers := []crm.Number{{E164: 49301234567, Written: "030 1234567", Label: crm.LabelMain, Extension: "12"}, {E164: 491715550123, Written: "+49 171 5550123", Label: crm.LabelMobile}, {Short: "101", Written: "101"}}
	write := func(four bool, f func(w cardWriter)) string {
		var b bytes.Buffer
		out := newWriters(&b)
		f(cardWriter{out: out.buffer, four: four})
		if err := out.buffer.Flush(); err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(strings.ReplaceAll(b.String(), "\r\n ", ""), "\r\n", "\n")
	}
	contact := func(w cardWriter) {
		w.contact(crm.Contact{ID: id, FirstName: "Käthe", LastName: "Süß; Milch", Numbers: numbers, Emails: []crm.Email{{Address: "k@example.org", Label: crm.LabelWork}},
			Addresses: []crm.Address{{Street: "Hof 2\nA", City: "Bonn", Label: crm.LabelPrivate}}, Marks: []string{"a,b", "c"}, Updated: at}, "Works, Inc.")
	}
	company := func(w cardWriter) { w.company(crm.Company{ID: id, Name: "Works, Inc.", Updated: at}) }
	nobody := func(w cardWriter) { w.contact(crm.Contact{Numbers: numbers[2:]}, "") }
	const uid, rev = "UID:urn:uuid:01a20847-6f48-725e-bdb7-f4a559c062a0\n", "REV:20261123T110000Z\nEND:VCARD\n"
	for _, c := range []struct {
		four bool
		card func(cardWriter)
		want string
	}{
		{false, company, "BEGIN:VCARD\nVERSION:3.0\nX-ABSHOWAS:COMPANY\n" + uid + "FN:Works\\, Inc.\nN:;;;;\nORG:Works\\, Inc.\n" + rev},
		{true, company, "BEGIN:VCARD\nVERSION:4.0\nKIND:org\n" + uid + "FN:Works\\, Inc.\nN:;;;;\nORG:Works\\, Inc.\n" + rev},
		{false, contact, "BEGIN:VCARD\nVERSION:3.0\n" + uid + "FN:Käthe Süß\\; Milch\nN:Süß\\; Milch;Käthe;;;\nORG:Works\\, Inc.\n" +
			"TEL;TYPE=MAIN;X-WRITTEN=\"030 1234567\":+49301234567\\;12\nTEL;TYPE=CELL:+49 171 5550123\nTEL:101\n" +
			"EMAIL;TYPE=WORK:k@example.org\nADR;TYPE=X-PRIVATE:;;Hof 2\\nA;Bonn;;;\nCATEGORIES:a\\,b,c\n" + rev},
		{true, contact, "BEGIN:VCARD\nVERSION:4.0\n" + uid + "FN:Käthe Süß\\; Milch\nN:Süß\\; Milch;Käthe;;;\nORG:Works\\, Inc.\n" +
			"TEL;TYPE=main-number;X-WRITTEN=\"030 1234567\";VALUE=uri:tel:+49301234567;ext=12\nTEL;TYPE=cell;X-WRITTEN=\"+49 171 5550123\";VALUE=uri:tel:+491715550123\nTEL:101\n" +
			"EMAIL;TYPE=work:k@example.org\nADR;TYPE=x-private:;;Hof 2\\nA;Bonn;;;\nCATEGORIES:a\\,b,c\n" + rev},
		{true, nobody, "BEGIN:VCARD\nVERSION:4.0\nFN:101\nN:;;;;\nTEL:101\nEND:VCARD\n"},
	} {
		if got := write(c.four, c.card); got != c.want {
			t.Errorf("%q\nwant\n%q", got, c.want)
		}
	}
}

// A card is the same each time it is written, also with several fields of the company's own.
func TestACardIsTheSameEachTime(t *testing.T) {
	c := crm.Contact{LastName: "Groß", Fields: crm.Values{}}
	for i := range 9 {
		c.Fields[crm.ID(fmt.Sprintf("01a20847-6f48-725e-bdb7-f4a559c062a%d", i))] = "x"
	}
	card := func() string {
		var b bytes.Buffer
		out := newWriters(&b)
		cardWriter{out: out.buffer}.contact(c, "")
		if err := out.buffer.Flush(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	was := card()
	for range 9 {
		if now := card(); now != was {
			t.Fatalf("%s\nand then\n%s", was, now)
		}
	}
}

// Mail can be sent only where something stands on both sides of the @, and nothing that ends an address.
func TestAnEMailAddressHasTwoSides(t *testing.T) {
	for value, is := range map[string]bool{
		"anna@example.org": true, "MAILTO:anna@example.org": true, "a@b@example.org": true, "@example.org": false, "anna@": false, "mailto:@example.org": false,
		"<anna@example.org>": false, "anna\x07@example.org": false, "anna\u00a0k@example.org": false, "anna": false,
	} {
		people, r := readAll(t, "Nachname;E-Mail\nGroß;"+value+"\n", Options{})
		if mails := people[0].Contact.Emails; (len(mails) == 1) != is || (r.Misfits == 0) != is || is == (people[0].Contact.Comment != "") {
			t.Errorf("%q: %+v, %+v", value, people[0].Contact, r.Misfitted)
		}
	}
}

// A label is read in whichever column it stands, also in the first.
func TestALabelMayStandInTheFirstColumn(t *testing.T) {
	people, _ := readAll(t, "Phone 1 - Label,Phone 1 - Value,Last Name\nMobile,0171 5550123,Groß\n", Options{})
	if n := people[0].Contact.Numbers; len(n) != 1 || n[0].Label != crm.LabelMobile {
		t.Errorf("numbers %+v", n)
	}
	people, _ = readAll(t, "Custom Field 1 - Label,Custom Field 1 - Value,Last Name,Company\nHobby,Segeln,Groß,Mill\n", Options{})
	if people[0].Contact.Comment != "Hobby: Segeln" {
		t.Errorf("the comment is %q", people[0].Contact.Comment)
	}
}

// What stands between quotation marks says nothing of the sign between cells.
func TestTheDelimiterIsLookedForOutsideOfQuotationMarks(t *testing.T) {
	people, r := readAll(t, "\"Notizen (Alter, Ort, Land, Hobby)\";Nachname;Telefon\nnett;Groß;030 1234567\n", Options{})
	if len(people) != 1 || r.File.Delimiter != ';' || people[0].Contact.LastName != "Groß" {
		t.Errorf("%+v, %+v", people, r.File)
	}
}

// A file of cards may have a byte order mark, as one of rows may.
func TestCardsMayHaveAByteOrderMark(t *testing.T) {
	const card = "\ufeffBEGIN:VCARD\nFN:Groß\nEND:VCARD\n"
	big, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(card)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{card, big} {
		if people, r := readAll(t, text, Options{}); len(people) != 1 || people[0].Contact.LastName != "Groß" {
			t.Errorf("%+v, %+v", people, r)
		}
	}
}

// A title is a position, and what a person does besides stands behind the note; a company is nobody, whatever its card says.
func TestTitlesRolesAndCardsOfCompanies(t *testing.T) {
	people, _ := readAll(t, "BEGIN:VCARD\nFN:Anna\nTITLE:Chefin\nROLE:Einkauf\nROLE:Chefin\nADR: ;;  Hof 2 ;Bonn ; ;;\nEND:VCARD\n"+
		"BEGIN:VCARD\nX-ABShowAs:COMPANY\nFN:Mill\nN:Groß;Ida;;;\nORG:Mill GmbH\nEND:VCARD\n"+
		"BEGIN:VCARD\nKIND:org\nFN:Ofen\nEND:VCARD\n", Options{})
	if c := people[0].Contact; c.Position != "Chefin" || c.Comment != "ROLE: Einkauf" || len(c.Addresses) != 1 || c.Addresses[0] != (crm.Address{Street: "Hof 2", City: "Bonn"}) {
		t.Errorf("%+v", c)
	}
	for i, want := range []string{"Mill GmbH", "Ofen"} {
		if p := people[i+1]; p.Company != want || p.Contact.Name() != "" {
			t.Errorf("%+v", p)
		}
	}
}
