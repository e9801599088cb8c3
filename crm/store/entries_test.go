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
