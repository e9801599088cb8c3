package store

import (
	"errors"
	"strconv"
	"testing"

	"leadline/crm"
)

func itoa(n int) string { return strconv.Itoa(n) }

func outbox(t *testing.T, s *Store) (names []string, changes []crm.Change) {
	t.Helper()
	rows, err := s.readDB.Query("SELECT cmd, version, args FROM outbox ORDER BY seq")
	ok(t, err)
	defer rows.Close()
	for rows.Next() {
		var name, args string
		var version int
		ok(t, rows.Scan(&name, &version, &args))
		change, err := crm.DecodeChange(name+"/"+itoa(version), []byte(args))
		ok(t, err)
		names, changes = append(names, name), append(changes, change)
	}
	return names, changes
}

func TestEveryChangeIsInTheOutbox(t *testing.T) {
	s := seeded(t)
	before, _ := outbox(t, s)
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto))
	ok(t, s.AnswerCall(ctx, c.ID, noon))
	ok(t, s.SaveNote(ctx, c.ID, "first"))
	ok(t, s.SaveNote(ctx, c.ID, "first and second"))
	ok(t, s.SaveResult(ctx, c.ID, "Interested"))
	ok(t, s.EndCall(ctx, c.ID, noon, crm.Answered, ""))
	names, changes := outbox(t, s)
	got := names[len(before):]
	want := []string{"line.save", "lead.ensure", "call.begin", "call.update", "note.save", "call.update", "call.end"}
	if len(got) != len(want) {
		t.Fatalf("outbox %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("outbox %v, want %v", got, want)
		}
	}
	if note := changes[len(before)+4].(crm.SaveNote); note.Text != "first and second" {
		t.Errorf("the waiting note is %q", note.Text)
	}
}

// Another program that applies the same commands has the same CRM: the outbox has all of it.
func TestTheOutboxAppliedElsewhereGivesTheSame(t *testing.T) {
	here, there := seeded(t), open(t)
	ok(t, here.Do(ctx, crm.CreateContact{Contact: crm.Contact{ID: here.NewID(), LastName: "Video", SIP: []string{"room@example.org"}}}))
	c, _ := begin(t, here, crm.Incoming, DemoKnown, crm.Line{})
	ok(t, here.EndCall(ctx, c.ID, noon.AddDate(0, 0, 1), crm.Missed, "487"))
	_, changes := outbox(t, here)
	for i, change := range changes {
		ok(t, there.Apply(ctx, crm.Command{ID: there.NewID(), At: crm.HLC(i+1) << 16, Change: change}))
	}
	for _, table := range []string{"contact", "company", "lead", "deal", "phone", "address", "call_link", "colleague", "line"} {
		var a, b int
		ok(t, here.readDB.QueryRow("SELECT count(*) FROM "+table).Scan(&a))
		ok(t, there.readDB.QueryRow("SELECT count(*) FROM "+table).Scan(&b))
		if a != b || a == 0 {
			t.Errorf("%s: %d rows here, %d there", table, a, b)
		}
	}
	a, b := must(here.Missed(ctx, crm.Query{Limit: 9}))(t), must(there.Missed(ctx, crm.Query{Limit: 9}))(t)
	if a.Total != b.Total || a.Rows[0].Attempts != b.Rows[0].Attempts {
		t.Errorf("missed %d and %d", a.Total, b.Total)
	}
}

func TestACommandIsAppliedOnce(t *testing.T) {
	s := open(t)
	cmd := crm.Command{ID: s.NewID(), At: 1 << 16, Change: crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: "Once"}}}
	ok(t, s.Apply(ctx, cmd))
	ok(t, s.Apply(ctx, cmd))
	if page := must(s.Contacts(ctx, crm.Query{Limit: 9}))(t); page.Total != 1 {
		t.Errorf("%d contacts", page.Total)
	}
}

func TestAChangeThatFailsLeavesNothing(t *testing.T) {
	s := open(t)
	good := crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), LastName: "Half"}}
	bad := crm.CreateContact{Contact: crm.Contact{ID: s.NewID(), Company: s.NewID()}}
	var told int
	defer s.OnChange(func(Changed) { told++ })()
	if err := s.Do(ctx, good, bad); !errors.Is(err, ErrNotFound) {
		t.Fatalf("said %v", err)
	}
	if names, _ := outbox(t, s); len(names) != 0 || told != 0 {
		t.Errorf("outbox %v, told %d times", names, told)
	}
	ok(t, s.Do(ctx, good))
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

func TestAnUpdateMovesTheNumbers(t *testing.T) {
	s := seeded(t)
	m := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0]
	contact := *must(s.Record(ctx, m.Ref))(t).Contact
	contact.Numbers = []crm.Number{num("030 1111 2222", crm.LabelWork)}
	contact.LastName = "Schmidt"
	ok(t, s.Do(ctx, crm.UpdateContact{Contact: contact}))
	if old := must(s.Match(ctx, crm.Parse(DemoKnown, "DE")))(t); len(old) != 0 {
		t.Errorf("the old number still matches %+v", old)
	}
	if now := must(s.Match(ctx, crm.Parse("03011112222", "DE")))(t); len(now) != 1 || now[0].Name != "Jürgen Schmidt" {
		t.Errorf("the new number matches %+v", now)
	}
	if f := must(s.Search(ctx, "müller-lü", 9))(t); len(f) != 0 {
		t.Errorf("the old name is found: %+v", f)
	}
}
