package store

import (
	"encoding/json"
	"slices"
	"testing"

	"leadline/crm"
)

// replay applies what waits in one file's outbox to another, as a server would: by name,
// arguments, id and moment alone.
func replay(t *testing.T, from, to *Store) {
	t.Helper()
	rows, err := from.readDB.Query("SELECT uuid, cmd || '/' || version, args, hlc FROM outbox ORDER BY seq")
	ok(t, err)
	defer rows.Close()
	for rows.Next() {
		var c crm.Command
		var name, args string
		var at int64
		ok(t, rows.Scan(idBlob{&c.ID}, &name, &args, &at))
		c.At = crm.HLC(at)
		c.Change, err = crm.DecodeChange(name, []byte(args))
		ok(t, err)
		for range 2 { // a packet that is sent twice changes nothing
			if err := to.Apply(ctx, c); err != nil {
				t.Fatalf("%s %s: %v", name, args, err)
			}
		}
	}
	ok(t, rows.Err())
}

// contents are all that a file has, in no order.
func contents(t *testing.T, s *Store) (all []string) {
	t.Helper()
	ok(t, s.Everything(ctx, func(c crm.Change) error {
		args, err := json.Marshal(c)
		all = append(all, c.CommandName()+" "+string(args))
		return err
	}))
	slices.Sort(all)
	return all
}

// What one program did, told to another by its commands, is the same there: conversions,
// merges, what was taken back, exceptions, what a transfer gave away.
func TestCommandsGiveTheSameElsewhere(t *testing.T) {
	here, there := seeded(t), open(t)
	queue := crm.Queue{ID: here.NewID(), Name: "Q", Members: []crm.ID{must(here.Users(ctx))(t)[1].ID}}
	line := crm.Line{ID: here.NewID(), Name: "L", Mode: crm.Auto, Queue: queue.ID, ChangeResponsible: true}
	ok(t, here.Do(ctx, crm.SaveQueue{Queue: queue}, crm.SaveLine{Line: line}))
	except(t, here, crm.Exceptions, "0900*")
	l, _ := aLead(t, here)
	undo := must(here.Convert(ctx, must(here.ConversionOf(ctx, l.ID, []crm.Kind{crm.KindContact, crm.KindDeal}, nil, ""))(t)))(t)
	ok(t, here.Undo(ctx, undo.ID))
	must(here.Convert(ctx, must(here.ConversionOf(ctx, l.ID, []crm.Kind{crm.KindCompany}, nil, ""))(t)))(t)
	person := must(here.Match(ctx, crm.Parse(DemoKnown, "DE")))(t)[0].Ref
	for _, back := range []bool{true, false} {
		double := contactWith(t, here, "Juergen", "Mueller", "0170 5555555", "", "")
		begin(t, here, crm.Incoming, "0170 5555555", line)
		m, _, err := here.MergeOf(ctx, person, double, nil)
		ok(t, err)
		undo := must(here.Merge(ctx, m))(t)
		if back {
			ok(t, here.Undo(ctx, undo.ID))
			ok(t, here.Do(ctx, crm.RemoveRecord{Ref: double}))
		}
	}
	other := must(here.Match(ctx, crm.Parse("+48 22 555 18 40", "DE")))(t)[0].Ref
	must(here.MoveNumber(ctx, num("+48 22 555 18 40", crm.LabelWork), other, person, true))(t)
	setWorkspace(t, here, crm.Workspace{Mode: crm.Simple, ConvertTo: crm.ToBoth, Owner: crm.WhoAnswers})
	for _, number := range []string{"0221 333333", "0221 333333", DemoKnown, "0900 123456", "sip:anna@example.org", "0931 36-1260"} {
		c, _ := begin(t, here, crm.Incoming, number, line)
		ok(t, here.AnswerCall(ctx, c.ID, noon))
		ok(t, here.TransferCall(ctx, c.ID, "103"))
		ok(t, here.EndCall(ctx, c.ID, noon, crm.Answered, ""))
	}
	entries, _ := crm.ParseEntries(crm.Exceptions, "0221 333333", "DE")
	ok(t, here.AddExceptions(ctx, entries, true))

	replay(t, here, there)
	a, b := contents(t, here), contents(t, there)
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Fatalf("here and there differ:\n%s\n%s", a[min(i, len(a)-1)], b[min(i, len(b)-1)])
		}
	}
	for _, table := range []string{"phone", "address", "call_link", "colleague", "alias", "generation"} {
		var x, y int
		ok(t, here.readDB.QueryRow("SELECT count(*) FROM "+table).Scan(&x))
		ok(t, there.readDB.QueryRow("SELECT count(*) FROM "+table).Scan(&y))
		if x != y {
			t.Errorf("%s: %d rows here, %d there", table, x, y)
		}
	}
}
