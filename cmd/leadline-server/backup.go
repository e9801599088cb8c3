package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"leadline/crm"
	"leadline/crm/disk"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/recordings"
)

// engine opens the database without what is sealed in it.
func (p place) engine(ctx context.Context, url string) (*server.Engine, error) {
	db, err := database.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	return server.NewEngine(server.Engine{DB: db, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)}), nil
}

// exists keeps commands from making a new database where there should be one.
func (p place) exists() error {
	file, embedded := p.sqliteFile()
	if !embedded {
		return nil
	}
	_, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the database is not there: %s; -database says where it is, that of the packaged service is %s", absolute(file), packagedDatabase)
	}
	return err
}

// packagedDatabase is where the unit in assets/server has it.
const packagedDatabase = "sqlite:/var/lib/leadline-server/server.db"

// absolute is a file's path from the root on, for who may not know in which folder a command was run.
func absolute(file string) string {
	if whole, err := filepath.Abs(file); err == nil {
		return whole
	}
	return file
}

func backupCommand(ctx context.Context, args []string, t terminal) error {
	flags := flag.NewFlagSet("leadline-server backup", flag.ContinueOnError)
	var where place
	where.flags(flags)
	to := flags.String("to", "", "the `FILE` to write, which must not be there yet. PostgreSQL's is written by pg_dump, in its custom format")
	sounds := flags.String("recordings-to", "", "the `FOLDER` to copy recordings to that are not there yet, sealed as they are")
	if done, err := parse(flags, args, t); done || err != nil {
		return err
	}
	if *to == "" {
		return misuse("-to is missing")
	}
	if err := where.exists(); err != nil {
		return err
	}
	e, err := where.engine(ctx, where.database)
	if err != nil {
		return err
	}
	_, embedded := where.sqliteFile()
	if embedded {
		err = backupSQLite(ctx, e, *to)
	} else {
		err = e.Backup(ctx, *to)
	}
	if err != nil {
		return errors.Join(err, e.DB.Close())
	}
	fmt.Fprintf(t.out, "Backed up into %s. Telephone passwords in it are sealed: keep a copy of the key file, apart from it.\n", *to)
	dir, err := where.recordingsPath()
	switch {
	case err != nil:
	case *sounds != "": // after the database: what it has is in the folder, too
		err = copyRecordings(ctx, t, e, dir, *sounds)
	default:
		_, err = fmt.Fprintf(t.out, "Recordings are not in it: give -recordings-to FOLDER, or copy the folder %s after each backup; they are sealed by the same key.\n", dir)
	}
	return errors.Join(err, e.DB.Close())
}

// copyRecordings copies what is not there yet, and says so.
func copyRecordings(ctx context.Context, t terminal, e *server.Engine, from, to string) error {
	done, err := recordings.Copy(ctx, e, from, to)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "Recordings in %s: %d copied, %d were there already.\n", to, done.New, done.There)
	if n := len(done.Missing); n > 0 {
		return fmt.Errorf("%d recordings are missing in %s:\n%s", n, from, strings.Join(done.Missing[:min(n, mostMissing)], "\n"))
	}
	return nil
}

// mostMissing are named, of recordings that are not there.
const mostMissing = 20

func backupSQLite(ctx context.Context, e *server.Engine, to string) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // SQLite goes by the umask, but takes an empty file
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	err = e.Backup(ctx, to)
	if err != nil && !errors.Is(err, server.ErrNotMarked) {
		err = errors.Join(err, os.Remove(to))
	}
	return err
}

func restoreCommand(ctx context.Context, args []string, t terminal) error {
	flags := flag.NewFlagSet("leadline-server restore", flag.ContinueOnError)
	var where place
	where.flags(flags)
	from := flags.String("from", "", "the `FILE` that backup has written. With PostgreSQL put it back by pg_restore first, then run this without")
	flags.StringVar(&where.replaced, "replaced", "", "the database that was there before, sqlite:`FILE` or postgres://…, where it is not the SQLite file itself: newer passwords stay, and who was locked out stays so")
	sounds := flags.String("recordings-from", "", "the `FOLDER` that backup has copied recordings to. With SQLite and without -from, only they are put back")
	if done, err := parse(flags, args, t); done || err != nil {
		return err
	}
	file, embedded := where.sqliteFile()
	only := embedded && *from == "" && *sounds != ""
	switch {
	case embedded && *from == "" && !only:
		return misuse("-from is missing: the FILE that backup has written")
	case !embedded && *from != "":
		return misuse("-from is for SQLite: put the backup into PostgreSQL by pg_restore, then run restore without -from")
	}
	if only {
		if err := where.exists(); err != nil {
			return err
		}
	}
	unlock, err := where.lock(database.ErrServed)
	if err != nil {
		return err
	}
	defer unlock()
	if !embedded {
		release, err := database.Alone(ctx, where.database)
		if err != nil {
			return err
		}
		defer release()
	}
	if only {
		return where.restoreRecordings(ctx, t, *sounds)
	}
	erased, err := where.erasures(ctx)
	if err != nil {
		return err
	}
	before, known, err := where.signIns(ctx)
	if err != nil {
		return err
	}
	aside := ""
	if embedded {
		if aside, err = where.putBack(ctx, file, *from); err != nil {
			return err
		}
	}
	var said strings.Builder
	if err := where.restored(ctx, erased, func(e *server.Engine) error {
		if known {
			return keepSignIns(ctx, e, before, &said)
		}
		return keepNoSignIns(ctx, e, &said)
	}); err != nil {
		return besides(err, aside)
	}
	fmt.Fprintf(t.out, "Restored. Programs that have seen more than the backup has send it again when they next connect.\n%s", said.String())
	if aside != "" {
		fmt.Fprintf(t.out, "What was there before is in %s.\n", aside)
	}
	if *sounds == "" {
		return nil
	}
	return where.restoreRecordings(ctx, t, *sounds)
}

// restoreRecordings puts back the recordings that the database has and the folder lacks; those of erased persons it has no more.
func (p place) restoreRecordings(ctx context.Context, t terminal, from string) error {
	dir, err := p.recordingsPath()
	if err != nil {
		return err
	}
	e, err := p.engine(ctx, p.database)
	if err != nil {
		return err
	}
	return errors.Join(copyRecordings(ctx, t, e, from, dir), e.DB.Close())
}

// signIns are how people sign in by the database that is replaced; known is false where that cannot be asked: it is not there, damaged, or
// on PostgreSQL replaced already, and nobody said where it is now.
func (p place) signIns(ctx context.Context) (before access.SignIns, known bool, err error) {
	url := p.replaced
	switch {
	case url != "":
		err = place{database: url}.exists()
	case p.hasDatabase():
		url = p.database
	default:
		return nil, false, nil
	}
	var db *database.DB
	if err == nil {
		db, err = database.Open(ctx, url)
	}
	if err == nil {
		before, err = access.SignInsOf(ctx, db)
		err = errors.Join(err, db.Close())
	}
	if p.replaced != "" && err != nil {
		return nil, false, fmt.Errorf("ask the database that was there before: %w", err)
	}
	return before, err == nil, nil
}

// keepSignIns takes over how people signed in when the database was replaced, and says what that was.
func keepSignIns(ctx context.Context, e *server.Engine, before access.SignIns, said io.Writer) error {
	kept, err := access.Keep(ctx, e.DB, before)
	if err != nil {
		return fmt.Errorf("take over how people sign in: %w", err)
	}
	fmt.Fprintln(said, "People sign in as they did before the restore, by the database that was there.")
	for _, since := range []struct {
		what   string
		people []string
	}{
		{"Another password than in the backup", kept.Passwords}, {"Locked out since the backup", kept.Out}, {"Let in again since the backup", kept.In},
		{"Not in the backup, and to be added again unless a program does so", kept.Missing},
	} {
		if len(since.people) > 0 {
			fmt.Fprintf(said, "%s: %s.\n", since.what, strings.Join(since.people, ", "))
		}
	}
	for _, since := range []struct {
		what    string
		in, out int
	}{{"Devices", kept.DevicesIn, kept.DevicesOut}, {"Keys", kept.KeysIn, kept.KeysOut}} {
		if since.in+since.out > 0 {
			fmt.Fprintf(said, "%s since the backup: %d new, %d revoked.\n", since.what, since.in, since.out)
		}
	}
	return nil
}

// keepNoSignIns says how old the sign-ins of the backup are.
func keepNoSignIns(ctx context.Context, e *server.Engine, said io.Writer) error {
	at, err := access.KeepNothing(ctx, e.DB)
	if err != nil {
		return fmt.Errorf("look at how people sign in: %w", err)
	}
	of := "the backup"
	if !at.IsZero() {
		of = at.Format(time.RFC3339) + ", when the backup last heard of anybody"
	}
	fmt.Fprintf(said, "Passwords, devices and keys are those of %s: the database that was there before could not be asked.\n"+
		"Who was locked out since then may come in again: look through user list and key list, and disable or revoke them anew.\n"+
		"Who has changed their password since then has the old one again. Links to set a password are good no more.\n", of)
	return nil
}

// hasDatabase says whether there is an embedded database with something in it.
func (p place) hasDatabase() bool {
	file, embedded := p.sqliteFile()
	info, err := os.Stat(file)
	return embedded && err == nil && info.Size() > 0
}

func (p place) restored(ctx context.Context, erased map[crm.ID][]database.Erasure, signIns func(*server.Engine) error) error {
	e, err := p.engine(ctx, p.database)
	if err != nil {
		return err
	}
	err = e.Restored(ctx, erased)
	if err == nil {
		err = signIns(e)
	}
	if err == nil && len(erased) > 0 {
		err = e.EraseRemains(ctx, func(ctx context.Context) error { return p.dropRecordings(ctx, e) })
	}
	return errors.Join(err, e.DB.Close())
}

// putBack checks a backup and puts it in the place of the database, which is set aside.
func (p place) putBack(ctx context.Context, file, from string) (aside string, err error) {
	if here, err := os.Stat(file); err == nil {
		if there, err := os.Stat(from); err == nil && os.SameFile(here, there) {
			return "", fmt.Errorf("%s is the database itself, and no backup of it", from)
		}
	}
	part := file + ".restoring"
	defer removeDatabase(part)
	if err := copyFile(from, part); err != nil {
		return "", fmt.Errorf("copy the backup: %w", err)
	}
	if err := p.check(ctx, part); err != nil {
		return "", fmt.Errorf("the backup %s is not good, nothing was changed: %w", from, err)
	}
	if info, err := os.Stat(file); err == nil && info.Size() > 0 {
		if aside, err = unused(file + time.Now().UTC().Format(".before-20060102T150405Z")); err != nil {
			return "", err
		}
	}
	if err := exchange(file, aside, part); err != nil {
		return "", fmt.Errorf("put the backup in the place of %s: %w", file, err)
	}
	return aside, nil
}

// unused is a name that no file has: what was set aside a moment ago stays.
func unused(name string) (string, error) {
	for n := 1; ; n++ {
		free := name
		if n > 1 {
			free = fmt.Sprintf("%s-%d", name, n)
		}
		if _, err := os.Lstat(free); errors.Is(err, fs.ErrNotExist) {
			return free, nil
		} else if err != nil {
			return "", fmt.Errorf("set the database aside: %w", err)
		}
	}
}

// exchange sets a database aside, if that is to be, and puts another in its place; what cannot be done to its end is undone.
func exchange(file, aside, part string) error {
	var done []string // suffixes that were moved
	undo := func(err error) error {
		for _, suffix := range done {
			if left := os.Rename(aside+suffix, file+suffix); left != nil {
				return besides(errors.Join(err, left), aside)
			}
		}
		return err
	}
	if aside != "" {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			switch err := os.Rename(file+suffix, aside+suffix); {
			case err == nil:
				done = append(done, suffix)
			case suffix == "" || !errors.Is(err, fs.ErrNotExist):
				return undo(err)
			}
		}
	}
	// The log of the one is never to be beside the other, also after a power cut.
	if err := disk.SyncFolder(filepath.Dir(file)); err != nil {
		return undo(err)
	}
	if err := disk.Rename(part, file); err != nil {
		return undo(err)
	}
	return nil
}

// besides says with an error where the database is that was there before.
func besides(err error, aside string) error {
	if aside == "" {
		return err
	}
	return fmt.Errorf("%w\nwhat was there before is in %s", err, aside)
}

// check opens a copy of a database and verifies it.
func (p place) check(ctx context.Context, file string) error {
	e, err := p.engine(ctx, "sqlite:"+file)
	if err != nil {
		return err
	}
	broken, err := e.DB.Damage(ctx)
	if err == nil && len(broken) == 0 {
		broken, err = verifyAll(ctx, e)
	}
	if err == nil && len(broken) > 0 {
		err = errors.New(broken[0])
	}
	return errors.Join(err, e.DB.Close())
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

func removeDatabase(file string) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(file + suffix) // moved into place, most of the time
	}
}
