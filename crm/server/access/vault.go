package access

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"leadline/crm/disk"
)

// Vault seals what the server has to know in the clear but nobody should read in a copy of its
// database: passwords of telephone accounts, secrets of webhooks, recordings.
//
// It has one key, or several while they are changed: the first seals, all open.
type Vault struct{ keys []sealing }

// sealing is one key of a vault.
type sealing struct {
	id   KeyID
	aead cipher.AEAD
}

// KeyID names a key without telling it: the first bytes of its hash.
type KeyID [8]byte

// KeySize is the length of a vault's key in bytes.
const KeySize = 32

// NewVault is a vault with keys of KeySize bytes (AES-256-GCM), the one that seals first.
func NewVault(keys ...[]byte) (*Vault, error) {
	v := &Vault{}
	for _, key := range keys {
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
		sum := sha256.Sum256(append([]byte("leadline key "), key...))
		v.keys = append(v.keys, sealing{KeyID(sum[:8]), aead})
	}
	if len(v.keys) == 0 {
		return nil, errors.New("there is no key")
	}
	return v, nil
}

// OpenVault reads a key file, and makes one that is not there yet, readable by its owner only. Each line is a key; to change
// it, a new one is put before the others, which stay for what they have sealed.
func OpenVault(file string) (*Vault, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = makeKeyFile(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read the key file: %w", err)
	}
	var keys [][]byte
	for line := range strings.FieldsSeq(string(text)) {
		key, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			return nil, fmt.Errorf("the key file %s is damaged: %w", file, err)
		}
		keys = append(keys, key)
	}
	v, err := NewVault(keys...)
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
	if err := disk.SyncFolder(filepath.Dir(file)); err != nil { // before anything is sealed with it
		return nil, err
	}
	return os.ReadFile(file)
}

// ErrUnsealed tells that something cannot be opened: another key sealed it, or it was changed.
var ErrUnsealed = errors.New("what was sealed with another key, or was changed, cannot be read")

// Seal encrypts; only Open with the same purpose reads it again.
func (v *Vault) Seal(purpose string, clear []byte) []byte {
	return v.keys[0].aead.Seal(nil, nil, clear, []byte(purpose))
}

// Open decrypts what Seal made, whichever key did.
func (v *Vault) Open(purpose string, sealed []byte) ([]byte, error) {
	for _, k := range v.keys {
		if clear, err := k.aead.Open(nil, nil, sealed, []byte(purpose)); err == nil {
			return clear, nil
		}
	}
	return nil, ErrUnsealed
}

// SealOverhead is by how many bytes what is sealed is longer: nonce and tag.
const SealOverhead = 12 + 16

// KeyID names the key that Seal uses.
func (v *Vault) KeyID() KeyID { return v.keys[0].id }

// With is the vault with one of its keys alone: for what is sealed in many parts, and says by which key.
func (v *Vault) With(id KeyID) (*Vault, error) {
	for _, k := range v.keys {
		if k.id == id {
			return &Vault{[]sealing{k}}, nil
		}
	}
	return nil, fmt.Errorf("%w: the key file lacks the key %x", ErrUnsealed, id)
}
