package database

import (
	"context"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"leadline/crm/server/rig"
)

// Where PostgreSQL gives a server fewer connections than it would take, its transactions wait for each other: none fails.
func TestPostgresWithFewConnections(t *testing.T) {
	url := rig.PostgresURL(t)
	db := open(t, url)
	addWorkspace(t, db, "one")
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	write(t, db, "", func(ctx context.Context, tx *Tx) error {
		return tx.Exec(ctx, "ALTER DATABASE "+config.Database+" CONNECTION LIMIT 3")
	})
	var all sync.WaitGroup
	for range 3 * postgresConns {
		all.Go(func() {
			err := db.Read(context.Background(), "one", func(tx *Tx) error {
				_, err := tx.One(context.Background(), "SELECT 1 FROM pg_sleep(0.02)", nil, new(int))
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := db.Ready(context.Background()); err != nil {
		t.Error(err)
	}
}
