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
		rows, err := s.readDB.Query("EXPLAIN QUERY PLAN " + query)
		if err != nil {
			t.Fatal(err)
		}
		steps := 0
		for rows.Next() {
			var id, parent, unused any
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Error(err)
			}
			if steps++; strings.HasPrefix(step, "SCAN") {
				t.Errorf("%s: %s", query, step)
			}
		}
		if err := rows.Close(); err != nil || steps == 0 {
			t.Errorf("%s: %d steps, %v", query, steps, err)
		}
	}
}
