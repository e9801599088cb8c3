package store

import (
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"

	"leadline/crm"
)

// What is asked while a call rings or is answered never walks through a table.
func TestIntakeAsksByIndex(t *testing.T) {
	s := seeded(t)
	for _, query := range []string{
		"SELECT r.id FROM contact r WHERE r.made_call = x'00'", "SELECT r.id FROM company r WHERE r.made_call = x'00'",
		"SELECT r.id FROM lead r WHERE r.made_call = x'00'", "SELECT r.id FROM deal r WHERE r.made_call = x'00'",
		"SELECT count(*) FROM deal WHERE contact = 1", "SELECT count(*) FROM deal WHERE company = 1",
		"SELECT data FROM entry WHERE list = 'x' AND prefix = 1 AND key <= 'y' AND substr('y', 1, length(key)) = key",
		"SELECT u.rid FROM colleague c JOIN user u ON u.rid = c.user WHERE c.peer = '101'",
	} {
		for _, step := range planOf(t, s, query) {
			if strings.HasPrefix(step, "SCAN") {
				t.Errorf("%s: %s", query, step)
			}
		}
	}
}

// planOf are the steps by which SQLite answers a question; there is at least one.
func planOf(t *testing.T, s *Store, query string) (steps []string) {
	t.Helper()
	rows, err := s.readDB.Query("EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...)
	ok(t, err)
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused any
		var step string
		ok(t, rows.Scan(&id, &parent, &unused, &step))
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil || len(steps) == 0 {
		t.Fatalf("%s: %d steps, %v", query, len(steps), err)
	}
	return steps
}

// What is asked again, of another, is not planned again: SQLite would do so for each value that is bound.
func TestAStatementIsPlannedOnce(t *testing.T) {
	s := seeded(t)
	planned := 0
	authorizer := func(f func(int, string, string, string) int) { // SQLite asks it as it plans
		ok(t, s.writer.Raw(func(c any) error { c.(*sqlite3.SQLiteConn).RegisterAuthorizer(f); return nil }))
	}
	authorizer(func(int, string, string, string) int { planned++; return sqlite3.SQLITE_OK })
	ok(t, s.write(ctx, func(tx *tx) error {
		for n, number := range []string{DemoKnown, DemoUnknown, "0711 1234567", DemoKnown} {
			if n == 1 {
				planned = 0
			}
			party := crm.Parse(number, "DE")
			_, err := match(tx, party)
			ok(t, err)
			_, err = colleagueOf(tx, party)
			ok(t, err)
			for k := range kinds {
				for _, ofPeople := range []bool{true, false} {
					_, err = openDealRefs(tx, makeKey(kinds[k], int64(n+1)), ofPeople)
					ok(t, err)
				}
			}
			_, err = latestCall.rowsAt(tx, "call c", "c.rid", "1", nil, crm.Query{Offset: n, Limit: n + 2})
			ok(t, err)
		}
		if planned > 0 {
			t.Errorf("SQLite planned again, of which it asked %d times", planned)
		}
		return nil
	}))
	authorizer(nil)
}
