package exchange

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"leadline/crm"
	"leadline/crm/store"
)

var ctx = context.Background()

func open(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "leadline.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func in(t testing.TB, s *store.Store, text string) Report {
	t.Helper()
	r, err := Import(ctx, s, strings.NewReader(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const older = `Name,Given Name,Additional Name,Family Name,Notes,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value,Organization 1 - Name,Organization 1 - Title
Jürgen Müller-Lüdenscheidt,Jürgen,,Müller-Lüdenscheidt,Likes trains,* myContacts ::: VIP,* Work,jm@meier.example,Work,030 20948800,Mobile,0171 5550123 ::: 030 2094 8812,Meier GmbH,Head of Purchasing
Käthe Süßmilch,Käthe,Anna,Süßmilch,,* myContacts,,,Work,+49 89 452177;12,,,Bäckerei Süßmilch,
`

const newer = "\ufeffFirst Name,Middle Name,Last Name,Organization Name,Organization Title,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\r\n" +
	"Jürgen,,Müller-Lüdenscheidt,Meier GmbH,Head of Purchasing,\"Likes\r\ntrains\",* myContacts ::: VIP,* Work,jm@meier.example,Work,030 20948800,Mobile,0171 5550123 ::: 030 2094 8812\r\n" +
	"Käthe,Anna,Süßmilch,Bäckerei Süßmilch,,,* myContacts,,,Work,+49 89 452177;12,,\r\n"

func TestBothFormsOfGoogle(t *testing.T) {
	for name, text := range map[string]string{"older": older, "newer": newer} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			if r := in(t, s, text); r.Rows != 2 || r.Contacts != 2 || r.Companies != 2 || len(r.Refused) != 0 || r.Skipped != 0 {
				t.Fatalf("report %+v", r)
			}
			m, err := s.Match(ctx, crm.Parse("+493020948812", "DE"))
			if err != nil || len(m) != 1 || m[0].Name != "Jürgen Müller-Lüdenscheidt" || m[0].Sub != "Meier GmbH" || m[0].By.Label != crm.LabelMobile || m[0].ByIndex != 2 {
				t.Fatalf("matches %+v, %v", m, err)
			}
			rec, err := s.Record(ctx, m[0].Ref)
			if err != nil {
				t.Fatal(err)
			}
			c := rec.Contact
			if c.Position != "Head of Purchasing" || len(c.Emails) != 1 || c.Emails[0].Label != crm.LabelWork || len(c.Marks) != 1 || c.Marks[0] != "VIP" || !strings.HasPrefix(c.Comment, "Likes") {
				t.Errorf("contact %+v", c)
			}
			m, err = s.Match(ctx, crm.Parse("089452177", "DE"))
			if err != nil || len(m) != 1 || m[0].Name != "Käthe Anna Süßmilch" || m[0].By.Extension != "12" {
				t.Errorf("matches %+v, %v", m, err)
			}
			if again := in(t, s, text); again.Contacts != 0 || again.Companies != 0 || again.Skipped != 2 {
				t.Errorf("the same again %+v", again)
			}
		})
	}
}

func TestARefusedRowIsNamedAndTheOthersAreTaken(t *testing.T) {
	s := open(t)
	r := in(t, s, "First Name,Last Name,Organization Name,Phone 1 - Label,Phone 1 - Value\n"+
		"Anna,Krüger,,Work,030 1234567\n"+
		",,,,\n"+
		",,,Work,ask Petra\n"+
		"Petra,Weiß,\"Weiß & Co\nBerlin\",Work,030 7654321\n"+
		",,,Work,030 999 888 7\n"+
		"Short\n")
	if r.Rows != 6 || r.Contacts != 4 || len(r.Refused) != 2 {
		t.Fatalf("report %+v", r)
	}
	if r.Refused[0].Line != 3 || r.Refused[1].Line != 4 || !strings.Contains(r.Refused[1].Why, "ask Petra") {
		t.Errorf("refused %+v", r.Refused)
	}
}

func TestDuplicatesAreSkipped(t *testing.T) {
	s := open(t)
	head := "First Name,Last Name,Organization Name,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value\n"
	r := in(t, s, head+
		"Anna,Krüger,,,Work,030 1234567\n"+
		"anna,KRÜGER,,,Home,+49 30 1234567\n"+ // the same, written otherwise
		"Petra,Krüger,,,Home,030 1234567\n"+ // another person, same number
		"Anna,Krüger,,,Work,030 7777777\n"+ // same name, another number
		"Tom,Ohne,,tom@example.org,,\n"+
		"Tom,Ohne,,TOM@example.org,,\n"+
		"Tom,Ohne,,other@example.org,,\n")
	if r.Contacts != 5 || r.Skipped != 2 {
		t.Errorf("report %+v", r)
	}
	if r = in(t, s, head+"Tom,Ohne,,tom@example.org,,\nAnna,Kruger,,,Work,0301234567\n"); r.Skipped != 2 {
		t.Errorf("later %+v", r)
	}
}

// Somebody with a new number is known by name and e-mail address, also by the second of them.
func TestWhoHasAnotherNumberIsKnownByTheEMail(t *testing.T) {
	const head = "First Name,Last Name,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Value\n"
	for duplicates, want := range map[store.Duplicates]int{store.Skip: 1, store.Update: 3} {
		s := open(t)
		in(t, s, head+"Anna,Krüger,anna@example.org,,030 1234567\n")
		for _, dry := range []bool{true, false} {
			r, err := Import(ctx, s, strings.NewReader(head+
				"Anna,Krüger,a.krueger@example.com,ANNA@example.org,0171 5550123\n"+
				"Petra,Krüger,anna@example.org,,0171 5550124\n"+ // who shares it is another person
				"anna,KRUGER,anna@example.org,,0171 5550125\n"+
				"Anna,Krüger,other@example.org,,0171 5550126\n"+
				"Anna,Krüger,anna@example.org,,\n"+
				"Anna,Krüger,,,0171 5550127\n"+
				"Ida,Ofen,ida@example.org,,0171 5550128\n"+
				"Ida,Ofen,,ida@example.org,0171 5550129\n"), Options{Duplicates: duplicates, DryRun: dry})
			if err != nil || r.Contacts != 4 || r.Skipped+r.Updated != 4 || (r.Updated > 0) != (duplicates == store.Update) {
				t.Errorf("%s, a trial %t: %+v, %v", duplicates, dry, r, err)
			}
		}
		m, err := s.Match(ctx, crm.Parse("030 1234567", "DE"))
		if err != nil || len(m) != 1 {
			t.Fatal(m, err)
		}
		rec, err := s.Record(ctx, m[0].Ref)
		if err != nil || len(rec.Contact.Numbers) != want {
			t.Errorf("%s: %+v, %v", duplicates, rec.Contact, err)
		}
	}
}

func TestColumnsThatNobodyKnowsAreRefused(t *testing.T) {
	for _, text := range []string{"\n", "a,b,c\n1,2,3\n", "\x00\x01\x02", "First Name\nAnna\n"} {
		if _, err := Import(ctx, open(t), strings.NewReader(text), Options{}); !errors.Is(err, ErrUnknownColumns) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Who takes the workbook for its CSV is told what to do, and so is who takes a file with nothing in it.
func TestAWorkbookAndAnEmptyFileAreNamed(t *testing.T) {
	for text, want := range map[string]error{"": ErrEmpty, "\ufeff": ErrEmpty, "PK\x03\x04\x14\x00\x06\x00": ErrWorkbook, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00": ErrWorkbook} {
		if _, err := Import(ctx, open(t), strings.NewReader(text), Options{}); !errors.Is(err, want) {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := WriteRefused(ctx, strings.NewReader(text), io.Discard, Options{}); !errors.Is(err, want) {
			t.Errorf("the refused rows of %q: %v", text, err)
		}
	}
}

func TestACancelledImportKeepsWhatItReports(t *testing.T) {
	s := open(t)
	stop, cancel := context.WithCancel(ctx)
	var seen []int
	text := people(batch)
	_, more, _ := strings.Cut(people(3 * batch)[len(text):], "\n")
	text += ",,,,,,\n" + more // the row that is refused is of the next batch, which has been read by then
	r, err := Import(stop, s, strings.NewReader(text), Options{Progress: func(rows int) { time.Sleep(50 * time.Millisecond); seen = append(seen, rows); cancel() }})
	if !errors.Is(err, context.Canceled) || r.Contacts != batch || len(seen) != 1 || r.Rows != batch || r.Refusals != 0 || r.File.Format == "" {
		t.Fatalf("stopped with %v, %+v, progress %v", err, r, seen)
	}
	page, err := s.Contacts(ctx, crm.Query{Limit: 1})
	if err != nil || page.Total != batch {
		t.Errorf("%d in the file, %v", page.Total, err)
	}
}

// Whenever an import is cancelled, the rows that it reports are those that came in, were there already or are refused.
func TestACancelledImportReportsNoMoreThanItDid(t *testing.T) {
	text := strings.ReplaceAll(people(20*batch), "First77,", ",,,,,,\nFirst77,")
	for after := time.Duration(0); after < 400*time.Millisecond; after += 40 * time.Millisecond {
		s := open(t)
		stop, cancel := context.WithTimeout(ctx, after)
		r, err := Import(stop, s, strings.NewReader(text), Options{})
		cancel()
		if r.Rows != r.Contacts+r.Skipped+r.Refusals {
			t.Errorf("after %v: %d rows, %d contacts, %d there already, %d refused, %v", after, r.Rows, r.Contacts, r.Skipped, r.Refusals, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOutAndInAgainLosesNothing(t *testing.T) {
	first, second := open(t), open(t)
	if err := first.SeedDemo(ctx, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	sameUsers(t, first, second)
	in(t, first, newer)
	odd := crm.Contact{ID: first.NewID(), FirstName: "Zoë \"Z\"", LastName: "O'Neil, Jr.", Comment: "two\nlines", Addresses: []crm.Address{{Street: "Am Markt 1\n10115 Berlin", Label: crm.LabelWork}},
		SIP: []string{"zoe@example.org"}, Marks: []string{"VIP", "Press"}, Emails: []crm.Email{{Address: "a@x.example", Label: crm.LabelHome}, {Address: "b@x.example"}}}
	for i := range 9 {
		n, _ := crm.ParseNumber(fmt.Sprintf("030 55510%02d", i), "DE", []crm.Label{crm.LabelWork, crm.LabelMobile, crm.LabelHome}[i%3])
		odd.Numbers = append(odd.Numbers, n)
	}
	if err := first.Do(ctx, crm.CreateContact{Contact: odd}); err != nil {
		t.Fatal(err)
	}
	var out, again bytes.Buffer
	n, err := Export(ctx, first, &out, GoogleCSV)
	if err != nil {
		t.Fatal(err)
	}
	r := in(t, second, out.String())
	if r.Contacts != n || len(r.Refused) != 0 || r.Skipped != 0 {
		t.Errorf("exported %d, report %+v", n, r)
	}
	if _, err := Export(ctx, second, &again, GoogleCSV); err != nil {
		t.Fatal(err)
	}
	if out.String() != again.String() {
		t.Errorf("first out:\n%s\nagain:\n%s", out.String(), again.String())
	}
}

// sameUsers has the users of one file in the other, too: an export names those who are responsible.
func sameUsers(t testing.TB, of, in *store.Store) {
	t.Helper()
	users, err := of.Users(ctx)
	for _, u := range users {
		err = errors.Join(err, in.Do(ctx, crm.SaveUser{User: u}))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// people is a CSV of that many different contacts with two numbers each.
func people(n int) string {
	var b strings.Builder
	b.WriteString("First Name,Last Name,Organization Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\n")
	for i := range n { // names and numbers come in no order
		fmt.Fprintf(&b, "First%d,Last%x,Company %d,Work,+49 30 %d,Mobile,0176 %d\n", i%977, i*2654435761%1048576, i/5, 20000000+i*6700417%80000000, 10000000+i*6700417%80000000)
	}
	return b.String()
}

func FuzzImport(f *testing.F) {
	f.Add(older)
	f.Add(newer)
	f.Add("First Name,Phone 1 - Value\n\"a,1\nb,\"2\"x\n")
	f.Fuzz(func(t *testing.T, text string) {
		var i importer
		taken := 0
		err := i.read(strings.NewReader(text), func(n store.ImportRow) error {
			taken++
			if n.Contact.Name() == "" && n.Company == "" && len(n.Contact.Numbers)+len(n.Contact.Emails)+len(n.Contact.SIP) == 0 {
				t.Fatalf("nobody was taken from %q", text)
			}
			return nil
		})
		if err == nil && taken+i.report.Refusals != i.report.Rows {
			t.Fatalf("%d taken, report %+v", taken, i.report)
		}
	})
}

func TestAFileThatBreaksOffKeepsWhatWasRead(t *testing.T) {
	s := open(t)
	broken := errors.New("the stick was pulled out")
	r, err := Import(ctx, s, io.MultiReader(strings.NewReader(newer), iotest.ErrReader(broken)), Options{})
	if !errors.Is(err, broken) || r.Contacts != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}

// BenchmarkImport is the row "import of 1M rows" of design.md, beside sqlite3's own .import of the same file: into one plain
// table, and into one with an index by name, by company and by each of the two numbers, as ours are found by; and beside SQLite
// writing the file that ours ends with. In processor time, too, which a busy machine stretches less.
func BenchmarkImport(b *testing.B) {
	const rows = 1_000_000
	text := people(rows)
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "leadline.db")
		s, err := store.Open(ctx, path, store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		start, before := time.Now(), processorTime(b)
		if r, err := Import(ctx, s, strings.NewReader(text), Options{}); err != nil || r.Contacts != rows {
			b.Fatal(r.Contacts, err)
		}
		ours, busy := time.Since(start), processorTime(b)-before
		b.ReportMetric(rows/ours.Seconds(), "rows/s")
		b.ReportMetric(float64(busy.Nanoseconds())/rows, "processor-ns/row")
		if err := s.WaitIndexed(ctx); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(rows/time.Since(start).Seconds(), "searched-rows/s")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		floor := sameFile(b, path)
		b.ReportMetric(rows/floor.Seconds(), "same-file-rows/s")
		b.ReportMetric(floor.Seconds()/ours.Seconds(), "×same-file")
		for name, into := range map[string]string{
			".import": `CREATE TABLE people("First Name", "Last Name", "Organization Name", "Phone 1 - Label", "Phone 1 - Value", "Phone 2 - Label", "Phone 2 - Value")`,
			".import-indexed": `PRAGMA cache_size=-131072;
				CREATE TABLE people("First Name", "Last Name", "Organization Name", "Phone 1 - Label", "Phone 1 - Value", "Phone 2 - Label", "Phone 2 - Value");
				CREATE INDEX by_name ON people("Last Name", "First Name"); CREATE INDEX by_company ON people("Organization Name");
				CREATE INDEX by_first_number ON people("Phone 1 - Value"); CREATE INDEX by_second_number ON people("Phone 2 - Value")`,
		} {
			theirs, busyTheirs, err := sqliteImport(b, text, into)
			if err != nil {
				b.Logf("no yardstick: %v", err)
				continue
			}
			b.ReportMetric(rows/theirs.Seconds(), name+"-rows/s")
			b.ReportMetric(theirs.Seconds()/ours.Seconds(), "×"+name)
			b.ReportMetric(busyTheirs.Seconds()/busy.Seconds(), "×"+name+"-processor")
		}
	}
}

// processorTime is what the program has taken of the processors.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var taken syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &taken); err != nil {
		b.Fatal(err)
	}
	return time.Duration(taken.Utime.Nano() + taken.Stime.Nano())
}

// sameFile writes the rows of an imported file into an empty one of the same tables and indexes, by SQLite alone and in the
// order that suits it best: no import can be faster than that, but for reading what is imported.
func sameFile(b *testing.B, imported string) time.Duration {
	b.Helper()
	empty := filepath.Join(b.TempDir(), "same.db")
	s, err := store.Open(ctx, empty, store.Options{})
	if err == nil {
		err = s.Close()
	}
	db, e := sql.Open("sqlite3", empty)
	if err = errors.Join(err, e); err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	start := time.Now()
	for _, statement := range []string{"PRAGMA synchronous=NORMAL", "PRAGMA cache_size=-131072", "ATTACH '" + imported + "' AS imported", "BEGIN",
		"INSERT INTO company SELECT * FROM imported.company", "INSERT INTO contact SELECT * FROM imported.contact",
		"INSERT INTO phone SELECT * FROM imported.phone", "INSERT INTO outbox SELECT * FROM imported.outbox", "COMMIT"} {
		if _, err := db.Exec(statement); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
	return time.Since(start)
}

// sqliteImport imports into a table of sqlite3's own, and says how long that took and how much of it a processor was busy.
func sqliteImport(b *testing.B, text, into string) (took, busy time.Duration, err error) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "people.csv"), []byte(text), 0o600); err != nil {
		return 0, 0, err
	}
	program := exec.Command("sqlite3", "their.db", into, ".import --csv --skip 1 people.csv people")
	program.Dir = dir
	start := time.Now()
	out, err := program.CombinedOutput()
	if err != nil {
		return 0, 0, fmt.Errorf("sqlite3 .import: %w: %s", err, out)
	}
	return time.Since(start), program.ProcessState.UserTime() + program.ProcessState.SystemTime(), nil
}
