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
	"leadline/crm/wire"
)

// readSnapshot is what a new device has after it took a snapshot over.
func (p *program) readSnapshot(s *Snapshots, m wire.Manifest) {
	p.t.Helper()
	file, err := s.Open(context.Background(), p.sender, m.Name)
	if err != nil {
		p.t.Fatal(err)
	}
	defer file.Close()
	b, err := io.ReadAll(file)
	if err != nil {
		p.t.Fatal(err)
	}
	if sum := sha256.Sum256(b); int64(len(b)) != m.Bytes || !bytes.Equal(sum[:], m.SHA256) {
		p.t.Fatalf("%d bytes with another hash than the manifest says", len(b))
	}
	plain, err := zstd.NewReader(bytes.NewReader(b))
	if err != nil {
		p.t.Fatal(err)
	}
	defer plain.Close()
	err = wire.EachPage(plain, func(page wire.Page) error {
		for _, r := range page.Rows {
			p.rows[wire.RowID{Entity: r.Entity, ID: r.ID}] = r
		}
		p.cursor = page.Rev
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if uint64(len(p.rows)) != m.Rows || p.cursor != m.Rev {
		p.t.Errorf("%d rows up to %d, the manifest says %d up to %d", len(p.rows), p.cursor, m.Rows, m.Rev)
	}
}

func TestSnapshotIsWhatPullingGives(t *testing.T) {
	onEach(t, func(t *testing.T, c *company) {
		ctx := context.Background()
		anna, ben := c.signIn(c.addUser(crm.User{Name: "Anna"})), c.signIn(c.addUser(crm.User{Name: "Ben"}))
		var many crm.ImportContacts
		for i := range 2500 {
			many.Contacts = append(many.Contacts, crm.Contact{ID: newID(t), LastName: fmt.Sprint("Meier ", i)})
		}
		_, call := anna.rings(1)
		call.Refs = nil
		anna.do(many, call, crm.RemoveRecord{Ref: crm.Ref{Kind: crm.KindContact, ID: many.Contacts[7].ID}})
		s, err := OpenSnapshots(c.engine, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.Build(ctx, ben.sender)
		if err != nil {
			t.Fatal(err)
		}
		fresh, puller := c.signIn(ben.sender.User), c.signIn(ben.sender.User)
		fresh.readSnapshot(s, m)
		anna.do(anna.newContact("after the snapshot"))
		fresh.pull(0)
		puller.pull(0)
		if fresh.count(wire.Contact) != 2500 || puller.count(wire.Contact) != 2500 || fresh.count(wire.Call) != 0 {
			t.Errorf("%d contacts by snapshot, %d by pulling, %d calls; want 2500 and none of Anna's calls",
				fresh.count(wire.Contact), puller.count(wire.Contact), fresh.count(wire.Call))
		}
		if _, err := s.Open(ctx, anna.sender, m.Name); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a user with another view opens the snapshot: %v", err)
		}
		if offer, _, err := s.Offer(ctx, ben.sender); err != nil || offer == nil || offer.Name != m.Name {
			t.Errorf("offered %+v, %v", offer, err)
		}
		again, err := OpenSnapshots(c.engine, s.dir)
		if err != nil {
			t.Fatal(err)
		}
		if offer, _, err := again.Offer(ctx, ben.sender); err != nil || offer == nil || offer.Name != m.Name {
			t.Errorf("after a restart %+v is offered, %v", offer, err)
		}
		if _, err := c.engine.Erase(ctx, c.workspace, system, []crm.Ref{{Kind: crm.KindContact, ID: many.Contacts[9].ID}}); err != nil {
			t.Fatal(err)
		}
		if offer, _, err := s.Offer(ctx, ben.sender); err != nil || offer != nil {
			t.Errorf("a snapshot with an erased person is offered: %+v, %v (I4)", offer, err)
		}
		if err := s.Tidy(ctx); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(s.dir); err != nil || len(left) > 0 {
			t.Errorf("files are left: %v, %v", left, err)
		}
	})
}

// What a power cut or a kill left of a snapshot is not offered, so that another one is made, and does not stay.
func TestASnapshotInPiecesIsNotOffered(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	c := newCompany(t, "sqlite:"+filepath.Join(dir, "server.db"))
	ben := c.signIn(c.addUser(crm.User{Name: "Ben"}))
	files := filepath.Join(dir, "snapshots")
	if err := os.Mkdir(files, 0o700); err != nil {
		t.Fatal(err)
	}
	open := func() (*Snapshots, *wire.Manifest) {
		t.Helper()
		s, err := OpenSnapshots(c.engine, files)
		if err != nil {
			t.Fatal(err)
		}
		offer, _, err := s.Offer(ctx, ben.sender)
		if err != nil {
			t.Fatal(err)
		}
		return s, offer
	}
	s, _ := open()
	if _, err := s.Build(ctx, ben.sender); err != nil {
		t.Fatal(err)
	}
	if made, err := s.AddFile(ctx, ben.sender); err != nil || !made {
		t.Fatal(made, err)
	}
	_, whole := open()
	if whole == nil || whole.File == nil {
		t.Fatalf("offered %+v", whole)
	}
	for _, left := range []string{"123.part", "." + whole.Name + manifestSuffix + ".123"} {
		if err := os.WriteFile(filepath.Join(files, left), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, lost := range []string{whole.Name + wire.ReadySuffix + dataSuffix, whole.Name + dataSuffix} {
		if err := os.Remove(filepath.Join(files, lost)); err != nil {
			t.Fatal(err)
		}
		if _, offer := open(); offer != nil && (offer.File != nil || lost == whole.Name+dataSuffix) {
			t.Errorf("without %s it is offered as %+v", lost, offer)
		}
	}
	if left, err := os.ReadDir(files); err != nil || len(left) != 1 {
		t.Errorf("what is left: %v, %v", left, err)
	}
}
