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

// Vault encrypts what the server needs in the clear but nobody should read in a copy of its database: passwords of telephone accounts,
// secrets of webhooks, recordings. It is safe to use from several goroutines.
//
// It has one key, or several while the key is changed: the first one seals, all of them open.
type Vault struct{ keys []sealing }

// sealing is one key of a vault.
type sealing struct {
	id   KeyID
	aead cipher.AEAD
}

// KeyID names a key without revealing it: the first bytes of its hash.
type KeyID [8]byte

// KeySize is the length of a vault's key in bytes.
const KeySize = 32

// NewVault makes a vault of keys of KeySize bytes each (AES-256-GCM); the first one seals. It fails without a key, or with one of another
// length.
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

// makeKeyFile makes a key file, whole or not at all: two servers may start at the same time, and both use the one that came first.
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

// ErrUnsealed means that something cannot be opened: it was sealed with another key or for another purpose, or was changed.
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

// With is a vault with only the named one of the keys, to open many parts that were sealed with it. ErrUnsealed when it is not there.
func (v *Vault) With(id KeyID) (*Vault, error) {
	for _, k := range v.keys {
		if k.id == id {
			return &Vault{[]sealing{k}}, nil
		}
	}
	return nil, fmt.Errorf("%w: the key file lacks the key %x", ErrUnsealed, id)
}
