package replica

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/store"
	"leadline/crm/wire"
)

func (d *desk) comment(r crm.Ref) string {
	d.t.Helper()
	return must(d.Record(ctx, r))(d.t).Contact.Comment
}

func (d *desk) ring(number string) crm.Call {
	d.t.Helper()
	c, _, err := d.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse(number, "DE"), Line: "6b1d2f0a-0f6b-8e0e-9d5c-5f1a000000aa"})
	ok(d.t, err)
	return c
}

func aCompany(t *testing.T) (*company, *desk, *desk) {
	c := newCompany(t)
	c.do(crm.SaveLine{Line: crm.Line{ID: "6b1d2f0a-0f6b-8e0e-9d5c-5f1a000000aa", Name: "Office", Mode: crm.Auto}})
	anna, petra := c.user("Anna", crm.Administrator), c.user("Petra", crm.Administrator)
	a, p := c.desk(anna), c.desk(petra)
	a.settle()
	p.settle()
	return c, a, p
}

func TestALeadMadeOnOneDeskIsOnTheOther(t *testing.T) {
	_, anna, petra := aCompany(t)
	call := anna.ring("0221 1234567")
	if len(call.Refs) != 1 || call.Refs[0].Kind != crm.KindLead {
		t.Fatalf("the call made %+v", call.Refs)
	}
	anna.settle()
	petra.settle()
	if !petra.has(call.Refs[0]) {
		t.Error("Petra has no lead")
	}
	if m := must(petra.Match(ctx, crm.Parse("+49 221 1234567", "DE")))(t); len(m) != 1 || m[0].Ref != call.Refs[0] {
		t.Errorf("Petra sees %+v", m)
	}
	if now := must(petra.Me(ctx))(t); now.Name != "Petra" {
		t.Errorf("Petra is %+v", now)
	}
}

// Both are offline while the same stranger calls both: one lead, with both calls on it.
func TestTwoThatAreOfflineMakeOneLead_B4(t *testing.T) {
	_, anna, petra := aCompany(t)
	var lead [2]crm.Ref
	for i, d := range []*desk{anna, petra} {
		c := d.ring("0221 1234567")
		ok(t, d.Store.EndCall(ctx, c.ID, c.Began, crm.Missed, ""))
		lead[i] = c.Refs[0]
	}
	if lead[0] != lead[1] {
		t.Errorf("the ids are not derived: %v", lead)
	}
	for range 2 {
		anna.settle()
		petra.settle()
	}
	for _, d := range []*desk{anna, petra} {
		if m := must(d.Match(ctx, crm.Parse("0221 1234567", "DE")))(t); len(m) != 1 {
			t.Errorf("%+v", m)
		}
		if card := must(d.Card(ctx, lead[0], 5, ""))(t); card.Calls != 2 {
			t.Errorf("%d calls", card.Calls)
		}
	}
}

// One closes the lead while the other, offline, takes another call of it: nothing is lost.
func TestEachHasTheirWayInAnotherField(t *testing.T) {
	_, anna, petra := aCompany(t)
	r := anna.contact("Meier")
	anna.settle()
	petra.settle()
	anna.set(r, "comment", "Anna's")
	petra.set(r, "position", "Buyer")
	for range 2 {
		anna.settle()
		petra.settle()
	}
	for _, d := range []*desk{anna, petra} {
		if c := must(d.Record(ctx, r))(t).Contact; c.Comment != "Anna's" || c.Position != "Buyer" {
			t.Errorf("%+v", c)
		}
	}
}

// Two people were merged and parted again before the server heard of either: what came afterwards of the one stays theirs, on whatever
// page the rows arrive.
func TestAMergeThatIsTakenBackBeforeItIsSentLeavesNoName(t *testing.T) {
	for limit := range 8 {
		_, anna, petra := aCompany(t)
		number := crm.Parse("0221 7654321", "DE").Number(crm.LabelWork)
		gone, keep := crm.Ref{Kind: crm.KindContact, ID: anna.NewID()}, anna.contact("Schulze")
		ok(t, anna.Do(ctx, crm.CreateContact{Contact: crm.Contact{ID: gone.ID, LastName: "Meier", Numbers: []crm.Number{number}}}))
		m, _, err := anna.MergeOf(ctx, keep, gone, nil)
		ok(t, err)
		undo := must(anna.Merge(ctx, m))(t)
		ok(t, anna.Undo(ctx, undo.ID))
		call := anna.ring("0221 7654321")
		is := func(when string, d *desk) {
			t.Helper()
			if refs := must(d.Call(ctx, call.ID))(t).Call.Refs; len(refs) != 1 || refs[0] != gone {
				t.Errorf("in pages of %d, %s: the call is on %v, not %v", limit, when, refs, gone)
			}
		}
		anna.set(gone, "comment", "wants an offer") // so that the call's row comes before theirs
		is("at first", anna)
		anna.connection.set(func() { anna.limit = limit })
		anna.settle()
		petra.settle()
		is("with Anna", anna)
		is("with Petra", petra)
	}
}

func TestALostReplyRepeatsNothing(t *testing.T) {
	_, anna, petra := aCompany(t)
	r := anna.contact("Once")
	anna.connection.set(func() { anna.loseReply = true })
	if _, err := anna.r.Push(ctx); err == nil {
		t.Fatal("the reply was not lost")
	}
	anna.settle()
	petra.settle()
	if !petra.has(r) || len(must(anna.Refused(ctx))(t)) != 0 {
		t.Error("lost, or refused")
	}
}

func TestARefusedChangeIsInTheTrayAndBack(t *testing.T) {
	_, anna, petra := aCompany(t)
	r := anna.contact("Meier")
	anna.settle()
	petra.settle()
	ok(t, petra.Do(ctx, crm.Assign{Ref: r, To: petra.from.User}))
	ok(t, anna.Do(ctx, crm.Assign{Ref: r, To: anna.from.User}))
	later := anna.contact("Later")
	petra.settle()
	anna.settle()
	tray := must(anna.Refused(ctx))(t)
	if len(tray) != 1 || tray[0].Code != wire.RejectChanged || tray[0].Subject != "Meier" {
		t.Fatalf("%+v", tray)
	}
	if c := must(anna.Record(ctx, r))(t).Contact; c.Responsible != petra.from.User {
		t.Errorf("%+v", c)
	}
	ok(t, anna.Store.Retry(ctx, tray[0].Seq))
	anna.settle()
	petra.settle()
	if c := must(petra.Record(ctx, r))(t).Contact; c.Responsible != anna.from.User || !petra.has(later) {
		t.Errorf("%+v", c)
	}
}

// A laptop is restored from a backup of its disk.
func TestARestoredLaptopLosesNothingNew(t *testing.T) {
	_, anna, petra := aCompany(t)
	before := anna.contact("Before")
	anna.settle()
	ok(t, anna.Close())
	backup := must(os.ReadFile(anna.path))(t)
	anna.open()
	lost := anna.contact("After the backup")
	anna.settle()
	ok(t, anna.Close())
	ok(t, os.WriteFile(anna.path, backup, 0o600))
	anna.open()
	fresh := anna.contact("New on the restored")
	anna.settle()
	petra.settle()
	for _, d := range []*desk{anna, petra} {
		for _, r := range []crm.Ref{before, lost, fresh} {
			if !d.has(r) {
				t.Errorf("%v is missing", r)
			}
		}
	}
}

// A role sees less from now on: the device has no more of it, and keeps what it has not sent.
func TestARoleThatSeesLessHasLess_G1(t *testing.T) {
	c, anna, petra := aCompany(t)
	call := anna.ring("0221 1234567")
	ok(t, anna.Store.EndCall(ctx, call.ID, call.Began, crm.Missed, ""))
	anna.settle()
	petra.settle()
	if _, err := petra.Call(ctx, call.ID); err != nil {
		t.Fatal(err)
	}
	c.do(crm.SaveUser{User: crm.User{ID: petra.from.User, Name: "Petra", Roles: []crm.ID{crm.Agent}}})
	waiting := petra.contact("Not sent yet")
	petra.settle()
	anna.settle()
	if _, err := petra.Call(ctx, call.ID); err == nil {
		t.Error("Petra still has Anna's call")
	}
	if !petra.has(waiting) || !anna.has(waiting) {
		t.Error("what waited is lost")
	}
}

// A million people would not go in one message.
func TestALargeImportIsSentInParts(t *testing.T) {
	_, anna, petra := aCompany(t)
	people := make([]store.ImportRow, 3000)
	for i := range people {
		people[i] = store.ImportRow{Contact: crm.Contact{FirstName: string(rune('A'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676)), LastName: "Imported",
			Comment: "a comment that is long enough to make the whole import larger than what one message may hold: " +
				"Lorem ipsum dolor sit amet, consetetur sadipscing elitr, sed diam nonumy eirmod tempor invidunt ut labore et dolore magna aliquyam erat, sed diam voluptua."}}
	}
	must(anna.Import(ctx, must(anna.PrepareImport(people))(t), store.Skip))(t)
	after := anna.contact("After it")
	anna.settle()
	petra.settle()
	if n := must(petra.Contacts(ctx, crm.Query{Limit: 1}))(t).Total; n != 3001 || !petra.has(after) {
		t.Errorf("%d contacts", n)
	}
}

// A server is restored from a backup: the programs give it back what it lost.
func TestARestoredServerGetsBackWhatItLost(t *testing.T) {
	c, anna, petra := aCompany(t)
	r := anna.contact("Before")
	anna.settle()
	petra.settle()
	backup := filepath.Join(t.TempDir(), "backup.db")
	ok(t, c.engine.DB.Backup(ctx, backup))
	anna.set(r, "comment", "after the backup")
	made := petra.contact("New")
	for range 2 {
		anna.settle()
		petra.settle()
	}
	c.file = backup
	c.start()
	ok(t, c.engine.DB.Write(ctx, string(c.workspace), func(tx *database.Tx) error { return tx.Branch(ctx, uint64(time.Now().UnixMilli())<<12) }))
	for range 2 {
		anna.settle()
		petra.settle()
	}
	for _, d := range []*desk{anna, petra} {
		if !d.has(made) || d.comment(r) != "after the backup" {
			t.Error("lost with the server")
		}
	}
}

// Whom a colleague removed is back when the server has lost that with the colleague's program, also where a change of one's own waited as
// one heard of it, and was refused.
func TestWhoIsOnARestoredServerIsBackThoughAChangeWasRefused(t *testing.T) {
	c, anna, petra := aCompany(t)
	gone := anna.contact("Gone")
	anna.settle()
	petra.settle()
	c.file = filepath.Join(t.TempDir(), "backup.db")
	ok(t, c.engine.DB.Backup(ctx, c.file))
	must(petra.Remove(ctx, gone))(t)
	petra.settle()
	ok(t, anna.Do(ctx, crm.Assign{Ref: gone, To: anna.from.User}))
	must(anna.r.Pull(ctx, 0))(t) // before it is sent
	anna.settle()
	if anna.has(gone) || len(must(anna.Refused(ctx))(t)) != 1 {
		t.Fatal("nothing was removed, or nothing refused")
	}
	c.start()
	ok(t, c.engine.Restored(ctx, nil))
	anna.settle()
	if !anna.has(gone) {
		t.Error("who is on the server is missing")
	}
}

// An administrator whose role is taken for a moment, just as their program looks after a restore for what the server has, keeps what they
// see with it: what is not in one view is not gone from another (G1).
func TestWhatIsOutOfViewForAMomentIsNotGone_G1(t *testing.T) {
	c, anna, petra := aCompany(t)
	call := petra.ring("0221 1234567")
	petra.settle()
	anna.settle()
	c.file = filepath.Join(t.TempDir(), "backup.db")
	ok(t, c.engine.DB.Backup(ctx, c.file))
	ok(t, petra.SaveNote(ctx, call.ID, "wants an offer"))
	petra.settle()
	anna.settle()
	c.start()
	ok(t, c.engine.Restored(ctx, nil))
	me := must(anna.Me(ctx))(t)
	anna.meanwhile = func() func() {
		agent := me
		agent.Roles = []crm.ID{crm.Agent}
		c.do(crm.SaveUser{User: agent})
		return func() { c.do(crm.SaveUser{User: me}) }
	}
	anna.settle()
	if anna.meanwhile != nil {
		t.Fatal("nothing was fetched")
	}
	if _, err := anna.Call(ctx, call.ID); err != nil {
		t.Errorf("Petra's call: %v", err)
	}
}

// A program that stays connected for weeks purges an erased person as well, and says so.
func TestAConnectedProgramErasesAPerson_I4(t *testing.T) {
	c := newCompany(t)
	anna := c.desk(c.user("Anna"))
	person := anna.contact("Meier")
	anna.settle()
	done := must(c.engine.Erase(ctx, c.workspace, ledger.Sender{System: true}, []crm.Ref{person}))(t)
	anna.settle()
	owed := must(c.engine.Acknowledgements(ctx, c.workspace, done.ID))(t)
	if len(owed) != 1 || owed[0].Done == 0 || anna.has(person) {
		t.Errorf("the program has not purged: %+v", owed)
	}
}

func TestTheForkOfTwoEpochs(t *testing.T) {
	tree := []wire.Branch{{Epoch: 1}, {Epoch: 2, Parent: 1, ForkRev: 100}, {Epoch: 3, Parent: 2, ForkRev: 150}, {Epoch: 4, Parent: 1, ForkRev: 80}, {Epoch: 5, Parent: 2, ForkRev: 120}}
	for _, c := range []struct{ ours, theirs, want uint64 }{
		{1, 2, 100}, {1, 3, 100}, {2, 3, 150}, {1, 4, 80}, {3, 4, 80}, {3, 5, 120}, {2, 4, 80}, {9, 4, 0},
	} {
		if got := forkOf(tree, c.ours, c.theirs); got != c.want {
			t.Errorf("from %d to %d: %d, not %d", c.ours, c.theirs, got, c.want)
		}
	}
	if got := forkOf([]wire.Branch{{Epoch: 1, Parent: 2}, {Epoch: 2, Parent: 1}}, 1, 2); got != 0 {
		t.Errorf("a tree in a circle: %d", got)
	}
}

// A file is damaged: what can be read is saved, the rest comes from the server, and what waited is sent.
func TestADamagedFileIsFilledFromTheServer(t *testing.T) {
	_, anna, petra := aCompany(t)
	lost, kept := anna.contact("Lost"), anna.contact("Kept")
	anna.settle()
	waiting := anna.contact("Not sent yet")
	ok(t, anna.Close())
	raw := must(sql.Open("sqlite3", anna.path))(t)
	must(raw.Exec("DELETE FROM contact WHERE last = 'Lost'"))(t)
	ok(t, raw.Close())
	ok(t, os.WriteFile(anna.path+"-damaged", []byte("found in a test\n"), 0o600))
	anna.open()
	if _, salvaged := anna.Salvaged(); !salvaged || anna.has(lost) {
		t.Fatal("the file was not salvaged, or is not damaged")
	}
	anna.settle()
	petra.settle()
	for _, d := range []*desk{anna, petra} {
		for _, r := range []crm.Ref{lost, kept, waiting} {
			if !d.has(r) {
				t.Errorf("%v is missing", r)
			}
		}
	}
}

// A program that starts ends the calls that it left open, and no others.
func TestCallsOfColleaguesGoOn(t *testing.T) {
	_, anna, petra := aCompany(t)
	mine, yours := anna.ring("0221 1234567"), petra.ring("0221 7654321")
	petra.settle()
	anna.settle()
	ended := must(anna.Interrupted(ctx))(t)
	if len(ended) != 1 || ended[0].ID != mine.ID {
		t.Errorf("ended %+v", ended)
	}
	if c := must(anna.Call(ctx, yours.ID))(t).Call; c.Outcome != crm.Open {
		t.Errorf("%+v", c)
	}
}
