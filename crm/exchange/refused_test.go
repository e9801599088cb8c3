package exchange

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"leadline/crm"
)

// What was refused can be corrected in its own file and imported by that.
func TestRefusedRowsAreWrittenWithTheirReasons(t *testing.T) {
	file := "Vorname;Nachname;Telefon\nAnna;M\xfcller;030 1234567\n;;auf Anfrage\nPetra;Wei\xdf;030 7654321\n;;\n;\"J\xfcrgen\"\n;\xfc;\n;;x \xfc\n"
	var out bytes.Buffer
	n, err := WriteRefused(ctx, strings.NewReader(file), &out, Options{})
	if err != nil || n != 3 {
		t.Fatalf("%d rows, %v", n, err)
	}
	want := "\ufeffVorname;Nachname;Telefon;Line;Reason\n" +
		";;auf Anfrage;3;the phone number “auf Anfrage” is none\n" +
		";;;5;" + NobodyInIt + "\n" +
		";;x ü;8;the phone number “x ü” is none\n"
	if out.String() != want {
		t.Errorf("written:\n%s\nwant:\n%s", out.String(), want)
	}
	s := open(t)
	if r := in(t, s, strings.Replace(out.String(), "auf Anfrage;", "030 999888;", 1)); r.Contacts != 1 || r.Refusals != 2 {
		t.Errorf("corrected: %+v", r)
	}
	out.Reset()
	if n, err := WriteRefused(ctx, strings.NewReader("BEGIN:VCARD\nVERSION:4.0\nEND:VCARD\n"), &out, Options{}); err != nil || n != 1 || !strings.Contains(out.String(), "1,"+NobodyInIt) && !strings.Contains(out.String(), "1,\""+NobodyInIt) {
		t.Errorf("of a card: %d, %v, %s", n, err, out.String())
	}
}

// panics is a file whose reading breaks the program.
type panics struct{ rest io.Reader }

func (p panics) Read(b []byte) (int, error) {
	n, err := p.rest.Read(b)
	if errors.Is(err, io.EOF) {
		panic("what nobody thought of")
	}
	return n, err
}

func TestAPanicWhileReadingEndsTheImportOnly(t *testing.T) {
	s := open(t)
	r, err := Import(ctx, s, panics{strings.NewReader(people(batch + 10))}, Options{})
	if err == nil || !strings.Contains(err.Error(), "what nobody thought of") {
		t.Errorf("%v", err)
	}
	if r.Contacts < batch {
		t.Errorf("%d contacts of what was read before", r.Contacts)
	}
}

// An import that fails on its way says up to where it came, and what it says is there.
func TestAnImportThatFailsHalfWaySaysWhatIsIn(t *testing.T) {
	s := open(t)
	r, err := Import(ctx, s, strings.NewReader(people(4*batch)), Options{Progress: func(int) { _ = s.Close() }})
	if err == nil || !strings.Contains(err.Error(), "5000 contacts are in the file") || r.Contacts != batch {
		t.Errorf("%d contacts, %v", r.Contacts, err)
	}
}

func TestACancelledImportSaysWhatIsIn(t *testing.T) {
	s := open(t)
	ctx, stop := context.WithCancel(ctx)
	r, err := Import(ctx, s, strings.NewReader(people(4*batch)), Options{Progress: func(int) { stop() }})
	if !errors.Is(err, context.Canceled) || r.Contacts != batch {
		t.Errorf("%d contacts, %v", r.Contacts, err)
	}
	again, err := Import(context.Background(), s, strings.NewReader(people(4*batch)), Options{})
	if err != nil || again.Skipped != batch || again.Contacts != 3*batch {
		t.Errorf("once more: %d made, %d skipped, %v", again.Contacts, again.Skipped, err)
	}
}

// Somebody with an exception comes in, and the report says so: calls with it never reach the record.
func TestAnImportTellsOfExceptions_E1(t *testing.T) {
	s := open(t)
	entries, wrong := crm.ParseEntries(crm.Exceptions, "0900* ; premium rate\n*@spam.example\n030 1234567", "DE")
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if err := s.SetEntries(ctx, crm.Exceptions, entries); err != nil {
		t.Fatal(err)
	}
	file := "First Name,Last Name,Phone,E-mail Address\nAnna,Groß,0900 123456,\nBen,Klein,030 7654321,ben@example.org\nCem,Kurz,,cem@Spam.example\nDora,Lang,+49 30 1234567,\n"
	want := []Excepted{{2, "Anna Groß", "0900*"}, {4, "Cem Kurz", "*@spam.example"}, {5, "Dora Lang", "030 1234567"}}
	for _, dry := range []bool{true, false} {
		r, err := Import(ctx, s, strings.NewReader(file), Options{DryRun: dry})
		if err != nil || r.Contacts != 4 || r.Excepts != 3 || !slices.Equal(r.Excepted, want) {
			t.Errorf("dry %v: %d contacts, %d exceptions: %+v, %v", dry, r.Contacts, r.Excepts, r.Excepted, err)
		}
	}
}
