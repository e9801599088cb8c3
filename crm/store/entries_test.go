package store

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"leadline/crm"
)

// The key of an address had a scheme in it or the * before a domain, and nothing was like it.
func TestEntriesOfEarlierVersionsAreFound_E1(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	db, err := sql.Open("sqlite3", path)
	ok(t, err)
	conn := must(db.Conn(ctx))(t)
	ok(t, migrate(ctx, conn, slices.IndexFunc(migrations, func(m string) bool { return strings.Contains(m, "UPDATE entry SET key") })))
	for i, key := range []string{"*@example.org", "sip:robot@pbx.example", "sips:robot@safe.example", "mailto:robot@mail.example", "*97"} {
		id := make([]byte, 16)
		id[0] = byte(i + 1)
		_, err := conn.ExecContext(ctx, `INSERT INTO entry(id, list, key, prefix, data) VALUES(?1, 'exceptions', ?2, 0,
			json_object('id', lower(hex(?1)), 'list', 'exceptions', 'pattern', ?2, 'key', ?2))`, id, key)
		ok(t, err)
	}
	ok(t, conn.Close())
	ok(t, db.Close())
	s := openAt(t, path)
	for _, caller := range []string{"sip:anna@example.org", "sip:robot@pbx.example", "sip:robot@safe.example", "sip:robot@mail.example", "*97"} {
		if _, d := begin(t, s, crm.Incoming, caller, crm.Line{}); d.Reason.Key != crm.ReasonException {
			t.Errorf("%s is no exception: %+v", caller, d)
		}
	}
	if _, d := begin(t, s, crm.Incoming, "sip:anna@example.com", crm.Line{}); d.Reason.Key == crm.ReasonException {
		t.Error("an address that is on no list is an exception")
	}
	// Saved once more, as the settings do, an entry has the key and the id that it would be given now.
	entries := must(s.Entries(ctx, crm.Exceptions))(t)
	var lines []string
	for _, e := range entries {
		lines = append(lines, e.String())
	}
	again, wrong := crm.ParseEntries(crm.Exceptions, strings.Join(lines, "\n"), "DE")
	if len(wrong) != 0 || len(again) != len(entries) {
		t.Fatalf("%v %v", again, wrong)
	}
	ok(t, s.SetEntries(ctx, crm.Exceptions, again))
	if now := must(s.Entries(ctx, crm.Exceptions))(t); len(now) != len(again) || !slices.ContainsFunc(now, func(e crm.Entry) bool { return e == again[0] }) {
		t.Errorf("%+v, want %+v", now, again)
	}
}

// What the CRM has of numbers that become exceptions is found by the numbers, and is what looking at each call would find (E2).
func TestTheTraceOfExceptionsIsFoundByNumber_E2(t *testing.T) {
	s := seeded(t)
	who := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref
	parties := []string{"030 5551", "030 5552", "030 55", "*97", "110", "sip:Anna@Example.org", "sip:anna@example.org", "sip:bob@example.org", "sip:bob@example.com", "+48 22 555 18 40"}
	for _, p := range parties {
		c, _ := begin(t, s, crm.Incoming, p, crm.Line{})
		ok(t, s.LinkCall(ctx, c.ID, who))
	}
	for _, text := range []string{"030 5551", "030 555*", "*97", "110", "anna@example.org", "@example.org", "bob@*", "+4822*", "030 5551\n030 555*\n@example.org", "0221 1"} {
		entries, wrong := crm.ParseEntries(crm.Exceptions, text, "DE")
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		list, want := crm.NewBlocklist(entries), 0
		ok(t, each(reader{s}, "SELECT c.party FROM call c WHERE EXISTS(SELECT 1 FROM call_link k WHERE k.call = c.rid)", nil, func(rows *sql.Rows) error {
			var p crm.Party
			err := rows.Scan(jsonColumn{&p})
			if _, found := list.Find(p); found {
				want++
			}
			return err
		}))
		if got := must(s.TraceOf(ctx, entries))(t).Calls; got != want {
			t.Errorf("%q: %d calls, want %d", text, got, want)
		}
	}
	for _, step := range planOf(t, s, "SELECT c.id, c.party FROM call c WHERE c.peer >= ? AND c.peer < ? AND EXISTS(SELECT 1 FROM call_link k WHERE k.call = c.rid)") {
		if strings.HasPrefix(step, "SCAN") {
			t.Error(step)
		}
	}
}
