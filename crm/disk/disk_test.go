package disk

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestAFileIsReplacedWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "below", "file")
	holds := func(want string) {
		t.Helper()
		got, err := os.ReadFile(file)
		if err != nil || string(got) != want {
			t.Errorf("it holds %q, %v; want %q", got, err, want)
		}
		if all, err := os.ReadDir(filepath.Dir(file)); err != nil || len(all) != 1 {
			t.Errorf("beside it are %v, %v", all, err)
		}
	}
	if err := WriteFile(file, []byte("old")); err != nil {
		t.Fatal(err)
	}
	holds("old")
	for path, mode := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	broken := errors.New("broken")
	if err := Write(file, func(w io.Writer) error { _, err := io.WriteString(w, "half"); return errors.Join(err, broken) }); !errors.Is(err, broken) {
		t.Errorf("a failure is told as %v", err)
	}
	holds("old")
	if err := WriteFile(file, []byte("new")); err != nil {
		t.Error(err)
	}
	holds("new")
	nowhere := filepath.Join(dir, "mistyped", "file")
	if err := Write(nowhere, func(io.Writer) error { return nil }); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
	if _, err := os.Stat(filepath.Dir(nowhere)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a mistyped folder was made: %v", err)
	}
}
