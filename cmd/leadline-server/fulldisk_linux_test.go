package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"leadline/crm"
	"leadline/crm/wire"
)

// serverEnv makes the test's program the real one.
const serverEnv = "LEADLINE_TEST_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(serverEnv) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// start runs the real program until the test ends.
func (s shell) start() (address string, process *os.Process) {
	s.t.Helper()
	said := &printed{}
	c := exec.Command(os.Args[0], "serve", "-listen", "127.0.0.1:0", "-database", s.database())
	c.Env, c.Stdout, c.Stderr = append(os.Environ(), serverEnv+"=1"), said, said
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		_ = c.Process.Signal(unix.SIGTERM)
		if err := c.Wait(); err != nil {
			s.t.Errorf("the server ended with %v: %s", err, said)
		}
	})
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if m := listens.FindStringSubmatch(said.String()); m != nil {
			return m[1], c.Process
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("the server does not listen: %s", said)
		}
	}
}

// The disk of a running server is full (here: no file may grow): it says so, goes on answering what needs no room, loses nothing
// that it had acknowledged, and goes on by itself once there is room.
func TestAFullDiskOfTheServerLosesNothing(t *testing.T) {
	s := shell{t, t.TempDir()}
	s.do("user", "add", "-email", "anna@example.org", "-name", "Anna", "-role", "administrator", "-password-file", "-")
	address, process := s.start()
	anna := signIn(t, address, "anna@example.org")
	contact := func(i int) crm.Change {
		return crm.CreateContact{Contact: crm.Contact{ID: newID(t), FirstName: strings.Repeat("x", 2000), LastName: fmt.Sprint("Meier ", i)}}
	}
	limit := func(bytes uint64) {
		t.Helper()
		if err := unix.Prlimit(process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	log, err := os.Stat(filepath.Join(s.dir, "server.db-wal"))
	if err != nil {
		t.Fatal(err)
	}
	limit(uint64(log.Size()) + 64<<10)
	acknowledged := 0
	var refused wire.Problem
	var last wire.Push
	for refused.Code == "" {
		last = anna.message(contact(acknowledged))
		_, err := anna.client.Push(context.Background(), last)
		switch {
		case err == nil:
			acknowledged++
		case !errors.As(err, &refused):
			t.Fatal(err)
		}
		if acknowledged > 10_000 {
			t.Fatal("the disk is never full")
		}
	}
	if refused.Code != wire.Full || refused.Status() != http.StatusInsufficientStorage || refused.Retry <= 0 {
		t.Errorf("it says %+v", refused)
	}
	if acknowledged == 0 {
		t.Error("it was full from the beginning: nothing was shown")
	}
	count := func() (n int) {
		t.Helper()
		pull := wire.Pull{Client: anna.id, Epoch: anna.welcome.Epoch, View: anna.welcome.View}
		for {
			page, err := anna.client.Pull(context.Background(), pull)
			if err != nil {
				t.Fatalf("what needs no room is not answered: %v", err)
			}
			for _, r := range page.Rows {
				if r.Entity == wire.Contact {
					n++
				}
			}
			if pull.Cursor = page.Rev; !page.More {
				return n
			}
		}
	}
	if n := count(); n != acknowledged {
		t.Errorf("%d contacts while the disk is full, %d were acknowledged", n, acknowledged)
	}
	limit(unix.RLIM_INFINITY)
	if _, err := anna.client.Push(context.Background(), last); err != nil {
		t.Fatalf("there is room again, and it says %v", err)
	}
	if n := count(); n != acknowledged+1 {
		t.Errorf("%d contacts in the end, want %d", n, acknowledged+1)
	}
	s.do("verify")
}

// Where there is no room to write the file anew, a person is erased all the same, from the list of erasures on: it is said what is left,
// and the server does that when it starts next.
func TestAFullDiskLeavesNobodyHalfErased_I4(t *testing.T) {
	s := shell{t, t.TempDir()}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-role", "administrator", "-password-file", "-")
	address, _, stop := s.serve()
	ada := signIn(t, address, "ada@example.org")
	ada.push(meier(t, "Forgotten", "030 2222222"), meier(t, "Gone", "030 3333333"))
	for range 5 {
		var many []crm.Change
		for range 100 {
			many = append(many, crm.CreateContact{Contact: crm.Contact{ID: newID(t), FirstName: strings.Repeat("x", 2000), LastName: "Other"}})
		}
		ada.push(many...)
	}
	stop()
	c := exec.Command("sh", "-c", `ulimit -f 1000; exec "$0" "$@"`, os.Args[0], "erase", "-database", s.database(), "-number", "030 2222222", "-yes")
	c.Env = append(os.Environ(), serverEnv+"=1")
	if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), "could not be overwritten") || !strings.Contains(string(out), "Erased here") {
		t.Errorf("%v: %s", err, out)
	}
	if list, err := os.ReadFile(filepath.Join(s.dir, "server.db.files", erasuresFile)); err != nil || !strings.Contains(string(list), "contact") {
		t.Errorf("a restore would bring them back: %s %v", list, err)
	}
	address, _, stop = s.serve()
	if rows := signIn(t, address, "ada@example.org").rows(); strings.Contains(rows, "Forgotten") || !strings.Contains(rows, "Gone") {
		t.Error("they are there still")
	}
	for end := time.Now().Add(time.Minute); s.inFiles("Forgotten"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the file has them still")
		}
	}
	stop()
	s.do("erase", "-number", "030 3333333", "-yes")
	if s.inFiles("Gone") {
		t.Error("the file has them still")
	}
}

// inFiles says whether a text stands in the files of the database.
func (s shell) inFiles(text string) bool {
	for _, part := range []string{"server.db", "server.db-wal"} {
		if b, err := os.ReadFile(filepath.Join(s.dir, part)); err == nil && bytes.Contains(b, []byte(text)) {
			return true
		}
	}
	return false
}
