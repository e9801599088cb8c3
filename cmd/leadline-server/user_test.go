package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

func TestUsersAndKeysByCommand(t *testing.T) {
	s := shell{t, t.TempDir()}
	if out := s.do("user", "add", "-email", "Ada@example.org", "-name", "Ada", "-role", "administrator", "-extension", "101"); !strings.Contains(out, "Password, shown this once") {
		t.Error(out)
	}
	secret := filepath.Join(s.dir, "sip")
	if err := os.WriteFile(secret, []byte("sip-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.do("user", "add", "-email", "anna@example.org", "-name", "Anna", "-extension", "102", "-password-file", "-", "-sip", "sip:102@pbx.example.org", "-sip-password-file", secret)
	for _, bad := range [][]string{
		{"user", "add", "-email", "anna@example.org", "-name", "Again", "-password-file", "-"},
		{"user", "add", "-email", "nowhere", "-name", "X"},
		{"user", "add", "-email", "x@example.org", "-name", "X", "-role", "king"},
		{"user", "add", "-email", "x@example.org"},
		{"user", "add", "-email", "x@example.org", "-name", "X", "-sip", "101"},
		{"user", "add", "-email", "x@example.org", "-name", "X", "-sip", "sip:101@pbx", "-sip-transport", "pigeon"},
		{"user", "add", "-email", "x@example.org", "-name", "X", "-sip", "sip:101@pbx", "-sip-password-file", filepath.Join(s.dir, "nowhere")},
		{"user", "add", "-email", "x@example.org", "-name", "X", "-sip-password-file", secret},
		{"user", "dance"}, {"key", "add"}, {"key", "add", "-name", "x", "-scopes", "read"},
		{"user", "disable", "-email", "nobody@example.org"}, {"dance"}, {"verify", "rubbish"},
	} {
		if out, err := s.try(bad...); err == nil {
			t.Errorf("%v: %s", bad, out)
		}
	}
	address, said, _ := s.serve()
	if strings.Contains(said.String(), "/start/") {
		t.Errorf("a link is printed though there are users: %s", said)
	}
	anna := signIn(t, address, "anna@example.org")
	if a := anna.welcome.Accounts; len(a) != 1 || a[0].Password != "sip-secret" || a[0].AuthUser != "102" {
		t.Errorf("%+v", a)
	}
	list := s.do("user", "list")
	if strings.Contains(list, "x@example.org") {
		t.Errorf("a user was made by halves: %s", list)
	}
	if !regexp.MustCompile(`ada@example\.org +Ada +101 +Administrator +0`).MatchString(list) || !regexp.MustCompile(`anna@example\.org +Anna +102 +Agent +1`).MatchString(list) {
		t.Error(list)
	}
	s.do("user", "disable", "-email", "anna@example.org")
	if _, err := anna.client.Hello(t.Context(), wire.Hello{Client: anna.id, Schemas: []int{wire.Schema}}); !isProblem(err, wire.Revoked) {
		t.Errorf("disabled: %v", err)
	}
	if err := anna.client.Erased(t.Context()); err != nil {
		t.Error(err)
	}
	s.do("user", "enable", "-email", "anna@example.org")
	signIn(t, address, "anna@example.org")

	out := s.do("key", "add", "-name", "PBX")
	key := strings.TrimSpace(out[strings.LastIndex(out, ":")+1:])
	if status := ask(t, address, key); status != http.StatusOK {
		t.Errorf("with the key: %d", status)
	}
	id := regexp.MustCompile(`(?m)^(\S+) +PBX +route`).FindStringSubmatch(s.do("key", "list"))
	if id == nil {
		t.Fatal("the key is not listed")
	}
	s.do("key", "revoke", "-id", id[1])
	if status := ask(t, address, key); status != http.StatusUnauthorized {
		t.Errorf("revoked: %d", status)
	}
}

// A user is added whole or not at all: where the disk is full in the middle, the same command does it once there is room.
func TestAUserIsNotAddedByHalves(t *testing.T) {
	s := shell{t, t.TempDir()}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-role", "administrator")
	add := []string{"user", "add", "-email", "anna@example.org", "-name", "Anna", "-password-file", "-", "-sip", "sip:102@pbx.example.org"}
	for _, table := range []string{"credential", "telephone"} {
		s.write("CREATE TRIGGER no BEFORE INSERT ON " + table + " BEGIN SELECT raise(ABORT, 'the disk is full'); END")
		if out, err := s.try(add...); err == nil || !strings.Contains(err.Error(), "the disk is full") {
			t.Errorf("%s: %s %v", table, out, err)
		}
		s.write("DROP TRIGGER no")
	}
	s.do(add...)
	address, _, _ := s.serve()
	anna := signIn(t, address, "anna@example.org")
	if len(anna.welcome.Accounts) != 1 {
		t.Errorf("%+v", anna.welcome.Accounts)
	}
	if rows := anna.rows(); strings.Count(rows, `"Anna"`) != 1 {
		t.Errorf("in the company there is %s", rows)
	}
}

// A user whom a program has added, and nobody has let in yet, is listed and gets a password, by which they sign in (I3).
func TestAUserOfAProgramIsLetInByCommand_I3(t *testing.T) {
	s := shell{t, t.TempDir()}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-role", "administrator", "-password-file", "-")
	err := place{database: s.database()}.during(t.Context(), func(o opened) error {
		workspace, err := o.company.FirstWorkspace(t.Context(), "DE")
		if err != nil {
			return err
		}
		for _, u := range []crm.User{{Name: "Mona Jäger", Email: "Mona@example.org", Extension: "114"}, {Name: "Gone", Email: "gone@example.org", Left: true}} {
			u.ID = newID(t)
			if err := o.company.AddUser(t.Context(), workspace, u, func(context.Context, *database.Tx) error { return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if list := s.do("user", "list"); !regexp.MustCompile(`Mona@example\.org +Mona Jäger +114 .*cannot sign in yet`).MatchString(list) || strings.Contains(list, "Gone") {
		t.Error(list)
	}
	if said := s.do("user", "password", "-email", "mona@example.org", "-password-file", "-"); !strings.Contains(said, "can sign in now") {
		t.Error(said)
	}
	if list := s.do("user", "list"); strings.Contains(list, "cannot sign in yet") || strings.Count(list, "Mona") != 1 {
		t.Error(list)
	}
	address, _, _ := s.serve()
	signIn(t, address, "mona@example.org")
	for _, nobody := range []string{"gone@example.org", "nobody@example.org"} {
		if out, err := s.try("user", "password", "-email", nobody, "-password-file", "-"); !errors.Is(err, access.ErrNoUser) {
			t.Errorf("%s: %v %s", nobody, err, out)
		}
	}
}
