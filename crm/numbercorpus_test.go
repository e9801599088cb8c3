package crm

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestNumbersAsPeopleWriteThem_C2 holds Parse against a table of numbers as they
// stand on cards, in signatures and on web pages of eight countries.
func TestNumbersAsPeopleWriteThem_C2(t *testing.T) {
	f, err := os.Open("testdata/numbers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := 0
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		row := strings.SplitN(lines.Text(), "\t", 3)
		if len(row) != 3 {
			t.Fatalf("row %q has not three columns", lines.Text())
		}
		rows++
		region, want, written := row[0], row[1], row[2]
		if got := told(Parse(written, region)); got != want {
			t.Errorf("%s %q is %s, want %s", region, written, got, want)
		}
	}
	if err := lines.Err(); err != nil || rows < 300 {
		t.Errorf("%d rows were read, %v", rows, err)
	}
}

// What is nothing but digits is read the short way as the long way reads it, and the corpus has enough of both.
func TestPlainDigitsAreReadAsTheLongWayReadsThem(t *testing.T) {
	corpus, err := os.ReadFile("testdata/numbers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	plain, others := 0, 0
	same := func(t interface{ Fatalf(string, ...any) }, written, region string) {
		written = strings.TrimSpace(written)
		if short, long := Parse(written, region), parseMore(Party{Written: written}, region); short != long {
			t.Fatalf("%s %q is %+v the short way, %+v the long way", region, written, short, long)
		}
		if _, ok := plainDigits(written); ok {
			plain++
		} else {
			others++
		}
	}
	for line := range strings.Lines(string(corpus)) {
		if row := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3); len(row) == 3 && !strings.HasPrefix(line, "#") {
			same(t, row[2], row[0])
		}
	}
	if plain < 100 || others < 100 {
		t.Errorf("%d of the corpus are plain, %d are not", plain, others)
	}
	digits := rapid.StringOfN(rapid.RuneFrom([]rune("00011234567899++  --/.()")), 0, 60, -1)
	rapid.Check(t, func(t *rapid.T) {
		same(t, digits.Draw(t, "before")+rapid.SampledFrom([]string{"", "", "(0)", "+", "x", "#", "*", "0049", "+49"}).Draw(t, "among")+digits.Draw(t, "behind"),
			rapid.SampledFrom([]string{"DE", "", "at", "IT", "US", "PL", "GB"}).Draw(t, "region"))
	})
}

// told writes a party as the table does.
func told(p Party) string {
	switch p.Kind {
	case Phone:
		if p.Extension != "" {
			return p.E164.String() + ";" + p.Extension
		}
		return p.E164.String()
	case Internal:
		return "short:" + p.Short
	case SIPAddress:
		return "sip:" + p.Address
	}
	return "withheld:"
}
