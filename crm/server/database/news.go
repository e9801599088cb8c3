package database

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// News is what a server tells the others on its database: that a workspace has come to revision Rev; with SignedOut, that devices of it
// were signed out; else, with Rev 0, that the presence of its users has changed. News may be lost: what counts is in the database.
type News struct {
	Workspace string
	Rev       uint64
	SignedOut bool
}

// ErrNoNews means that servers cannot notify each other through this database: it is SQLite.
var ErrNoNews = errors.New("servers do not hear each other through this database")

// Tell notifies the other servers. Call it after a commit: within the transaction, NOTIFY takes a lock for which all commits would wait.
func (db *DB) Tell(ctx context.Context, all []News) error { return db.dialect.tell(ctx, all) }

// Listen hears the other servers until ctx ends or the connection is lost: it calls ready once it does, then heard for each of their
// news. ErrNoNews when the database cannot.
func (db *DB) Listen(ctx context.Context, ready func(), heard func(News)) error {
	return db.dialect.listen(ctx, ready, heard)
}

func (d *sqliteDB) tell(context.Context, []News) error               { return nil }
func (d *sqliteDB) listen(context.Context, func(), func(News)) error { return ErrNoNews }

// newsChannel is the channel of NOTIFY. A message is "sender workspace revision", or has signedOut instead of the revision, which
// servers pass over that do not know it.
const (
	newsChannel = "leadline"
	signedOut   = "doubt"
)

func (p *postgres) tell(ctx context.Context, all []News) error {
	messages := make([]string, len(all))
	for i, n := range all {
		what := strconv.FormatUint(n.Rev, 10)
		if n.SignedOut {
			what = signedOut
		}
		messages[i] = fmt.Sprintf("%s %s %s", p.name, n.Workspace, what)
	}
	conn, release, err := p.connection(ctx)
	if err != nil {
		return err
	}
	defer release()
	_, err = conn.Exec(ctx, "SELECT pg_notify($1, message) FROM unnest($2::text[]) AS message", newsChannel, messages)
	return err
}

// listen has a connection of its own: one of the pool would be missing there.
func (p *postgres) listen(ctx context.Context, ready func(), heard func(News)) error {
	conn, err := pgx.Connect(ctx, p.url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock_shared($1)", servedLock); err != nil { // waits while it is restored
		return err
	}
	if _, err := conn.Exec(ctx, "LISTEN "+newsChannel); err != nil {
		return err
	}
	ready()
	for {
		message, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if n, ok := p.readNews(message.Payload); ok {
			heard(n)
		}
	}
}

// readNews reads a message; ok is false when it is our own, or none of ours.
func (p *postgres) readNews(message string) (n News, ok bool) {
	sender, rest, _ := strings.Cut(message, " ")
	workspace, what, _ := strings.Cut(rest, " ")
	if what == signedOut {
		return News{Workspace: workspace, SignedOut: true}, sender != p.name
	}
	rev, err := strconv.ParseUint(what, 10, 64)
	return News{Workspace: workspace, Rev: rev}, err == nil && sender != p.name
}
