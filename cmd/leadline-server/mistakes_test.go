package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A name that was mistyped is told, and makes no new database; nor is it said that something was done that was not there.
func TestCommandsSayWhatIsNotThere(t *testing.T) {
	s := shell{t, t.TempDir()}
	for _, command := range [][]string{
		{"user", "list"}, {"user", "disable", "-email", "ada@example.org"}, {"user", "password", "-email", "ada@example.org"}, {"key", "list"}, {"key", "add", "-name", "PBX"},
		{"key", "revoke", "-id", "x"}, {"webhook", "list"}, {"webhook", "remove", "-id", "x"}, {"webhook", "add", "-email", "ada@example.org", "-url", "https://example.org"},
		{"backup", "-to", filepath.Join(s.dir, "backup.db")}, {"verify"}, {"erase", "-list"},
	} {
		out, err := s.try(command...)
		if err == nil || !strings.Contains(err.Error(), "the database is not there: "+filepath.Join(s.dir, "server.db")+"; -database says where") {
			t.Errorf("%v: %v %s", command, err, out)
		}
	}
	if made, err := filepath.Glob(filepath.Join(s.dir, "*")); err != nil || len(made) > 0 {
		t.Errorf("made: %v %v", made, err)
	}
	for _, wrong := range [][]string{{"user", "add", "-email", "ada@example.org", "-name", "Ada", "-password-file", "-", "-region", "Germany"}, {"serve", "-recordings-quota", "-1"},
		{"serve", "-requests-per-address", "-1"}, {"serve", "-metrics-token-file", filepath.Join(s.dir, "nowhere")}} {
		if out, err := s.try(wrong...); err == nil {
			t.Errorf("%v: %s", wrong, out)
		}
	}
	if said := s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-password-file", "-"); !strings.Contains(said, "new database: "+filepath.Join(s.dir, "server.db")) {
		t.Errorf("a user in a new database: %s", said)
	}
	if said := s.do("user", "add", "-email", "ben@example.org", "-name", "Ben", "-password-file", "-"); strings.Contains(said, "new database") {
		t.Errorf("a second user: %s", said)
	}
	for _, command := range [][]string{{"key", "revoke", "-id", "x"}, {"webhook", "remove", "-id", "x"}} {
		if out, err := s.try(command...); err == nil {
			t.Errorf("%v: %s", command, out)
		}
	}
}

func TestServingIsRefusedInTheClear(t *testing.T) {
	s := shell{t, t.TempDir()}
	for _, bad := range [][]string{
		{"serve", "-listen", "0.0.0.0:0"}, {"serve", "-listen", "127.0.0.1:0", "-tls-cert", "x"},
		{"serve", "-listen", "127.0.0.1:0", "-tls-cert", "x", "-tls-key", "y"},
	} {
		if out, err := s.try(bad...); err == nil {
			t.Errorf("%v: %s", bad, out)
		}
	}
	if _, err := (place{database: "postgres:///x"}).open(t.Context(), nil); err == nil {
		t.Error("PostgreSQL without a key file")
	}
}

func TestHelpAndVersion(t *testing.T) {
	var out bytes.Buffer
	t.Setenv("LEADLINE_DATABASE", "postgres://leadline:secret@db.example.org/leadline")
	for _, args := range [][]string{{"help"}, {"version"}, {"serve", "-help"}, {"user", "-help"}, {"key", "help"}, {"webhook", "-h"}, {"user", "add", "-help"}} {
		if err := run(t.Context(), args, nil, &out, &out); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
	for _, want := range []string{"leadline-server serve", "leadline-server dev", "-tls-cert", "-sip-password-file"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing in %s", want, &out)
		}
	}
	if strings.Contains(out.String(), "secret") {
		t.Errorf("the database's password is shown: %s", &out)
	}
}

// A command line that is wrong is told from what could not be done by the exit code, and so is what stands behind a command that takes nothing.
func TestTheExitCodeTellsAWrongCommandLine(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("LEADLINE_DATABASE", "")
	for args, want := range map[string]int{
		"": 2, "dance": 2, "version extra": 2, "version -v": 2, "user dance": 2, "user list extra": 2, "user add -name Ada": 2, "key revoke": 2, "serve -lisen x": 2,
		"serve -tls-cert x": 2, "verify": 1, "backup -to backup.db": 1,
	} {
		err := run(t.Context(), strings.Fields(args), nil, io.Discard, io.Discard)
		if err == nil || exitCode(err) != want {
			t.Errorf("%s: %v, exit code %d; want %d", args, err, exitCode(err), want)
		}
	}
	if err := run(t.Context(), []string{"version", "extra"}, nil, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), `"extra" is not understood`) {
		t.Errorf("said %v", err)
	}
}

// A port that another program has is told with what can be done about it, before anything is made.
func TestAPortThatIsTakenIsSaid(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	s := shell{t, t.TempDir()}
	if _, err := s.try("serve", "-listen", taken.Addr().String()); err == nil || !strings.Contains(err.Error(), "another program has this port: stop it, or choose another") {
		t.Errorf("said %v", err)
	}
	if made, err := filepath.Glob(filepath.Join(s.dir, "*")); err != nil || len(made) > 0 {
		t.Errorf("made: %v %v", made, err)
	}
}

// What is mistyped is named, with what there is; what belongs to others stays as it is.
func TestMistakesAreNamed(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{"text": "no database, and no certificate", "short": "AAAA\n", "crooked": "not base64!\n"} {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(at("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	theirs, err := sql.Open("sqlite3", at("theirs.db"))
	if err == nil {
		_, err = theirs.Exec("CREATE TABLE contact(id TEXT)")
	}
	if err := errors.Join(err, theirs.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(at("theirs.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want string
	}{
		{"dance", `no command "dance"`},
		{"user dance", `user "dance" is none of add, disable, enable, list, password`},
		{"key", `key "" is none of add, list, revoke`},
		{"key add -name Shop -scopes read,write", "-email is missing"},
		{"key revoke", "-id is missing: key list"},
		{"webhook remove", "-id is missing: webhook list"},
		{"restore", "-from is missing"},
		{"restore -from text -database postgres:///x -key short", "pg_restore"},
		{"serve -lisen 127.0.0.1:0", "-lisen; its flags: leadline-server serve -help"},
		{"serve 127.0.0.1:0", `"127.0.0.1:0" is not understood; its flags: leadline-server serve -help`},
		{"serve -requests-per-address many", `invalid value "many"`},
		{"serve -listen 127.0.0.1:99999 -database sqlite:new.db", "99999"},
		{"serve -listen 127.0.0.1 -database sqlite:new.db", "missing port"},
		{"serve -tls-cert text -listen 127.0.0.1:0", "belong together"},
		{"serve -tls-cert text -tls-key text -listen 127.0.0.1:0 -database sqlite:new.db", "text"},
		{"serve -tls-cert nowhere -tls-key text -listen 127.0.0.1:0 -database sqlite:new.db", "nowhere"},
		{"serve -database server.db", `not "server.db"`},
		{"serve -database mysql://root:secret@localhost/x", `not "mysql"`},
		{"serve -database postgres:///x", "-key FILE"},
		{"serve -database sqlite:folder", "folder"},
		{"serve -database sqlite:text", "not a database"},
		{"serve -database sqlite:theirs.db", "theirs.db: the file is another program's"},
		{"serve -database sqlite:new.db -key short", "short"},
		{"serve -database sqlite:new.db -key crooked", "crooked"},
		{"serve -database sqlite:new.db -key folder", "folder"},
		{"serve -database sqlite:new.db -region Germany", `"Germany" is no country`},
		{"restore -from theirs.db -database sqlite:new.db", "theirs.db is not good, nothing was changed"},
		{"restore -recordings-from folder -database sqlite:new.db", "the database is not there"},
		{"erase -number 030", "not there"},
	} {
		t.Run(c.args, func(t *testing.T) {
			t.Chdir(dir)
			t.Setenv("LEADLINE_KEY", "")
			ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
			defer stop()
			var out bytes.Buffer
			err := run(ctx, strings.Fields(c.args), nil, &out, &out)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("said %v; want %q", err, c.want)
			}
		})
	}
	if after, err := os.ReadFile(at("theirs.db")); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file of another program was changed, %v", err)
	}
	if _, err := os.Stat(at("theirs.db.key")); err == nil {
		t.Error("a key was made for the file of another program")
	}
	if _, err := os.Stat(at("new.db")); err == nil {
		t.Error("a database was made in spite of a mistake")
	}
}

// A server that is older than its database says so in its log and serves, unless the newer one has written that it would do harm.
func TestAnOlderServerSaysThatTheDatabaseIsNewer(t *testing.T) {
	s := shell{t, t.TempDir()}
	_, said, stop := s.serve()
	stop()
	if strings.Contains(said.String(), "newer") {
		t.Errorf("of its own database it says %s", said)
	}
	newer := func(statement string) {
		t.Helper()
		db, err := sql.Open("sqlite3", filepath.Join(s.dir, "server.db"))
		if err == nil {
			_, err = db.Exec(statement)
		}
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	newer("INSERT INTO goose_db_version(version_id, is_applied) VALUES(4711, 1)")
	_, said, stop = s.serve()
	stop()
	if !strings.Contains(said.String(), `"level":"WARN","msg":"a newer leadline-server has changed the database`) || !strings.Contains(said.String(), `"database":4711`) {
		t.Errorf("of a newer one it says %s", said)
	}
	newer("UPDATE least SET version = 4711")
	if out, err := s.try("serve", "-listen", "127.0.0.1:0"); err == nil || !strings.Contains(err.Error(), "install the newer one") || !strings.Contains(err.Error(), "version 4711") {
		t.Errorf("of one that it would do harm to it says %v %s", err, out)
	}
}
