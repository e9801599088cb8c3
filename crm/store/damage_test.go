package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"leadline/crm"
)

// leftUnclean is a copy of the file as it is while it is used, as after a power cut.
func leftUnclean(t *testing.T, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "leadline.db")
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + suffix)
		ok(t, err)
		ok(t, os.WriteFile(to+suffix, b, 0o600))
	}
	return to
}

// smash overwrites a page of the file in its last half, where no schema is.
func smash(t *testing.T, path string, random *rand.Rand) {
	t.Helper()
	const page = 4096
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	ok(t, err)
	defer f.Close()
	info, err := f.Stat()
	ok(t, err)
	pages := info.Size() / page
	_, err = f.WriteAt([]byte(strings.Repeat("\xff", page)), (pages/2+random.Int64N(pages/2))*page)
	ok(t, err)
}

// smashContacts overwrites a page of contacts: one that has names both as written
// and as sorted, which neither an index nor the outbox has.
func smashContacts(t *testing.T, path string) {
	t.Helper()
	const page = 4096
	b, err := os.ReadFile(path)
	ok(t, err)
	for at := page; at < len(b); at += page {
		if p := b[at : at+page]; bytes.Contains(p, []byte("Krüger 12")) && bytes.Contains(p, []byte("kruger 12")) && !bytes.Contains(p, []byte("first_name")) {
			copy(p, strings.Repeat("\xff", page))
			ok(t, os.WriteFile(path, b, 0o600))
			return
		}
	}
	t.Fatal("there is no page of contacts")
}

// filled is a file with some thousand contacts, closed, and what it has of them.
func filled(t *testing.T) (path string, contacts map[crm.ID]crm.Contact) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "leadline.db")
	s := openAt(t, path)
	ok(t, s.SeedDemo(ctx, noon))
	var people []ImportRow
	for i := range 1500 {
		n, _ := crm.ParseNumber(fmt.Sprintf("0221 %07d", i*7919), "DE", crm.LabelWork)
		people = append(people, ImportRow{Contact: crm.Contact{FirstName: "Ida", LastName: fmt.Sprintf("Krüger %d", i), Numbers: []crm.Number{n}},
			Company: fmt.Sprintf("Company %d", i/10)})
	}
	rows, err := s.PrepareImport(people)
	ok(t, err)
	_, err = s.Import(ctx, rows, Skip)
	ok(t, err)
	contacts = contactsOf(t, s)
	ok(t, s.Close())
	return path, contacts
}

func contactsOf(t *testing.T, s *Store) map[crm.ID]crm.Contact {
	t.Helper()
	all := map[crm.ID]crm.Contact{}
	ok(t, s.EachContact(ctx, func(c crm.Contact, _ string) error { all[c.ID] = c; return nil }))
	return all
}

func wholeFile(t *testing.T, s *Store) {
	t.Helper()
	for _, pragma := range []string{"integrity_check", "foreign_key_check"} {
		rows, err := s.readDB.Query("PRAGMA " + pragma)
		ok(t, err)
		for rows.Next() {
			var verdict string
			if err := rows.Scan(&verdict); err != nil || verdict != "ok" {
				t.Errorf("%s: %s %v", pragma, verdict, err)
			}
		}
		ok(t, rows.Err())
	}
	var wrong int
	ok(t, s.readDB.QueryRow(linksSpokenWrongly).Scan(&wrong))
	if wrong > 0 {
		t.Errorf("%d links do not say whether somebody spoke", wrong)
	}
	ok(t, s.readDB.QueryRow(leadsOpenWrongly).Scan(&wrong))
	if wrong > 0 {
		t.Errorf("%d numbers of leads do not say whether they are open", wrong)
	}
}

// leadsOpenWrongly counts the numbers of leads that are open and not found as such, and of those that are found so and are not.
const leadsOpenWrongly = `SELECT count(*) FROM lead l JOIN json_each(l.numbers) n WHERE n.value ->> '$.e164' > 0
	AND l.open <> EXISTS(SELECT 1 FROM phone WHERE e164 = -(n.value ->> '$.e164') AND key = l.rid << 2 | 2)`

// linksSpokenWrongly counts what is saved of calls on records that does not say whether they were answered.
const linksSpokenWrongly = "SELECT count(*) FROM call_link k JOIN call c ON c.rid = k.call WHERE k.spoken <> (c.answered IS NOT NULL)"

func TestAfterAnUncleanEndTheFileIsChecked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openAt(t, path)
	ok(t, s.SeedDemo(ctx, noon))
	again := openAt(t, leftUnclean(t, path))
	if again.damage.looked == nil {
		t.Fatal("it was not looked at")
	}
	<-again.damage.looked
	if again.damage.marked() {
		t.Error("a whole file was found damaged")
	}
	ok(t, again.Close())
	if third := openAt(t, again.damage.path); third.damage.looked != nil {
		t.Error("after a clean end it was looked at all the same")
	}
}

func TestADamagedFileIsNoticedWhileItIsUsedAndSalvagedAtTheNextStart(t *testing.T) {
	path, contacts := filled(t)
	s := openAt(t, path)
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, crm.Line{})
	ok(t, s.SaveNote(ctx, c.ID, "saved before the power cut"))
	path = leftUnclean(t, path)
	smashContacts(t, path)
	told := make(chan error, 1)
	s, err := Open(ctx, path, Options{Damaged: func(err error) { told <- err }})
	ok(t, err)
	select {
	case err := <-told:
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("told %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("nobody was told")
	}
	if _, was := s.Salvaged(); was {
		t.Error("salvaged while it is used")
	}
	ok(t, s.Close())

	s = openAt(t, path)
	saved, was := s.Salvaged()
	if !was || saved.Saved["contact"] < len(contacts)*9/10 || !strings.Contains(saved.String(), saved.Kept) {
		t.Fatalf("salvaged %v: %v", was, saved)
	}
	if _, err := os.Stat(saved.Kept); err != nil {
		t.Error("the damaged file is gone")
	}
	wholeFile(t, s)
	if got := must(s.Call(ctx, c.ID))(t); got.Call.Note != "saved before the power cut" {
		t.Errorf("the note is %q", got.Call.Note)
	}
	ok(t, s.Close())
	if _, was := openAt(t, path).Salvaged(); was {
		t.Error("salvaged twice")
	}
}

// A change that meets the damage tells of it as a question does, and is not made; any other error is none.
func TestAWriteThatMeetsDamageTells(t *testing.T) {
	var told []error
	path := filepath.Join(t.TempDir(), "leadline.db")
	s, err := Open(ctx, path, Options{Damaged: func(err error) { told = append(told, err) }})
	ok(t, err)
	defer s.Close()
	if err := s.write(ctx, func(*tx) error { return ErrNotFound }); !errors.Is(err, ErrNotFound) || len(told) > 0 {
		t.Errorf("%v is damage: %v", err, told)
	}
	if err := s.write(ctx, func(*tx) error { return fmt.Errorf("save: %w", ErrDamaged) }); !errors.Is(err, ErrDamaged) {
		t.Errorf("it said %v", err)
	}
	if len(told) != 1 || !errors.Is(told[0], ErrDamaged) || !s.damage.marked() {
		t.Errorf("told %v, marked %t", told, s.damage.marked())
	}
}

// A connection that has searched before the index was merged by another one finds it whole: FTS5's own part of the check would look
// for it where it was.
func TestTheCheckFindsAnIndexThatWasMergedMeanwhile(t *testing.T) {
	path, _ := filled(t)
	s := openAt(t, path)
	for _, how := range []string{"'merge', -16", "'optimize', 0"} {
		var all []*sql.Conn
		for range readers {
			conn := must(s.readDB.Conn(ctx))(t)
			var n int
			ok(t, conn.QueryRowContext(ctx, "SELECT count(*) FROM search WHERE search MATCH 'kruger*'").Scan(&n))
			all = append(all, conn)
		}
		for _, conn := range all {
			ok(t, conn.Close())
		}
		contactWith(t, s, "Ida", "Krüger", "0221 9870001", "", "")
		ok(t, s.write(ctx, func(t *tx) error {
			_, err := t.exec("INSERT INTO search(search, rank) VALUES(" + how + ")")
			return err
		}))
		for range readers {
			if verdict := must(s.quickCheck(ctx))(t); verdict != "ok" {
				t.Errorf("after %s: %s", how, verdict)
			}
		}
	}
}

// While the check of a file that was not closed reads it, agents go on, and the search index is merged again and again: of a whole
// file it says nothing else than that it is whole.
func TestTheCheckOfAFileThatIsWrittenFindsNoDamage(t *testing.T) {
	path, _ := filled(t)
	s, err := Open(ctx, path, Options{Damaged: func(err error) { t.Errorf("damaged: %v", err) }})
	ok(t, err)
	defer s.Close()
	over, stop := context.WithCancel(ctx)
	var writing sync.WaitGroup
	var merged atomic.Int32
	writing.Go(func() {
		for n := 0; over.Err() == nil; n++ {
			err := s.write(ctx, func(t *tx) error {
				for i := range 20 {
					c := crm.Contact{ID: s.NewID(), LastName: fmt.Sprint("Müller", n, "x", i), Numbers: []crm.Number{{E164: crm.E164(4930000000000 + uint64(20*n+i))}}}
					if err := t.do(crm.CreateContact{Contact: c}); err != nil {
						return err
					}
				}
				for _, table := range searched {
					how := []string{"'merge', -16", "'merge', 200", "'optimize', 0"}[n%3]
					if _, err := t.exec("INSERT INTO " + table + "(" + table + ", rank) VALUES(" + how + ")"); err != nil {
						return err
					}
				}
				merged.Add(1)
				return nil
			})
			if err != nil {
				t.Error(err)
				return
			}
			if page, err := s.Contacts(ctx, crm.Query{Text: "mül", Limit: 1}); err != nil || page.Total == 0 {
				t.Errorf("%d found, %v", page.Total, err)
			}
		}
	})
	checks := 0
	for ; merged.Load() < mergesOfAFile && !t.Failed(); checks++ {
		s.damage.end()
		s.checkInBackground()
		<-s.damage.looked
	}
	stop()
	writing.Wait()
	t.Logf("%d checks during %d merges", checks, merged.Load())
	if s.damage.marked() {
		t.Error("a whole file is marked as damaged")
	}
}

// mergesOfAFile are enough to meet each kind of merge several times.
const mergesOfAFile = 30

// Several who read meet the damage at the same time: it is told once, so that none of them waits for who was told already.
func TestDamageThatManyMeetIsToldOnce(t *testing.T) {
	for range 50 {
		var told atomic.Int32
		d := damage{path: filepath.Join(t.TempDir(), "leadline.db"), log: slog.New(slog.DiscardHandler), found: func(error) { told.Add(1) }}
		var all sync.WaitGroup
		begin := make(chan struct{})
		for range 8 {
			all.Go(func() {
				<-begin
				d.notice(ErrDamaged)
			})
		}
		close(begin)
		all.Wait()
		if told.Load() != 1 {
			t.Fatalf("told %d times", told.Load())
		}
	}
}

// Whatever pages are hit, what is saved is what was there, and the file is whole and can be written to.
func TestWhatIsSalvagedIsAsItWas(t *testing.T) {
	original, contacts := filled(t)
	whole, err := os.ReadFile(original)
	ok(t, err)
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 7))
		path := filepath.Join(t.TempDir(), "leadline.db")
		ok(t, os.WriteFile(path, whole, 0o600))
		for range 1 + seed%4 {
			smash(t, path, random)
		}
		ok(t, os.WriteFile(path+"-damaged", nil, 0o600)) // as the program that met the damage left it
		s, err := Open(ctx, path, Options{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		wholeFile(t, s)
		saved := contactsOf(t, s)
		if len(saved) < len(contacts)/2 {
			t.Errorf("seed %d: only %d of %d contacts", seed, len(saved), len(contacts))
		}
		for id, c := range saved {
			was := contacts[id]
			was.Company, c.Company = "", "" // the company may be among what was lost
			if fmt.Sprint(c) != fmt.Sprint(was) {
				t.Fatalf("seed %d: contact %v was %v", seed, c, was)
			}
		}
		for id, c := range saved {
			if m, err := s.Match(ctx, c.Numbers[0].Party()); err != nil || len(m) == 0 {
				t.Fatalf("seed %d: %s is not found by number any more: %v", seed, id, err)
			}
			break
		}
		call, _ := begin(t, s, crm.Incoming, DemoUnknown, crm.Line{})
		ok(t, s.SaveNote(ctx, call.ID, "afterwards"))
		for id := range saved {
			if _, err := s.Record(ctx, crm.Ref{Kind: crm.KindContact, ID: id}); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		page := must(s.Calls(ctx, crm.Query{Limit: 128}))(t)
		if len(page.Rows) == 0 {
			t.Errorf("seed %d: no call can be listed", seed)
		}
		ok(t, s.Close())
	}
}

// A table whose key is no number, as that of the exceptions, loses no more than was on the damaged page either.
func TestADamagedListOfExceptionsIsSalvaged_E1(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openAt(t, path)
	var text strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&text, "+49221%07d\n", i*3191)
	}
	entries, _ := crm.ParseEntries(crm.Exceptions, text.String(), "DE")
	ok(t, s.SetEntries(ctx, crm.Exceptions, entries))
	ok(t, s.Close())
	b, err := os.ReadFile(path)
	ok(t, err)
	const page = 4096
	smashed := false
	for at := page; at < len(b) && !smashed; at += page {
		p := b[at : at+page] // the index has the id only, the outbox has it as text
		if smashed = bytes.Contains(p, entries[1500].ID.Bytes()) && bytes.Contains(p, []byte(entries[1500].Pattern)); smashed {
			copy(p, strings.Repeat("\xff", page))
		}
	}
	if !smashed {
		t.Fatal("there is no page of exceptions")
	}
	ok(t, os.WriteFile(path, b, 0o600))
	ok(t, os.WriteFile(path+"-damaged", nil, 0o600))
	s = openAt(t, path)
	wholeFile(t, s)
	saved := must(s.Entries(ctx, crm.Exceptions))(t)
	if len(saved) < 2900 || len(saved) >= len(entries) {
		t.Errorf("%d of %d exceptions are left", len(saved), len(entries))
	}
}

func TestAnInterruptedSalvageIsFinished(t *testing.T) {
	path, contacts := filled(t)
	for _, step := range []string{"before the swap", "the log is moved", "the file is moved"} {
		dir := t.TempDir()
		at := filepath.Join(dir, "leadline.db")
		whole, err := os.ReadFile(path)
		ok(t, err)
		ok(t, os.WriteFile(at+"-salvaged", whole, 0o600))
		if step == "before the swap" {
			ok(t, os.WriteFile(at+"-wal", []byte("its log"), 0o600))
		}
		if step != "the file is moved" {
			ok(t, os.WriteFile(at, []byte("damaged"), 0o600))
			ok(t, os.WriteFile(at+"-damaged", nil, 0o600))
		}
		s := openAt(t, at)
		if got := contactsOf(t, s); len(got) != len(contacts) {
			t.Errorf("%s: %d contacts", step, len(got))
		}
		ok(t, s.Close())
		left, err := filepath.Glob(at + "*")
		ok(t, err)
		for _, f := range left {
			if f != at && f != at+"-lock" && !strings.HasPrefix(f, at+"-damaged-2") {
				t.Errorf("%s: %s is left", step, f)
			}
		}
	}
}

func TestASalvageForWhichThereIsNoRoomChangesNothing(t *testing.T) {
	path, _ := filled(t)
	smash(t, path, rand.New(rand.NewPCG(3, 3)))
	ok(t, os.WriteFile(path+"-damaged", nil, 0o600))
	ok(t, os.Mkdir(path+"-salvaging", 0o700)) // in the way, as a full disk would be
	ok(t, os.WriteFile(filepath.Join(path+"-salvaging", "x"), nil, 0o600))
	before, err := os.ReadFile(path)
	ok(t, err)
	if _, err := Open(ctx, path, Options{}); err == nil {
		t.Fatal("opened all the same")
	}
	after, err := os.ReadFile(path)
	ok(t, err)
	if string(before) != string(after) {
		t.Error("the damaged file was changed")
	}
}

// What hung on a record that could not be read goes; calls, notes and follow-ups of those that could stay on them.
func TestASalvagedFileKeepsWhatHangsOnTheReadable(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "leadline.db"))
	read, lost := contactWith(t, s, "Ida", "Ofen", "0221 9870001", "", ""), contactWith(t, s, "Uwe", "Ofen", "0221 9870002", "", "")
	c, _ := begin(t, s, crm.Incoming, "0221 9870001", crm.Line{})
	ok(t, s.Do(ctx, crm.LinkCall{Call: c.ID, Refs: []crm.Ref{read, lost}}))
	for _, r := range []crm.Ref{read, lost} {
		ok(t, s.Do(ctx, crm.SaveRecordNote{Note: crm.Note{ID: s.NewID(), Ref: r, At: noon, Text: "note"}}, crm.SaveFollowUp{FollowUp: crm.FollowUp{ID: s.NewID(), Ref: r, Due: noon}}))
	}
	ok(t, s.pragmas("foreign_keys=OFF"))
	ok(t, s.write(ctx, func(t *tx) error {
		if _, err := t.exec("DELETE FROM contact WHERE id = ?", lost.ID.Bytes()); err != nil {
			return err
		}
		return t.dropOrphans()
	}))
	for table, want := range map[string]int{"call_link": 1, "note": 1, "followup": 1} {
		var n int
		if err := s.readDB.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil || n != want {
			t.Errorf("%d rows of %s, want %d, %v", n, table, want, err)
		}
	}
	if row := must(s.Call(ctx, c.ID))(t); !slices.Equal(row.Call.Refs, []crm.Ref{read}) {
		t.Errorf("the call is on %v", row.Call.Refs)
	}
}

// leavesOf are the leaves of a table's b-tree in a file that is closed.
func leavesOf(t *testing.T, path, table string) (leaves []uint32) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	ok(t, err)
	defer db.Close()
	var root uint32
	ok(t, db.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = ?", table).Scan(&root))
	file, err := os.Open(path)
	ok(t, err)
	defer file.Close()
	innerPages{file, 4096}.walk(root, map[uint32]bool{}, func([]byte, bool) {}, func(page uint32) { leaves = append(leaves, page) })
	return leaves
}

// allRowsOf are the rows of a table, as text.
func allRowsOf(t *testing.T, path, table string) map[string]bool {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	ok(t, err)
	defer db.Close()
	rows, err := db.Query("SELECT * FROM " + table)
	ok(t, err)
	defer rows.Close()
	columns := must(rows.Columns())(t)
	all := map[string]bool{}
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		ok(t, rows.Scan(values...))
		var text strings.Builder
		for _, v := range values {
			fmt.Fprintf(&text, "%v|", *v.(*any))
		}
		all[text.String()] = true
	}
	ok(t, rows.Err())
	return all
}

// Pages of the same table are damaged at its beginning, in its middle and at its end: what lies between them is saved, of tables with
// numbers, ids and texts as keys, and of a customer with very many calls. A page has no more than so many rows of each.
func TestWhatLiesBetweenDamagedPagesIsSalvaged(t *testing.T) {
	path, _ := filled(t)
	s := openAt(t, path)
	var text strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&text, "+49221%07d\n", i*3191)
	}
	entries, _ := crm.ParseEntries(crm.Exceptions, text.String(), "DE")
	ok(t, s.SetEntries(ctx, crm.Exceptions, entries))
	largeCustomer(t, s, 5000)
	_, err := s.writer.ExecContext(ctx, "INSERT INTO generation(peer, number) SELECT '+4922198' || i, i % 3 FROM temp.n")
	ok(t, err)
	ok(t, s.Close())
	tables := map[string]int{"contact": 40, "entry": 60, "call": 60, "call_link": 250, "generation": 250, "note": 120}
	before := map[string]map[string]bool{}
	for table := range tables {
		before[table] = allRowsOf(t, path, table)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	ok(t, err)
	for table := range tables {
		leaves := leavesOf(t, path, table)
		if len(leaves) < 12 {
			t.Fatalf("%s has %d leaves only", table, len(leaves))
		}
		for _, page := range []uint32{leaves[0], leaves[len(leaves)/3], leaves[len(leaves)/3+2], leaves[len(leaves)-1]} {
			_, err := file.WriteAt([]byte(strings.Repeat("\xff", 4096)), int64(page-1)*4096)
			ok(t, err)
		}
	}
	ok(t, file.Close())
	part := filepath.Join(t.TempDir(), "part.db")
	ok(t, copyReadable(ctx, path, part))
	for table, most := range tables {
		after := allRowsOf(t, part, table)
		for row := range after {
			if !before[table][row] {
				t.Fatalf("%s: a row that there was not: %s", table, row)
			}
		}
		if lost := len(before[table]) - len(after); lost == 0 || lost > 4*most {
			t.Errorf("%s: %d of %d rows are lost with four pages", table, lost, len(before[table]))
		}
	}
	ok(t, os.WriteFile(path+"-damaged", nil, 0o600))
	s = openAt(t, path)
	wholeFile(t, s)
}

// Of a page of which single rows are damaged the others are saved: one that cannot be read, and one that is not where it should be.
func TestWhatIsWholeOfADamagedPageIsSalvaged(t *testing.T) {
	path, _ := filled(t)
	before := allRowsOf(t, path, "contact")
	leaves := leavesOf(t, path, "contact")
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	ok(t, err)
	page := make([]byte, 4096)
	at := int64(leaves[len(leaves)/2]-1) * 4096
	_, err = file.ReadAt(page, at)
	ok(t, err)
	cell := func(n int) []byte { // "Database File Format", §1.6: its size, and the rowid, each of two bytes
		c := page[binary.BigEndian.Uint16(page[8+2*n:]):]
		if c[0] < 0x80 || c[1] >= 0x80 || c[2] < 0x80 || c[3] >= 0x80 {
			t.Fatalf("cell %d begins with %x", n, c[:4])
		}
		return c
	}
	cell(2)[0] = 0xff             // so long that it must go on elsewhere
	copy(cell(5)[2:], "\xff\x7f") // a rowid beyond all others
	_, err = file.WriteAt(page, at)
	ok(t, err)
	ok(t, file.Close())
	part := filepath.Join(t.TempDir(), "part.db")
	ok(t, copyReadable(ctx, path, part))
	saved := 0
	for row := range allRowsOf(t, part, "contact") {
		if before[row] {
			saved++
		}
	}
	if lost := len(before) - saved; lost != 2 {
		t.Errorf("%d rows are lost with two", lost)
	}
}
