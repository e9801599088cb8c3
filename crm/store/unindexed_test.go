package store

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"leadline/crm"
)

// welcomed imports people with a number each into the file.
func welcomed(t *testing.T, s *Store, count int) {
	t.Helper()
	people := make([]ImportRow, count)
	for i := range people {
		n, _ := crm.ParseNumber(fmt.Sprintf("0221 %07d", (i*7919)%10_000_000), "DE", crm.LabelWork)
		people[i] = ImportRow{Contact: crm.Contact{FirstName: "Ida", LastName: fmt.Sprintf("Krüger%d", i), Numbers: []crm.Number{n}}, Company: fmt.Sprintf("Works %d", i/10)}
	}
	w, err := s.Import(ctx, must(s.PrepareImport(people))(t), Skip)
	if err != nil || w.Contacts != count {
		t.Fatal(w, err)
	}
}

// What a large import brings is known by number at once, and found by words once the index has it.
func TestALargeImportIsIndexedInTheBackground(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "leadline.db"))
	s.indexer.end() // however long the next steps take
	welcomed(t, s, 2*indexAtOnce+500)
	if s.Unindexed() == 0 {
		t.Fatal("it was indexed at once")
	}
	if m := must(s.Match(ctx, crm.Parse("0221 0007919", "DE")))(t); len(m) != 1 || m[0].Name != "Ida Krüger1" {
		t.Errorf("by number: %+v", m)
	}
	if found := must(s.Search(ctx, "krüger2499", 20))(t); !hasName(found, "Ida Krüger2499") {
		t.Errorf("before it is indexed, the last name finds %v", found)
	}
	ok(t, s.startIndexer())
	ok(t, s.WaitIndexed(ctx))
	for typed, name := range map[string]string{"ida kruger2499": "Ida Krüger2499", "works 249": "Ida Krüger2490", "krueger0": "Ida Krüger0", "0007919": "Ida Krüger1", "7919": "Ida Krüger1"} {
		if found := must(s.Search(ctx, typed, 128))(t); !hasName(found, name) {
			t.Errorf("%q finds %v", typed, found)
		}
	}
}

// Whoever waits for the index hears of its end, however many they are.
func TestAllWhoWaitForTheIndexHearOfItsEnd(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "leadline.db"))
	s.indexer.end() // so that all of them wait before it begins
	welcomed(t, s, indexLater)
	ok(t, s.startIndexer())
	soon, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	const waiting = 3
	ended := make(chan error, waiting)
	for range waiting {
		go func() { ended <- s.WaitIndexed(soon) }()
	}
	for range waiting {
		ok(t, <-ended)
	}
}

// The index is made to its end by the next start, and what changed or went meanwhile is found as it is.
func TestTheIndexGoesOnAtTheNextStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openAt(t, path)
	s.indexer.end()
	welcomed(t, s, 2*indexAtOnce+500)
	change := must(s.Search(ctx, "krüger77", 1))(t)[0]
	c := must(s.Record(ctx, change.Ref))(t)
	gone := must(s.Search(ctx, "krüger99", 1))(t)[0]
	ok(t, s.Do(ctx, crm.RemoveRecord{Ref: gone.Ref}, crm.UpdateContact{Contact: crm.Contact{ID: c.Ref.ID, FirstName: "Ida", LastName: "Renamed"}}))
	if s.Unindexed() == 0 {
		t.Fatal("nothing is left to do")
	}
	ok(t, s.Close())
	s = openAt(t, path)
	ok(t, s.WaitIndexed(ctx))
	if found := must(s.Search(ctx, "ida renamed", 20))(t); len(found) != 1 {
		t.Errorf("the changed one: %v", found)
	}
	for _, typed := range []string{"krüger77 works", "krüger99 works"} {
		if found := must(s.Search(ctx, typed, 20))(t); hasName(found, change.Name) || hasName(found, gone.Name) {
			t.Errorf("%q finds %v", typed, found)
		}
	}
	if found := must(s.Search(ctx, "ida krüger2499", 20))(t); len(found) != 1 {
		t.Errorf("the last one: %v", found)
	}
	ok(t, s.Close())
	s = openAt(t, path)
	if n := s.Unindexed(); n != 0 {
		t.Errorf("%d are to be indexed again", n)
	}
}

// Another program that does the commands of a large import has the same customers.
func TestTheCommandsOfALargeImportMakeTheSame(t *testing.T) {
	here, there := open(t), open(t)
	welcomed(t, here, 2500)
	names, _ := outbox(t, here)
	if len(names) < 2 {
		t.Errorf("all is in %d commands", len(names))
	}
	replay(t, here, there)
	if a, b := contactsOf(t, here), contactsOf(t, there); len(a) != 2500 || !reflect.DeepEqual(a, b) {
		t.Errorf("%d contacts here, %d there", len(a), len(b))
	}
	var works int
	ok(t, there.readDB.QueryRow("SELECT count(*) FROM company").Scan(&works))
	if works != 250 {
		t.Errorf("%d companies", works)
	}
}
