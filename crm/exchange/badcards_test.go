package exchange

import (
	"fmt"
	"strings"
	"testing"
)

// Whoever writes no END:VCARD behind one card loses nobody of the rest of the file.
func TestACardWithoutEndTakesNoOther(t *testing.T) {
	const text = "BEGIN:VCARD\nFN:Anna\nTEL:030 1234567\nBEGIN:VCARD\nFN:Ben\nEND:VCARD\n\nBEGIN:VCARD\nFN:Ida\nAGENT:\n\nBEGIN:VCARD\nFN:Bote\nBEGIN:VCARD\nFN:Tom\nEND:VCARD\n" +
		"BEGIN:VCARD\nFN:Eva\nAGENT:\nBEGIN:VCARD\nFN:Bote\nEND:VCARD\nNOTE:hers\nEND:VCARD\nBEGIN:VCARD\nFN:Leo\n"
	people, r := readAll(t, text, Options{})
	var names []string
	for _, p := range people {
		names = append(names, p.Contact.Name()+p.Contact.Comment)
	}
	if got := strings.Join(names, ","); got != "Anna,Ben,Ida,Tom,Evahers" || r.Rows != 6 || r.Refusals != 1 || r.Refused[0] != (Refusal{Line: 25, Why: CardBreaksOff}) || len(people[0].Contact.Numbers) != 1 {
		t.Errorf("%s, %+v", got, r)
	}
}

// A picture whose lines are not folded has no end in sight; what comes behind it is the person's all the same.
func TestWhatStandsBehindAPictureIsRead(t *testing.T) {
	text := "BEGIN:VCARD\nVERSION:2.1\nFN:Anna\nPHOTO;ENCODING=BASE64;JPEG:\n" + strings.Repeat("/9j/4AAQSkZJRgABAQEAYABgAAD\n", mostProperties) + "\nTEL:030 1234567\nEND:VCARD\n"
	people, _ := readAll(t, text, Options{})
	if len(people) != 1 || len(people[0].Contact.Numbers) != 1 {
		t.Errorf("%+v", people)
	}
	text = "BEGIN:VCARD\nFN:Anna\n" + strings.Repeat("X-A:b\n", mostProperties-2) + "NOTE:one\nNOTE:two\nEND:VCARD\n"
	if people, _ = readAll(t, text, Options{}); people[0].Contact.Comment != "one" {
		t.Errorf("the note is %q", people[0].Contact.Comment)
	}
}

// A line of quoted-printable text is broken anywhere: within a letter, before blanks that were added on the way.
func TestQuotedPrintableIsBrokenAnywhere(t *testing.T) {
	const head = "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:"
	for value, want := range map[string]string{
		"Gro=C3=\r\n=9F;Anna": "Anna Groß", "Gro=C3= \t\r\n=9F;Anna": "Anna Groß", "Gro=C3=9F;=\r\n=\r\nAn=\r\nna": "Anna Groß",
		"=\r\nGro=C3=9F": "Groß", "=47=72=6F=C3=9F=3B=41": "A Groß", "Gro=c3=9f  ": "Groß",
	} {
		people, r := readAll(t, head+value+"\r\nTEL:030 1234567\r\nEND:VCARD\r\n", Options{})
		if len(people) != 1 || people[0].Contact.Name() != want || len(people[0].Contact.Numbers) != 1 {
			t.Errorf("%q: %s", value, fmt.Sprintf("%+v, %+v", people, r))
		}
	}
}
