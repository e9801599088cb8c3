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
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/front"
	"leadline/crm/server/recordings"
	"leadline/crm/server/webhook"
)

// place is where a server keeps what it has.
type place struct {
	database string
	keyFile  string
	files    string
	region   string
	replaced string // the database that a restore has replaced, where that is elsewhere

	recordings string
	quota      int // GB
}

// usualDatabase is the database of a server that was not told of one.
const usualDatabase = "sqlite:leadline-server.db"

func (p *place) flags(f *flag.FlagSet) {
	f.StringVar(&p.database, "database", envOr("LEADLINE_DATABASE", usualDatabase), "sqlite:`FILE` or postgres://…; default also from LEADLINE_DATABASE, so that a password is in no list of processes")
	f.Lookup("database").DefValue = usualDatabase // -help does not show the password that the environment has
	f.StringVar(&p.keyFile, "key", os.Getenv("LEADLINE_KEY"), "the `FILE` with the key that seals telephone passwords and recordings; made when it is not there. Default: beside the SQLite file. Keep a copy apart from the backups. To change it, put a new key on a line before the old one; default also from LEADLINE_KEY")
	f.StringVar(&p.files, "files", os.Getenv("LEADLINE_FILES"), "the `FOLDER` for snapshots and the list of erasures. Default: beside the SQLite file, else leadline-server-files here")
	f.StringVar(&p.recordings, "recordings", os.Getenv("LEADLINE_RECORDINGS"), "the `FOLDER` for recordings of calls, which servers on one database share. Default: in -files")
	f.StringVar(&p.region, "region", "DE", "the `country` whose numbers are written without a country code, when the server is new")
}

// sqliteFile is the file of an embedded database.
func (p place) sqliteFile() (file string, embedded bool) {
	return strings.CutPrefix(p.database, "sqlite:")
}

// folder is where files are, which is made.
func (p place) folder() (string, error) {
	dir := p.files
	if dir == "" {
		dir = "leadline-server-files"
		if file, embedded := p.sqliteFile(); embedded {
			dir = file + ".files"
		}
	}
	return dir, makeFolder(dir)
}

func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder %s: %w", dir, err)
	}
	return nil
}

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// opened are the parts of a server on its database.
type opened struct {
	db      *database.DB
	access  *access.Access
	engine  *server.Engine
	company front.Company
	hooks   *webhook.Hooks
	sounds  *recordings.Recordings
}

func (o opened) close() error { return o.db.Close() }

// during does something with what the place has, which is open for as long.
func (p place) during(ctx context.Context, do func(opened) error) error {
	o, err := p.open(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(do(o), o.close())
}

// keyPath is the file with the keys.
func (p place) keyPath() (string, error) {
	if err := database.Check(p.database); err != nil {
		return "", err
	}
	if p.keyFile != "" {
		return p.keyFile, nil
	}
	file, embedded := p.sqliteFile()
	if !embedded {
		return "", misuse("give -key FILE: with PostgreSQL there is no folder of ours to keep the key in; all servers share one")
	}
	return file + ".key", nil
}

// sensible finds what is wrong with what was said of the place, before anything is made there.
func (p place) sensible() error {
	if crm.CountryCode(p.region) == 0 {
		return misuse("-region %q is no country: two letters, such as DE", p.region)
	}
	key, err := p.keyPath()
	if err != nil {
		return err
	}
	if _, err := os.Stat(key); err == nil {
		_, err = access.OpenVault(key)
		return err
	}
	return nil
}

func (p place) open(ctx context.Context, log *slog.Logger) (o opened, err error) {
	if err := p.sensible(); err != nil {
		return o, err
	}
	key, err := p.keyPath()
	if err != nil {
		return o, err
	}
	file, embedded := p.sqliteFile()
	if embedded && file != ":memory:" {
		if err := makePrivate(file); err != nil {
			return o, err
		}
	}
	if o.db, err = database.Open(ctx, p.database); err != nil { // before a key is made for it
		return o, err
	}
	if v := o.db.Version(); v.Newer() {
		log.Warn("a newer leadline-server has changed the database: this one works on it, and is to be upgraded, too", "program", version, "knows", v.Known, "database", v.Here)
	}
	vault, err := openVault(ctx, o.db, key)
	if err != nil {
		return o, errors.Join(err, o.db.Close())
	}
	if err := tellShut(ctx, o, vault, log); err != nil {
		return o, errors.Join(err, o.db.Close())
	}
	o.access = access.New(o.db, vault, time.Now)
	o.engine = server.NewEngine(server.Engine{DB: o.db, Now: time.Now, Random: rand.Reader, Log: log})
	o.company = front.Company{Engine: o.engine}
	o.hooks = webhook.New(o.engine, o.access, vault)
	o.sounds, err = p.sounds(o.engine, vault)
	if err != nil {
		return o, errors.Join(err, o.db.Close())
	}
	return o, nil
}

// openVault opens the key file, and makes one for a database that needs none yet: with another key than the one that sealed it, no program
// would get its telephone account.
func openVault(ctx context.Context, db *database.DB, key string) (*access.Vault, error) {
	if _, err := os.Stat(key); errors.Is(err, fs.ErrNotExist) {
		sealed, _, err := access.Sealed(ctx, db, nil)
		if err != nil {
			return nil, err
		}
		if sealed > 0 {
			return nil, fmt.Errorf("the key file %[1]s is not there, and the database has %[2]d passwords and recordings that were sealed with it: put its copy there, or say with -key where it is. "+
				"If it is lost, openssl rand -base64 32 > %[1]s makes another: those recordings are lost, too, and telephone accounts and webhooks are to be set up anew", absolute(key), sealed)
		}
	}
	return access.OpenVault(key)
}

// tellShut logs that the key is another than that of the database.
func tellShut(ctx context.Context, o opened, vault *access.Vault, log *slog.Logger) error {
	sealed, shut, err := access.Sealed(ctx, o.db, vault)
	if err == nil && shut > 0 {
		log.Error("the key file does not open the passwords of telephone accounts: put the key that sealed them on a line of it, or set the accounts up anew, until when programs keep the password that they have", "shut", shut, "sealed", sealed)
	}
	return err
}

const recordingsFolder = "recordings"

// sounds are the recordings in their folder, which is made.
func (p place) sounds(e *server.Engine, vault *access.Vault) (*recordings.Recordings, error) {
	dir, err := p.recordingsPath()
	if err != nil {
		return nil, err
	}
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	return recordings.New(recordings.Options{Engine: e, Vault: vault, Folder: dir, Quota: int64(p.quota) << 30, Free: freeBytes}), nil
}

// recordingsPath is the folder of the recordings, whether it is there or not.
func (p place) recordingsPath() (string, error) {
	if p.recordings != "" {
		return p.recordings, nil
	}
	files, err := p.folder()
	return filepath.Join(files, recordingsFolder), err
}

// makePrivate makes the database's file, and its folder, readable by its owner only: SQLite goes by the umask.
func makePrivate(file string) error {
	if err := makeFolder(filepath.Dir(file)); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	return f.Close()
}

// newLog writes JSON lines.
func newLog(w io.Writer, verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}
