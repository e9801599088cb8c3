package store

import (
	"compress/gzip"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"leadline/crm"
)

// firstVersion is a file as the first version wrote it: the demo, an imported
// contact, a call with a note, a draft, a setting.
func firstVersion(t *testing.T) string {
	t.Helper()
	f, err := os.Open("testdata/v1.db.gz")
	ok(t, err)
	defer f.Close()
	r, err := gzip.NewReader(f)
	ok(t, err)
	b, err := io.ReadAll(r)
	ok(t, err)
	path := filepath.Join(t.TempDir(), "leadline.db")
	ok(t, os.WriteFile(path, b, 0o600))
	return path
}

// rowsOf is what a file has in the named columns of each table, as text.
func rowsOf(t *testing.T, path string, columns map[string][]string) map[string][]string {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	ok(t, err)
	defer db.Close()
	all := map[string][]string{}
	for table, names := range columns {
		var quoted []string
		for _, n := range names {
			quoted = append(quoted, "quote("+n+")")
		}
		rows, err := db.Query("SELECT " + strings.Join(quoted, " || '|' || ") + " FROM " + table)
		ok(t, err)
		for rows.Next() {
			var row string
			ok(t, rows.Scan(&row))
			all[table] = append(all[table], row)
		}
		ok(t, rows.Err())
		slices.Sort(all[table])
	}
	return all
}

func TestAFileOfTheFirstVersionIsMigratedAndKeepsEverything(t *testing.T) {
	path := firstVersion(t)
	columns := columnsOf(t, path)
	columns["line"] = []string{"rid", "id", "name", "peer"} // the queue moves out of its data: checked below
	before := rowsOf(t, path, columns)
	if len(before["contact"]) != 8 || len(before["outbox"]) == 0 || len(before["draft"]) != 1 {
		t.Fatalf("the stored file has %d contacts, %d commands", len(before["contact"]), len(before["outbox"]))
	}
	s := openAt(t, path)
	if m := must(s.Match(ctx, crm.Parse("0711 440290", "DE")))(t); len(m) == 0 || !slices.ContainsFunc(m, func(m crm.Match) bool { return m.Name == "Zoë Groß" && m.Sub == "Groß & Söhne" }) {
		t.Errorf("matches %+v", m)
	}
	queues := map[crm.ID]crm.Queue{}
	for _, q := range must(s.Queues(ctx))(t) {
		queues[q.ID] = q
	}
	lines := must(s.Lines(ctx))(t)
	for _, l := range lines {
		if q := queues[l.Queue]; l.QueueName == "" || q.Name != l.QueueName || len(q.Members) == 0 || l.Number.E164 == 0 {
			t.Errorf("line %+v with queue %+v", l, q)
		}
	}
	if len(lines) != 4 {
		t.Errorf("%d lines", len(lines))
	}
	ok(t, s.WaitIndexed(ctx))
	for _, typed := range []string{"gross", "groß", "soehne", "zoe@example", "0711440"} {
		if found := must(s.Search(ctx, typed, 20))(t); !hasName(found, "Zoë Groß") {
			t.Errorf("%q finds %v", typed, found)
		}
	}
	if drafts := must(s.Drafts(ctx))(t); len(drafts) != 1 || drafts[0].LastName != "Draft" {
		t.Errorf("drafts %+v", drafts)
	}
	ok(t, s.Close())
	after := rowsOf(t, path, columns)
	for table, rows := range before {
		kept := map[string]bool{}
		for _, row := range after[table] {
			kept[row] = true
		}
		for _, row := range rows {
			if !kept[row] {
				t.Errorf("%s lost %s", table, row)
			}
		}
	}
	s = openAt(t, path)
	c, _ := begin(t, s, crm.Incoming, DemoKnown, crm.Line{})
	ok(t, s.SaveNote(ctx, c.ID, "and it can be written to"))
	wholeFile(t, s)
}

// columnsOf are the tables of a file that hold what no other table does.
func columnsOf(t *testing.T, path string) map[string][]string {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	ok(t, err)
	defer db.Close()
	rows, err := db.Query("SELECT m.name, i.name FROM sqlite_schema m JOIN pragma_table_info(m.name) i WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'")
	ok(t, err)
	defer rows.Close()
	columns := map[string][]string{}
	for rows.Next() {
		var table, column string
		ok(t, rows.Scan(&table, &column))
		if !isDerived(table) {
			columns[table] = append(columns[table], column)
		}
	}
	ok(t, rows.Err())
	return columns
}

// Every version that there was can be salvaged and migrated.
func TestADamagedFileOfTheFirstVersionIsSalvagedAndMigrated(t *testing.T) {
	path := firstVersion(t)
	ok(t, os.WriteFile(path+"-damaged", nil, 0o600))
	s := openAt(t, path)
	if saved, was := s.Salvaged(); !was || saved.Saved["contact"] != 8 {
		t.Errorf("salvaged %v", saved)
	}
	var version int
	ok(t, s.readDB.QueryRow("PRAGMA user_version").Scan(&version))
	if version != len(migrations) {
		t.Errorf("it has version %d", version)
	}
	if found := must(s.Search(ctx, "soehne", 20))(t); !hasName(found, "Zoë Groß") {
		t.Errorf("found %v", found)
	}
	wholeFile(t, s)
}

// While the disk is full some changes are refused; each that was not is there.
func TestOnAFullDiskWhatWasAcknowledgedStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openAt(t, path)
	var pages int
	ok(t, s.writer.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages))
	_, err := s.writer.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages+60))
	ok(t, err)
	notes := map[crm.ID]string{}
	refused := 0
	for i := 0; refused < 20 && i < 2000; i++ {
		c, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse(DemoUnknown, "DE")})
		if err == nil {
			notes[c.ID] = ""
			note := strings.Repeat("x", i*37%3000)
			if err = s.SaveNote(ctx, c.ID, note); err == nil {
				notes[c.ID] = note
			}
		}
		if err != nil {
			refused++
			if !strings.Contains(err.Error(), ErrDiskFull.Error()) {
				t.Fatalf("said %v", err)
			}
		}
	}
	if refused == 0 || len(notes) == 0 {
		t.Fatalf("%d refused, %d saved: the test says nothing", refused, len(notes))
	}
	ok(t, s.Close())
	s = openAt(t, path)
	for id, note := range notes {
		if got, err := s.Call(ctx, id); err != nil || got.Call.Note != note {
			t.Fatalf("call %s: %.20q, was %.20q, %v", id, got.Call.Note, note, err)
		}
	}
	wholeFile(t, s)
}
