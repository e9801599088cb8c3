package database

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"leadline/crm/server/rig"
)

// Servers on one database are upgraded one after the other: an older one that is started again tells that the database is newer, and
// refuses where the newer one says that it would do harm. Both read and write it until then.
func TestAnOlderServerTellsOfANewerDatabase(t *testing.T) {
	for name, url := range map[string]func() string{
		"SQLite":     func() string { return "sqlite:" + filepath.Join(t.TempDir(), "server.db") },
		"PostgreSQL": func() string { return rig.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			at := url()
			db := open(t, at)
			own := db.Version()
			if own.Newer() || own.Known == 0 || own.Here != own.Known {
				t.Fatalf("a new database is %+v", own)
			}
			upgrade := func(statement string) { // as a newer program would
				t.Helper()
				write(t, db, "", func(ctx context.Context, tx *Tx) error { return tx.Exec(ctx, statement) })
			}
			upgrade(fmt.Sprintf("INSERT INTO goose_db_version(version_id, is_applied) VALUES(%d, true)", own.Known+2))
			if v := open(t, at).Version(); !v.Newer() || v.Here != own.Known+2 || v.Known != own.Known {
				t.Errorf("of a newer program's database it says %+v", v)
			}
			upgrade(fmt.Sprintf("UPDATE least SET version = %d", own.Known))
			open(t, at)
			upgrade(fmt.Sprintf("UPDATE least SET version = %d", own.Known+1))
			if _, err := Open(t.Context(), at); !errors.Is(err, ErrNewer) {
				t.Errorf("of one that it would do harm to it says %v", err)
			}
		})
	}
}
