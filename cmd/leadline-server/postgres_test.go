package main

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	dbase "leadline/crm/server/database"
	"leadline/crm/server/rig"
)

// superuser is the URL of a database for its administrator.
func superuser(t *testing.T, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("user", "postgres")
	u.RawQuery = q.Encode()
	return u.String()
}

func TestPostgreSQLIsBackedUpAndRestored(t *testing.T) {
	pg, err := rig.NewPostgres("-c", "fsync=off")
	rig.NeedPostgres(t, err)
	defer func() {
		if err := pg.Remove(); err != nil {
			t.Error(err)
		}
	}()
	database, err := pg.Database()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	do := func(args ...string) (string, error) {
		var out bytes.Buffer
		words := 1
		if args[0] == "user" {
			words = 2
		}
		all := append(append([]string{}, args[:words]...), "-database", database, "-key", filepath.Join(dir, "key"), "-files", dir)
		err := run(t.Context(), append(all, args[words:]...), strings.NewReader("a long password"), &out, &out)
		return out.String(), err
	}
	if out, err := do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-password-file", "-"); err != nil {
		t.Fatal(out, err)
	}
	backup := filepath.Join(dir, "backup.dump")
	if err := os.WriteFile(filepath.Join(dir, "pg_dump"), []byte("#!/bin/sh\nfor word; do case $word in --file=*) echo half >\"${word#--file=}\";; esac; done\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := os.Getenv("PATH")
	t.Setenv("PATH", dir+":"+path)
	if out, err := do("backup", "-to", backup); err == nil {
		t.Error(out)
	}
	if _, err := os.Stat(backup); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a backup is left: %v", err)
	}
	t.Setenv("PATH", path)
	if out, err := do("backup", "-to", backup); err != nil {
		t.Fatal(out, err)
	}
	if out, err := do("user", "password", "-email", "ada@example.org", "-password-file", "-"); err != nil {
		t.Fatal(out, err)
	}
	before := database
	if database, err = pg.Database(); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pg_restore", "--no-owner", "--role=leadline", "--dbname="+superuser(t, database), backup).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	serving := listening(t, database)
	if out, err := do("restore"); !errors.Is(err, dbase.ErrServed) {
		t.Errorf("restored under a server that goes on: %s %v", out, err)
	}
	serving()
	if out, err := do("restore"); err != nil || !strings.Contains(out, "Passwords, devices and keys are those of 20") {
		t.Fatal(out, err)
	}
	if out, err := do("restore", "-replaced", before); err != nil || !strings.Contains(out, "Another password than in the backup: ada@example.org.\n") {
		t.Fatal(out, err)
	}
	if out, err := do("user", "list"); err != nil || !strings.Contains(out, "ada@example.org  Ada") {
		t.Error(out, err)
	}
	if out, err := do("verify"); err != nil {
		t.Error(out, err)
	}
}

// listening has a server listen on a database until stop is called.
func listening(t *testing.T, url string) (stop func()) {
	t.Helper()
	db, err := dbase.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- db.Listen(ctx, func() { close(ready) }, func(dbase.News) {}) }()
	select {
	case <-ready:
	case err := <-done:
		t.Fatal(err)
	}
	return func() {
		cancel()
		<-done
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
