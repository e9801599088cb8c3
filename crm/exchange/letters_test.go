package exchange

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// What a file is written in is seen by its umlauts, wherever the first of them is, and by no quotation mark and no other letter.
func TestOlderLettersAreToldApart(t *testing.T) {
	far := strings.Repeat("Adam;030 1234567;\n", 4000)
	for name, c := range map[string]struct {
		text string
		in   *charmap.Charmap
		want Encoding
	}{
		"small umlauts":             {"Nachname;Telefon;Notiz\nMüller;030 1234567;Größe, Bäcker\n", charmap.CodePage850, CP850},
		"the first far behind":      {"Nachname;Telefon;Notiz\n" + far + "Müller;030 1234567;\n", charmap.CodePage850, CP850},
		"the header has it":         {"Nachname;Telefon;Straße;Büro\nAdam;030 1234567;Am Markt 1;\n", charmap.CodePage850, CP850},
		"Ö at the beginning":        {"Nachname;Telefon;Notiz\nÖzdemir;030 1234567;\n", charmap.CodePage850, CP850},
		"Ü among capitals":          {"Nachname;Telefon;Notiz\nMÜLLER;030 1234567;\n", charmap.CodePage850, CP850},
		"of Windows":                {"Nachname;Telefon;Notiz\nMüller;030 1234567;Größe, Bäcker\n", charmap.Windows1252, Windows1252},
		"of Windows, far behind":    {"Nachname;Telefon;Notiz\n" + far + "Müller;030 1234567;\n", charmap.Windows1252, Windows1252},
		"with marks and a sign":     {"Nachname;Telefon;Notiz\nKovács;030 1234567;„Krone“ ”Adler” Nova™ Tomaševic €\n", charmap.Windows1252, Windows1252},
		"without any umlaut":        {"Nachname;Telefon;Notiz\nCafé;030 1234567;\n", charmap.Windows1252, Windows1252},
		"of a Mac, and lines of it": {"Nachname;Telefon;Notiz\rMüller;030 1234567;Größe\r", charmap.Macintosh, MacRoman},
	} {
		written, err := c.in.NewEncoder().String(c.text)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := readAll(t, c.text, Options{})
		got, r := readAll(t, written, Options{})
		if r.File.Encoding != c.want || len(got) != len(want) {
			t.Fatalf("%s: %d people of a file in %s", name, len(got), r.File.Encoding)
		}
		last := len(got) - 1
		if got[last].Contact.LastName != want[last].Contact.LastName || got[last].Contact.Comment != want[last].Contact.Comment {
			t.Errorf("%s: %+v", name, got[last].Contact)
		}
	}
	// UTF-8 in which somebody has put a cell of another program keeps its own letters.
	people, r := readAll(t, "Nachname;Telefon;Notiz\nÁÄÜ;030 1234567;“é”\nMüller;030 1234568;\nGro\xdf;030 1234569;\n", Options{})
	if len(people) != 3 || people[0].Contact.LastName != "ÁÄÜ" || people[2].Contact.LastName != "Groß" || r.File.Encoding != UTF8 {
		t.Errorf("%+v in %s", people, r.File.Encoding)
	}
}

// vCards are written by the same programs.
func TestCardsHaveOlderLettersToo(t *testing.T) {
	const card = "BEGIN:VCARD|VERSION:3.0|N:Größe;Jürgen|TEL:030 1234567|NOTE:Bäcker|END:VCARD|"
	for name, c := range map[string]struct {
		in   *charmap.Charmap
		end  string
		want Encoding
	}{
		"Windows": {charmap.Windows1252, "\r\n", Windows1252}, "DOS": {charmap.CodePage850, "\r\n", CP850}, "Macintosh": {charmap.Macintosh, "\r", MacRoman},
	} {
		written, err := c.in.NewEncoder().String(strings.ReplaceAll(card, "|", c.end))
		if err != nil {
			t.Fatal(err)
		}
		for _, said := range []Encoding{"", c.want} {
			people, r := readAll(t, written, Options{Encoding: said})
			if len(people) != 1 || people[0].Contact.Name() != "Jürgen Größe" || people[0].Contact.Comment != "Bäcker" || r.File.Encoding != c.want {
				t.Errorf("%s, said %q: %+v in %s", name, said, people, r.File.Encoding)
			}
		}
	}
	people, _ := readAll(t, "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=IBM850:Gr\x94\xe1e;J\x81rgen\nTEL:030 1234567\nEND:VCARD\n", Options{})
	if len(people) != 1 || people[0].Contact.Name() != "Jürgen Größe" {
		t.Errorf("a line that says it: %+v", people)
	}
}

func TestEncodingsHaveNames(t *testing.T) {
	for name, want := range map[string]Encoding{"": "", " UTF8 ": UTF8, "utf-16": UTF16, "ANSI": Windows1252, "cp850": CP850, "MS-DOS": CP850, "MacRoman": MacRoman} {
		if got, err := ParseEncoding(name); err != nil || got != want {
			t.Errorf("%q is %q, %v", name, got, err)
		}
	}
	if _, err := ParseEncoding("ebcdic"); err == nil {
		t.Error("ebcdic is known")
	}
}
