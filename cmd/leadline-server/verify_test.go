package main

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leadline/crm"
)

// What is damaged in the database's file is found, whether a row, an index or nothing of all is on that page, and told with what to do; the
// same file is no backup that is put back.
func TestVerifyFindsADamagedFile(t *testing.T) {
	s := shell{t, t.TempDir()}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-password-file", "-")
	address, _, stop := s.serve()
	ada := signIn(t, address, "ada@example.org")
	var many []crm.Change
	for i := range 200 {
		many = append(many, meier(t, fmt.Sprint("Meier ", i), fmt.Sprintf("030 %07d", 1000000+i)))
	}
	ada.push(many...)
	stop()
	s.do("verify")
	file := filepath.Join(s.dir, "server.db")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for _, what := range []string{"document", "document_rev", "cmd_seen_refused"} {
		damaged := bytes.Clone(whole)
		at := (rootPage(t, file, what) - 1) * page
		copy(damaged[at:at+page], bytes.Repeat([]byte{0xa5}, page))
		if err := os.WriteFile(file, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := s.try("verify"); !errors.Is(err, errDamagedFile) || out == "" {
			t.Errorf("%s is damaged: %v %s", what, err, out)
		}
		if err := os.WriteFile(file, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		bad := filepath.Join(s.dir, "bad.db")
		if err := os.WriteFile(bad, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := s.try("restore", "-from", bad); err == nil || !strings.Contains(err.Error(), "is not good, nothing was changed") {
			t.Errorf("a backup whose %s is damaged: %v %s", what, err, out)
		}
	}
	s.write(`UPDATE document SET data = '{"last_name":"Mei' WHERE entity = 'contact' AND data LIKE '%Meier 77"%'`)
	if out, err := s.try("verify"); err == nil || strings.Count(out, "contact ") != 1 || !strings.Contains(out, "is damaged") {
		t.Errorf("a row is damaged: %v %s", err, out)
	}
}

// rootPage is where a table or an index begins, counted from 1.
func rootPage(t *testing.T, file, name string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite3", file)
	if err == nil {
		err = errors.Join(db.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = ?", name).Scan(&n), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}
