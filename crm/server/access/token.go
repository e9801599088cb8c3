package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// Token is 256 random bits in base64url. It is shown once and never written down.
type Token string

const tokenBytes = 32

// NewToken makes one.
func NewToken() Token {
	b := make([]byte, tokenBytes)
	rand.Read(b)
	return Token(base64.RawURLEncoding.EncodeToString(b))
}

// hash is how the server knows a token; nil for what cannot be one. A fast hash will
// do: 256 random bits cannot be guessed.
func (t Token) hash() []byte {
	b, err := base64.RawURLEncoding.Strict().DecodeString(string(t))
	if err != nil || len(b) != tokenBytes {
		return nil
	}
	sum := sha256.Sum256(b)
	return sum[:]
}
