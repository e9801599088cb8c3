package recordings

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leadline/crm"
)

// A copy has what the database has, goes on where the last one ended, and names what is not there.
func TestRecordingsAreCopied(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		to := filepath.Join(t.TempDir(), "backup")
		expect := func(what string, want Copied) {
			t.Helper()
			got, err := Copy(ctx, o.Engine, o.Folder, to)
			if err != nil || got.New != want.New || got.There != want.There || len(got.Missing) != len(want.Missing) {
				t.Fatalf("%s: %+v, %v, want %+v", what, got, err, want)
			}
			for i, id := range want.Missing {
				if !strings.Contains(got.Missing[i], id) {
					t.Errorf("%s: %q does not name %s", what, got.Missing[i], id)
				}
			}
		}
		expect("nothing", Copied{})
		call := o.call()
		first := o.bring(call, sound())
		second := o.bring(o.call(), sound())
		if _, err := o.Begin(ctx, o.as(o.anna), upload(o.call(), sound())); err != nil {
			t.Fatal(err)
		}
		expect("two, and one on its way", Copied{New: 2})
		expect("again", Copied{There: 2})
		copied := pathIn(to, o.workspace, first)
		for _, id := range []crm.ID{first, second} {
			a, errA := os.ReadFile(o.path(o.workspace, id))
			b, errB := os.ReadFile(pathIn(to, o.workspace, id))
			if errA != nil || errB != nil || !bytes.Equal(a, b) {
				t.Errorf("the copy of %s is another: %v, %v", id, errA, errB)
			}
		}
		if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the copy: %v, %v", info, err)
		}
		if err := os.Truncate(copied, 10); err != nil { // a machine that went down in the middle
			t.Fatal(err)
		}
		third := o.bring(o.call(), sound())
		expect("one new, one that was torn", Copied{New: 2, There: 1})

		if err := os.Remove(o.path(o.workspace, third)); err != nil {
			t.Fatal(err)
		}
		expect("one lost at the server", Copied{There: 3})
		if err := os.Remove(pathIn(to, o.workspace, third)); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(o.path(o.workspace, second), 10); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(pathIn(to, o.workspace, second)); err != nil {
			t.Fatal(err)
		}
		missing := []string{string(second), string(third)}
		if third < second {
			missing = []string{string(third), string(second)}
		}
		expect("two lost on both sides", Copied{There: 1, Missing: missing})
		o.must(crm.RemoveRecordings{Call: call, Recordings: []crm.ID{first}})
		expect("one removed", Copied{Missing: missing})
		if _, err := os.Stat(copied); err != nil {
			t.Error("a copy is removed")
		}
		left, err := filepath.Glob(filepath.Join(to, "*", "*", "*"+copying))
		if err != nil || len(left) > 0 {
			t.Errorf("half copies are left: %q, %v", left, err)
		}
	})
}

func TestRecordingsAreNotCopiedIntoTheirOwnFolder(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		o.bring(o.call(), sound())
		for _, to := range []string{o.Folder, filepath.Join(o.Folder, "backup"), filepath.Dir(o.Folder)} {
			if done, err := Copy(ctx, o.Engine, o.Folder, to); err == nil || done.New > 0 {
				t.Errorf("into %s: %+v, %v", to, done, err)
			}
		}
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Copy(ctx, o.Engine, o.Folder, file); err == nil {
			t.Error("into a file")
		}
	})
}
