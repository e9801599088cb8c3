package server

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/rig"
)

// measured is how long each side of a comparison runs.
const measured = 3 * time.Second

// rate is how many times a second workers together do something.
func rate(workers int, do func(worker int) error) (float64, error) {
	var done atomic.Int64
	var failed atomic.Value
	var all sync.WaitGroup
	began := time.Now()
	for w := range workers {
		all.Go(func() {
			for time.Since(began) < measured && failed.Load() == nil {
				if err := do(w); err != nil {
					failed.Store(err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return 0, err.(error)
	}
	return float64(done.Load()) / time.Since(began).Seconds(), nil
}

// pushing is the rate at which so many programs have commands committed, each pushing so many at once:
// notes on calls of their own, as they are saved while somebody types.
func pushing(b *testing.B, url string, programs, commands int) float64 {
	b.Helper()
	c := newCompany(b, url)
	committer := NewCommitter(c.engine)
	agents := make([]*program, programs)
	calls := make([]crm.ID, programs)
	for i := range agents {
		agents[i] = c.signIn(c.addUser(crm.User{Name: fmt.Sprint("Agent ", i)}))
		_, call := agents[i].rings(1)
		call.Refs = nil
		agents[i].do(call)
		calls[i] = call.ID
	}
	var n atomic.Int64
	pushed, err := rate(programs, func(i int) error {
		changes := make([]crm.Change, commands)
		for j := range changes {
			changes[j] = crm.SaveNote{Call: calls[i], Text: fmt.Sprint("Wants an offer by Friday, called back ", n.Add(1))}
		}
		_, err := committer.Push(context.Background(), agents[i].sender, agents[i].message(agents[i].commands(changes...)))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return pushed * float64(commands)
}

// design.md: commands committed ≥ 3 × one-row commits of 16 connections on PostgreSQL.
func BenchmarkCommitPostgres(b *testing.B) {
	pg, err := rig.NewPostgres()
	rig.NeedPostgres(b, err)
	defer func() {
		if err := pg.Remove(); err != nil {
			b.Error(err)
		}
	}()
	url, err := pg.Database()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		single := oneRowCommits(b, url)
		for _, commands := range []int{1, 16} {
			ours := pushing(b, url, 256, commands)
			b.ReportMetric(ours, fmt.Sprintf("commands/s-%d-a-push", commands))
			b.ReportMetric(ours/single, fmt.Sprintf("×-one-row-%d-a-push", commands))
			b.ReportMetric(sameRows(b, url, 256, commands)/single, fmt.Sprintf("×-one-row-same-rows-%d-a-push", commands))
		}
		b.ReportMetric(single, "one-row-commits/s")
	}
}

// oneRowCommits is what PostgreSQL does when each row is a transaction.
func oneRowCommits(b *testing.B, url string) float64 {
	b.Helper()
	const connections = 16
	db, err := sql.Open("pgx", url)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	if _, err := db.Exec("CREATE TABLE IF NOT EXISTS one_row(id BIGSERIAL PRIMARY KEY, note TEXT NOT NULL)"); err != nil {
		b.Fatal(err)
	}
	single, err := rate(connections, func(int) error {
		_, err := db.Exec("INSERT INTO one_row(note) VALUES($1)", "Wants an offer by Friday, called back 1")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return single
}

// design.md: commands committed ≥ 2 × the rate of fsync on SQLite.
func BenchmarkCommitSQLite(b *testing.B) {
	for b.Loop() {
		fsync := fsyncs(b)
		for _, commands := range []int{1, 16} {
			ours := pushing(b, "sqlite:"+filepath.Join(b.TempDir(), "server.db"), 256, commands)
			b.ReportMetric(ours, fmt.Sprintf("commands/s-%d-a-push", commands))
			b.ReportMetric(ours/fsync, fmt.Sprintf("×-fsync-%d-a-push", commands))
		}
		b.ReportMetric(fsync, "fsync/s")
	}
}

// fsyncs is how often a second a page can be written and synced.
func fsyncs(b *testing.B) float64 {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "fsync"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	fsync, err := rate(1, func(int) error {
		if _, err := f.Write(page); err != nil {
			return err
		}
		return f.Sync()
	})
	if err != nil {
		b.Fatal(err)
	}
	return fsync
}
