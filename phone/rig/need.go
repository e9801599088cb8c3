package rig

import (
	"os"
	"os/exec"
	"testing"
)

// Need skips the test when one of the programs is not on PATH. "asterisk" means
// the one that .ci/asterisk unpacks. Under CI=true it fails the test instead.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if p == "asterisk" {
			if _, err := findAsterisk(); err != nil {
				Lacking(t, "%v; .ci/setup test fetches it", err)
			}
			continue
		}
		if _, err := program(p); err != nil {
			Lacking(t, "%s is not installed; .ci/setup test installs it", p)
		}
	}
}

// Lacking ends the test because this machine has not what it needs: a skip for a
// person, a failure under CI=true.
func Lacking(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// program finds a program also where an ordinary user's PATH does not look.
func program(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		return path, nil
	}
	if path := "/usr/sbin/" + name; exec.Command("test", "-x", path).Run() == nil {
		return path, nil
	}
	return "", err
}
