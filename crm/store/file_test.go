package store

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"leadline/crm"
)

func TestTheFileIsForItsOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	path := filepath.Join(t.TempDir(), "new", "leadline.db")
	s := openAt(t, path)
	ok(t, s.SetSetting(ctx, "language", "de"))
	for file, want := range map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600, path + "-lock": 0o600} {
		info, err := os.Stat(file)
		ok(t, err)
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", file, info.Mode().Perm(), want)
		}
	}
}

func TestAPathMayHaveAnySigns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b#c%20?ü", "leadline.db")
	s := openAt(t, path)
	ok(t, s.SetSetting(ctx, "x", "y"))
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestTwoProgramsOnOneFileAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	openAt(t, path)
	if _, err := Open(ctx, path, Options{}); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), path) {
		t.Errorf("the second said %v", err)
	}
}

func TestAFileOfALaterVersionIsRefusedAndLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	ok(t, openAt(t, path).Close())
	db, err := sql.Open("sqlite3", path)
	ok(t, err)
	_, err = db.Exec("PRAGMA user_version = 999")
	ok(t, err)
	ok(t, db.Close())
	before, err := os.ReadFile(path)
	ok(t, err)
	if _, err := Open(ctx, path, Options{}); !errors.Is(err, ErrLaterVersion) {
		t.Errorf("said %v", err)
	}
	after, err := os.ReadFile(path)
	ok(t, err)
	if string(before) != string(after) {
		t.Error("the file was changed")
	}
}

func TestAFileOfAnotherProgramIsRefusedAndLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	db, err := sql.Open("sqlite3", path)
	ok(t, err)
	_, err = db.Exec("CREATE TABLE ws(id TEXT PRIMARY KEY)")
	ok(t, err)
	if _, err := Open(ctx, path, Options{}); !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), path) {
		t.Errorf("said %v", err)
	}
	var tables int
	ok(t, db.QueryRow("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").Scan(&tables))
	ok(t, db.Close())
	if tables != 1 {
		t.Errorf("it has %d tables now", tables)
	}
}

func TestADamagedFileIsSaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	ok(t, os.WriteFile(path, []byte(strings.Repeat("no database at all ", 500)), 0o600))
	if _, err := Open(ctx, path, Options{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("said %v", err)
	}
}

func TestAFullDiskIsSaidAndLosesNothing(t *testing.T) {
	s := open(t)
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, crm.Line{})
	ok(t, s.SaveNote(ctx, c.ID, "saved before"))
	var pages int
	ok(t, s.writer.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages))
	var limit int
	ok(t, s.writer.QueryRowContext(ctx, "PRAGMA max_page_count").Scan(&limit))
	_, err := s.writer.ExecContext(ctx, "PRAGMA max_page_count = "+itoa(pages))
	ok(t, err)
	if err := s.SaveNote(ctx, c.ID, strings.Repeat("too much ", 20000)); !errors.Is(err, ErrDiskFull) {
		t.Fatalf("said %v", err)
	}
	if got := must(s.Call(ctx, c.ID))(t); got.Call.Note != "saved before" {
		t.Errorf("the note is now %.20q", got.Call.Note)
	}
	_, err = s.writer.ExecContext(ctx, "PRAGMA max_page_count = "+itoa(limit))
	ok(t, err)
	ok(t, s.SaveNote(ctx, c.ID, "space again"))
}

func TestOneWriterManyReadersAtOnce(t *testing.T) {
	s := seeded(t)
	done := make(chan error)
	for range 4 {
		go func() {
			var err error
			for i := 0; i < 50 && err == nil; i++ {
				_, err = s.Match(ctx, crm.Parse(DemoKnown, "DE"))
			}
			done <- err
		}()
		go func() {
			c, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse(DemoKnown, "DE")})
			for i := 0; i < 5 && err == nil; i++ {
				err = s.SaveNote(ctx, c.ID, itoa(i))
			}
			done <- err
		}()
	}
	for range 8 {
		ok(t, <-done)
	}
}

func TestTheFileIsDurableByItsPragmas(t *testing.T) {
	s := open(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "mmap_size": "0"} {
		var got string
		ok(t, s.writer.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got))
		if got != want {
			t.Errorf("%s is %s, want %s", pragma, got, want)
		}
	}
}
