package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui"
)

func TestTheWindowsImportAndExport(t *testing.T) {
	ctx, s := context.Background(), settingsOn(t, "")
	var err error
	if s.store, err = store.Open(ctx, filepath.Join(t.TempDir(), "leadline.db"), store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.store.Close() })
	file := filepath.Join(t.TempDir(), "in.csv")
	write := func(rows string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("First Name,Last Name,Phone 1 - Label,Phone 1 - Value,Hobby\nKäthe,Süßmilch,Work,089 452177,Chess\n,,,,Golf\n,,,on demand,\n")
	for i, c := range []struct {
		o                          ui.ImportOptions
		contacts, updated, skipped int
	}{
		{ui.ImportOptions{Preview: true}, 1, 0, 0},
		{ui.ImportOptions{}, 1, 0, 0},
		{ui.ImportOptions{Duplicates: ui.DuplicatesSkip}, 0, 0, 1},
		{ui.ImportOptions{Duplicates: ui.DuplicatesUpdate}, 0, 1, 0},
		{ui.ImportOptions{Duplicates: ui.DuplicatesAdd}, 1, 0, 0},
	} {
		r, err := s.Import(ctx, file, c.o)
		if err != nil || r.Contacts != c.contacts || r.Updated != c.updated || r.Skipped != c.skipped || r.Refusals != 2 {
			t.Fatalf("%d: %+v, %v", i, r, err)
		}
		if len(r.First) != 1 || r.First[0].Name != "Käthe Süßmilch" || len(r.Ignored) != 1 || r.Ignored[0] != "Hobby" {
			t.Errorf("%d: first %+v, not taken %v", i, r.First, r.Ignored)
		}
		if r.Refused[0].Line != 3 || r.Refused[1].Why.Args["number"] != "“on demand”" {
			t.Errorf("%d: refused %+v", i, r.Refused)
		}
	}
	for _, f := range []ui.ExportFormat{ui.ExportCSV, ui.ExportCards, ui.ExportEverything} {
		if n, err := s.Export(ctx, filepath.Join(t.TempDir(), "out"), f); err != nil || n != 2 {
			t.Errorf("%s: %d contacts, %v", f, n, err)
		}
	}
	write("a,b\n1,2\n")
	var wrong crm.Invalid
	if _, err := s.Import(ctx, file, ui.ImportOptions{Preview: true}); !errors.As(err, &wrong) {
		t.Errorf("unknown columns: %v", err)
	}
}
