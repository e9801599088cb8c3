package database

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ErrServed means that a server is running on a database.
var ErrServed = errors.New("a server is running on this database; stop it first")

// servedLock is the advisory lock that every server on a PostgreSQL shares while it listens for news: a number of our own.
const servedLock = 5306452

// Alone keeps servers from running on a PostgreSQL database until release is called; ErrServed when one is running. A restore needs it: a
// server that ran on would use what it remembers of the replaced database, and go on counting from its revision.
func Alone(ctx context.Context, url string) (release func(), err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	release = func() { _ = conn.Close(context.WithoutCancel(ctx)) }
	var mine bool
	err = conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", servedLock).Scan(&mine)
	if err == nil && !mine {
		err = ErrServed
	}
	if err != nil {
		release()
		return nil, err
	}
	return release, nil
}
