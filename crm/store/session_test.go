package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

func two(t *testing.T) (a *authority, one, other agent) {
	t.Helper()
	a = newAuthority(t, open(t))
	one, other = attached(t, a, "Anna"), attached(t, a, "Petra")
	return a, one, other
}

func tray(t *testing.T, g agent) []RefusedChange { return must(g.Refused(ctx))(t) }

// A program that worked alone signs in: what it has is everywhere, under the server's user.
func TestWhatWasMadeAloneIsUploaded(t *testing.T) {
	a := newAuthority(t, open(t))
	alone := agent{seeded(t), a}
	me := must(alone.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"}))(t)
	must(alone.Import(ctx, must(alone.PrepareImport([]ImportRow{{Contact: crm.Contact{FirstName: "Ida", LastName: "Import"}, Company: "Import AG"}}))(t), Skip))(t)
	mine := contactWith(t, alone.Store, "Anna", "Alone", "0221 1111111", "", "")
	user := crm.User{ID: alone.NewID(), Name: "Anna Krüger", Extension: "101", Email: "anna@example.org"}
	ok(t, a.s.Do(ctx, crm.SaveUser{User: user}))
	a.stamp()
	ok(t, alone.Attach(ctx, Attachment{Server: "https://crm.example.org", Key: []byte("the server's"), User: user}))
	alone.settle()
	sameState(t, a.s, alone.Store)
	c := must(alone.Record(ctx, mine))(t).Contact
	if now := must(alone.Me(ctx))(t); now.ID != user.ID || c.MadeBy != user.ID || me.ID == user.ID {
		t.Errorf("I am %+v, made by %s", now, c.MadeBy)
	}
	if got := tray(t, alone); len(got) != 0 {
		t.Errorf("refused: %+v", got)
	}
	if err := alone.Attach(ctx, Attachment{Server: "https://other.example.org"}); err == nil {
		t.Error("taken to another server")
	}
	ok(t, alone.Attach(ctx, Attachment{Server: "https://crm.example.org", User: user}))
}

// A refused change goes to the tray with its reason, what it did is taken back, and it can be done again.
func TestARefusedChangeWaitsInTheTray(t *testing.T) {
	_, one, other := two(t)
	r := contactWith(t, one.Store, "Anna", "Meier", "0221 1111111", "", "")
	one.settle()
	other.settle()
	petra := must(other.Me(ctx))(t).ID
	ok(t, other.Do(ctx, crm.SaveUser{User: must(other.Me(ctx))(t)}, crm.Assign{Ref: r, To: petra}))
	ok(t, one.Do(ctx, crm.SaveUser{User: must(one.Me(ctx))(t)}, crm.Assign{Ref: r, To: must(one.Me(ctx))(t).ID}, crm.UpdateRecord{Ref: r, Set: map[string]any{"comment": "mine"}}))
	other.settle()
	one.settle()
	got := tray(t, one)
	if len(got) != 1 || got[0].Subject != "Anna Meier" || got[0].Record.None() || got[0].Name != "record.assign" || got[0].Code != wire.RejectInvalid || got[0].Reason.Key == "" {
		t.Fatalf("tray %+v", got)
	}
	c := must(one.Record(ctx, r))(t).Contact
	if c.Responsible != petra || c.Comment != "mine" {
		t.Errorf("%+v", c)
	}
	ok(t, one.Retry(ctx, got[0].Seq))
	if now := must(one.Record(ctx, r))(t).Contact; now.Responsible == petra || len(tray(t, one)) != 0 {
		t.Errorf("after doing it again: %+v", now)
	}
	one.settle()
	other.settle()
	sameState(t, one.Store, other.Store)
	if err := one.Discard(ctx, got[0].Seq); err == nil {
		t.Error("dropped what is not there")
	}
}

// The tray does not hold up what comes after, also when its change was given up.
func TestAGivenUpChangeHoldsUpNothing(t *testing.T) {
	a, one, _ := two(t)
	ok(t, one.Do(ctx, crm.CreateContact{Contact: crm.Contact{ID: one.NewID(), LastName: "First"}}))
	r := contactWith(t, one.Store, "Anna", "Gone", "0221 1111111", "", "")
	one.settle()
	ok(t, a.s.Do(ctx, crm.RemoveRecord{Ref: r}))
	a.stamp()
	ok(t, one.Do(ctx, crm.UpdateRecord{Ref: r, Set: map[string]any{"comment": "late"}}))
	one.push(9, false)
	got := tray(t, one)
	if len(got) != 1 {
		t.Fatalf("tray %+v", got)
	}
	ok(t, one.Discard(ctx, got[0].Seq))
	one.settle()
	sameState(t, a.s, one.Store)
	ok(t, one.Do(ctx, crm.CreateContact{Contact: crm.Contact{ID: one.NewID(), LastName: "Second"}}))
	one.settle()
	sameState(t, a.s, one.Store)
}

// A laptop that was restored from a backup is another client, and neither loses nor repeats anything.
func TestARestoredLaptopIsAnotherClient(t *testing.T) {
	a, one, other := two(t)
	r := contactWith(t, one.Store, "Anna", "Meier", "0221 1111111", "", "")
	one.settle()
	// The backup was taken here; what follows the restored one does not know, but it has a change of its own.
	ok(t, one.Do(ctx, crm.UpdateRecord{Ref: r, Set: map[string]any{"comment": "lost and sent"}}))
	commands := must(one.Outbox(ctx, 9, 1<<20))(t)
	before := one.client()
	a.push(before, []wire.Command{{Seq: commands[0].Seq, ID: one.NewID(), Name: commands[0].Name, At: commands[0].At,
		Args: json.RawMessage(strings.ReplaceAll(string(commands[0].Args), "lost and sent", "of the one before"))}})
	one.pullAll(9) // the number is acknowledged, for another command
	if y := must(one.Standing(ctx))(t); y.Waiting != 1 {
		t.Fatalf("%+v: acknowledged by number alone", y)
	}
	ok(t, one.Fork(ctx))
	if one.client() == before {
		t.Error("still the same client")
	}
	one.settle()
	other.settle()
	sameState(t, a.s, one.Store)
	sameState(t, a.s, other.Store)
	if c := must(other.Record(ctx, r))(t).Contact; c.Comment != "lost and sent" {
		t.Errorf("%+v", c)
	}
}

// A server that was restored from a backup gets what it lost from the programs.
func TestARestoredServerGetsWhatItLost(t *testing.T) {
	a, one, other := two(t)
	r := contactWith(t, one.Store, "Anna", "Meier", "0221 1111111", "", "")
	one.settle()
	other.settle()
	backup := backupOf(t, a)
	fork := a.rev
	// The server that is lost took more, of both, and told them.
	ok(t, one.Do(ctx, crm.UpdateRecord{Ref: r, Set: map[string]any{"comment": "after the backup"}}))
	made := contactWith(t, other.Store, "Ina", "New", "0221 2222222", "", "")
	for _, g := range []agent{one, other, one, other} {
		g.settle()
	}
	one.a, other.a = backup, backup
	for _, g := range []agent{one, other} {
		fresh := must(g.NewEpoch(ctx, 2, fork))(t)
		if y := must(g.Standing(ctx))(t); fresh || y.Epoch != 2 || y.Cursor > fork || y.Waiting != 1 {
			t.Fatalf("fresh %v, %+v", fresh, y)
		}
		g.fetchWanted()
	}
	if c := must(one.Record(ctx, r))(t).Contact; c.Comment != "after the backup" {
		t.Errorf("my change vanished: %+v", c)
	}
	for range 2 {
		one.settle()
		other.settle()
	}
	sameState(t, backup.s, one.Store)
	sameState(t, backup.s, other.Store)
	if c := must(one.Record(ctx, made))(t).Contact; c.Name() != "Ina New" {
		t.Errorf("%+v", c)
	}
}

// A merge is lost with the server, and its program does not come again: who heard of it has two people again, each with their calls,
// told row by row, or, where the file began with a snapshot from after the merge, by another snapshot.
func TestAMergeThatARestoredServerHasLostIsNoMore(t *testing.T) {
	a, one, other := two(t)
	kept, gone := contactWith(t, one.Store, "Anna", "Meier", "0221 1111111", "", ""), contactWith(t, one.Store, "A.", "Meier", "0221 2222222", "", "")
	rings := func(s *Store) {
		call, _ := begin(t, s, crm.Incoming, "02212222222", crm.Line{})
		ok(t, s.EndCall(ctx, call.ID, noon, crm.Missed, "487"))
	}
	rings(one.Store)
	one.settle()
	other.settle()
	backup, fork := backupOf(t, a), a.rev
	rings(backup.s) // the first that the restored server has to tell
	backup.stamp()
	m, _, err := one.MergeOf(ctx, kept, gone, nil)
	ok(t, err)
	must(one.Merge(ctx, m))(t)
	one.settle()
	other.settle()
	late := agent{open(t), a}
	ok(t, late.Attach(ctx, Attachment{Server: "test", User: must(other.Me(ctx))(t)}))
	// The call comes before those whom it is of: with the alias still there it would be on the wrong one.
	rows := func(a *authority) (all []wire.Row) {
		for _, r := range a.rows {
			if !r.Deleted {
				all = append(all, r)
			}
		}
		slices.SortFunc(all, func(x, y wire.Row) int { return cmp.Compare(x.Entity, y.Entity) })
		return all
	}
	snapshot := func(a *authority, epoch uint64) {
		ok(t, late.BeginSnapshot(ctx))
		ok(t, late.ApplySnapshot(ctx, rows(a)))
		ok(t, late.EndSnapshot(ctx, wire.Manifest{Epoch: epoch, Rev: a.rev, View: "all"}))
	}
	snapshot(a, 1)
	for _, g := range []agent{other, late} {
		if now := must(g.Record(ctx, gone))(t).Contact.ID; now != kept.ID {
			t.Fatalf("not merged: %v", now)
		}
		g.a = backup
		fresh := must(g.NewEpoch(ctx, 2, fork))(t)
		if fresh != (g.Store == late.Store) {
			t.Fatalf("fresh %v", fresh)
		}
		if fresh {
			snapshot(backup, 2)
		}
		g.settle()
		sameState(t, backup.s, g.Store)
		if now := must(g.Record(ctx, gone))(t).Contact.ID; now != gone.ID {
			t.Errorf("fresh %v: %v stands for the one that was merged", fresh, now)
		}
		for r, want := range map[crm.Ref]int{kept: 0, gone: 2} {
			if card := must(g.Card(ctx, r, 5, ""))(t); card.Calls != want {
				t.Errorf("fresh %v: %d calls, not %d", fresh, card.Calls, want)
			}
		}
	}
}

// A row that is fetched by id and is gone is asked after again when the server loses also that.
func TestWhatWasTakenAwayComesBackAfterASecondRestore(t *testing.T) {
	a, one, other := two(t)
	r := contactWith(t, one.Store, "Anna", "Meier", "0221 1111111", "", "")
	one.settle()
	other.settle()
	backup, fork := backupOf(t, a), a.rev
	ok(t, one.Do(ctx, crm.RemoveRecord{Ref: r}))
	one.settle()
	id := wire.RowID{Entity: wire.Contact, ID: r.ID}
	ok(t, other.ApplyRows(ctx, []wire.Row{a.rows[id]}))
	if _, err := other.Record(ctx, r); err == nil {
		t.Fatal("still there")
	}
	other.a = backup
	must(other.NewEpoch(ctx, 2, fork))(t)
	if wanted := must(other.Wanted(ctx, 9))(t); !slices.Contains(wanted, id) {
		t.Errorf("it asks after %v", wanted)
	}
	other.settle()
	sameState(t, backup.s, other.Store)
}

// backupOf is a server as its backup of now will be.
func backupOf(t *testing.T, a *authority) *authority {
	t.Helper()
	backup := newAuthority(t, open(t))
	for _, c := range must(contentsOf(a))(t) {
		ok(t, backup.s.Do(ctx, c))
	}
	backup.rev, backup.rows = 0, map[wire.RowID]wire.Row{}
	backup.stamp()
	backup.rev = a.rev
	for id, row := range backup.rows {
		row.Rev = a.rows[id].Rev
		backup.rows[id] = row
	}
	return backup
}

// contentsOf are the commands that make what an authority has.
func contentsOf(a *authority) (all []crm.Change, err error) {
	err = a.s.Everything(ctx, func(c crm.Change) error { all = append(all, c); return nil })
	return all, err
}

// A role sees less from now on: what is not in the snapshot of its view goes, what waits stays.
func TestASnapshotReplacesWhatIsHere_G1(t *testing.T) {
	a, one, _ := two(t)
	stays, goes := contactWith(t, one.Store, "Anna", "Stays", "0221 1111111", "", ""), contactWith(t, one.Store, "Petra", "Goes", "0221 2222222", "", "")
	ok(t, one.Do(ctx, crm.SaveRecordNote{Note: crm.Note{ID: one.NewID(), Ref: goes, Text: "secret", At: noon}}))
	one.settle()
	ok(t, one.Joined(ctx, 1, "all"))
	waiting := contactWith(t, one.Store, "Wanda", "Waits", "0221 3333333", "", "")
	must(one.Import(ctx, must(one.PrepareImport([]ImportRow{{Contact: crm.Contact{FirstName: "Ida", LastName: "Import"}}}))(t), Skip))(t)
	ok(t, one.BeginSnapshot(ctx))
	var rows []wire.Row
	for id, r := range a.rows {
		if id.ID != goes.ID && id.Entity != wire.Note {
			rows = append(rows, r)
		}
	}
	ok(t, one.ApplySnapshot(ctx, rows[:1]))
	ok(t, one.ApplySnapshot(ctx, rows[1:]))
	ok(t, one.EndSnapshot(ctx, wire.Manifest{Epoch: 1, Rev: a.rev, View: "own"}))
	for r, want := range map[crm.Ref]bool{stays: true, goes: false, waiting: true} {
		if _, err := one.Record(ctx, r); (err == nil) != want {
			t.Errorf("%v: %v", r, err)
		}
	}
	for text, want := range map[string]int{"secret": 0, "Goes": 0, "Ida": 1} {
		if found := must(one.Search(ctx, text, 9))(t); len(found) != want {
			t.Errorf("%s: %+v", text, found)
		}
	}
	if y := must(one.Standing(ctx))(t); y.Cursor != a.rev || y.ViewHash != "own" || y.Waiting != 2 {
		t.Errorf("%+v", y)
	}
}

// A new device is closed in the middle of its first snapshot, and a record is removed before it has the next: it asks after that one.
func TestAFirstSnapshotThatBrokeOffLeavesNothing(t *testing.T) {
	a, one, _ := two(t)
	goes, stays := contactWith(t, one.Store, "Petra", "Goes", "0221 2222222", "", ""), contactWith(t, one.Store, "Anna", "Stays", "0221 1111111", "", "")
	one.settle()
	fresh := open(t)
	ok(t, fresh.Attach(ctx, Attachment{Server: "test"}))
	var all, later []wire.Row
	for id, r := range a.rows {
		if all = append(all, r); id.ID != goes.ID {
			later = append(later, r)
		}
	}
	for _, rows := range [][]wire.Row{all, nil, later} {
		ok(t, fresh.BeginSnapshot(ctx))
		ok(t, fresh.ApplySnapshot(ctx, rows))
	}
	ok(t, fresh.EndSnapshot(ctx, wire.Manifest{Epoch: 1, Rev: a.rev, View: "all"}))
	wanted := must(fresh.Wanted(ctx, 10))(t)
	if len(wanted) != 1 || wanted[0].ID != goes.ID {
		t.Fatalf("it asks after %v", wanted)
	}
	ok(t, fresh.ApplyRows(ctx, []wire.Row{{Entity: wire.Contact, ID: goes.ID, Deleted: true}}))
	for r, want := range map[crm.Ref]bool{stays: true, goes: false} {
		if _, err := fresh.Record(ctx, r); (err == nil) != want {
			t.Errorf("%v: %v", r, err)
		}
	}
}

// sameValue says whether two values of JSON are the same; a time is, whatever zone it is written in.
func sameValue(a, b any) bool {
	x, _ := a.(string)
	y, _ := b.(string)
	at, err := time.Parse(time.RFC3339, x)
	of, err2 := time.Parse(time.RFC3339, y)
	return err == nil && err2 == nil && at.Equal(of) || string(mustJSON(a)) == string(mustJSON(b))
}

// What a row points to may come later, and what this version does not know comes back as it was.
func TestNothingOfARowIsLost(t *testing.T) {
	s := open(t)
	ok(t, s.Attach(ctx, Attachment{Server: "test"}))
	person, company, call, note, user := s.NewID(), s.NewID(), s.NewID(), s.NewID(), s.NewID()
	rows := []wire.Row{
		{Entity: wire.Note, ID: note, Rev: 1, Data: json.RawMessage(`{"id":"` + string(note) + `","ref":{"kind":"contact","id":"` + string(person) + `"},"at":"2026-11-23T12:00:00Z","text":"n","later":1}`)},
		{Entity: wire.Call, ID: call, Rev: 2, Data: json.RawMessage(`{"id":"` + string(call) + `","direction":"in","party":{"kind":"phone","e164":49301},"began":"2026-11-23T12:00:00Z","outcome":"missed","refs":[{"kind":"contact","id":"` + string(person) + `"},{"kind":"company","id":"` + string(company) + `"}]}`)},
		{Entity: wire.Contact, ID: person, Rev: 3, Data: json.RawMessage(`{"id":"` + string(person) + `","last_name":"Meier","company":"` + string(company) + `","responsible":"` + string(user) + `","mood":{"a":[1,2]}}`)},
		{Entity: "planet", ID: s.NewID(), Rev: 4, Data: json.RawMessage(`{"name":"Mars"}`)},
	}
	whole := func(want ...wire.Row) {
		t.Helper()
		for _, r := range want {
			data := must(rowData(reader{s}, wire.RowID{Entity: r.Entity, ID: r.ID}))(t)
			var got, sent map[string]any
			ok(t, json.Unmarshal(data, &got))
			ok(t, json.Unmarshal(r.Data, &sent))
			for field, value := range sent {
				if field != "party" && !sameValue(got[field], value) {
					t.Errorf("%s: %s is %v, was %v", r.Entity, field, got[field], value)
				}
			}
		}
	}
	ok(t, s.ApplyPage(ctx, wire.Page{Rows: rows, Rev: 4}))
	whole(rows...)
	rows = append(rows, wire.Row{Entity: wire.Company, ID: company, Rev: 5, Data: json.RawMessage(`{"id":"` + string(company) + `","name":"AG"}`)},
		wire.Row{Entity: wire.User, ID: user, Rev: 6, Data: json.RawMessage(`{"id":"` + string(user) + `","name":"Anna"}`)})
	ok(t, s.ApplyPage(ctx, wire.Page{Rows: rows[4:], Rev: 6}))
	whole(rows...)
	r := crm.Ref{Kind: crm.KindContact, ID: person}
	if c := must(s.Record(ctx, r))(t).Contact; c.Company != company || c.Responsible != user {
		t.Errorf("%+v", c)
	}
	if card := must(s.Card(ctx, r, 5, ""))(t); card.Calls != 1 {
		t.Errorf("%+v", card)
	}
	if k, err := keyOf(reader{s}, r); err != nil || len(must(recordNotes(reader{s}, k, 9))(t)) != 1 {
		t.Errorf("the note hangs nowhere: %v", err)
	}
	ok(t, s.Do(ctx, crm.UpdateRecord{Ref: r, Set: map[string]any{"comment": "x"}}))
	whole(rows...)
	// The company leaves what may be seen here, and comes back.
	ok(t, s.ApplyPage(ctx, wire.Page{Rows: []wire.Row{{Entity: wire.Company, ID: company, Rev: 7, Deleted: true}}, Rev: 7}))
	if c := must(s.Record(ctx, r))(t).Contact; c.Company != "" {
		t.Errorf("%+v", c)
	}
	ok(t, s.ApplyPage(ctx, wire.Page{Rows: rows[4:5], Rev: 8}))
	whole(rows...)
}

// A device that may no more has nothing left, also not in the bytes of its file.
func TestAWipedFileHasNothingLeft(t *testing.T) {
	s := seeded(t)
	ok(t, s.Attach(ctx, Attachment{Server: "test", User: crm.User{ID: s.NewID(), Name: "Zacharias Wiped"}}))
	contactWith(t, s, "Xaver", "Unforgettable", "0221 1111111", "", "")
	ok(t, s.Wipe(ctx))
	if all := contents(t, s); len(all) != 0 {
		t.Errorf("left: %v", all)
	}
	if y := must(s.Standing(ctx))(t); y.Server != "" || y.Waiting != 0 {
		t.Errorf("%+v", y)
	}
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(s.damage.path + suffix)
		if err == nil && (strings.Contains(string(raw), "Unforgettable") || strings.Contains(string(raw), "Zacharias") || strings.Contains(string(raw), "Lüdenscheidt")) {
			t.Errorf("%s still has them", s.damage.path+suffix)
		}
	}
	r := contactWith(t, s, "Anna", "Again", "0221 2222222", "", "")
	if c := must(s.Record(ctx, r))(t).Contact; c.Name() != "Anna Again" {
		t.Errorf("%+v", c)
	}
}

func TestAnErasedPersonIsNowhere_I4(t *testing.T) {
	a, one, _ := two(t)
	r := contactWith(t, one.Store, "Xaver", "Unforgettable", "0221 1111111", "x@example.org", "")
	one.settle()
	for i := range 50 { // whose pages are free once the server has them
		ok(t, one.Do(ctx, crm.UpdateRecord{Ref: r, Set: map[string]any{"comment": fmt.Sprint(i, strings.Repeat(" Unforgettable", 100))}}))
	}
	one.settle()
	waiting := crm.UpdateRecord{Ref: r, Set: map[string]any{"comment": "Unforgettable"}}
	ok(t, one.Do(ctx, waiting))
	if clean := must(one.Purge(ctx, nil, []crm.ID{r.ID}))(t); clean {
		t.Error("it is clean while something waits to be sent")
	}
	one.push(9, false)
	ok(t, a.s.Do(ctx, crm.RemoveRecord{Ref: r}))
	a.stamp()
	one.settle()
	if clean := must(one.Purge(ctx, []crm.Ref{r}, nil))(t); !clean {
		t.Error("something waits")
	}
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(one.damage.path + suffix)
		if err == nil && (strings.Contains(string(raw), "Unforgettable") || strings.Contains(string(raw), "unforgettable")) {
			t.Errorf("%s still has them", one.damage.path+suffix)
		}
	}
}
