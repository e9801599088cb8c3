package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/server/rig"
	"leadline/crm/wire"
)

var system = ledger.Sender{System: true}

// verify expects that the workspace is as the server promises.
func (c *company) verify() {
	c.t.Helper()
	broken, err := c.engine.Verify(context.Background(), c.workspace)
	if err != nil || len(broken) > 0 {
		c.t.Errorf("broken: %q, %v", broken, err)
	}
}

func TestRestoredServerBeginsABranchAndGetsBackWhatItLost(t *testing.T) {
	dir := t.TempDir()
	c := newCompany(t, "sqlite:"+filepath.Join(dir, "server.db"))
	anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
	anna.do(anna.newContact("before the backup"))
	anna.pull(0)
	copied := filepath.Join(dir, "copy.db")
	ctx := context.Background()
	if err := c.engine.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	anna.hello()
	if anna.welcome.DurableRev == 0 || anna.welcome.DurableRev != anna.welcome.Head {
		t.Errorf("durable up to %d of %d, want all of it", anna.welcome.DurableRev, anna.welcome.Head)
	}
	fork := anna.welcome.Head
	lost := anna.commands(anna.newContact("lost with the server"))
	anna.push(lost)
	anna.pull(0)

	db, err := database.Open(ctx, "sqlite:"+copied)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	restored := *c
	restored.engine = NewEngine(Engine{DB: db, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err := restored.engine.Restored(ctx, nil); err != nil {
		t.Fatal(err)
	}
	anna.c = &restored
	before := anna.welcome.Epoch
	anna.wantProblem(wire.OtherEpoch, anna.try(lost).Err)
	anna.wantProblem(wire.OtherEpoch, pullErr(anna, func(*wire.Pull) {}))
	anna.hello()
	if anna.welcome.Forked || anna.welcome.Last.Seq != 1 {
		t.Errorf("after the restore: forked %t, last command %d; want the first", anna.welcome.Forked, anna.welcome.Last.Seq)
	}
	var branch wire.Branch
	for _, b := range anna.welcome.Branches {
		if b.Epoch == anna.welcome.Epoch {
			branch = b
		}
	}
	if branch.Parent != before || branch.ForkRev != fork {
		t.Errorf("the new epoch is %+v, want a branch of %d at %d", branch, before, fork)
	}
	if r := anna.push(lost)[0]; r.Status != wire.Applied {
		t.Errorf("pushed again after the restore: %+v", r)
	}
	restored.verify()
}

func TestTwoRestoresOfOneBackupAreTwoEpochs(t *testing.T) {
	c := newCompany(t, "sqlite::memory:")
	seen := map[uint64]bool{}
	for range 100 {
		n, err := c.engine.newEpoch()
		if err != nil || seen[n] {
			t.Fatalf("epoch %d again, %v", n, err)
		}
		seen[n] = true
	}
}

func TestTombstonesLiveNinetyDays(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
		person := anna.newContact("Meier")
		anna.do(person)
		anna.pull(0)
		away := *anna
		away.rows = map[wire.RowID]wire.Row{}
		anna.do(crm.RemoveRecord{Ref: crm.Ref{Kind: crm.KindContact, ID: person.ID}}, anna.newContact("Later"))
		days := func(n int) {
			c.engine.Now = func() time.Time { return time.Now().AddDate(0, 0, n) }
			if err := c.engine.Compact(context.Background(), c.workspace); err != nil {
				t.Fatal(err)
			}
		}
		days(89)
		away.pull(0)
		if r := away.rows[wire.RowID{Entity: wire.Contact, ID: person.ID}]; !r.Deleted {
			t.Errorf("the removal did not arrive after 89 days: %+v", r)
		}
		away.cursor = anna.cursor
		days(91)
		away.wantProblem(wire.TooOld, pullErr(&away, func(*wire.Pull) {}))
		fresh := c.signIn(anna.sender.User)
		fresh.pull(0)
		if fresh.count(wire.Contact) != 1 {
			t.Errorf("a new program has %d contacts, want one", fresh.count(wire.Contact))
		}
		c.verify()
	})
}

// Nothing of a person is left on the server, whatever table or file: searched for in the bytes.
func TestI4ErasedPersonIsNowhereOnTheServer(t *testing.T) {
	onEach(t, testErasedPersonIsNowhere)
}

const (
	erasedName  = "Wojciechowski"
	erasedEmail = "w.wojciechowski@example.org"
)

func testErasedPersonIsNowhere(t *testing.T, c *company) {
	ctx := context.Background()
	anna, ada := c.signIn(c.addUser(crm.User{Name: "Anna"})), c.signIn(c.admin)
	ensure, call := anna.rings(1)
	other := anna.newContact("Somebody else")
	person := anna.newContact(erasedName)
	person.Numbers, person.Emails = ensure.Lead.Numbers, []crm.Email{{Address: erasedEmail}}
	ref, lead := crm.Ref{Kind: crm.KindContact, ID: person.ID}, crm.Ref{Kind: crm.KindLead, ID: ensure.Lead.ID}
	note := crm.SaveRecordNote{Note: crm.Note{ID: newID(t), Ref: ref, Text: erasedName + " likes tea"}}
	anna.do(other, ensure, call, crm.SaveNote{Call: call.ID, Text: erasedName + " called"}, crm.UpdateRecord{Ref: lead, Set: map[string]any{"last_name": erasedName}},
		crm.SaveRecordings{Call: call.ID, Files: []string{"call.ogg"}}, person, note,
		crm.CreateDeal{Deal: crm.Deal{ID: newID(t), Title: erasedName, Contact: person.ID}})
	ben := c.signIn(c.addUser(crm.User{Name: "Ben"}))
	ben.push(ben.commands(crm.Assign{Ref: ref, From: c.admin, To: c.admin})) // refused, with a reason

	if _, err := c.engine.Erase(ctx, c.workspace, ledger.Sender{User: anna.sender.User}, []crm.Ref{ref}); !isProblem(err, wire.Forbidden) {
		t.Errorf("an agent erases a person: %v", err)
	}
	done, err := c.engine.Erase(ctx, c.workspace, ledger.Sender{User: c.admin}, []crm.Ref{ref})
	if err != nil {
		t.Fatal(err)
	}
	c.eraseRemains()
	if len(done.Recordings) != 1 || len(done.Refs) != 2 {
		t.Errorf("erased %+v, want contact and lead, and the recording named", done)
	}
	digits := strings.TrimPrefix(number, "+")
	for _, text := range []string{erasedName, erasedEmail, digits} {
		if where := c.everywhere(text); len(where) > 0 {
			t.Errorf("%q is left in %q", text, where)
		}
	}
	ada.pull(0)
	if got, _ := has[crm.Call](ada, wire.Call, call.ID); got.Party.Kind != crm.Withheld || got.Agent != anna.sender.User {
		t.Errorf("the call is %+v, want it there without the person", got)
	}
	if _, ok := has[crm.Contact](ada, wire.Contact, other.ID); !ok {
		t.Error("somebody else is gone, too")
	}
	c.verify()
	c.erasureIsAcknowledged(anna, done)

	bring := anna.commands(crm.ImportContacts{Contacts: []crm.Contact{{ID: newID(t), LastName: "again", Emails: []crm.Email{{Address: strings.ToUpper(erasedEmail)}}}}})
	if r := anna.push(bring)[0]; r.Status != wire.Applied || r.Rev != 0 {
		t.Errorf("an import brought the person back: %+v", r)
	}
}

// erasureIsAcknowledged has a program hear of an erasure until it says that it has purged.
func (c *company) erasureIsAcknowledged(p *program, done Erased) {
	c.t.Helper()
	for range 2 {
		p.pull(0)
		p.hello()
		if len(p.welcome.Erasures) != 1 || len(p.welcome.Erasures[0].Refs) != len(done.Refs) {
			c.t.Fatalf("the program hears of %+v", p.welcome.Erasures)
		}
	}
	owed := func() (n int) {
		all, err := c.engine.Acknowledgements(context.Background(), c.workspace, done.ID)
		if err != nil {
			c.t.Fatal(err)
		}
		for _, o := range all {
			if o.Done == 0 {
				n++
			}
		}
		return n
	}
	before := owed()
	message := p.message(nil)
	message.Erased = []crm.ID{done.ID}
	if o, err := c.engine.Commit(context.Background(), c.workspace, []Pushed{{User: p.sender.User, Push: message}}); err != nil || o[0].Err != nil {
		c.t.Fatal(err, o)
	}
	if after := owed(); after != before-1 {
		c.t.Errorf("%d programs still owe it, before %d", after, before)
	}
	if p.hello(); len(p.welcome.Erasures) != 0 {
		c.t.Error("the program hears of what it has acknowledged")
	}
	// Its machine is restored from a copy of before: the person is there again, though it was acknowledged.
	now := p.cursor
	p.cursor = 1
	if p.hello(); len(p.welcome.Erasures) != 1 {
		c.t.Error("an older copy of the program's file does not hear of who was erased")
	}
	if after := owed(); after != before {
		c.t.Errorf("%d programs owe it, with an older copy of one %d", after, before)
	}
	p.cursor = now
}

// everywhere are the tables, and with SQLite the files, in which a text stands.
func (c *company) everywhere(text string) (where []string) {
	c.t.Helper()
	ctx := context.Background()
	err := c.engine.DB.Read(ctx, string(c.workspace), func(t *database.Tx) error {
		for _, column := range []string{"document.data", "document.stamps", "peer.peer", "cmd_seen.reason", "audit.args", "erasure.refs"} {
			table, name, _ := strings.Cut(column, ".")
			n := 0
			if _, err := t.One(ctx, "SELECT count(*) FROM "+table+" WHERE ws = $1 AND "+name+" LIKE $2", []any{string(c.workspace), "%" + text + "%"}, &n); err != nil {
				return err
			}
			if n > 0 {
				where = append(where, column)
			}
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	if c.dir == "" {
		return where
	}
	err = filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(text)) {
			where = append(where, path)
		}
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return where
}

func TestI4ErasureIsDoneAgainAfterARestore(t *testing.T) {
	dir := t.TempDir()
	c := newCompany(t, "sqlite:"+filepath.Join(dir, "server.db"))
	ctx := context.Background()
	anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
	person := anna.newContact(erasedName)
	anna.do(person)
	copied := filepath.Join(dir, "copy.db")
	if err := c.engine.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	if _, err := c.engine.Erase(ctx, c.workspace, system, []crm.Ref{{Kind: crm.KindContact, ID: person.ID}}); err != nil {
		t.Fatal(err)
	}
	erasures, err := c.engine.Erasures(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if restored := c.restored(copied, nil); len(restored.everywhere(erasedName)) == 0 {
		t.Fatal("the backup does not have the person: nothing is tried")
	}
	if where := c.restored(copied, erasures).everywhere(erasedName); len(where) > 0 {
		t.Errorf("after the restore the person is in %q", where)
	}
}

// restored is the company on a backup, where who was erased is erased again.
func (c *company) restored(file string, erasures map[crm.ID][]database.Erasure) *company {
	c.t.Helper()
	db, err := database.Open(context.Background(), "sqlite:"+file)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = db.Close() })
	r := *c
	r.engine = NewEngine(Engine{DB: db, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err := r.engine.Restored(context.Background(), erasures); err != nil {
		c.t.Fatal(err)
	}
	r.eraseRemains()
	return &r
}

func TestAuditLogShowsTampering(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
		anna.do(anna.newContact("A"), anna.newContact("B"), anna.newContact("C"))
		c.verify()
		ctx := context.Background()
		tamper := func(with string) (broken []string) {
			t.Helper()
			err := c.engine.DB.Write(ctx, string(c.workspace), func(t *database.Tx) error { return t.Exec(ctx, with, string(c.workspace)) })
			if err != nil {
				t.Fatal(err)
			}
			if broken, err = c.engine.Verify(ctx, c.workspace); err != nil {
				t.Fatal(err)
			}
			return broken
		}
		const last = " WHERE ws = $1 AND n = (SELECT max(n) FROM audit WHERE ws = $1)"
		for _, with := range []string{
			"UPDATE ws SET log_n = log_n + 1 WHERE id = $1",
			"UPDATE ws SET log_n = log_n - 1, log_hash = (SELECT hash FROM audit" + last + ") WHERE id = $1",
			"DELETE FROM audit" + last, // which leaves the chain whole
			"UPDATE audit SET args = '{}' WHERE ws = $1 AND n = 3",
			"UPDATE audit SET user_id = 'somebody' WHERE ws = $1 AND n = 3",
			"DELETE FROM audit WHERE ws = $1 AND n = 2",
		} {
			if broken := tamper(with); len(broken) != 1 {
				t.Errorf("%s: found %q", with, broken)
			}
			if strings.HasPrefix(with, "UPDATE ws") {
				if broken := tamper("UPDATE ws SET log_n = last.n, log_hash = last.hash FROM (SELECT n, hash FROM audit" + last + ") AS last WHERE id = $1"); len(broken) > 0 {
					t.Fatalf("put back: found %q", broken)
				}
			}
		}
	})
}

func TestPostgresIsBackedUpAndPutBackWhole(t *testing.T) {
	c := newCompany(t, rig.PostgresURL(t))
	ctx := context.Background()
	anna := c.signIn(c.addUser(crm.User{Name: "Anna"}))
	anna.do(anna.newContact("Meier"))
	second, err := c.engine.CreateWorkspace(ctx, "Another company", "AT")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "copy")
	if err := c.engine.Backup(ctx, file); err != nil {
		t.Fatal(err)
	}
	if err := c.engine.Backup(ctx, file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a backup over another: %v", err)
	}
	url := rig.PostgresURL(t)
	restore := exec.Command("pg_restore", "--no-owner", "--exit-on-error", "--dbname="+url, file)
	if out, err := restore.CombinedOutput(); err != nil {
		t.Fatalf("pg_restore: %v: %s", err, out)
	}
	db, err := database.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	restored := *c
	restored.engine = NewEngine(Engine{DB: db, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err := restored.engine.Restored(ctx, nil); err != nil {
		t.Fatal(err)
	}
	restored.verify()
	fresh := restored.signIn(c.admin)
	fresh.pull(0)
	if fresh.count(wire.Contact) != 1 || fresh.count(wire.User) != 2 {
		t.Errorf("%d contacts and %d users came back, want 1 and 2", fresh.count(wire.Contact), fresh.count(wire.User))
	}
	if heads, err := restored.engine.Heads(ctx); err != nil || len(heads) != 2 {
		t.Errorf("workspaces %v, %v; want %s, too", heads, err, second)
	}
}
