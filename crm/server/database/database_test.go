package database

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/ledger"
	"leadline/crm/server/rig"
	"leadline/crm/wire"
)

func TestMain(m *testing.M) { os.Exit(rig.Run(m)) }

// onEach holds both kinds of database to the same.
func onEach(t *testing.T, test func(t *testing.T, db *DB)) {
	t.Helper()
	for _, kind := range []struct {
		name string
		url  func(t *testing.T) string
	}{
		{"SQLite", func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "server.db") }},
		{"in memory", func(*testing.T) string { return "sqlite::memory:" }},
		{"PostgreSQL", func(t *testing.T) string { return rig.PostgresURL(t) }},
	} {
		t.Run(kind.name, func(t *testing.T) { test(t, open(t, kind.url(t))) })
	}
}

func open(t *testing.T, url string) *DB {
	t.Helper()
	db, err := Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func write(t *testing.T, db *DB, workspace string, f func(context.Context, *Tx) error) {
	t.Helper()
	ctx := context.Background()
	if err := db.Write(ctx, workspace, func(tx *Tx) error { return f(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, db *DB, workspace string, f func(context.Context, *Tx) error) {
	t.Helper()
	ctx := context.Background()
	if err := db.Read(ctx, workspace, func(tx *Tx) error { return f(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
}

func addWorkspace(t *testing.T, db *DB, id string) {
	t.Helper()
	write(t, db, id, func(ctx context.Context, tx *Tx) error {
		return tx.AddWorkspace(ctx, Workspace{ID: crm.ID(id), Name: id, Region: "DE", Secret: []byte{1, 2, 3}, Epoch: 7})
	})
}

const peer = "+493020948812"

// hostile is a text that tries every quoting.
const hostile = `\u0000 \"Müller\" '; DROP TABLE document; -- $1 ?1 %s`

// changes are rows as the ledger would have changed them, each with its number.
func changes(rows ...*ledger.Row) ledger.Changed {
	c := ledger.Changed{Rows: map[ledger.Key]*ledger.Row{}, Peers: map[string]map[ledger.Key]bool{peer: {}}, Children: map[ledger.Key]map[ledger.Key]bool{}}
	for _, r := range rows {
		c.Rows[r.Key] = r
		c.Peers[peer][r.Key] = !r.Deleted
	}
	return c
}

func lead(id crm.ID, status crm.LeadStatus, rev uint64) *ledger.Row {
	return &ledger.Row{Key: ledger.Key{Entity: wire.Lead, ID: id}, Rev: rev, Stamps: map[string]crm.HLC{"status": 1 << 63},
		Fields: map[string]json.RawMessage{"id": json.RawMessage(`"` + id + `"`), "status": json.RawMessage(`"` + status + `"`),
			"title": json.RawMessage(`"` + hostile + `"`), "numbers": json.RawMessage(`[{"e164":493020948812}]`),
			"from_later": json.RawMessage(`[1.10,{"x":null}]`)}}
}

func save(ctx context.Context, tx *Tx, rows ...*ledger.Row) error {
	if _, err := tx.Head(ctx, true); err != nil {
		return err
	}
	return tx.SaveChanges(ctx, changes(rows...), time.UnixMilli(1000))
}

func TestDocumentsComeBackAsTheyWere(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		addWorkspace(t, db, "one")
		was := lead("a", crm.LeadNew, 1)
		was.Former = []crm.ID{"x"}
		write(t, db, "one", func(ctx context.Context, tx *Tx) error { return save(ctx, tx, was) })
		read(t, db, "one", func(ctx context.Context, tx *Tx) error {
			row, err := tx.Rows(ctx).Row(was.Key)
			if !reflect.DeepEqual(row, was) {
				t.Errorf("got %+v, want %+v", row, was)
			}
			rows, more, err2 := tx.Page(ctx, 0, 10)
			if want, _ := json.Marshal(was.Fields); more || len(rows) != 1 || string(rows[0].Data) != string(want) {
				t.Errorf("got %+v, want %s", rows, want)
			}
			return errors.Join(err, err2)
		})
	})
}

func TestB4DatabaseRefusesASecondOpenLead(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		addWorkspace(t, db, "one")
		write(t, db, "one", func(ctx context.Context, tx *Tx) error { return save(ctx, tx, lead("a", crm.LeadNew, 1)) })
		ctx := context.Background()
		err := db.Write(ctx, "one", func(tx *Tx) error { return save(ctx, tx, lead("b", crm.LeadNew, 2)) })
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), "unique") {
			t.Errorf("a second open lead of a number: %v, want the index to refuse it", err)
		}
		write(t, db, "one", func(ctx context.Context, tx *Tx) error { // one closes as the other opens
			return save(ctx, tx, lead("b", crm.LeadNew, 2), lead("a", crm.LeadJunk, 3))
		})
	})
}

func TestWorkspacesAreApart(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		addWorkspace(t, db, "one")
		addWorkspace(t, db, "two")
		write(t, db, "one", func(ctx context.Context, tx *Tx) error { return save(ctx, tx, lead("a", crm.LeadNew, 1)) })
		read(t, db, "two", func(ctx context.Context, tx *Tx) error {
			rows, _, err := tx.Page(ctx, 0, 10)
			r, err2 := tx.Rows(ctx).Row(ledger.Key{Entity: wire.Lead, ID: "a"})
			if len(rows) > 0 || r != nil {
				t.Errorf("another workspace's rows: %v, %v", rows, r)
			}
			return errors.Join(err, err2)
		})
		write(t, db, "two", func(ctx context.Context, tx *Tx) error { return save(ctx, tx, lead("a", crm.LeadNew, 1)) })
	})
}

func TestFailedTransactionLeavesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		addWorkspace(t, db, "one")
		ctx, wrong := context.Background(), errors.New("wrong")
		err := db.Write(ctx, "one", func(tx *Tx) error { return errors.Join(save(ctx, tx, lead("a", crm.LeadNew, 1)), wrong) })
		if !errors.Is(err, wrong) {
			t.Errorf("got %v", err)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic did not pass through")
				}
			}()
			_ = db.Write(ctx, "one", func(tx *Tx) error {
				if err := save(ctx, tx, lead("a", crm.LeadNew, 1)); err != nil {
					t.Error(err)
				}
				panic("in the middle")
			})
		}()
		read(t, db, "one", func(ctx context.Context, tx *Tx) error {
			rows, _, err := tx.Page(ctx, 0, 10)
			if len(rows) != 0 {
				t.Errorf("%d rows are left", len(rows))
			}
			return err
		})
	})
}

func TestWritersOfAWorkspaceFollowEachOther(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		addWorkspace(t, db, "one")
		ctx := context.Background()
		const writers, each = 8, 10
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				for range each {
					err := db.Write(ctx, "one", func(tx *Tx) error {
						head, err := tx.Head(ctx, true)
						if err != nil {
							return err
						}
						// Had two the same head, they would make the same epoch.
						return errors.Join(tx.addEpoch(ctx, 1000+head.Rev, 0, head.Rev), tx.Advance(ctx, 1))
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		read(t, db, "one", func(ctx context.Context, tx *Tx) error {
			head, err := tx.Head(ctx, false)
			if head.Rev != writers*each {
				t.Errorf("the workspace is at revision %d, want %d", head.Rev, writers*each)
			}
			return err
		})
	})
}

func TestReadSeesOneSnapshot(t *testing.T) {
	for _, url := range []func(*testing.T) string{
		func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "server.db") },
		func(t *testing.T) string { return rig.PostgresURL(t) },
	} {
		db := open(t, url(t))
		addWorkspace(t, db, "one")
		read(t, db, "one", func(ctx context.Context, tx *Tx) error {
			before, err := tx.Head(ctx, false)
			if err != nil {
				return err
			}
			write(t, db, "one", func(ctx context.Context, other *Tx) error {
				return errors.Join(save(ctx, other, lead("a", crm.LeadNew, 1)), other.Advance(ctx, 1))
			})
			after, err := tx.Head(ctx, false)
			rows, _, err2 := tx.Page(ctx, 0, 10)
			if after.Rev != before.Rev || len(rows) != 0 {
				t.Errorf("a reader saw a commit in its middle: %d then %d, %d rows", before.Rev, after.Rev, len(rows))
			}
			return errors.Join(err, err2)
		})
	}
}

func TestOpeningAgainKeepsEverything(t *testing.T) {
	for _, url := range []string{"sqlite:" + filepath.Join(t.TempDir(), "a file with # and ?.db"), rig.PostgresURL(t)} {
		db := open(t, url)
		addWorkspace(t, db, "one")
		again := open(t, url)
		read(t, again, "", func(ctx context.Context, tx *Tx) error {
			all, err := tx.Workspaces(ctx)
			if len(all) != 1 || all[0].ID != "one" || all[0].Epoch != 7 {
				t.Errorf("workspaces %+v", all)
			}
			return err
		})
	}
}

func TestAuditLogGoesOnFromAFormerVersion(t *testing.T) {
	for _, url := range []string{"sqlite:" + filepath.Join(t.TempDir(), "server.db"), rig.PostgresURL(t)} {
		workspaces := []string{"one", "two", "without any line"}
		lines := func(db *DB, workspace string, n int) {
			write(t, db, workspace, func(ctx context.Context, tx *Tx) error {
				_, err := tx.Open(ctx, Asked{})
				return errors.Join(err, tx.Log(ctx, slices.Repeat([]Record{{Salt: []byte{1}}}, n)), tx.Advance(ctx, 0))
			})
		}
		whole := func(db *DB, workspace string, want int) {
			t.Helper()
			read(t, db, workspace, func(ctx context.Context, tx *Tx) error {
				n := 0
				err := tx.AuditLog(ctx, func(Record) error { n++; return nil })
				if n != want || err != nil {
					t.Errorf("%s, workspace %s: %d lines, want %d; %v", url, workspace, n, want, err)
				}
				return nil
			})
		}
		db := open(t, url)
		for i, workspace := range workspaces {
			addWorkspace(t, db, workspace)
			lines(db, workspace, []int{12, 3, 0}[i])
		}
		write(t, db, "", func(ctx context.Context, tx *Tx) error { // as it was
			return errors.Join(tx.Exec(ctx, "ALTER TABLE ws DROP COLUMN log_n"), tx.Exec(ctx, "ALTER TABLE ws DROP COLUMN log_hash"),
				tx.Exec(ctx, "DROP INDEX document_people"), tx.Exec(ctx, "ALTER TABLE erasure DROP COLUMN hung"), tx.Exec(ctx, "ALTER TABLE erasure DROP COLUMN by_user"), tx.Exec(ctx, "ALTER TABLE erasure DROP COLUMN remains"), tx.Exec(ctx, "ALTER TABLE client DROP COLUMN device"),
				tx.Exec(ctx, "ALTER TABLE webhook DROP COLUMN told"), tx.Exec(ctx, "ALTER TABLE webhook DROP COLUMN reason"),
				tx.Exec(ctx, "ALTER TABLE api_key DROP COLUMN made_by"), tx.Exec(ctx, "ALTER TABLE api_key DROP COLUMN used"),
				tx.Exec(ctx, "DROP TABLE least"), tx.Exec(ctx, "DELETE FROM goose_db_version WHERE version_id >= 8"))
		})
		db = open(t, url)
		for i, workspace := range workspaces {
			whole(db, workspace, []int{12, 3, 0}[i])
			write(t, db, workspace, func(ctx context.Context, tx *Tx) error { // a server of that version still runs
				_, err := tx.Open(ctx, Asked{})
				return errors.Join(err, tx.Log(ctx, slices.Repeat([]Record{{Salt: []byte{1}}}, 2)))
			})
			lines(db, workspace, 1)
			whole(db, workspace, []int{15, 6, 3}[i])
		}
	}
}

func TestBackupIsTheWholeDatabase(t *testing.T) {
	db := open(t, "sqlite:"+filepath.Join(t.TempDir(), "server.db"))
	addWorkspace(t, db, "one")
	file := filepath.Join(t.TempDir(), "copy.db")
	if err := db.Backup(context.Background(), file); err != nil {
		t.Fatal(err)
	}
	read(t, open(t, "sqlite:"+file), "one", func(ctx context.Context, tx *Tx) error {
		_, err := tx.Head(ctx, false)
		return err
	})
	if err := db.Backup(context.Background(), file); err == nil {
		t.Error("a backup wrote over a file")
	}
}

func TestPasswordIsNotOnACommandLine(t *testing.T) {
	for _, c := range []struct{ url, where, password string }{
		{"postgres://ada:s%40cret@db.example.org/crm?sslmode=require", "postgres://ada@db.example.org/crm?sslmode=require", "s@cret"},
		{"postgres:///?host=%2Ftmp&password=secret&user=ada", "postgres:///?host=%2Ftmp&user=ada", "secret"},
		{"postgres://ada@db/crm", "postgres://ada@db/crm", ""},
	} {
		where, password, err := withoutPassword(c.url)
		if where != c.where || password != c.password || err != nil {
			t.Errorf("%s: got %s and %q, %v", c.url, where, password, err)
		}
	}
	if _, _, err := withoutPassword("postgres://ada:secret@[db"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("the error of a broken URL: %v", err)
	}
}

// 40P01: of two transactions that wait for each other PostgreSQL ends one, which is then run again as a whole.
func TestPostgresDeadlockIsTriedAgain(t *testing.T) {
	db := open(t, rig.PostgresURL(t))
	addWorkspace(t, db, "one")
	addWorkspace(t, db, "two")
	ctx := context.Background()
	var both, all sync.WaitGroup
	both.Add(2)
	var runs atomic.Int32
	for _, order := range [][2]string{{"one", "two"}, {"two", "one"}} {
		all.Go(func() {
			first := true
			err := db.Write(ctx, "", func(tx *Tx) error {
				runs.Add(1)
				touch := func(workspace string) error { // asked for, so that it is done at once
					var rev int64
					_, err := tx.One(ctx, "UPDATE ws SET rev = rev + 1 WHERE id = $1 RETURNING rev", []any{workspace}, &rev)
					return err
				}
				if err := touch(order[0]); err != nil {
					return err
				}
				if first { // each has one when it asks for the other
					first = false
					both.Done()
					both.Wait()
				}
				return touch(order[1])
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := runs.Load(); n < 3 {
		t.Errorf("the two transactions ran %d times: none was tried again", n)
	}
	read(t, db, "", func(ctx context.Context, tx *Tx) error {
		workspaces, err := tx.Workspaces(ctx)
		for _, w := range workspaces {
			if w.Rev != 2 {
				t.Errorf("%s is at %d, want each change once", w.ID, w.Rev)
			}
		}
		return err
	})
}

// What was deleted is not in the file any more, also where rows have moved as others grew (I4).
func TestWhatWasOverwrittenIsNotInTheFile_I4(t *testing.T) {
	file := filepath.Join(t.TempDir(), "server.db")
	db := open(t, "sqlite:"+file)
	set := func(ctx context.Context, tx *Tx, i int, data string) error {
		return tx.Exec(ctx, `INSERT INTO document(ws, entity, id, rev, deleted, data, stamps, former) VALUES($1, 'contact', $2, $3, 0, $4, '', '')
			ON CONFLICT(ws, entity, id) DO UPDATE SET data = excluded.data`, tx.Workspace, fmt.Sprint("row ", i), int64(i), data)
	}
	sizes := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		write(t, db, "w", func(ctx context.Context, tx *Tx) (err error) {
			for range 100 {
				if i := sizes.IntN(300); err == nil {
					err = set(ctx, tx, i, strings.Repeat(fmt.Sprintf("Meier %d.", i), 1+sizes.IntN(200)))
				}
			}
			return err
		})
	}
	write(t, db, "w", func(ctx context.Context, tx *Tx) error { return tx.Exec(ctx, "UPDATE document SET data = '{}'") })
	if err := db.Shred(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{file, file + "-wal"} {
		b, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		if at := bytes.Index(b, []byte("Meier")); at >= 0 {
			t.Errorf("%s has it still, in page %d", filepath.Base(part), at/4096)
		}
	}
}

// A program comes back while a push of its own, whose answer it has given up waiting for, is committed: what that answered stays.
func TestAProgramThatComesBackTakesNoAnswerBack_I1(t *testing.T) {
	db := open(t, rig.PostgresURL(t))
	before, after := Client{ID: "program", User: "anna", Seq: 3, UUID: "third", Acked: 1}, Client{ID: "program", User: "anna", Seq: 5, UUID: "fifth", Acked: 1}
	save := func(c Client) {
		write(t, db, "w", func(ctx context.Context, tx *Tx) error { return tx.SaveClients(ctx, []Client{c}, 1) })
	}
	save(before)
	write(t, db, "w", func(ctx context.Context, tx *Tx) error {
		c, err := tx.Client(ctx, "program")
		if err != nil || c != before {
			t.Errorf("%+v, %v", c, err)
		}
		save(after)
		c.Acked = 3
		return tx.Greeted(ctx, c, "", 2)
	})
	read(t, db, "w", func(ctx context.Context, tx *Tx) error {
		c, err := tx.Client(ctx, "program")
		if after.Acked = 3; c != after {
			t.Errorf("%+v, want %+v", c, after)
		}
		return err
	})
}
