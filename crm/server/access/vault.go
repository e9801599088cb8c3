package access

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Vault seals what the server has to know in the clear but nobody should read in a copy of its
// database: passwords of telephone accounts, secrets of webhooks, recordings.
type Vault struct{ aead cipher.AEAD }

// KeySize is the length of a vault's key in bytes.
const KeySize = 32

// NewVault is a vault with a key of KeySize bytes (AES-256-GCM).
func NewVault(key []byte) (*Vault, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("a key has %d bytes, not %d", KeySize, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Vault{aead}, nil
}

// OpenVault reads a key file, and makes one that is not there yet, readable by its owner only.
func OpenVault(file string) (*Vault, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeKeyFile(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read the key file: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("the key file %s is damaged: %w", file, err)
	}
	v, err := NewVault(key)
	if err != nil {
		return nil, fmt.Errorf("the key file %s: %w", file, err)
	}
	return v, nil
}

// makeKeyFile has the file appear whole or not at all: two servers may start at the same time.
func makeKeyFile(file string) ([]byte, error) {
	key := make([]byte, KeySize)
	rand.Read(key)
	text := []byte(base64.StdEncoding.EncodeToString(key) + "\n")
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(part.Name())
	_, err = part.Write(text)
	if err := errors.Join(err, part.Sync(), part.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(part.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(file)
}

// Seal encrypts; only Open with the same purpose reads it again.
func (v *Vault) Seal(purpose string, clear []byte) []byte {
	return v.aead.Seal(nil, nil, clear, []byte(purpose))
}

// Open decrypts what Seal made.
func (v *Vault) Open(purpose string, sealed []byte) ([]byte, error) {
	clear, err := v.aead.Open(nil, nil, sealed, []byte(purpose))
	if err != nil {
		return nil, errors.New("what was sealed with another key, or was changed, cannot be read")
	}
	return clear, nil
}
