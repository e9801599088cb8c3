package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// killed is a piece on its way in whose middle the server is killed.
type killed struct {
	io.Reader
	after int // bytes
	kill  func()
}

func (k *killed) Read(b []byte) (int, error) {
	if k.after <= 0 && k.kill != nil {
		k.kill()
		k.kill = nil
	}
	n, err := k.Reader.Read(b[:min(len(b), 16<<10)])
	k.after -= n
	return n, err
}

// doomed runs the real program until it is killed.
func (s shell) doomed() (address string, kill func()) {
	s.t.Helper()
	said := &printed{}
	c := exec.Command(os.Args[0], "serve", "-listen", "127.0.0.1:0", "-database", s.database())
	c.Env, c.Stdout, c.Stderr = append(os.Environ(), serverEnv+"=1"), said, said
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	kill = func() { _ = c.Process.Kill(); _ = c.Wait() }
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if m := listens.FindStringSubmatch(said.String()); m != nil {
			return m[1], kill
		}
		if time.Now().After(deadline) {
			kill()
			s.t.Fatalf("the server does not listen: %s", said)
		}
	}
}

func body(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The server is killed while a recording comes in, which goes on at the next; the person is erased with it, also after the
// database and the folder were put back.
func TestARecordingOutlivesAKillAndNoErasure_I4(t *testing.T) {
	s := shell{t, t.TempDir()}
	s.do("user", "add", "-email", "ada@example.org", "-name", "Ada", "-role", "administrator", "-password-file", "-")
	address, kill := s.doomed()
	ada := signIn(t, address, "ada@example.org")
	person := meier(t, "Forgotten", "030 2222222")
	const name = "call.flac"
	call := newID(t)
	ada.push(person, crm.BeginCall{Call: crm.Call{ID: call, Direction: crm.Incoming, Began: time.Now(), Party: crm.Parse("030 2222222", "DE"),
		Refs: []crm.Ref{{Kind: crm.KindContact, ID: person.ID}}, Agent: ada.welcome.User}}, crm.SaveRecordings{Call: call, Files: []string{name}})
	sound := make([]byte, 700_000)
	_, _ = rand.Read(sound)
	sum := sha256.Sum256(sound)
	up := wire.Upload{Call: call, Name: name, Size: int64(len(sound)), SHA256: sum[:]}
	at, err := ada.client.Announce(t.Context(), up)
	if err != nil {
		t.Fatal(err)
	}
	arrived := func() { // some of it, then no more
		for late := time.Now().Add(30 * time.Second); time.Now().Before(late); time.Sleep(5 * time.Millisecond) {
			parts, _ := filepath.Glob(filepath.Join(s.dir, "server.db.files", recordingsFolder, "*", "*", "*.part"))
			if len(parts) == 1 {
				if info, err := os.Stat(parts[0]); err == nil && info.Size() > 200_000 {
					break
				}
			}
		}
		kill()
	}
	if _, err := ada.client.Bring(t.Context(), at.ID, 0, sound, func(r io.Reader) io.Reader { return &killed{r, 400_000, arrived} }); err == nil {
		t.Fatal("the server was not killed")
	}
	address, _, stop := s.serve()
	ada = signIn(t, address, "ada@example.org")
	if at, err = ada.client.Announce(t.Context(), up); err != nil || at.Done || at.Have < 100_000 {
		t.Fatalf("after the kill: %+v, %v", at, err)
	}
	if at, err = ada.client.Bring(t.Context(), at.ID, at.Have, sound[at.Have:], nil); err != nil || !at.Done {
		t.Fatalf("brought %+v, %v", at, err)
	}
	stream, hash, err := ada.client.Recording(t.Context(), at.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(stream); err != nil || !bytes.Equal(got, sound) || !bytes.Equal(hash, sum[:]) {
		t.Errorf("heard %d bytes, %v", len(got), err)
	}
	_ = stream.Close()

	backup := filepath.Join(s.dir, "backup.db")
	if out := s.do("backup", "-to", backup); !strings.Contains(out, filepath.Join(s.dir, "server.db.files", recordingsFolder)) {
		t.Errorf("which folder is to be copied is not said: %s", out)
	}
	kept := filepath.Join(s.dir, "kept")
	if out := s.do("backup", "-to", backup+"2", "-recordings-to", kept); !strings.Contains(out, "1 copied, 0 were there") {
		t.Errorf("the recordings are not backed up, too: %s", out)
	}
	if out, err := s.try("backup", "-to", backup+"3", "-recordings-to", filepath.Join(s.dir, "server.db.files", recordingsFolder)); err == nil {
		t.Errorf("backed up where they are: %s", out)
	}
	for metric, want := range map[string]string{`leadline_recordings{state="kept"}`: "1", `leadline_recordings{state="arriving"}`: "0",
		"leadline_recordings_bytes": "700000", "leadline_recordings_failed_total": "0"} {
		if text := body(t, address+"/metrics"); !strings.Contains(text, "\n"+metric+" "+want+"\n") {
			t.Errorf("%s is not %s", metric, want)
		}
	}
	files := func() []string {
		t.Helper()
		all, err := filepath.Glob(filepath.Join(s.dir, "server.db.files", recordingsFolder, "*", "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if len(files()) != 1 {
		t.Fatalf("the files are %q", files())
	}
	path := files()[0]
	copied, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if out := s.do("verify"); !strings.Contains(out, "Recordings: 1.") {
		t.Error(out)
	}
	spoilt := bytes.Clone(copied)
	spoilt[len(spoilt)/2] ^= 1
	if err := os.WriteFile(path, spoilt, 0o600); err != nil {
		t.Fatal(err)
	}
	s.do("verify", "-quick")
	if out, err := s.try("verify"); err == nil || !strings.Contains(out, string(at.ID)) {
		t.Errorf("a recording that was changed: %v, %s", err, out)
	}
	key := filepath.Join(s.dir, "server.db.key")
	if err := os.Rename(key, key+".away"); err != nil {
		t.Fatal(err)
	}
	if out, err := s.try("verify"); err == nil {
		t.Errorf("without the key: %s", out)
	}
	if _, err := os.Stat(key); err == nil {
		t.Error("a key was made up")
	}
	if err := os.Rename(key+".away", key); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := os.Remove(path); err != nil { // the disk with the recordings is a new one
		t.Fatal(err)
	}
	if out := s.do("restore", "-recordings-from", kept); !strings.Contains(out, "1 copied") || len(files()) != 1 {
		t.Errorf("only the recording is put back: %s, %q", out, files())
	}
	s.do("verify")
	_, _, stop = s.serve()
	s.do("erase", "-number", "030 2222222", "-yes")
	if left := files(); len(left) != 0 {
		t.Errorf("after the erasure there are %q", left)
	}
	stop()
	if err := os.WriteFile(path, copied, 0o600); err != nil {
		t.Fatal(err)
	}
	s.do("restore", "-from", backup, "-recordings-from", kept)
	if left := files(); len(left) != 0 {
		t.Errorf("after the restore there are %q", left)
	}
	s.do("verify")
}
