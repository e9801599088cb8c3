package front

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"testing"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/server"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

func TestANewDeviceGetsASnapshotByRange(t *testing.T) {
	o := open(t)
	var err error
	if o.front.Snapshots, err = server.OpenSnapshots(o.front.Engine, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	o.add("anna@example.org", crm.User{Name: "Anna"})
	few := o.signIn("anna@example.org")
	if w, _ := few.hello(); w.Snapshot != nil {
		t.Errorf("a snapshot of nothing: %+v", w.Snapshot)
	}
	for n := 0; n < 6; n++ {
		var some crm.ImportContacts
		for i := range 1000 {
			some.Contacts = append(some.Contacts, contact(t, o.access, "Meier", fmt.Sprintf("+4930%07d", n*1000+i)))
		}
		if err := o.front.company.Do(t.Context(), o.workspace, ledger.Sender{System: true}, some); err != nil {
			t.Fatal(err)
		}
	}
	p := o.signIn("anna@example.org")
	w, _ := p.hello()
	m := w.Snapshot
	if m == nil || m.Rows < 6000 || m.Rev != w.Head {
		t.Fatalf("%+v", m)
	}
	c, err := remote.New(remote.Options{URL: o.url, Session: p.session})
	if err != nil {
		t.Fatal(err)
	}
	part := func(offset int64) []byte {
		t.Helper()
		body, err := c.Snapshot(t.Context(), *m, offset)
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		data, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	whole, rest := part(0), part(m.Bytes/2)
	sum := sha256.Sum256(whole)
	if int64(len(whole)) != m.Bytes || !bytes.Equal(sum[:], m.SHA256) || !bytes.Equal(rest, whole[m.Bytes/2:]) {
		t.Errorf("%d bytes, the rest %d, of %d", len(whole), len(rest), m.Bytes)
	}
	p.refused(wire.NotFound, "GET", wire.PathSnapshot+"nothing", nil)
	p.refused(wire.NotFound, "GET", wire.PathSnapshot+"..%2f..%2fserver.db", nil)
	if status, _ := get(t, o.url+wire.PathSnapshot+m.Name); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", status)
	}
}
