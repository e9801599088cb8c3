package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"leadline/crm"
	"leadline/crm/store"
	"leadline/crm/wire"
)

// unpackReady is the ready file of a snapshot as a user gets it, on the disk.
func (p *program) unpackReady(s *Snapshots, m wire.Manifest) string {
	p.t.Helper()
	file, err := s.Open(context.Background(), p.sender, m.Name+wire.ReadySuffix)
	if err != nil {
		p.t.Fatal(err)
	}
	defer file.Close()
	packed, err := io.ReadAll(file)
	if err != nil {
		p.t.Fatal(err)
	}
	if sum := sha256.Sum256(packed); int64(len(packed)) != m.File.Bytes || !bytes.Equal(sum[:], m.File.SHA256) {
		p.t.Fatalf("%d bytes with another hash than the manifest says", len(packed))
	}
	unpack, err := zstd.NewReader(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	defer unpack.Close()
	plain, err := unpack.DecodeAll(packed, nil)
	if err != nil || int64(len(plain)) != m.File.Size {
		p.t.Fatalf("%d bytes, the manifest says %d: %v", len(plain), m.File.Size, err)
	}
	path := filepath.Join(p.t.TempDir(), "leadline.db")
	if err := os.WriteFile(path, plain, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return path
}

func TestAReadyFileIsOfItsViewOnly(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		ctx := context.Background()
		anna, ben := c.signIn(c.addUser(crm.User{Name: "Anna"})), c.signIn(c.addUser(crm.User{Name: "Ben"}))
		var many crm.ImportContacts
		for i := range 1500 {
			many.Contacts = append(many.Contacts, crm.Contact{ID: newID(t), LastName: fmt.Sprint("Meier ", i)})
		}
		_, call := anna.rings(1)
		call.Refs = nil
		anna.do(many, call)
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "ready-123"), 0o700); err != nil { // of a server that was killed
			t.Fatal(err)
		}
		s, err := OpenSnapshots(c.engine, dir)
		if err != nil {
			t.Fatal(err)
		}
		if made, err := s.AddFile(ctx, ben.sender); made || err != nil {
			t.Errorf("a ready file without a snapshot: %v, %v", made, err)
		}
		if _, err := s.Build(ctx, ben.sender); err != nil {
			t.Fatal(err)
		}
		for _, want := range []bool{true, false} {
			if made, err := s.AddFile(ctx, ben.sender); made != want || err != nil {
				t.Fatalf("made %v, %v, want %v", made, err, want)
			}
		}
		again, err := OpenSnapshots(c.engine, dir)
		if err != nil {
			t.Fatal(err)
		}
		offer, _, err := again.Offer(ctx, ben.sender)
		if err != nil || offer == nil || offer.File == nil || offer.File.Version != store.FileVersion() {
			t.Fatalf("after a restart %+v is offered, %v", offer, err)
		}
		file, err := store.Open(ctx, ben.unpackReady(again, *offer), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		at, err := file.Standing(ctx)
		if err != nil || at.Cursor != offer.Rev || at.ViewHash != offer.View || at.Server != "" || at.User != "" {
			t.Errorf("the file stands at %+v, %v", at, err)
		}
		for i, r := range many.Contacts {
			if _, err := file.Record(ctx, crm.Ref{Kind: crm.KindContact, ID: r.ID}); err != nil {
				t.Fatalf("contact %d: %v", i, err)
			}
		}
		if _, err := file.Call(ctx, call.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Anna's call is in Ben's file: %v", err)
		}
		if _, err := again.Open(ctx, anna.sender, offer.Name+wire.ReadySuffix); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a user with another view opens it: %v", err)
		}
		for _, m := range again.made[c.workspace] {
			again.drop(c.workspace, m)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("files are left: %v, %v", left, err)
		}
	})
}
