package record

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestRecordingsAreRemovedByNameAndByAge(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "recordings")
	if got := Older(dir, time.Now()); got != nil {
		t.Errorf("of no directory %q", got)
	}
	now := time.Now()
	put := func(name string, age time.Duration) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	put("new.flac", time.Hour)
	put("old.flac", 49*time.Hour)
	put("notes.txt", 49*time.Hour)
	put("folder.flac/x", 0)
	outside := put("../outside.flac", 49*time.Hour)
	if got := Older(dir, now.Add(-48*time.Hour)); !slices.Equal(got, []string{"old.flac"}) {
		t.Errorf("older are %q", got)
	}
	if err := Remove(dir, []string{"old.flac", "never.flac", "../outside.flac", outside, "notes.txt"}); err != nil {
		t.Error(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 {
		t.Errorf("left are %v, %v", left, err)
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error("a file outside of the directory was removed")
	}
	if err := Remove(dir, []string{"folder.flac"}); err == nil {
		t.Error("what can't be removed is not said")
	}
}
