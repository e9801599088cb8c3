package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/recordings"
)

func verifyCommand(ctx context.Context, args []string, t terminal) error {
	flags := flag.NewFlagSet("leadline-server verify", flag.ContinueOnError)
	var where place
	where.flags(flags)
	quick := flags.Bool("quick", false, "look at the sizes of recordings only, and do not read them")
	if done, err := parse(flags, args, t); done || err != nil {
		return err
	}
	if err := where.exists(); err != nil {
		return err
	}
	e, err := where.engine(ctx, where.database)
	if err != nil {
		return err
	}
	damage, err := e.DB.Damage(ctx)
	broken, heard := damage, 0
	if err == nil && len(damage) == 0 { // else the rest would only tell of the same
		broken, heard, err = where.verifyContent(ctx, e, *quick)
	}
	if err := errors.Join(err, e.DB.Close()); err != nil {
		return err
	}
	for _, b := range broken {
		fmt.Fprintln(t.out, b)
	}
	switch {
	case len(damage) > 0:
		return errDamagedFile
	case len(broken) > 0:
		return fmt.Errorf("%d things are not as they should be", len(broken))
	}
	_, err = fmt.Fprintf(t.out, "Everything is as it should be. Recordings: %d.\n", heard)
	return err
}

var errDamagedFile = errors.New("the database's file is damaged: leadline-server restore -from BACKUP sets it aside and puts a backup in its place; programs send again what that lacks")

// verifyContent is what is wrong in database and recordings, and how many recordings there are.
func (p place) verifyContent(ctx context.Context, e *server.Engine, sizesOnly bool) (broken []string, heard int, err error) {
	if broken, err = verifyAll(ctx, e); err != nil {
		return nil, 0, err
	}
	some, heard, err := p.verifyRecordings(ctx, e, sizesOnly)
	return append(broken, some...), heard, err
}

// verifyRecordings holds the recordings' files against the database. Nothing is made that is not there: a key above all.
func (p place) verifyRecordings(ctx context.Context, e *server.Engine, sizesOnly bool) (broken []string, count int, err error) {
	if there, err := hasRecordings(ctx, e); err != nil || !there {
		return nil, 0, err
	}
	key, err := p.keyPath()
	if err != nil {
		return nil, 0, err
	}
	if _, err := os.Stat(key); err != nil {
		return nil, 0, fmt.Errorf("the key that seals recordings is not there: %w", err)
	}
	vault, err := access.OpenVault(key)
	if err != nil {
		return nil, 0, err
	}
	dir, err := p.recordingsPath()
	if err != nil {
		return nil, 0, err
	}
	return recordings.New(recordings.Options{Engine: e, Vault: vault, Folder: dir}).Verify(ctx, sizesOnly)
}

func verifyAll(ctx context.Context, e *server.Engine) (broken []string, err error) {
	heads, err := e.Heads(ctx)
	if err != nil {
		return nil, err
	}
	for workspace := range heads {
		some, err := e.Verify(ctx, workspace)
		if err != nil {
			return nil, err
		}
		broken = append(broken, some...)
	}
	return broken, nil
}

func hasRecordings(ctx context.Context, e *server.Engine) (there bool, err error) {
	heads, err := e.Heads(ctx)
	for workspace := range heads {
		if err == nil && !there {
			err = e.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
				here, _, _, err := t.CountRecordings(ctx)
				there = here > 0
				return err
			})
		}
	}
	return there, err
}
