package store

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"leadline/crm"
	"leadline/crm/wire"
)

// A snapshot's contacts and companies are written by the thousand, and come out as if each had been pulled: with fields of later
// versions, empty fields, and what points to what is not here, or comes later.
func TestASnapshotIsWhatPagesWouldBe(t *testing.T) {
	id := func(n int) crm.ID { return crm.ID(fmt.Sprintf("01900000-0000-7000-8000-%012d", n)) }
	const dates = `"created":"2026-01-02T03:04:05Z","updated":"2026-02-03T04:05:06Z"`
	row := func(e wire.Entity, n int, data string) wire.Row {
		return wire.Row{Entity: e, ID: id(n), Rev: uint64(n), Data: json.RawMessage(`{"id":"` + string(id(n)) + `",` + data + `}`)}
	}
	rows := []wire.Row{
		row(wire.User, 1, `"name":"Anna"`),
		row(wire.Note, 2, `"ref":{"kind":"contact","id":"`+string(id(12))+`"},"text":"comes before its contact"`),
		row(wire.Company, 10, `"name":"Meier KG","numbers":[{"written":"030 1","e164":49301,"label":"work"}],"made_by":"`+string(id(1))+`",`+dates),
		row(wire.Company, 11, `"name":"Later GmbH","from_later":{"x":1.10},`+dates),
		row(wire.Contact, 12, `"first_name":"Sabine","last_name":"Meier","company":"`+string(id(10))+`","numbers":[{"written":"030 20948812","e164":493020948812,"label":"work"}],"emails":[{"address":"s@example.org"}],"made_by":"`+string(id(1))+`","changed_by":"`+string(id(1))+`","responsible":"`+string(id(1))+`",`+dates),
		row(wire.Contact, 13, `"last_name":"Of a company that comes later","company":"`+string(id(20))+`",`+dates),
		row(wire.Contact, 14, `"last_name":"Nobody's","responsible":"`+string(id(99))+`",`+dates),
		row(wire.Contact, 15, `"last_name":"Empty","comment":"","marks":[],`+dates),
		row(wire.Contact, 16, `"last_name":"By a call","origin":{"call":"`+string(id(50))+`","reason":{"key":"x"}},`+dates),
		row(wire.Contact, 17, `"last_name":"Changed by another","made_by":"`+string(id(1))+`",`+dates),
		row(wire.Contact, 18, `"last_name":"Undated"`),
		row(wire.Contact, 19, `"last_name":"Short","numbers":[{"written":"101","label":"work"}],"sip":["short@example.org"],`+dates),
		row(wire.Company, 20, `"name":"Came later AG",`+dates),
	}
	open := func(name string) *Store {
		s, err := Open(ctx, filepath.Join(t.TempDir(), name), Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	bulk, single := open("bulk.db"), open("single.db")
	if err := bulk.BeginSnapshot(ctx); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time everything is here already
		if err := bulk.ApplySnapshot(ctx, rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := single.ApplyPage(ctx, wire.Page{Rows: rows, Rev: 20}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Store{bulk, single} {
		if err := s.WaitIndexed(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range rows {
		got, want := dataOf(t, bulk, r), dataOf(t, single, r)
		if !reflect.DeepEqual(got, want) || want == nil {
			t.Errorf("%s %s is\n%v, by a page\n%v", r.Entity, r.ID, got, want)
		}
	}
	for _, text := range []string{"meier", "20948812", "later", "short@example.org", "101", "comes before"} {
		got, err := bulk.Search(ctx, text, 50)
		if err != nil {
			t.Fatal(err)
		}
		want, err := single.Search(ctx, text, 50)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want) {
			t.Errorf("%q finds %d, by a page %d", text, len(got), len(want))
		}
	}
}

func dataOf(t *testing.T, s *Store, r wire.Row) (fields map[string]any) {
	t.Helper()
	q, err := s.read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	data, err := rowData(q, wire.RowID{Entity: r.Entity, ID: r.ID})
	if err == nil && data != nil {
		err = json.Unmarshal(data, &fields)
	}
	if err != nil {
		t.Fatal(err)
	}
	return fields
}
