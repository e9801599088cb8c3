package store

import (
	"context"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"leadline/crm"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// open makes a file of its own for a test, with a clock that moves a second with each look.
func open(t testing.TB) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "data", "leadline.db"))
}

func openAt(t testing.TB, path string) *Store {
	t.Helper()
	var seconds atomic.Int64
	s, err := Open(context.Background(), path, Options{Now: func() time.Time {
		return noon.Add(time.Duration(seconds.Add(1)) * time.Second)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func seeded(t testing.TB) *Store {
	t.Helper()
	s := open(t)
	ok(t, s.SeedDemo(context.Background(), noon))
	return s
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// must is for a value with an error.
func must[V any](v V, err error) func(testing.TB) V {
	return func(t testing.TB) V { t.Helper(); ok(t, err); return v }
}

var ctx = context.Background()

func TestTheDemoIsAsInThePictures(t *testing.T) {
	s := seeded(t)
	matches := must(s.Match(ctx, crm.Parse("+49 30 20948812", "DE")))(t)
	if len(matches) != 1 || matches[0].Name != "Jürgen Müller-Lüdenscheidt" || matches[0].By.Label != crm.LabelMobile || matches[0].ByIndex != 2 {
		t.Fatalf("matches of the known caller: %+v", matches)
	}
	card := must(s.Card(ctx, matches[0].Ref, 5, ""))(t)
	if card.Position != "Head of Purchasing" || card.Company != "Meier GmbH" || card.Responsible != "Anna Krüger" {
		t.Errorf("card %+v", card)
	}
	if len(card.Deals) != 2 || card.Deals[0].Amount.Minor != 4_800_000 || card.Deals[0].Stage != crm.DealQuoteSent {
		t.Errorf("deals %+v", card.Deals)
	}
	if largest := must(s.Card(ctx, matches[0].Ref, 1, ""))(t); len(largest.Deals) != 1 || largest.DealsInAll != 2 || card.DealsInAll != 2 {
		t.Errorf("of two deals the card of one has %d of %d", len(largest.Deals), largest.DealsInAll)
	}
	if card.Missed != 2 || card.Calls != 13 || len(card.LastCalls) != 5 || card.LastCalls[0].Outcome != crm.Missed ||
		card.LastCalls[2].Title != "Price list sent" || card.LastCalls[2].Length != 271*time.Second {
		t.Errorf("missed %d calls %d last %+v", card.Missed, card.Calls, card.LastCalls)
	}
	if len(card.Notes) != 2 || card.Notes[1].Who != "Petra Weiß" {
		t.Errorf("notes %+v", card.Notes)
	}
	several := must(s.Match(ctx, crm.Parse(DemoSeveral, "DE")))(t)
	if len(several) != 3 || several[0].Ref.Kind != crm.KindContact || several[1].Ref.Kind != crm.KindCompany || several[2].Name != "Heating Weilimdorf" {
		t.Errorf("matches of three: %+v", several)
	}
	if m := must(s.Match(ctx, crm.Parse(DemoUnknown, "DE")))(t); len(m) != 0 {
		t.Errorf("the unknown caller is known: %+v", m)
	}
	missed := must(s.Missed(ctx, crm.Query{Limit: 50}))(t)
	if missed.Total != 3 || missed.Rows[0].Name != "Jürgen Müller-Lüdenscheidt" || missed.Rows[0].Attempts != 2 || missed.Rows[1].Name != "" || missed.Rows[2].Attempts != 3 {
		t.Errorf("missed %+v", missed)
	}
	for _, r := range missed.Rows {
		of := must(s.Missed(ctx, crm.Query{Limit: 50, Calls: crm.CallCriteria{Line: r.Call.Line}}))(t)
		if of.Total != len(of.Rows) || of.Total == 0 || slices.ContainsFunc(of.Rows, func(o crm.CallRow) bool { return o.Call.Line != r.Call.Line }) {
			t.Errorf("missed on the line of %q: %+v", r.Name, of)
		}
	}
	if none := must(s.Missed(ctx, crm.Query{Limit: 50, Calls: crm.CallCriteria{Line: s.NewID()}}))(t); none.Total != 0 || len(none.Rows) != 0 {
		t.Errorf("missed on no line: %+v", none)
	}
	done := must(s.Missed(ctx, crm.Query{Limit: 50, Filter: crm.FilterDone}))(t)
	if done.Total != 2 || done.Rows[0].ClosedBy != "Anna Krüger" {
		t.Errorf("worked off %+v", done)
	}
	ok(t, s.SeedDemo(ctx, noon))
	if again := must(s.Contacts(ctx, crm.Query{Limit: 50}))(t); again.Total != 7 {
		t.Errorf("%d contacts after seeding twice", again.Total)
	}
}

// Whoever asks too late, on a goroutine of a window that closes, gets an error.
func TestAClosedFileAnswersWithAnError(t *testing.T) {
	s := seeded(t)
	ok(t, s.Close())
	for name, ask := range map[string]func(context.Context, crm.Query) error{
		"leads":  func(ctx context.Context, q crm.Query) error { _, err := s.Leads(ctx, q); return err },
		"missed": func(ctx context.Context, q crm.Query) error { _, err := s.Missed(ctx, q); return err },
		"count":  func(ctx context.Context, _ crm.Query) error { _, err := s.MissedCount(ctx); return err },
	} {
		if err := ask(ctx, crm.Query{Limit: 5}); err == nil {
			t.Errorf("%s are answered by a closed file", name)
		}
	}
}
