package secret

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/zalando/go-keyring"

	"leadline/crm/disk"
)

// ErrNotFound says that no password is kept under the name.
var ErrNotFound = errors.New("no password is kept")

// Patience is how long the keyring may take to answer. A locked one asks its
// owner with a dialog and a missing D-Bus hangs: the telephone must not wait for either.
const Patience = time.Second

const service = "Leadline"

// ring is what is used of the operating system's keyring.
type ring interface {
	Get(service, user string) (string, error)
	Set(service, user, password string) error
	Delete(service, user string) error
}

type systemRing struct{}

func (systemRing) Get(s, u string) (string, error) { return keyring.Get(s, u) }
func (systemRing) Set(s, u, p string) error        { return keyring.Set(s, u, p) }
func (systemRing) Delete(s, u string) error        { return keyring.Delete(s, u) }

// Store keeps passwords by name, such as "sip:101@pbx.example.org". Its methods
// may be called from any goroutine; each returns within Patience plus a file's
// write. It is not for the ui's goroutine.
type Store struct {
	file     string
	ring     ring
	patience time.Duration

	mu   sync.Mutex
	dead bool // the keyring did not answer once: it is not asked again
}

// Open gives the store whose fallback file lies in dir, the data directory.
func Open(dir string) *Store {
	return &Store{file: filepath.Join(dir, "passwords.json"), ring: systemRing{}, patience: Patience}
}

// OpenFile is Open without the system's keyring: for what must leave no trace outside of dir.
func OpenFile(dir string) *Store {
	s := Open(dir)
	s.dead = true
	return s
}

// Get is the password of name, or ErrNotFound.
func (s *Store) Get(name string) (Secret, error) {
	// The file first: what is in it was put there because the keyring was away,
	// so it is the newer one. Set takes it out again when the keyring is back.
	kept, err := s.read()
	if err != nil {
		return "", err
	}
	if p, ok := kept[name]; ok {
		return Secret(p), nil
	}
	var password string
	err = s.ask(func() error {
		var err error
		password, err = s.ring.Get(service, name)
		return err
	})
	if err == nil {
		return Secret(password), nil
	}
	return "", fmt.Errorf("password of %s: %w", name, ErrNotFound)
}

// Set keeps the password of name. The error is the file's: a keyring that
// refuses is not one, the file is used then.
func (s *Store) Set(name string, password Secret) error {
	if password == "" {
		return s.Delete(name)
	}
	if s.ask(func() error { return s.ring.Set(service, name, string(password)) }) == nil {
		return s.change(func(kept map[string]string) { delete(kept, name) })
	}
	return s.change(func(kept map[string]string) { kept[name] = string(password) })
}

// Delete forgets the password of name; one that is not kept is no error.
func (s *Store) Delete(name string) error {
	_ = s.ask(func() error { return s.ring.Delete(service, name) })
	return s.change(func(kept map[string]string) { delete(kept, name) })
}

var errNoKeyring = errors.New("no keyring answers")

// ask runs one question to the keyring, no longer than the patience lasts. The
// library offers no cancelling, so a question that hangs leaves its goroutine
// behind: at most one, since a dead keyring is not asked again.
func (s *Store) ask(question func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return errNoKeyring
	}
	answer := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				answer <- fmt.Errorf("keyring: %v", p)
			}
		}()
		answer <- question()
	}()
	timer := time.NewTimer(s.patience)
	defer timer.Stop()
	select {
	case err := <-answer:
		return err
	case <-timer.C:
		s.dead = true
		return errNoKeyring
	}
}

func (s *Store) read() (map[string]string, error) {
	kept := map[string]string{}
	data, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		return kept, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the passwords: %w", err)
	}
	if err := json.Unmarshal(data, &kept); err != nil {
		// Not %w: a syntax error of encoding/json may quote what it read.
		return nil, fmt.Errorf("read the passwords: %s is damaged; delete it and enter the passwords again", s.file)
	}
	return kept, nil
}

func (s *Store) change(edit func(map[string]string)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, err := s.read()
	if err != nil {
		return err
	}
	before := len(kept)
	edit(kept)
	if len(kept) == 0 {
		if before == 0 {
			return nil
		}
		if err := os.Remove(s.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget the passwords: %w", err)
		}
		return nil
	}
	data, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return fmt.Errorf("keep the password: %w", err)
	}
	if err := disk.WriteFile(s.file, data); err != nil {
		return fmt.Errorf("keep the password: %w", err)
	}
	return nil
}
