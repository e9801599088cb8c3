package ui

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/ui/desk"
	"leadline/ui/text"
)

// fileDesk is a desk that answers from a real file, and writes wishes down as mainDesk does.
type fileDesk struct {
	*mainDesk
	file *desk.Desk
}

func (d fileDesk) List(ctx context.Context, q desk.Query) (desk.Page, error) {
	return d.file.List(ctx, q)
}
func (d fileDesk) Count(ctx context.Context, q desk.Query) (int, error) {
	return d.file.Count(ctx, q)
}
func (d fileDesk) Record(ctx context.Context, r desk.Ref, skip int) (desk.Record, error) {
	return d.file.Record(ctx, r, skip)
}
func (d fileDesk) Search(ctx context.Context, words string, limit int) ([]desk.Row, error) {
	return d.file.Search(ctx, words, limit)
}

// customersBench is a main window on a real file with Anna at work.
func customersBench(t testing.TB, look Look) (*mainBench, *store.Store) {
	t.Helper()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "leadline.db"), store.Options{Now: func() time.Time { return mainNow }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := s.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"}); err != nil {
		t.Fatal(err)
	}
	file := desk.New(desk.Config{File: s, Now: func() time.Time { return mainNow }, Money: func(m crm.Money) string { return text.Money(m.Minor, m.Digits(), m.Currency) }})
	t.Cleanup(func() {
		if err := file.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	app := test.NewTempApp(t)
	ApplyLook(app, look)
	t.Cleanup(func() { _ = text.SetLanguage("en") })
	full := fullDesk()
	full.snap.Calls = nil
	b := &mainBench{t: t, d: NewQueue(), desk: full, settings: &mainSettings{accounts: oneAccount}}
	b.m = NewMain(MainOptions{App: app, Desk: fileDesk{b.desk, file}, Do: b.d, Settings: b.settings, Workspace: "Nordlicht Technik",
		Company: s, Customers: s, Now: func() time.Time { return mainNow }})
	b.m.Window().Resize(fyne.NewSize(1280, 800))
	t.Cleanup(b.m.Stop)
	b.settle()
	return b, s
}

// number is a number as a record keeps it.
func number(t testing.TB, written string) crm.Number {
	t.Helper()
	n, ok := crm.ParseNumber(written, "DE", crm.LabelWork)
	if !ok {
		t.Fatalf("%q is no number", written)
	}
	return n
}

// do makes changes in the file.
func do(t testing.TB, s *store.Store, changes ...crm.Change) {
	t.Helper()
	if err := s.Do(ctx, changes...); err != nil {
		t.Fatal(err)
	}
}

// record is a record of the file.
func record(t *testing.T, s *store.Store, r crm.Ref) crm.Record {
	t.Helper()
	rec, err := s.Record(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}
