package database

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"leadline/crm/server/rig"
)

// A PostgreSQL that takes no changes for a while, such as one that has become a standby, can be read, and is no fault of a command: programs
// try again. Connections to it are given up, so that changes go on with the next.
func TestPostgresThatOnlyReads(t *testing.T) {
	url := rig.PostgresURL(t)
	db := open(t, url)
	addWorkspace(t, db, "one")
	ctx := t.Context()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	config.RuntimeParams["default_transaction_read_only"] = "off"
	administrator, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	defer administrator.Close(context.WithoutCancel(ctx))
	do := func(statement string) {
		t.Helper()
		if _, err := administrator.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	advance := func() error { return db.Write(ctx, "one", func(tx *Tx) error { return tx.Advance(ctx, 1) }) }

	do("ALTER DATABASE " + config.Database + " SET default_transaction_read_only = on")
	do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	for range postgresConns { // the first find their connections broken
		err = advance()
	}
	if !errors.Is(err, ErrAway) || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("a change: %v", err)
	}
	if err := db.Ready(ctx); !errors.Is(err, ErrAway) {
		t.Errorf("ready: %v", err)
	}
	read(t, db, "one", func(ctx context.Context, tx *Tx) error {
		_, err := tx.Head(ctx, false)
		return err
	})
	do("ALTER DATABASE " + config.Database + " RESET default_transaction_read_only")
	for range postgresConns {
		err = advance()
	}
	if err != nil {
		t.Errorf("a change once there are changes again: %v", err)
	}
	if err := db.Ready(ctx); err != nil {
		t.Errorf("ready again: %v", err)
	}
}
