package crm

import (
	"bufio"
	"os"
	"strings"
	"testing"
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
