package front

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
)

// eraseEnv makes of the test's program a server that is killed after an erasure: "URL workspace contact", parted by blanks.
const eraseEnv = "LEADLINE_TEST_ERASE"

// eraseAndDie erases a person and is killed, as by SIGKILL, before it has removed what is left of them. It returns only where that fails.
func eraseAndDie(arguments string) error {
	var url string
	var workspace, person crm.ID
	if _, err := fmt.Sscan(arguments, &url, &workspace, &person); err != nil {
		return err
	}
	db, err := database.Open(context.Background(), url)
	if err != nil {
		return err
	}
	e := server.NewEngine(server.Engine{DB: db, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if _, err := e.Erase(context.Background(), workspace, ledger.Sender{System: true}, []crm.Ref{{Kind: crm.KindContact, ID: person}}); err != nil {
		return err
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	time.Sleep(time.Minute)
	return err
}

// A server is killed between an erasure and the removal of what is left of the person: the next one removes it when it starts, and no other
// start does so again.
func TestWhatAKilledServerHasLeftOfAPersonIsRemoved_I4(t *testing.T) {
	o := open(t)
	o.add("anna@example.org", crm.User{Name: "Anna", Roles: []crm.ID{crm.Administrator}})
	anna := o.signIn("anna@example.org")
	w, client := anna.hello()
	const name = "Wrzesniewski"
	c := contact(t, o.access, name, "030 1234567")
	anna.push(w, client, 1, crm.CreateContact{Contact: c})

	killed := exec.Command(os.Args[0])
	killed.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s", eraseEnv, o.database, o.workspace, c.ID))
	if out, err := killed.CombinedOutput(); err == nil || len(out) > 0 {
		t.Fatalf("it was not killed: %s, %v", out, err)
	}
	file, embedded := strings.CutPrefix(o.database, "sqlite:")
	if embedded && len(filesWith(t, file, name)) == 0 {
		t.Fatal("nothing is left of the person: nothing is tried")
	}
	if owes, err := o.front.Engine.OwesRemains(t.Context()); err != nil || !owes {
		t.Fatalf("it is not known that something is left, %v", err)
	}
	var kept atomic.Int32
	run := func(wait func() bool) {
		t.Helper()
		o.front.KeepErasures = func(context.Context) error { kept.Add(1); return nil }
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); o.front.Run(ctx) }()
		for end := time.Now().Add(time.Minute); !wait() && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		}
		stop()
		<-ended
	}
	run(func() bool {
		owes, err := o.front.Engine.OwesRemains(t.Context())
		return err == nil && !owes
	})
	if embedded {
		if where := filesWith(t, file, name); len(where) > 0 {
			t.Errorf("the person is still in %q", where)
		}
	}
	began := time.Now()
	run(func() bool { return time.Since(began) > 100*time.Millisecond })
	if n := kept.Load(); n != 1 {
		t.Errorf("it was removed %d times", n)
	}
}

// filesWith are those of a database's files in which a text stands.
func filesWith(t *testing.T, file, text string) (where []string) {
	t.Helper()
	all, err := filepath.Glob(file + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(text)) {
			where = append(where, filepath.Base(f))
		}
	}
	return where
}
