package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"leadline/crm"
)

const million = 1_000_000

// generatedNumber is the first number of the generated contact i, somewhere in
// Berlin; its second one is a mobile. testdata/lookup.c knows it, too.
func generatedNumber(i int) crm.Party {
	return crm.Party{Kind: crm.Phone, E164: crm.E164(493020000000 + i*6700417%80000000)}
}

// benchBegan is when the generated call i began; one that rings at a second phone does so at once.
const benchBegan = "1700000000000+(i - (i%40 = 11))*30000 + (i%40 = 11)*1000"

// benchEnd is when the last of n generated calls is over.
func benchEnd(n int) time.Time { return time.UnixMilli(1700000000000 + int64(n)*30000) }

// generate fills a file with contacts (two numbers each, a hundred agents
// responsible), a company and a deal for five of them, and as many calls with notes as contacts: five
// on every fifth. As fast as SQLite can.
func generate(b *testing.B, contacts int) (s *Store, path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "leadline.db")
	s, err := Open(ctx, path, Options{})
	ok(b, err)
	b.Cleanup(func() { _ = s.Close() })
	firsts := `["Anna","Jürgen","Petra","Łukasz","Şule","Käthe","Sven","Heike","Mehmet","Thi Lan","Uwe","Franz Xaver","Özlem","Zoë","Max","Ida","Jan"]`
	lasts := `["Müller","Schmidt","Schneider","Fischer","Weber","Meyer","Wagner","Becker","Schulz","Hoffmann","Krüger","Weiß","Groß","Süßmilch","Özdemir","Yılmaz","Wójcik","Nguyễn","Böttcher","Ziegler","Huber","Mayr","Vogel"]`
	ok(b, s.writer.Raw(func(c any) error {
		conn := c.(*sqlite3.SQLiteConn)
		return errors.Join(
			conn.RegisterFunc("words", func(text string, responsible []byte) string {
				id, _ := crm.IDFromBytes(responsible)
				return indexed(text, ownWord(id))
			}, true),
			conn.RegisterFunc("windows", func(numbers string) (string, error) {
				var all []crm.Number
				err := numbersColumn{&all}.Scan(numbers)
				return digitWindows(all), err
			}, true))
	}))
	_, err = s.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"})
	ok(b, err)
	for i := 2; i <= 100; i++ {
		ok(b, s.Do(ctx, crm.SaveUser{User: crm.User{ID: s.NewID(), Name: "Agent " + strconv.Itoa(i), Extension: strconv.Itoa(1000 + i)}}))
	}
	for i := range 4 {
		ok(b, s.Do(ctx, crm.SaveLine{Line: crm.Line{ID: s.NewID(), Name: "Line " + strconv.Itoa(i)}}))
	}
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{"PRAGMA synchronous=OFF", nil},
		{"BEGIN", nil},
		{"CREATE TEMP TABLE n(i INTEGER PRIMARY KEY)", nil},
		{"INSERT INTO n WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM c WHERE i+1 < ?) SELECT i FROM c", []any{contacts}},
		{"CREATE TEMP TABLE f AS SELECT key AS i, value AS name FROM json_each(?)", []any{firsts}},
		{"CREATE UNIQUE INDEX temp.f_i ON f(i)", nil},
		{"CREATE TEMP TABLE l AS SELECT key AS i, value AS name FROM json_each(?)", []any{lasts}},
		{"CREATE UNIQUE INDEX temp.l_i ON l(i)", nil},
		{`INSERT INTO company(rid, id, name, sort, created, updated)
			SELECT n.i/5+1, unhex(printf('%012x7000', n.i) || hex(randomblob(8))), printf('%s GmbH %d', l.name, n.i/5), printf('%s gmbh %d', lower(l.name), n.i/5), 0, 0
			FROM n JOIN temp.l ON l.i = n.i % 23 WHERE n.i % 5 = 0`, nil},
		{`INSERT INTO contact(rid, id, first, last, sort, position, company, responsible, numbers, more, created, updated)
			SELECT n.i+1, unhex(printf('%012x7001', n.i) || hex(randomblob(8))), f.name, printf('%s-%x', l.name, n.i*2654435761 % 1048576), printf('%s-%x %s', lower(l.name), n.i*2654435761 % 1048576, f.name),
				'Purchasing', n.i/5+1, n.i%100+1, printf('[{"e164":%d,"written":"030 %d","label":"work"},{"e164":%d,"label":"mobile"}]', 493020000000+n.i*6700417%80000000, 20000000+n.i*6700417%80000000, 4917600000000+n.i*6700417%10000000),
				printf('{"emails":[{"address":"c%d@example.org"}]}', n.i), 0, 0
			FROM n JOIN temp.f ON f.i = n.i % 17 JOIN temp.l ON l.i = n.i % 23 ORDER BY n.i`, nil},
		{`INSERT INTO deal(rid, id, title, stage, open, cents, currency, contact, company, source, comment, responsible, created, updated, active)
			SELECT n.i/5+1, unhex(printf('%012x7003', n.i) || hex(randomblob(8))), printf('Contract %d', n.i), 'In talks', 1, n.i*100, 'EUR', n.i+1, n.i/5+1, 'Call', '', n.i%100+1, 0, 0, n.i*2654435761 % 1000003
			FROM n WHERE n.i % 5 = 0`, nil},
		{"INSERT INTO phone(e164, key) SELECT e, key FROM (SELECT 493020000000+i*6700417%80000000 AS e, (i+1)<<2 AS key FROM n UNION ALL SELECT 4917600000000+i*6700417%10000000, (i+1)<<2 FROM n) ORDER BY e", nil},
		// A year of calls, a third of them outgoing and a tenth missed, of which every fourth rang at two phones.
		{`INSERT INTO call(rid, id, incoming, peer, party, account, line, line_name, queue, began, answered, ended, outcome, detail, note, result, agent, agent_name)
			SELECT i+1, unhex(printf('%012x7002', i) || hex(randomblob(8))), i%3 > 0 OR i%10 = 0 OR i%40 = 11, printf('+%d', 493020000000+i/5*5*6700417%80000000),
				printf('{"kind":"phone","e164":%d}', 493020000000+i/5*5*6700417%80000000), 'Office', (SELECT id FROM line WHERE rid = i/40%4+1), 'Head office', '',
				` + benchBegan + `, iif(i%10 = 0 OR i%40 = 11, NULL, ` + benchBegan + `+1000*(i%30)), ` + benchBegan + `+60000, iif(i%10 = 0 OR i%40 = 11, 2, 1), '',
				printf('Asked for quote %x, calls again', i*2654435761 % 1048576), iif(i%4 = 0, 'Interested', iif(i%4 = 1, 'Callback', '')), i%100+1, 'Anna Krüger' FROM n`, nil},
		{"INSERT INTO call_link(key, began, call, pos) SELECT (i/5*5+1)<<2, " + benchBegan + ", i+1, 0 FROM n", nil},
		{"INSERT INTO search(rowid, text) SELECT c.rid<<2, words(c.first || ' ' || c.last || ' ' || c.position || ' ' || f.name || ' c' || (c.rid-1) || '@example.org', u.id) FROM contact c JOIN company f ON f.rid = c.company JOIN user u ON u.rid = c.responsible", nil},
		{"INSERT INTO search(rowid, text) SELECT rid<<2|1, words(name, x'') FROM company", nil},
		{"INSERT INTO digits(rowid, text) SELECT rid<<2, windows(numbers) FROM contact", nil},
		{"INSERT INTO note_search(rowid, text) SELECT rid<<1|1, note FROM call", nil},
		{"COMMIT", nil},
		{"INSERT INTO search(search) VALUES('optimize')", nil},
		{"INSERT INTO digits(digits) VALUES('optimize')", nil},
		{"INSERT INTO note_search(note_search) VALUES('optimize')", nil},
		{"DROP TABLE temp.n", nil},
		{"PRAGMA wal_checkpoint(TRUNCATE)", nil},
		{"PRAGMA synchronous=FULL", nil},
	} {
		if _, err := s.writer.ExecContext(ctx, step.sql, step.args...); err != nil {
			b.Fatalf("%s: %v", step.sql, err)
		}
	}
	return s, path
}

// quantiles runs f some times after a warm-up and reports p50 and p99.
func quantiles(b *testing.B, name string, rounds int, f func(i int)) (p50 time.Duration) {
	b.Helper()
	took := make([]time.Duration, 0, rounds)
	for i := -rounds / 10; i < rounds; i++ {
		start := time.Now()
		f(i)
		if i >= 0 {
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[rounds/2].Nanoseconds())/1000, name+"-p50-µs")
	b.ReportMetric(float64(took[rounds*99/100].Nanoseconds())/1000, name+"-p99-µs")
	return took[rounds/2]
}

// BenchmarkStore measures the rows "number lookup" and "a keystroke of search"
// of design.md, and the way from a number to the whole card, with ten contacts and with a million.
func BenchmarkStore(b *testing.B) {
	for _, contacts := range []int{10, million} {
		b.Run(strconv.Itoa(contacts), func(b *testing.B) {
			s, path := generate(b, contacts)
			random := rand.New(rand.NewPCG(1, 2))
			b.Run("lookup", func(b *testing.B) {
				for b.Loop() {
					ours := quantiles(b, "match", 20_000, func(int) {
						if m, err := s.Match(ctx, generatedNumber(random.IntN(contacts))); err != nil || len(m) != 1 {
							b.Fatal(m, err)
						}
					})
					if theirs, err := lookupInC(b, path, contacts); err != nil {
						b.Logf("no yardstick in C: %v", err)
					} else {
						b.ReportMetric(float64(theirs.Nanoseconds())/1000, "C-p50-µs")
						b.ReportMetric(float64(ours)/float64(theirs), "×C")
					}
				}
			})
			b.Run("card", func(b *testing.B) {
				for b.Loop() {
					quantiles(b, "card", 5000, func(int) {
						m, err := s.Match(ctx, generatedNumber(random.IntN(contacts)/5*5))
						ok(b, err)
						card, err := s.Card(ctx, m[0].Ref, 5, "")
						if err != nil || len(card.LastCalls) != min(5, contacts) || len(card.Deals) == 0 || card.Responsible == "" || card.Company == "" {
							b.Fatal(card, err)
						}
					})
				}
			})
			b.Run("search", func(b *testing.B) {
				typed := []string{"m", "mü", "mül", "müll", "müller", "müller j", "müller jü", "a", "an", "anna", "anna k", "anna krü", "süßm", "f", "franz x mayr", "0302000", "030200012", "xyz",
					"kruger", "schmidt-5", "gmbh", "gmbh 77", "c4711", "quote", "quote 5f", "030", "0176", "711", "8812", "48812", "2094881", "00000", "+4930", "müller anna pur", "wójcik", "wei"}
				for b.Loop() {
					quantiles(b, "keystroke", 2000, func(i int) {
						_, err := s.Search(ctx, typed[(i+len(typed)*1000)%len(typed)], 20)
						ok(b, err)
					})
				}
			})
			b.Run("begin", func(b *testing.B) {
				for b.Loop() {
					benchBegin(b, s, func() crm.Party { return generatedNumber(random.IntN(contacts)) })
				}
			})
			b.Run("begin after a pause", func(b *testing.B) {
				for b.Loop() {
					benchBeginAfterPauses(b, s, func() crm.Party { return generatedNumber(random.IntN(contacts)) })
				}
			})
			b.Run("statistics", func(b *testing.B) { benchStatistics(b, s) })
			b.Run("list", func(b *testing.B) {
				for b.Loop() {
					quantiles(b, "contacts", 100, func(int) {
						_, err := s.Contacts(ctx, crm.Query{Limit: 128})
						ok(b, err)
					})
				}
			})
			b.Run("board", func(b *testing.B) {
				board := func(name string, mine bool) {
					quantiles(b, name, 200, func(int) {
						board, err := s.Board(ctx, "", mine, 50)
						if err != nil || len(board.Columns) == 0 {
							b.Fatal(err)
						}
					})
				}
				for b.Loop() {
					board("all", false)
					board("mine", true)
					_, err := s.writer.ExecContext(ctx, "UPDATE deal SET responsible = 6 WHERE responsible = 1 AND rid > 500") // who has few among many
					ok(b, err)
					board("few", true)
				}
			})
			b.Run("large company", func(b *testing.B) { benchLargeCompany(b, s) })
			b.Run("open", func(b *testing.B) {
				ok(b, s.Close())
				for b.Loop() {
					quantiles(b, "open", 20, func(int) {
						s, err := Open(ctx, path, Options{})
						ok(b, err)
						ok(b, s.Close())
					})
				}
			})
		})
	}
}

// benchLargeCompany looks at a company that has one of a hundred contacts, of 200 deals and of twenty calls.
func benchLargeCompany(b *testing.B, s *Store) {
	for _, change := range []string{
		"UPDATE contact SET company = 1 WHERE rid % 100 = 7",
		"UPDATE deal SET company = 1 WHERE rid % 200 = 7",
		"INSERT INTO call_link(key, began, call, pos) SELECT 1<<2|1, began, rid, 1 FROM call WHERE rid % 20 = 7",
		"UPDATE call SET note = '' WHERE rid % 20 = 7",
	} {
		_, err := s.writer.ExecContext(ctx, change)
		ok(b, err)
	}
	company := must(refOf(reader{s}, makeKey(crm.KindCompany, 1)))(b)
	for b.Loop() {
		quantiles(b, "belongings", 100, func(int) { must(s.Belongings(ctx, company, 10))(b) })
		quantiles(b, "card", 100, func(int) { must(s.Card(ctx, company, 5, ""))(b) })
		quantiles(b, "record", 100, func(int) { must(s.Record(ctx, company))(b) })
	}
}

// benchBegin begins calls, and by turns writes a page and waits for the disk: so both meet the same noise.
func benchBegin(b *testing.B, s *Store, next func() crm.Party) { benchBegins(b, s, next, 1000, 0) }

// benchBeginAfterPauses is benchBegin with calls as they come: nothing was written for a while before each.
func benchBeginAfterPauses(b *testing.B, s *Store, next func() crm.Party) {
	benchBegins(b, s, next, 50, 2*checkpointAfter)
}

func benchBegins(b *testing.B, s *Store, next func() crm.Party, rounds int, pause time.Duration) {
	f, err := os.Create(filepath.Join(b.TempDir(), "fsync"))
	ok(b, err)
	defer f.Close()
	var begin, fsync []time.Duration
	for range rounds {
		time.Sleep(pause)
		party, start := next(), time.Now()
		_, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: party})
		ok(b, err)
		begin = append(begin, time.Since(start))
		start = time.Now()
		_, err = f.Write(make([]byte, 4096))
		ok(b, err)
		ok(b, f.Sync())
		fsync = append(fsync, time.Since(start))
	}
	slices.Sort(begin)
	slices.Sort(fsync)
	for _, at := range []int{50, 99} {
		ours, theirs := begin[rounds*at/100], fsync[rounds*at/100]
		b.ReportMetric(float64(ours.Nanoseconds())/1000, fmt.Sprintf("begin-call-p%d-µs", at))
		b.ReportMetric(float64(theirs.Nanoseconds())/1000, fmt.Sprintf("fsync-p%d-µs", at))
		b.ReportMetric(float64(ours)/float64(theirs), fmt.Sprintf("p%d×fsync", at))
	}
}

// lookupInC compiles the yardstick and runs it on the same file.
func lookupInC(b *testing.B, path string, contacts int) (time.Duration, error) {
	program := filepath.Join(b.TempDir(), "lookup")
	if out, err := exec.Command("gcc", "-O2", "-o", program, "testdata/lookup.c", "-lsqlite3").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("gcc -lsqlite3: %w: %s", err, out)
	}
	out, err := exec.Command(program, path, strconv.Itoa(contacts), "20000").Output()
	if err != nil {
		return 0, fmt.Errorf("run %s: %w", program, err)
	}
	ns, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	return time.Duration(ns), err
}
