package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
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
	var wrong crm.Invalid
	for text, want := range map[string]string{"": "the file is empty", "PK\x03\x04": "workbook"} {
		write(text)
		if r, err := s.Import(ctx, file, ui.ImportOptions{Preview: true}); !errors.As(err, &wrong) || !strings.Contains(wrong.Text.Key, want) || r.Unknown {
			t.Errorf("%q: %v, %+v", text, err, r)
		}
	}
	write("a,b\n1,2\n")
	if _, err := s.Import(ctx, file, ui.ImportOptions{Preview: true}); !errors.As(err, &wrong) {
		t.Errorf("unknown columns: %v", err)
	}
}

// importedInto are the settings of a program with an empty file, and a CSV of that text.
func importedInto(t *testing.T, text string) (s settings, csv string) {
	t.Helper()
	s = settingsOn(t, "")
	var err error
	if s.store, err = store.Open(context.Background(), filepath.Join(t.TempDir(), "leadline.db"), store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.store.Close() })
	csv = filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(csv, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return s, csv
}

func TestTheWindowAssignsColumns(t *testing.T) {
	ctx := context.Background()
	s, file := importedInto(t, "Kd.;Durchwahl;Freizeit\nMeier;030 1234567;Schach\n;auf Anfrage;\n")
	hobby := crm.Field{ID: s.store.NewID(), Name: "Hobby", Kinds: []crm.Kind{crm.KindContact}, Type: crm.TextField}
	if err := s.store.Do(ctx, crm.SaveField{Field: hobby}); err != nil {
		t.Fatal(err)
	}
	r, err := s.Import(ctx, file, ui.ImportOptions{Preview: true})
	if err == nil || !r.Unknown || len(r.Columns) != 3 || r.Columns[0].Sample != "Meier" || len(r.Own) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	o := ui.ImportOptions{Columns: map[string]string{"Kd.": "last", "Durchwahl": "phone:work", "Freizeit": "field:" + r.Own[0]}}
	if r, err = s.Import(ctx, file, o); err != nil || r.Contacts != 1 || r.Refusals != 1 || r.Columns[2].Target != "field:Hobby" {
		t.Fatalf("%+v, %v", r, err)
	}
	err = s.store.EachContact(ctx, func(c crm.Contact, _ string) error {
		if c.LastName != "Meier" || c.Fields[hobby.ID] != "Schach" || len(c.Numbers) != 1 {
			t.Errorf("%+v", c)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "refused.csv")
	if n, err := s.Refused(ctx, file, to, o); err != nil || n != 1 {
		t.Fatalf("%d refused, %v", n, err)
	}
	if got, _ := os.ReadFile(to); !strings.Contains(string(got), ";auf Anfrage;;3;") {
		t.Errorf("written: %s", got)
	}
}

// A cancelled export leaves the file that was there, and nothing beside it.
func TestACancelledExportLeavesTheOldFile(t *testing.T) {
	s, file := importedInto(t, "First Name,Last Name,Phone\nKäthe,Süßmilch,089 452177\n")
	if r, err := s.Import(context.Background(), file, ui.ImportOptions{}); err != nil || r.Contacts != 1 {
		t.Fatal(r, err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	for _, f := range []ui.ExportFormat{ui.ExportCSV, ui.ExportCards, ui.ExportEverything} {
		out := filepath.Join(t.TempDir(), "out")
		if err := os.WriteFile(out, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Export(ctx, out, f); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", f, err)
		}
		if got, _ := os.ReadFile(out); string(got) != "old" {
			t.Errorf("%s: the file has %q", f, got)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), ".out.*")); len(left) > 0 {
			t.Errorf("%s: %v is left", f, left)
		}
	}
}

// The window says in what an old file is written, and takes what is said of it.
func TestTheWindowReadsOldLetters(t *testing.T) {
	const rows = "Nachname;Telefon\nGr\x94\xe1e;030 1234567\n"
	s, csv := importedInto(t, rows)
	for _, c := range []struct {
		said, want ui.Letters
		name       string
	}{{"", ui.LettersOfDOS, "Größe"}, {ui.LettersOfWindows, ui.LettersOfWindows, "Gr”áe"}, {ui.LettersOfMacintosh, ui.LettersOfMacintosh, "Grî·e"}} {
		r, err := s.Import(context.Background(), csv, ui.ImportOptions{Preview: true, Letters: c.said})
		if err != nil || r.Letters != c.want || len(r.First) != 1 || r.First[0].Name != c.name {
			t.Errorf("said %q: %q, %+v, %v", c.said, r.Letters, r.First, err)
		}
	}
	if err := os.WriteFile(csv, []byte("Nachname;Telefon\nGröße;030 1234567\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Import(context.Background(), csv, ui.ImportOptions{Preview: true}); err != nil || r.Letters != "" {
		t.Errorf("UTF-8: %q, %v", r.Letters, err)
	}
}
