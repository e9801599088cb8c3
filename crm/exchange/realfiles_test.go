package exchange

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leadline/crm/store"
)

// Files as other programs write them, with all their columns and oddities: what comes in stands beside each as .txt.
func TestFilesOfOtherProgramsComeInWhole(t *testing.T) {
	files, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, name := range files {
		if ext := filepath.Ext(name); ext != ".csv" && ext != ".vcf" {
			continue
		}
		tried++
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(name + ".txt")
		if err != nil {
			t.Error(err)
		}
		if got := told(readAll(t, string(text), Options{})); got != string(want) {
			t.Errorf("%s: came in as\n%s\nwant:\n%s", name, got, want)
		}
	}
	if tried < 15 {
		t.Errorf("there are %d files only", tried)
	}
}

// told is all that came in, to be read by a person.
func told(people []store.ImportRow, r Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s: %d rows, %d refused\n", r.File.Format, r.File.Encoding, r.Rows, r.Refusals)
	for _, m := range r.Misfitted {
		fmt.Fprintf(&b, "line %d: %s\n", m.Line, m)
	}
	for _, s := range r.Strangers {
		fmt.Fprintf(&b, "stranger: %s, %d rows\n", s.Name, s.Rows)
	}
	say := func(what string, of ...any) {
		if text := strings.TrimSpace(fmt.Sprintln(of...)); text != "" && text != "[]" {
			fmt.Fprintf(&b, "  %s: %s\n", what, strings.ReplaceAll(text, "\n", " / "))
		}
	}
	for _, p := range people {
		c := p.Contact
		fmt.Fprintf(&b, "%q of %q\n", c.Name(), p.Company)
		say("first name", c.FirstName)
		say("position", c.Position)
		for _, n := range c.Numbers {
			of := n.E164.String()
			if n.E164 == 0 {
				of = n.Short
			}
			say("number", of, n.Extension, n.Label)
		}
		for _, m := range c.Emails {
			say("e-mail", m.Address, m.Label)
		}
		say("SIP", c.SIP)
		for _, a := range c.Addresses {
			say("address", strings.ReplaceAll(a.Formatted(), "\n", " / "), a.Label)
		}
		say("marks", strings.Join(c.Marks, " | "))
		say("source", c.Source)
		say("comment", c.Comment)
	}
	return b.String()
}

// A photo of thousands of lines in the middle of a card takes nothing of what stands around it.
func TestACardWithALargePhotoComesInWhole(t *testing.T) {
	for _, name := range []string{"icloud.vcf", "android.vcf", "nextcloud.vcf", "outlook.vcf"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(text, []byte("PHOTO"))
		end := at + bytes.Index(text[at:], []byte("\r\n"))
		large := string(text[:end]) + strings.Repeat("\r\n "+strings.Repeat("Qk5=", 18), 5000) + string(text[end:])
		want := told(readAll(t, string(text), Options{}))
		if got := told(readAll(t, large, Options{})); got != want {
			t.Errorf("%s: came in as\n%s\nwant:\n%s", name, got, want)
		}
	}
}

// A spreadsheet's apostrophe before a number is none of it, as Bitrix24 writes numbers for Excel.
func TestAnApostropheBeforeANumberIsNoneOfIt_C2(t *testing.T) {
	people, r := readAll(t, "Nachname;Telefon\nGroß;'+49 30 1234567\n", Options{})
	if len(people) != 1 || r.Misfits > 0 || len(people[0].Contact.Numbers) != 1 || people[0].Contact.Numbers[0].E164 != 49301234567 {
		t.Errorf("%+v, %+v", people, r)
	}
	if n := people[0].Contact.Numbers[0]; n.Written != "+49 30 1234567" {
		t.Errorf("written %q", n.Written)
	}
}
