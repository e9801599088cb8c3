package rig

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Postgres is a server of its own in a directory of its own, reached by a Unix socket only.
type Postgres struct {
	dir     string
	bin     string
	as      *syscall.Credential // PostgreSQL refuses to run as root
	options []string
	process *exec.Cmd
	log     bytes.Buffer
	made    int
	mu      sync.Mutex
}

// The role that tests connect as. It owns its databases but is no superuser: row level security would not hold one.
const postgresRole = "leadline"

// errNoPostgres is given where none is installed.
var errNoPostgres = errors.New("no PostgreSQL is installed here: apt-get install postgresql")

// NewPostgres makes a server and starts it. Options are as on its command line: "-c", "fsync=off". It
// is to be removed by Remove.
func NewPostgres(options ...string) (*Postgres, error) {
	p := &Postgres{options: options}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(found) == 0 {
		return nil, errNoPostgres
	}
	p.bin = found[len(found)-1]
	if p.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return nil, err
	}
	if err := p.begin(); err != nil {
		return nil, errors.Join(err, p.Remove())
	}
	return p, nil
}

func (p *Postgres) begin() error {
	if os.Getuid() == 0 {
		if err := p.unprivileged(); err != nil {
			return err
		}
	}
	initdb := p.command("initdb", "--pgdata="+p.data(), "--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := p.Start(); err != nil {
		return err
	}
	return p.exec("CREATE ROLE " + postgresRole + " LOGIN CREATEDB")
}

func (p *Postgres) data() string { return filepath.Join(p.dir, "data") }

// unprivileged finds somebody to run the server as.
func (p *Postgres) unprivileged() error {
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return err
		}
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return err
	}
	p.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(p.dir, uid, gid)
}

func (p *Postgres) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(p.bin, name), args...)
	c.Dir = p.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: p.as, Setpgid: true}
	return c
}

// Start starts it, after Kill also, and waits until it answers.
func (p *Postgres) Start() error {
	args := append([]string{"-D", p.data(), "-k", p.dir, "-c", "listen_addresses=", "-c", "unix_socket_permissions=0777", "-c", "max_connections=200"}, p.options...)
	p.process = p.command("postgres", args...)
	p.process.Stdout, p.process.Stderr = &p.log, &p.log
	if err := p.process.Start(); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	const patience = time.Minute
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err = p.exec("SELECT 1"); err == nil {
			return nil
		}
	}
	return fmt.Errorf("PostgreSQL does not answer: %w", err)
}

// Kill ends it at once, as a power failure would the process: all of its group, so that none of its helpers goes on.
func (p *Postgres) Kill() error {
	if p.process == nil {
		return nil
	}
	err := syscall.Kill(-p.process.Process.Pid, syscall.SIGKILL)
	_ = p.process.Wait() // "signal: killed" is what was wanted
	p.process = nil
	return err
}

// Remove ends it and takes its files away.
func (p *Postgres) Remove() error { return errors.Join(p.Kill(), os.RemoveAll(p.dir)) }

func (p *Postgres) url(role, database string) string {
	query := url.Values{"host": {p.dir}, "user": {role}, "dbname": {database}}
	return "postgres:///?" + query.Encode()
}

func (p *Postgres) exec(statement string) error {
	db, err := sql.Open("pgx", p.url("postgres", "postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// Database makes an empty database and gives its URL, for a role that is no superuser.
func (p *Postgres) Database() (string, error) {
	p.mu.Lock()
	p.made++
	name := fmt.Sprintf("test%d", p.made)
	p.mu.Unlock()
	if err := p.exec("CREATE DATABASE " + name + " OWNER " + postgresRole); err != nil {
		return "", fmt.Errorf("make the database %s: %w", name, err)
	}
	return p.url(postgresRole, name), nil
}

// shared is the one server that the tests of a package share.
var shared struct {
	once sync.Once
	pg   *Postgres
	err  error
}

// Run runs the tests of a package and removes the PostgreSQL that they shared: for TestMain.
func Run(m *testing.M) int {
	defer func() {
		if shared.pg != nil {
			if err := shared.pg.Remove(); err != nil {
				fmt.Fprintln(os.Stderr, "remove PostgreSQL:", err)
			}
		}
	}()
	return m.Run()
}

// PostgresURL is an empty database on a PostgreSQL that the tests of the package share. It does
// not wait for the disk: what is tested with it must not depend on that. The package's TestMain calls Run.
func PostgresURL(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() { shared.pg, shared.err = NewPostgres("-c", "fsync=off", "-c", "synchronous_commit=off") })
	NeedPostgres(t, shared.err)
	url, err := shared.pg.Database()
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// NeedPostgres skips a test where there is no PostgreSQL, and fails it under CI=true or when it does not run.
func NeedPostgres(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, errNoPostgres) && os.Getenv("CI") != "true":
		t.Skip(err)
	default:
		t.Fatal(err)
	}
}
