package exchange

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"leadline/crm/store"
)

// rowsIn are the rows of a CSV and the lines that they begin in; broken says that the last one breaks off.
func rowsIn(t testing.TB, text, delimiter string, columns int) (rows [][]string, lines []int, broken bool) {
	t.Helper()
	c := csvRows{in: bufio.NewReaderSize(strings.NewReader(text), 16), delimiter: delimiter, columns: columns}
	for {
		row, line, err := c.read()
		if errors.Is(err, io.EOF) {
			return rows, lines, broken
		} else if err != nil {
			t.Fatal(err)
		}
		rows, lines, broken = append(rows, slices.Clone(row)), append(lines, line), c.broken
	}
}

// What is written as it should be is read as Go's own reader reads it.
func TestRowsAreReadAsTheyAreWritten(t *testing.T) {
	cell := rapid.StringOfN(rapid.RuneFrom([]rune("aÄ \"\"\",;\t\n|'")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		comma := rapid.SampledFrom([]rune(delimiters)).Draw(t, "delimiter")
		var b strings.Builder
		w := csv.NewWriter(&b)
		w.Comma, w.UseCRLF = comma, rapid.Bool().Draw(t, "CRLF")
		columns := rapid.IntRange(1, 5).Draw(t, "columns")
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			if err := w.Write(rapid.SliceOfN(cell, columns, columns).Draw(t, "row")); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		theirs := csv.NewReader(strings.NewReader(b.String()))
		theirs.Comma = comma
		want, err := theirs.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var got [][]string
		for c := (csvRows{in: bufio.NewReaderSize(strings.NewReader(b.String()), 16), delimiter: string(comma), columns: columns}); ; {
			row, _, err := c.read()
			if err != nil {
				break
			}
			got = append(got, slices.Clone(row))
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q is read as\n%q, not\n%q", b.String(), got, want)
		}
	})
}

// A quotation mark that closes nothing, or is never closed, takes neither the cells nor the rows behind it.
func TestAStrayQuotationMarkTakesNoRows(t *testing.T) {
	for text, want := range map[string]string{
		`"Zum Löwen" Gasthof;"Bonn";1` + "\nAnna;Köln;2\n":              `["\"Zum Löwen\" Gasthof" "Bonn" "1"]1 ["Anna" "Köln" "2"]2`,
		`"Zum Löwen" Gasthof;Bonn;1` + "\nAnna;Köln;2\n":                `["\"Zum Löwen\" Gasthof" "Bonn" "1"]1 ["Anna" "Köln" "2"]2`,
		`Ofen;"Bonn;1` + "\nAnna;Köln;2\nBen;Ulm;3":                     `["Ofen" "\"Bonn" "1"]1 ["Anna" "Köln" "2"]2 ["Ben" "Ulm" "3"]3`,
		`Ofen;"Bonn;1` + "\n" + `"Anna";"Köln";"2"` + "\nBen;\"Ulm\";3": `["Ofen" "\"Bonn" "1"]1 ["Anna" "Köln" "2"]2 ["Ben" "Ulm" "3"]3`,
		`"Ofen;Bonn;1` + "\n" + `"Anna;Köln;2` + "\n" + `"Ben;Ulm;3`:    `["\"Ofen" "Bonn" "1"]1 ["\"Anna" "Köln" "2"]2 ["\"Ben" "Ulm" "3"]3`,
		`Ofen;Bonn;"1`: `["Ofen" "Bonn" "1"]1 broken`,
		`Ofen;"Bo`:     `["Ofen" "Bo"]1 broken`,
		`Anna;Köln;2` + "\n" + `"Ofen";"sagt` + "\nja": `["Anna" "Köln" "2"]1 ["Ofen" "sagt\nja"]2 broken`,
		`Ofen;"Bonn;1`: `["Ofen" "\"Bonn" "1"]1`,
		// These are as encoding/csv has them with lazy quotes.
		`Ofen;"sagt "ja" und` + "\n" + `geht";1` + "\nAnna;Köln;2":             `["Ofen" "sagt \"ja\" und\ngeht" "1"]1 ["Anna" "Köln" "2"]3`,
		`Ofen;"ein ""Haus"" am` + "\r\n\r\n" + `See; dort";1` + "\nA;\"B\n\";": `["Ofen" "ein \"Haus\" am\n\nSee; dort" "1"]1 ["A" "B\n" ""]4`,
		`5" Rohr;6"";7`:               `["5\" Rohr" "6\"\"" "7"]1`,
		"\n\n;\"\";\n":                `["" "" ""]3`,
		`"a","b";"c" ; "d"`:           `["a\",\"b" "c" "d"]1`,
		`"Meier"; "Bonn; Rhein" ;"1"`: `["Meier" "Bonn; Rhein" "1"]1`,
		`"kurz` + "\n" + `und"`:       `["kurz\nund"]1`,
	} {
		var told []string
		rows, lines, broken := rowsIn(t, text, ";", 3)
		for i, row := range rows {
			told = append(told, fmt.Sprintf("%q%d", row, lines[i]))
		}
		if broken {
			told = append(told, "broken")
		}
		if got := strings.Join(told, " "); got != want {
			t.Errorf("%q is read as\n%s, not\n%s", text, got, want)
		}
	}
	if people, _ := readAll(t, "Firma;Telefon\nOfen;\"030 1234567\nMühle;030 1234568\n", Options{}); len(people) != 2 {
		t.Errorf("of two columns: %+v", people)
	}
	const file = "Firma;Ort;Telefon\n\"Zum Löwen\" Gasthof;Bonn;030 1234567\nMühle;Köln;030 1234568\nOfen;\"Ulm;030 1234569\nKessel;Ulm;030 1234560\n"
	people, r := readAll(t, file, Options{})
	if len(people) != 4 || r.Rows != 4 || people[0].Company != `"Zum Löwen" Gasthof` || people[3].Company != "Kessel" || len(people[2].Contact.Numbers) != 1 {
		t.Errorf("%d rows, %+v", r.Rows, people)
	}
}

// Of a file that was cut off the last row has half of a number, which would be another's.
func TestARowThatIsCutOffIsRefused(t *testing.T) {
	const file = "\"Nachname\";\"Telefon\";\"Notiz\"\n\"Krüger\";\"030 1234567\";\"\"\n\"Groß\";\"030 7654321\";\"ruft\nmorgens an\"\n"
	last := strings.Index(file, "\"Groß")
	for at := last + 1; at < len(file)-1; at++ {
		people, r := readAll(t, file[:at], Options{})
		cut := strings.Count(file[:at], `"`)%2 == 1
		if cut && (len(people) != 1 || r.Refusals != 1 || r.Refused[0] != Refusal{3, RowBreaksOff}) {
			t.Errorf("%q: %d people, refused %+v", file[last:at], len(people), r.Refused)
		}
		if !cut && (len(people) != 2 || r.Refusals != 0) {
			t.Errorf("%q: %d people, refused %+v", file[last:at], len(people), r.Refused)
		}
	}
}

// With spaces between commas and quotation marks, as people write lists.
func TestBlanksBesideQuotationMarksAreNoneOfACell(t *testing.T) {
	people, r := readAll(t, `"First Name", "Last Name", "Phone"`+"\n"+`"Anna", "Krüger, Dr.", "030 1234567"`+"\n", Options{})
	if len(people) != 1 || people[0].Contact.LastName != "Krüger, Dr." || len(people[0].Contact.Numbers) != 1 {
		t.Errorf("%+v, %+v", people, r)
	}
}

// A file without lines is told at once, and nothing of it is held; so is a quotation mark that would take all that follows.
func TestARowWithoutEndIsTold(t *testing.T) {
	const most = 200 << 20
	for name, c := range map[string]struct {
		begin, on string
		rows      int
	}{
		"one line":               {"Name,Phone,Last Name,", "a", 0},
		"one line further down":  {"Last Name,Phone\nKrüger,030 1234567\n", "a", 1},
		"a mark that is not one": {"Last Name,Phone\nKrüger,030 1234567\n\"", strings.Repeat("a", 63) + "\n", 1},
	} {
		long := &endless{text: strings.Repeat(c.on, 1<<12), left: most}
		i := importer{}
		var people []string
		err := i.read(io.MultiReader(strings.NewReader(c.begin), long), func(n store.ImportRow) error { people = append(people, n.Contact.LastName); return nil })
		if !errors.Is(err, ErrLongRow) || len(people) != c.rows || most-long.left > longestRow+1<<20 {
			t.Errorf("%s: %d people, %v, of which %d bytes were read", name, len(people), err, most-long.left)
		}
	}
}

// endless gives the same text over and over.
type endless struct {
	text string
	left int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p, e.text)
	e.left -= n
	return n, nil
}

// However lines end, also in one file: Windows, Unix, old Macs, and programs that write "\r\n" where each "\n" becomes one.
func TestLinesEndInEveryWay(t *testing.T) {
	for _, size := range []int{1, 2, 3, 7, 4096} {
		for written, want := range map[string]string{
			"a\rb\nc\r\nd\r\r\ne\r":        "a\nb\nc\r\nd\r\ne\n",
			"\r\r\r\n\n\r":                 "\n\r\n\n\n",
			"no end":                       "no end",
			"\r\r":                         "\n\n",
			strings.Repeat("ab\r\r\n", 99): strings.Repeat("ab\r\n", 99),
		} {
			in := bufio.NewReaderSize(&endless{text: written, left: len(written)}, 16)
			if size == 4096 {
				in = bufio.NewReader(strings.NewReader(written))
			} else {
				in = bufio.NewReader(io.LimitReader(in, int64(len(written))))
			}
			var got strings.Builder
			for p := make([]byte, size); ; {
				n, err := (lineEnds{in}).Read(p)
				got.Write(p[:n])
				if err != nil {
					break
				}
			}
			if got.String() != want {
				t.Errorf("by %d: %q becomes %q, not %q", size, written, got.String(), want)
			}
		}
	}
	const file = "Last Name,Phone,Notes|Krüger,030 1234567,\"one|two\"|Groß,030 1234568,|"
	const card = "BEGIN:VCARD|VERSION:3.0|FN:Krüger|TEL:030 1234567|NOTE:one\\n|  two|END:VCARD|BEGIN:VCARD|FN:Groß|TEL:030 1234568|END:VCARD|"
	for _, end := range []string{"\n", "\r\n", "\r", "\r\r\n"} {
		for _, text := range []string{file, card} {
			people, r := readAll(t, strings.ReplaceAll(text, "|", end), Options{})
			if len(people) != 2 || people[0].Contact.LastName != "Krüger" || !strings.HasPrefix(people[0].Contact.Comment, "one\n") || len(people[1].Contact.Numbers) != 1 || r.Refusals > 0 {
				t.Errorf("%q: %+v, %+v", end, people, r)
			}
		}
	}
	people, _ := readAll(t, "BEGIN:VCARD\nFN:Anna\nNOTE:one\r\\ntwo\nEND:VCARD\n", Options{})
	if people[0].Contact.Comment != "one\r\ntwo" {
		t.Errorf("the note is %q", people[0].Contact.Comment)
	}
}

// UTF-16 has no mark where a program left it out.
func TestWideLettersNeedNoMark(t *testing.T) {
	for name, order := range map[string]unicode.Endianness{"little": unicode.LittleEndian, "big": unicode.BigEndian} {
		for _, text := range []string{outlookGerman, cards, "Name\tTel\nJürgen Łódź\t030 1234567\n"} {
			wide, err := unicode.UTF16(order, unicode.IgnoreBOM).NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			want, _ := readAll(t, text, Options{})
			for _, said := range []Encoding{"", UTF16} {
				if got, r := readAll(t, wide, Options{Encoding: said}); !reflect.DeepEqual(got, want) || r.File.Encoding != UTF16 {
					t.Errorf("%s, said %q: %+v", name, said, got)
				}
			}
		}
	}
	for _, text := range []string{"", "a", "\x00\x00\x00\x00\x00\x00\x00\x00", "BEGIN:VCARD\x00\n"} {
		if wide, _ := wideLetters([]byte(text)); wide {
			t.Errorf("%q is UTF-16", text)
		}
	}
}

// A table of 300 columns, most of them empty and some without a header.
func TestATableOfManyColumns(t *testing.T) {
	header, row := make([]string, 300), make([]string, 300)
	for i := range header {
		if i%3 > 0 {
			header[i] = fmt.Sprintf("Spalte %d", i)
		}
	}
	header[250], header[299], row[250], row[299] = "Nachname", "Telefon", "Krüger", "030 1234567"
	text := strings.Join(header, ";") + "\n" + strings.Join(row, ";") + "\n" + strings.Join(row, ";") + strings.Repeat(";", 50) + "\nKurz;\n"
	people, r := readAll(t, text, Options{})
	if len(people) != 2 || people[1].Contact.LastName != "Krüger" || len(people[1].Contact.Numbers) != 1 || len(r.File.Columns) != 300 || r.Refusals != 1 {
		t.Errorf("%+v, %d columns, %+v", people, len(r.File.Columns), r.Refused)
	}
}
