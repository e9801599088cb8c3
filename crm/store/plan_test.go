package store

import (
	"strings"
	"testing"
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
