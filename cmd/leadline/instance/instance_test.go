package instance

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

// The test binary is the second process too: as a holder that waits to be killed,
// or as a later start.
func TestMain(m *testing.M) {
	switch os.Getenv("LEADLINE_TEST_INSTANCE") {
	case "hold":
		i, err := Acquire(os.Args[1])
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println("held")
		for args := range i.Starts() {
			fmt.Println(strings.Join(args, "|"))
		}
		os.Exit(0)
	case "start":
		if _, err := Acquire(os.Args[1]); !errors.Is(err, ErrTaken) {
			fmt.Println("not taken:", err)
			os.Exit(1)
		}
		if err := HandOver(os.Args[1], os.Args[2:]); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func process(role string, args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "LEADLINE_TEST_INSTANCE="+role)
	return c
}

// hold starts another process that has dir, and gives the lines it prints.
func hold(t *testing.T, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	c := process("hold", dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "held" {
		t.Fatalf("the first process says %q", lines.Text())
	}
	return c, lines
}

func TestASecondStartHandsItsArgumentsToTheFirst(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	_, lines := hold(t, dir)
	if out, err := process("start", dir, "tel:+49301234567", "zwei Wörter").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !lines.Scan() || lines.Text() != "tel:+49301234567|zwei Wörter" {
		t.Errorf("the first process got %q", lines.Text())
	}
	if _, err := Acquire(dir); !errors.Is(err, ErrTaken) {
		t.Errorf("a third start got %v", err)
	}
}

func TestAKilledProgramLeavesNothingInTheWay(t *testing.T) {
	dir := t.TempDir()
	first, _ := hold(t, dir)
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	if _, err := os.Lstat(filepath.Join(dir, socketName)); err != nil {
		t.Fatalf("there is no stale socket to test with: %v", err)
	}
	i, err := Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	if err := HandOver(dir, nil); err != nil {
		t.Error(err)
	}
	if args := <-i.Starts(); len(args) != 0 {
		t.Errorf("got %v", args)
	}
}

func TestTheSocketIsTheOwnersOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	dir := t.TempDir()
	i, err := Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	for _, name := range []string{socketName, lockName} {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestAfterCloseTheFolderIsFree(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		i, err := Acquire(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := i.Close(); err != nil {
			t.Fatal(err)
		}
		if err := i.Close(); err != nil {
			t.Fatalf("closing twice: %v", err)
		}
		if _, open := <-i.Starts(); open {
			t.Fatal("Starts is open after Close")
		}
		if _, err := os.Lstat(filepath.Join(dir, socketName)); !os.IsNotExist(err) {
			t.Fatalf("the socket is still there: %v", err)
		}
	}
}

func TestFoldersWithLongNamesWorkToo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dir := filepath.Join(t.TempDir(), strings.Repeat("lang", 40))
	i, err := Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	if err := HandOver(dir, []string{"x"}); err != nil {
		t.Fatal(err)
	}
	if got := <-i.Starts(); !reflect.DeepEqual(got, []string{"x"}) {
		t.Errorf("got %v", got)
	}
}

func TestGarbageOnTheSocketIsPassedOver(t *testing.T) {
	dir := t.TempDir()
	i, err := Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	for _, garbage := range []string{"\x00\xff", `{"args":[1]}`, `{"args":["` + strings.Repeat("x", maxMessage)} {
		conn, err := net.Dial("unix", filepath.Join(dir, socketName))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write([]byte(garbage))
		conn.Close()
	}
	silent, err := net.Dial("unix", filepath.Join(dir, socketName)) // must not hold up Close
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if err := HandOver(dir, []string{"after"}); err != nil {
		t.Fatal(err)
	}
	if got := <-i.Starts(); !reflect.DeepEqual(got, []string{"after"}) {
		t.Errorf("got %v", got)
	}
}

func TestNobodyToHandOverToIsAnError(t *testing.T) {
	began := time.Now()
	if err := HandOver(t.TempDir(), nil); err == nil {
		t.Error("no error")
	}
	if took := time.Since(began); took > 3*patience {
		t.Errorf("it took %v", took)
	}
}
