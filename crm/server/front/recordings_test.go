package front

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/server/recordings"
	"leadline/crm/wire"
)

// patch brings a piece of a recording.
func (p *program) patch(id crm.ID, offset string, piece []byte) (status int, at wire.Uploaded) {
	p.o.t.Helper()
	r, err := http.NewRequest("PATCH", p.o.url+wire.PathRecordings+"/"+string(id), bytes.NewReader(piece))
	if err != nil {
		p.o.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.session.Access)
	r.Header.Set(wire.HeaderOffset, offset)
	status, kind, body := do(p.o.t, r)
	if status == http.StatusOK {
		if err := wire.Decode(kind, body, &at); err != nil {
			p.o.t.Fatal(err)
		}
	}
	return status, at
}

// hear asks for a part of a recording.
func (p *program) hear(id, part string) (status int, body []byte) {
	p.o.t.Helper()
	r, err := http.NewRequest("GET", p.o.url+wire.PathRecordings+"/"+id, nil)
	if err != nil {
		p.o.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.session.Access)
	if part != "" {
		r.Header.Set("Range", "bytes="+part)
	}
	status, _, body = do(p.o.t, r)
	return status, body
}

func TestRecordingsTravelOverHTTP_G1(t *testing.T) {
	o := open(t)
	anna := o.add("anna@example.org", crm.User{Name: "Anna"})
	o.add("ben@example.org", crm.User{Name: "Ben"})
	o.add("ada@example.org", crm.User{Name: "Ada", Roles: []crm.ID{crm.Administrator}})
	a, b, ada := o.signIn("anna@example.org"), o.signIn("ben@example.org"), o.signIn("ada@example.org")
	const name = "2026-11-25 14-00-00 +4930123456.flac"
	call, err := o.access.NewID()
	if err != nil {
		t.Fatal(err)
	}
	w, client := a.hello()
	a.push(w, client, 1, crm.BeginCall{Call: crm.Call{ID: call, Agent: anna.ID, Began: time.Now()}}, crm.SaveRecordings{Call: call, Files: []string{name}})
	sound := make([]byte, 200_000)
	_, _ = rand.Read(sound)
	sum := sha256.Sum256(sound)
	up := wire.Upload{Call: call, Name: name, Size: int64(len(sound)), SHA256: sum[:]}
	a.refused(wire.NotFound, "POST", wire.PathRecordings, up) // a server without a folder for them
	vault, err := access.NewVault(make([]byte, access.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	o.front.Recordings = recordings.New(recordings.Options{Engine: o.front.Engine, Vault: vault, Folder: t.TempDir()})

	var at wire.Uploaded
	a.must(http.StatusOK, "POST", wire.PathRecordings, up, &at)
	if status, _ := a.patch(at.ID, "", sound); status != http.StatusBadRequest {
		t.Errorf("without an offset: %d", status)
	}
	if status, _ := a.patch(at.ID, "0", sound[:100_000]); status != http.StatusOK {
		t.Fatalf("the first piece: %d", status)
	}
	if status, _ := a.patch(at.ID, "0", sound); status != http.StatusConflict {
		t.Errorf("the first piece again: %d", status)
	}
	a.must(http.StatusOK, "POST", wire.PathRecordings, up, &at)
	for _, p := range []*program{b, ada} {
		if status, _ := p.patch(at.ID, strconv.FormatInt(at.Have, 10), sound[at.Have:]); status != http.StatusNotFound {
			t.Errorf("somebody else brings it: %d", status)
		}
	}
	if status, _ := ada.hear(string(at.ID), ""); status != http.StatusNotFound {
		t.Errorf("heard before it is here: %d", status)
	}
	status, at := a.patch(at.ID, strconv.FormatInt(at.Have, 10), sound[at.Have:])
	if status != http.StatusOK || !at.Done {
		t.Fatalf("the last piece: %d %+v", status, at)
	}
	if status, got := ada.hear(string(at.ID), "70000-149999"); status != http.StatusPartialContent || !bytes.Equal(got, sound[70000:150000]) {
		t.Errorf("a part: %d, %d bytes", status, len(got))
	}
	if status, got := ada.hear(string(at.ID), ""); status != http.StatusOK || !bytes.Equal(got, sound) {
		t.Errorf("the whole: %d, %d bytes", status, len(got))
	}
	for _, id := range []string{string(at.ID), string(call), "x", "..%2Fserver.db"} {
		if status, _ := b.hear(id, ""); status != http.StatusNotFound {
			t.Errorf("Ben hears %s: %d", id, status)
		}
	}
	if log := o.log.String(); strings.Contains(log, "4930123456") || strings.Contains(log, string(at.ID)) {
		t.Error("the log tells whose recording it is")
	}
}
