package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// Token is 256 random bits in base64url. The server gives it out once and keeps only its hash.
type Token string

const tokenBytes = 32

// NewToken makes a random token.
func NewToken() Token {
	b := make([]byte, tokenBytes)
	rand.Read(b)
	return Token(base64.RawURLEncoding.EncodeToString(b))
}

// hash is what the server keeps of a token; nil for a text that cannot be one. A fast hash is enough, as 256 random bits cannot be guessed.
func (t Token) hash() []byte {
	b, err := base64.RawURLEncoding.Strict().DecodeString(string(t))
	if err != nil || len(b) != tokenBytes {
		return nil
	}
	sum := sha256.Sum256(b)
	return sum[:]
}
