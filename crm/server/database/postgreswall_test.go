package database

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"leadline/crm"
	"leadline/crm/server/rig"
)

// Row level security holds even against a query that forgets the workspace, or names another.
func TestPostgresWallBetweenWorkspaces(t *testing.T) { wallHolds(t, open(t, rig.PostgresURL(t))) }

func wallHolds(t *testing.T, db *DB) {
	t.Helper()
	addWorkspace(t, db, "one")
	addWorkspace(t, db, "two")
	write(t, db, "one", func(ctx context.Context, tx *Tx) error {
		return errors.Join(save(ctx, tx, lead("a", crm.LeadNew, 1)), tx.SaveClients(ctx, []Client{{ID: "c", User: "u"}}, 1),
			tx.SaveAnswers(ctx, []Answer{{UUID: "q"}}, nil, 1), tx.Log(ctx, []Record{{UUID: "q", Salt: []byte{1}}}))
	})
	for _, table := range []string{"document", "peer", "client", "cmd_seen", "audit", "epoch"} {
		write(t, db, "two", func(ctx context.Context, tx *Tx) error {
			n := -1
			_, err := tx.One(ctx, "SELECT count(*) FROM "+table+" WHERE ws <> 'two'", nil, &n)
			if n != 0 {
				t.Errorf("%s: %d rows of another workspace", table, n)
			}
			return errors.Join(err, tx.Exec(ctx, "UPDATE "+table+" SET ws = 'two' WHERE ws = 'one'"))
		})
	}
	ctx := context.Background()
	err := db.Write(ctx, "two", func(tx *Tx) error {
		return tx.Exec(ctx, "INSERT INTO epoch(ws, n, parent, fork_rev) VALUES('one', 99, 0, 0)")
	})
	if err == nil || !strings.Contains(err.Error(), "row-level security") {
		t.Errorf("a row of another workspace was written: %v", err)
	}
	read(t, db, "one", func(ctx context.Context, tx *Tx) error {
		rows, _, err := tx.Page(ctx, 0, 10)
		if len(rows) != 1 {
			t.Errorf("%d rows are left, want the one", len(rows))
		}
		return err
	})
}

// formerWall is how walls were until they asked once for each statement.
const formerWall = "ws = current_setting('leadline.workspace', true) OR current_setting('leadline.whole', true) = 'on'"

// walls are those of a database, each as PostgreSQL writes it.
func walls(t *testing.T, db *DB) (all []string) {
	t.Helper()
	read(t, db, "", func(ctx context.Context, tx *Tx) error {
		return tx.Each(ctx, "SELECT tablename || ' ' || cmd || ' ' || permissive || ' ' || qual FROM pg_policies ORDER BY tablename", nil, func(scan func(...any) error) error {
			var one string
			err := scan(&one)
			all = append(all, one)
			return err
		})
	})
	return all
}

// A database of a former version gets the walls of a new one when a server starts, while others are at work on it. A table that is in use
// for long is not waited for, and holds back nobody: its wall is renewed by the next start.
func TestPostgresWallsOfAFormerVersionAreRenewed(t *testing.T) {
	url := rig.PostgresURL(t)
	db := open(t, url)
	want := walls(t, db)
	if len(want) == 0 || !strings.Contains(want[0], "SELECT") {
		t.Fatalf("new walls: %v", want)
	}
	write(t, db, "", func(ctx context.Context, tx *Tx) (err error) {
		for _, wall := range want {
			table, _, _ := strings.Cut(wall, " ")
			err = errors.Join(err, tx.Exec(ctx, "ALTER POLICY own_workspace ON "+table+" USING ("+formerWall+")"))
		}
		return err
	})
	if former := walls(t, db); slices.ContainsFunc(former, func(w string) bool { return strings.Contains(w, "SELECT") }) {
		t.Fatalf("walls of a former version: %v", former)
	}
	addWorkspace(t, db, "busy")
	read(t, db, "busy", func(ctx context.Context, tx *Tx) error { // as a backup does
		if _, _, err := tx.Page(ctx, 0, 1); err != nil {
			return err
		}
		open(t, url)
		return nil
	})
	if half := walls(t, db); slices.Equal(half, want) {
		t.Error("a table was changed under a transaction that used it")
	}
	ctx, stop := context.WithCancel(t.Context())
	var atWork, starting sync.WaitGroup
	for n := range 4 {
		id := crm.ID("lead" + string(rune('a'+n)))
		atWork.Go(func() {
			for rev := uint64(1); ctx.Err() == nil; rev++ {
				if err := db.Write(context.Background(), "busy", func(tx *Tx) error {
					r := lead(id, crm.LeadJunk, rev)
					return errors.Join(save(context.Background(), tx, r), tx.Advance(context.Background(), 1))
				}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 3 {
		starting.Go(func() {
			another, err := Open(context.Background(), url)
			if err == nil {
				err = another.Close()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
	stop()
	atWork.Wait()
	open(t, url)
	if got := walls(t, db); !slices.Equal(got, want) {
		t.Errorf("walls %v, want those of a new database: %v", got, want)
	}
	wallHolds(t, db)
}
