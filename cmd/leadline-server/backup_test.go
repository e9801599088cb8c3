package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/server"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

func TestBackupRestoreAndErase_I4(t *testing.T) {
	s := shell{t, t.TempDir()}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-role", "administrator", "-password-file", "-")
	address, _, stop := s.serve()
	ada := signIn(t, address, "ada@example.org")
	ada.push(meier(t, "Kept", "030 1111111"), meier(t, "Forgotten", "030 2222222"))
	backup := filepath.Join(s.dir, "backup.db")
	s.do("backup", "-to", backup) // while it serves
	if _, err := s.try("backup", "-to", backup); err == nil {
		t.Error("a backup is written over another")
	}
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	ada.push(meier(t, "Later", "030 3333333"))
	if out := s.do("erase", "-number", "+49 30 2222222"); !strings.Contains(out, "Nothing was erased") || !strings.Contains(ada.rows(), "Forgotten") {
		t.Error(out)
	}
	if out, err := s.try("erase", "-number", "+49 30 9999999", "-yes"); err == nil {
		t.Error(out)
	}
	making := filepath.Join(s.dir, "server.db.files", snapshotsFolder, "ready-1", "leadline.db") // the server is in the middle of it
	if err := os.MkdirAll(filepath.Dir(making), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(making, []byte("Forgotten"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.do("erase", "-number", "030 2222222", "-yes")
	if _, err := os.Stat(making); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a ready file on its way has the person still: %v", err)
	}
	if rows := ada.rows(); strings.Contains(rows, "Forgotten") || !strings.Contains(rows, "Kept") {
		t.Error(rows)
	}
	if list := s.do("erase", "-list"); !regexp.MustCompile(` 0 +Ada, last here 20\d\d-\S+ \(` + string(ada.id) + `\)`).MatchString(list) {
		t.Errorf("that Ada's program has not purged is not what %q says", list)
	}
	ada.hello(ada.welcome.Epoch)
	if e := ada.welcome.Erasures; len(e) != 1 {
		t.Fatalf("%+v", e)
	} else if _, err := ada.client.Push(t.Context(), wire.Push{Client: ada.id, Epoch: ada.welcome.Epoch, Erased: []crm.ID{e[0].ID}}); err != nil {
		t.Fatal(err)
	}
	if list := s.do("erase", "-list"); strings.Contains(list, string(ada.id)) {
		t.Errorf("the program has purged, says %s", list)
	}
	s.do("verify")
	if out, err := s.try("restore", "-from", backup); err == nil {
		t.Errorf("restored under a running server: %s", out)
	}
	if out, err := s.try("serve", "-listen", "127.0.0.1:0"); err == nil || !strings.Contains(err.Error(), "another server is running") {
		t.Errorf("a second server on the file: %v %s", err, out)
	}
	stop()

	s.do("restore", "-from", backup)
	s.do("restore", "-from", backup) // within the same second
	if before, err := filepath.Glob(filepath.Join(s.dir, "server.db.before-*[Z2]")); err != nil || len(before) != 2 {
		t.Errorf("what was there before is in %v, %v", before, err)
	}
	if out, err := s.try("restore", "-from", filepath.Join(s.dir, "server.db")); err == nil || !strings.Contains(err.Error(), "the database itself") {
		t.Errorf("the database is its own backup: %v %s", err, out)
	}
	s.do("verify")
	address, _, stop = s.serve()
	again := signIn(t, address, "ada@example.org")
	if again.welcome.Epoch == ada.welcome.Epoch || len(again.welcome.Branches) != 2 {
		t.Errorf("no new epoch: %+v", again.welcome)
	}
	if rows := again.rows(); strings.Contains(rows, "Forgotten") || !strings.Contains(rows, "Kept") || strings.Contains(rows, "Later") {
		t.Errorf("the backup is back, but for who was erased: %s", rows)
	}
	stop()

	// On another machine there is the list of erasures only.
	if err := os.Remove(filepath.Join(s.dir, "server.db")); err != nil {
		t.Fatal(err)
	}
	s.do("restore", "-from", backup)
	address, _, _ = s.serve()
	if rows := signIn(t, address, "ada@example.org").rows(); strings.Contains(rows, "Forgotten") || !strings.Contains(rows, "Kept") {
		t.Error(rows)
	}
}

// Who was locked out after the backup stays so: the laptop that was stolen, the key that was lost, the colleague who was dismissed.
func TestARestoreLetsNobodyInAgain(t *testing.T) {
	s := shell{t, t.TempDir()}
	for _, name := range []string{"ada", "ben", "carl"} {
		s.do("user", "add", "-email", name+"@example.org", "-name", name, "-role", "administrator", "-password-file", "-")
	}
	out := s.do("key", "add", "-name", "PBX")
	key := strings.TrimSpace(out[strings.LastIndex(out, ":")+1:])
	address, _, stop := s.serve()
	var stolen wire.Session
	c, err := remote.New(remote.Options{URL: address, Device: wire.DeviceInfo{ID: newID(t)}, Keep: func(session wire.Session) error { stolen = session; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.SignIn(t.Context(), "ada@example.org", "a long password"); err != nil {
		t.Fatal(err)
	}
	ada := signIn(t, address, "ada@example.org")
	backup := filepath.Join(s.dir, "backup.db")
	s.do("backup", "-to", backup)
	devices, err := ada.client.Devices(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range devices {
		if d.Name == "" {
			if err := ada.client.RevokeDevice(t.Context(), d.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.do("user", "disable", "-email", "ben@example.org")
	s.do("key", "revoke", "-id", regexp.MustCompile(`(?m)^(\S+) +PBX`).FindStringSubmatch(s.do("key", "list"))[1])
	stop()
	if said := s.do("restore", "-from", backup); !strings.Contains(said, "Locked out since the backup: ben@example.org.\n") || !strings.Contains(said, "Devices since the backup: 0 new, 1 revoked.\nKeys since the backup: 0 new, 1 revoked.\n") {
		t.Errorf("of who was locked out it is said: %s", said)
	}
	address, _, stop = s.serve()
	again, err := remote.New(remote.Options{URL: address, Device: wire.DeviceInfo{ID: newID(t)}, Session: stolen})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Hello(t.Context(), wire.Hello{Client: newID(t), Schemas: []int{wire.Schema}}); !isProblem(err, wire.Revoked) {
		t.Errorf("the stolen laptop: %v", err)
	}
	if _, err := again.SignIn(t.Context(), "ben@example.org", "a long password"); !isProblem(err, wire.BadSignIn) {
		t.Errorf("the colleague who was dismissed: %v", err)
	}
	if status := ask(t, address, key); status != http.StatusUnauthorized {
		t.Errorf("the lost key: %d", status)
	}
	signIn(t, address, "carl@example.org")
	stop()
	if err := os.Remove(filepath.Join(s.dir, "server.db")); err != nil {
		t.Fatal(err)
	}
	if said := s.do("restore", "-from", backup); !strings.Contains(said, "locked out") {
		t.Errorf("on another machine it is not said that nobody knows who was locked out: %s", said)
	}
}

// laptop is a device with what it keeps of its session.
type laptop struct {
	t       *testing.T
	id      crm.ID
	session wire.Session
}

func (l *laptop) at(address string) *remote.Client {
	l.t.Helper()
	c, err := remote.New(remote.Options{URL: address, Device: wire.DeviceInfo{ID: l.id}, Session: l.session, Keep: func(s wire.Session) error {
		l.session = s
		return nil
	}})
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

func (l *laptop) signIn(address, email, password string) error {
	_, err := l.at(address).SignIn(l.t.Context(), email, password)
	return err
}

// hello says whether the device comes in by what it holds.
func (l *laptop) hello(address string) error {
	_, err := l.at(address).Hello(l.t.Context(), wire.Hello{Client: newID(l.t), Schemas: []int{wire.Schema}})
	return err
}

func pathOf(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Path
}

// After a restore people sign in as they did before it: by newer passwords, on the same devices, and by nothing that was given up
// since the backup; who is not in it is named. Where the database that was there is not to be had, it is said of when the passwords are.
func TestAfterARestorePeopleSignInAsBeforeIt(t *testing.T) {
	const old, newer = "a long password", "another password"
	s := shell{t, t.TempDir()}
	for _, name := range []string{"ada", "ben", "carl"} {
		s.do("user", "add", "-email", name+"@example.org", "-name", name, "-role", "administrator", "-password-file", "-")
	}
	s.do("user", "disable", "-email", "carl@example.org")
	address, _, stop := s.serve()
	adas, bens, late := &laptop{t: t, id: newID(t)}, &laptop{t: t, id: newID(t)}, &laptop{t: t, id: newID(t)}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(adas.signIn(address, "ada@example.org", old))
	must(bens.signIn(address, "ben@example.org", old))
	stolen := *bens
	signIns, err := adas.at(address).SignIns(t.Context())
	must(err)
	var ben, carl crm.ID
	for _, in := range signIns {
		switch in.Email {
		case "ben@example.org":
			ben = in.User
		case "carl@example.org":
			carl = in.User
		}
	}
	link, _, err := adas.at(address).Invite(t.Context(), ben)
	must(err)
	backup := filepath.Join(s.dir, "backup.db")
	s.do("backup", "-to", backup)
	set := func(link, password string) int {
		t.Helper()
		answer, err := http.PostForm(link, url.Values{"password": {password}})
		must(err)
		must(answer.Body.Close())
		return answer.StatusCode
	}
	if status := set(link, newer); status != http.StatusOK {
		t.Fatal(status)
	}
	must(bens.signIn(address, "ben@example.org", newer)) // the stolen tokens of the same device are good no more
	must(late.signIn(address, "ada@example.org", old))
	s.do("user", "enable", "-email", "carl@example.org")
	s.do("user", "add", "-email", "dora@example.org", "-name", "dora", "-password-file", "-")
	pending, _, err := adas.at(address).Invite(t.Context(), carl)
	must(err)
	out := s.do("key", "add", "-name", "PBX")
	key := strings.TrimSpace(out[strings.LastIndex(out, ":")+1:])
	stop()

	before := filepath.Join(s.dir, "before.db")
	asBefore := func(said string) {
		t.Helper()
		for _, want := range []string{"Another password than in the backup: ben@example.org.\n", "Let in again since the backup: carl@example.org.\n",
			"to be added again unless a program does so: dora@example.org.\n", "Devices since the backup: 1 new, 0 revoked.\n", "Keys since the backup: 1 new, 0 revoked.\n"} {
			if !strings.Contains(said, want) {
				t.Errorf("%q is not said, but %s", want, said)
			}
		}
		address, _, stop = s.serve()
		defer stop()
		for who, l := range map[string]*laptop{"Ada's": adas, "Ben's": bens, "Ada's new one": late} {
			if err := l.hello(address); err != nil {
				t.Errorf("%s device: %v", who, err)
			}
		}
		if err := stolen.hello(address); !isProblem(err, wire.BadSignIn) {
			t.Errorf("the stolen tokens: %v", err)
		}
		again := &laptop{t: t, id: newID(t)}
		if err := again.signIn(address, "ben@example.org", old); !isProblem(err, wire.BadSignIn) {
			t.Errorf("the old password: %v", err)
		}
		must(again.signIn(address, "ben@example.org", newer))
		must(again.signIn(address, "carl@example.org", old))
		if err := again.signIn(address, "dora@example.org", old); !isProblem(err, wire.BadSignIn) {
			t.Errorf("who is not in the backup: %v", err)
		}
		if status := set(address+pathOf(t, link), "yet another password"); status != http.StatusNotFound {
			t.Errorf("a link that was used: %d", status)
		}
		if status := set(address+pathOf(t, pending), "short"); status != http.StatusUnprocessableEntity {
			t.Errorf("a link that was not: %d", status)
		}
		if status := ask(t, address, key); status != http.StatusOK {
			t.Errorf("a key that was made since: %d", status)
		}
	}
	must(copyFile(filepath.Join(s.dir, "server.db"), before)) // nobody serves: its log is empty
	asBefore(s.do("restore", "-from", backup))

	// On another machine.
	must(os.Remove(filepath.Join(s.dir, "server.db")))
	said := s.do("restore", "-from", backup)
	if !strings.Contains(said, "Passwords, devices and keys are those of 20") || !strings.Contains(said, "has the old one again") {
		t.Errorf("it is not said that nobody knows: %s", said)
	}
	address, _, stop = s.serve()
	must((&laptop{t: t, id: newID(t)}).signIn(address, "ben@example.org", old))
	if status := set(address+pathOf(t, link), "yet another password"); status != http.StatusNotFound {
		t.Errorf("a link that may have been used: %d", status)
	}
	stop()
	if out, err := s.try("restore", "-from", backup, "-replaced", "sqlite:"+before+".not"); err == nil || !strings.Contains(err.Error(), "was there before") {
		t.Errorf("asked of nothing: %v %s", err, out)
	}
	asBefore(s.do("restore", "-from", backup, "-replaced", "sqlite:"+before))
}

// Who has left the company since the backup does not sign in after the restore, though the company does not know of it yet. Where it is
// the backup that is younger, it is right.
func TestWhoHasLeftSinceTheBackupStaysOut_G1(t *testing.T) {
	for _, test := range []struct {
		what    string
		younger bool // the backup
		want    wire.Code
	}{{what: "has left", want: wire.BadSignIn}, {what: "was taken back", younger: true}} {
		s := shell{t, t.TempDir()}
		for _, name := range []string{"ada", "eva"} {
			s.do("user", "add", "-email", name+"@example.org", "-name", name, "-role", "administrator", "-password-file", "-")
		}
		address, _, stop := s.serve()
		ada := signIn(t, address, "ada@example.org")
		signIns, err := ada.client.SignIns(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		eva := crm.User{Name: "eva", Email: "eva@example.org"}
		for _, in := range signIns {
			if in.Email == eva.Email {
				eva.ID = in.User
			}
		}
		leaves := func(left bool) {
			eva.Left = left
			ada.push(crm.SaveUser{User: eva})
		}
		backup, here := filepath.Join(s.dir, "backup.db"), filepath.Join(s.dir, "server.db")
		if leaves(test.younger); !test.younger {
			s.do("backup", "-to", backup)
			leaves(true)
			stop()
		} else {
			stop()
			older := filepath.Join(s.dir, "older.db")
			if err := copyFile(here, older); err != nil {
				t.Fatal(err)
			}
			address, _, stop = s.serve()
			ada = signIn(t, address, "ada@example.org")
			leaves(false)
			s.do("backup", "-to", backup)
			stop()
			if err := os.Rename(older, here); err != nil {
				t.Fatal(err)
			}
		}
		said := s.do("restore", "-from", backup)
		if out := strings.Contains(said, "Locked out since the backup: eva@example.org.\n"); out == test.younger {
			t.Errorf("%s: %s", test.what, said)
		}
		address, _, stop = s.serve()
		err = (&laptop{t: t, id: newID(t)}).signIn(address, eva.Email, "a long password")
		if test.want != "" && !isProblem(err, test.want) || test.want == "" && err != nil {
			t.Errorf("%s: %v", test.what, err)
		}
		stop()
	}
}

func TestADamagedBackupChangesNothing(t *testing.T) {
	s := shell{t, t.TempDir()}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-password-file", "-")
	bad := filepath.Join(s.dir, "bad.db")
	if err := os.WriteFile(bad, bytes.Repeat([]byte("SQLite format 3\x00 not"), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{bad, filepath.Join(s.dir, "nowhere.db"), s.dir} { // a folder breaks off as it is copied, as a full disk does
		if out, err := s.try("restore", "-from", from); err == nil {
			t.Errorf("%s: %s", from, out)
		}
	}
	if list := s.do("user", "list"); !strings.Contains(list, "ada@example.org") {
		t.Error(list)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "*.restoring*")); len(left) > 0 {
		t.Error(left)
	}
}

// What can't be moved to its end is put back as it was, and where that can't be, it is said where it is.
func TestABackupThatCannotBePutInItsPlaceChangesNothing(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(names ...string) {
		t.Helper()
		for _, name := range names {
			if err := os.WriteFile(at(name), []byte(name), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	is := func(name, want string) {
		t.Helper()
		if b, err := os.ReadFile(at(name)); err != nil || string(b) != want {
			t.Errorf("%s is %q, %v; want %q", name, b, err, want)
		}
	}
	write("db", "db-wal", "part")
	if err := os.MkdirAll(at("taken-wal/x"), 0o700); err != nil { // where the log would go
		t.Fatal(err)
	}
	if err := exchange(at("db"), at("taken"), at("part")); err == nil {
		t.Error("it was done")
	}
	is("db", "db")
	is("db-wal", "db-wal")
	if err := exchange(at("db"), at("aside"), at("nowhere")); err == nil { // the last step
		t.Error("it was done")
	}
	is("db", "db")
	is("db-wal", "db-wal")
	if err := exchange(at("db"), at("aside"), at("part")); err != nil {
		t.Fatal(err)
	}
	is("db", "part")
	is("aside", "db")
	is("aside-wal", "db-wal")
	if err := besides(os.ErrClosed, at("aside")); !errors.Is(err, os.ErrClosed) || !strings.Contains(err.Error(), at("aside")) {
		t.Errorf("where it is is not said: %v", err)
	}
}

// A backup that is whole stays although it could not be noted in the database: another workspace may count on it already.
func TestAWholeBackupIsKeptAlsoWhereItCannotBeNoted(t *testing.T) {
	s := shell{t, t.TempDir()}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-password-file", "-")
	where := place{database: "sqlite:" + filepath.Join(s.dir, "server.db")}
	e, err := where.engine(t.Context(), where.database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.DB.Close() }()
	if err := e.DB.Write(t.Context(), "", func(t *database.Tx) error {
		return t.Exec(context.Background(), "CREATE TRIGGER no BEFORE UPDATE OF durable ON ws BEGIN SELECT raise(ABORT, 'no'); END")
	}); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(s.dir, "backup.db")
	if err := backupSQLite(t.Context(), e, to); !errors.Is(err, server.ErrNotMarked) {
		t.Errorf("%v", err)
	}
	if info, err := os.Stat(to); err != nil || info.Size() == 0 {
		t.Errorf("the backup is gone: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	half := filepath.Join(s.dir, "half.db")
	if err := backupSQLite(ended, e, half); err == nil {
		t.Error("a backup that was cancelled is said to be one")
	}
	if _, err := os.Stat(half); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a backup is left: %v", err)
	}
}

// A backup that is restored on another machine needs the key from before: without it the server does not begin with a new one, with which no
// program would get its telephone account, and with a wrong one it says so.
func TestARestoreWithoutTheKeyIsNotServed(t *testing.T) {
	s := shell{t, t.TempDir()}
	secret := filepath.Join(s.dir, "sip")
	if err := os.WriteFile(secret, []byte("sip-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-role", "administrator", "-password-file", "-", "-sip", "sip:101@pbx.example.org", "-sip-password-file", secret)
	backup := filepath.Join(s.dir, "backup.db")
	s.do("backup", "-to", backup)
	key, err := os.ReadFile(filepath.Join(s.dir, "server.db.key"))
	if err != nil {
		t.Fatal(err)
	}

	there := shell{t, t.TempDir()}
	there.do("restore", "-from", backup)
	if out, err := there.try("user", "list"); err == nil || !strings.Contains(err.Error(), filepath.Join(there.dir, "server.db.key")+" is not there, and the database has 1 passwords") {
		t.Fatalf("without the key: %v %s", err, out)
	}
	file := filepath.Join(there.dir, "server.db.key")
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a new key was made: %v", err)
	}
	if err := os.WriteFile(file, []byte("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, said, stop := there.serve()
	stop()
	if !strings.Contains(said.String(), "does not open the passwords of telephone accounts") {
		t.Errorf("with another key: %s", said)
	}
	if err := os.WriteFile(file, key, 0o600); err != nil {
		t.Fatal(err)
	}
	address, said, _ := there.serve()
	if ada := signIn(t, address, "ada@example.org"); len(ada.welcome.Accounts) != 1 || ada.welcome.Accounts[0].Password != "sip-secret" {
		t.Errorf("with the key: %+v", ada.welcome.Accounts)
	}
	if strings.Contains(said.String(), "does not open") {
		t.Errorf("with the key: %s", said)
	}
}
