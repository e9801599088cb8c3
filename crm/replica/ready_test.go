package replica

import (
	"bytes"
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/crm/wire"
)

// aReadyFile is aSnapshot with a ready file; of the rows it has none, so that what arrives came by the file.
func aReadyFile(t *testing.T, d *desk) *snapshots {
	t.Helper()
	w := must(d.connection.Hello(ctx, wire.Hello{Client: d.NewID(), Schemas: []int{wire.Schema}}))(t)
	page := must(d.connection.Pull(ctx, wire.Pull{Epoch: w.Epoch, View: w.View}))(t)
	m := wire.Manifest{Name: "s", Rev: page.Rev, Epoch: w.Epoch, View: w.View}
	path := filepath.Join(t.TempDir(), "ready.db")
	ok(t, store.MakeReady(ctx, path, m, func(apply func([]wire.Row) error) error { return apply(page.Rows) }))
	plain := must(os.ReadFile(path))(t)
	z := must(zstd.NewWriter(nil))(t)
	packed := z.EncodeAll(plain, nil)
	sum := sha256.Sum256(packed)
	m.File = &wire.ReadyFile{Version: store.FileVersion(), Size: int64(len(plain)), Bytes: int64(len(packed)), SHA256: sum[:]}
	return &snapshots{connection: d.connection, bytes: packed, manifest: m}
}

func TestANewDeviceBeginsWithAReadyFile(t *testing.T) {
	c, anna, _ := aCompany(t)
	first := anna.contact("In the file")
	anna.settle()
	source := aReadyFile(t, anna)
	// Zoë came after it was made.
	fresh := c.desk(c.user("Zoë", crm.Administrator))
	source.connection = fresh.connection
	source.breaks = 1
	fresh.r.c.Server = source
	client := must(fresh.Standing(ctx))(t).Client
	second := anna.contact("After it")
	anna.settle()
	if err := fresh.r.Greet(ctx); err == nil {
		t.Fatal("it was not loaded")
	}
	fresh.settle()
	if !fresh.has(first) || !fresh.has(second) {
		t.Error("something is missing")
	}
	if at := must(fresh.Standing(ctx))(t); at.Client != client || at.User == "" || at.Server == "" || at.BaseRev != source.manifest.Rev {
		t.Errorf("it stands at %+v", at)
	}
	if len(source.offsets) != 2 || source.offsets[1] == 0 {
		t.Errorf("loaded from %v: not the file alone, and once", source.offsets)
	}
	ok(t, fresh.WaitIndexed(ctx))
	if found := must(fresh.Search(ctx, "file", 10))(t); len(found) != 1 {
		t.Errorf("the search finds %+v", found)
	}
	third := fresh.contact("Of Zoë's")
	fresh.settle()
	anna.settle()
	if !anna.has(third) {
		t.Error("what was made on the new device reaches nobody")
	}
	if left := must(os.ReadDir(fresh.r.c.Snapshots))(t); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// What somebody made before they signed in is not in the ready file: then the rows are taken over under it.
func TestAFileThatIsNotNewTakesNoReadyFile(t *testing.T) {
	c, anna, _ := aCompany(t)
	first := anna.contact("Of the company's")
	anna.settle()
	fresh := c.desk(c.user("Zoë", crm.Administrator))
	source := aSnapshot(t, fresh)
	source.manifest.File = &wire.ReadyFile{Version: store.FileVersion(), Size: 1, Bytes: int64(len(source.bytes)), SHA256: source.manifest.SHA256}
	fresh.r.c.Server = source
	own := fresh.contact("Made alone")
	fresh.settle()
	anna.settle()
	if !fresh.has(first) || !fresh.has(own) || !anna.has(own) {
		t.Error("something is missing")
	}
}

// A ready file that is none, or of a later version, keeps nobody from the rows.
func TestAReadyFileThatCannotBeTakenIsPassedOver(t *testing.T) {
	for name, change := range map[string]func(*snapshots){
		"nonsense":        func(s *snapshots) {},
		"another length":  func(s *snapshots) { s.manifest.File.Size++ },
		"a later version": func(s *snapshots) { s.manifest.File.Version = store.FileVersion() + 1 },
		"another hash":    func(s *snapshots) { s.manifest.File.SHA256 = bytes.Repeat([]byte{1}, 32) },
	} {
		t.Run(name, func(t *testing.T) {
			c, anna, _ := aCompany(t)
			first := anna.contact("Of the company's")
			anna.settle()
			fresh := c.desk(c.user("Zoë", crm.Administrator))
			source := aSnapshot(t, fresh)
			plain := must(must(zstd.NewReader(nil))(t).DecodeAll(source.bytes, nil))(t)
			source.manifest.File = &wire.ReadyFile{Version: store.FileVersion(), Size: int64(len(plain)), Bytes: int64(len(source.bytes)), SHA256: source.manifest.SHA256}
			change(source)
			fresh.r.c.Server = source
			fresh.settle()
			if !fresh.has(first) {
				t.Error("something is missing")
			}
			if left := must(os.ReadDir(fresh.r.c.Snapshots))(t); len(left) != 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// A program that was killed in the middle leaves no copy of the company's data beside its file: not for good, and not on a
// device that may no more (I4).
func TestWhatWasLoadedToBeginWithDoesNotStay_I4(t *testing.T) {
	c, _, _ := aCompany(t)
	d := c.desk(c.user("Zoë", crm.Administrator))
	left := func(want ...string) {
		t.Helper()
		var names []string
		for _, e := range must(os.ReadDir(d.r.c.Snapshots))(t) {
			names = append(names, e.Name())
		}
		if !slices.Equal(names, want) {
			t.Errorf("left: %q, want %q", names, want)
		}
	}
	killed := func() {
		t.Helper()
		ok(t, os.MkdirAll(filepath.Join(d.r.c.Snapshots, readyDir), 0o700))
		for _, name := range []string{filepath.Join(readyDir, "leadline.db"), "leadline-0a0b.part"} {
			ok(t, os.WriteFile(filepath.Join(d.r.c.Snapshots, name), []byte("secret"), 0o600))
		}
	}
	killed()
	over, stop := context.WithCancel(ctx)
	stop()
	d.r.Run(over)
	left("leadline-0a0b.part") // which goes on where it broke off
	killed()
	if !d.r.erase(ctx) {
		t.Fatal("not erased")
	}
	left()
}
