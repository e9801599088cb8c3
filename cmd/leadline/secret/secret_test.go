package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
)

func TestASecretIsNeverPrinted(t *testing.T) {
	type account struct {
		User     string
		Password Secret
	}
	a := account{"101", "hunter2"}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+"\n", a)
		fmt.Fprintf(&out, verb+"\n", a.Password)
		fmt.Fprintf(&out, verb+"\n", &a)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("account", "password", a.Password, "all", a)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("account", "password", a.Password, "all", a)
	if err := json.NewEncoder(&out).Encode(a); err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{"hunter2", fmt.Sprintf("%x", "hunter2")} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("the password shows as %q in\n%s", leak, out.String())
		}
	}
	if a.Password.Reveal() != "hunter2" {
		t.Error("Reveal does not give the password")
	}
}

// memoryRing is a keyring in memory that can refuse or hang.
type memoryRing struct {
	kept   map[string]string
	refuse error
	hang   chan struct{}
	asked  atomic.Int32
}

func (m *memoryRing) question() error {
	m.asked.Add(1)
	if m.hang != nil {
		<-m.hang
	}
	return m.refuse
}

func (m *memoryRing) Get(_, user string) (string, error) {
	if err := m.question(); err != nil {
		return "", err
	}
	if p, ok := m.kept[user]; ok {
		return p, nil
	}
	return "", keyring.ErrNotFound
}

func (m *memoryRing) Set(_, user, password string) error {
	if err := m.question(); err != nil {
		return err
	}
	m.kept[user] = password
	return nil
}

func (m *memoryRing) Delete(_, user string) error {
	if err := m.question(); err != nil {
		return err
	}
	delete(m.kept, user)
	return nil
}

func newStore(t *testing.T, r ring) *Store {
	t.Helper()
	return &Store{file: filepath.Join(t.TempDir(), "passwords.json"), ring: r, patience: time.Minute} // on a busy machine, too
}

func keepAndForget(t *testing.T, s *Store) {
	t.Helper()
	if _, err := s.Get("sip:101@pbx"); !errors.Is(err, ErrNotFound) {
		t.Fatalf("an unknown name gives %v", err)
	}
	for name, p := range map[string]Secret{"sip:101@pbx": "geheim ß", "sip:102@pbx": "zwei"} {
		if err := s.Set(name, p); err != nil {
			t.Fatal(err)
		}
	}
	if p, err := s.Get("sip:101@pbx"); err != nil || p != "geheim ß" {
		t.Fatalf("got %q, %v", p.Reveal(), err)
	}
	if err := s.Set("sip:101@pbx", "neu"); err != nil {
		t.Fatal(err)
	}
	if p, _ := s.Get("sip:101@pbx"); p != "neu" {
		t.Fatalf("the old password is still there: %q", p.Reveal())
	}
	if err := s.Delete("sip:101@pbx"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get("sip:101@pbx"); !errors.Is(err, ErrNotFound) {
		t.Fatalf("a deleted password gives %v", err)
	}
	if p, _ := s.Get("sip:102@pbx"); p != "zwei" {
		t.Fatalf("the other password went with it: %q", p.Reveal())
	}
}

func TestPasswordsGoToTheKeyringAndNotToAFile(t *testing.T) {
	s := newStore(t, &memoryRing{kept: map[string]string{}})
	keepAndForget(t, s)
	if _, err := os.Stat(s.file); !os.IsNotExist(err) {
		t.Errorf("there is a file of passwords although the keyring took them: %v", err)
	}
}

func TestPasswordsGoToAFileWhenTheKeyringRefuses(t *testing.T) {
	s := newStore(t, &memoryRing{refuse: errors.New("no such service")})
	keepAndForget(t, s)
	info, err := os.Stat(s.file)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file of passwords has mode %v", info.Mode())
	}
}

func TestAKeyringThatHangsIsAskedOnlyOnce(t *testing.T) {
	r := &memoryRing{hang: make(chan struct{})}
	s := newStore(t, r)
	s.patience = 20 * time.Millisecond
	t.Cleanup(func() { close(r.hang) })
	keepAndForget(t, s) // would never end if it was waited for
	if n := r.asked.Load(); n != 1 {
		t.Errorf("the dead keyring was asked %d times", n)
	}
}

func TestAPasswordMovesFromTheFileToTheKeyringThatCameBack(t *testing.T) {
	r := &memoryRing{kept: map[string]string{"a": "stale"}, refuse: errors.New("locked")}
	s := newStore(t, r)
	if err := s.Set("a", "fresh"); err != nil {
		t.Fatal(err)
	}
	r.refuse = nil
	if p, _ := s.Get("a"); p != "fresh" {
		t.Errorf("the keyring's stale password won: %q", p.Reveal())
	}
	if err := s.Set("a", "newest"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.file); !os.IsNotExist(err) {
		t.Error("the file still holds the password")
	}
	if p, _ := s.Get("a"); p != "newest" {
		t.Errorf("got %q", p.Reveal())
	}
}

func TestADamagedFileIsSaidWithoutQuotingIt(t *testing.T) {
	s := newStore(t, &memoryRing{refuse: errors.New("none")})
	if err := os.WriteFile(s.file, []byte(`{"a": hunter2`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := s.Get("a")
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), s.file) {
		t.Errorf("got %v", err)
	}
}
