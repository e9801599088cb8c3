package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Cost is the cost of an argon2id hash. Each hash contains its own, so that the cost for new ones can be raised.
type Cost struct {
	Memory uint32 // KiB
	Passes uint32
}

// DefaultCost is OWASP's for argon2id.
var DefaultCost = Cost{Memory: 19 << 10, Passes: 2}

const (
	hashSalt   = 16
	hashLength = 32
)

// hashesAtOnce bounds the memory that hashing takes in a flood of sign-ins.
const hashesAtOnce = 4

var hashing = make(chan struct{}, hashesAtOnce)

// Lengths of a password, in characters.
const (
	PasswordMin = 10
	PasswordMax = 256
)

// ErrWeakPassword means that a password is too short or too long.
var ErrWeakPassword = fmt.Errorf("a password has %d to %d characters", PasswordMin, PasswordMax)

// CheckPassword checks a password's length: ErrWeakPassword.
func CheckPassword(password string) error {
	if n := utf8.RuneCountInString(password); n < PasswordMin || n > PasswordMax {
		return ErrWeakPassword
	}
	return nil
}

// hashPassword is argon2id in the PHC string format.
func (c Cost) hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, hashSalt)
	rand.Read(salt)
	sum, err := argon(ctx, password, salt, c.Passes, c.Memory)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, c.Memory, c.Passes, b64(salt), b64(sum)), nil
}

func argon(ctx context.Context, password string, salt []byte, passes, memory uint32) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, passes, memory, 1, hashLength), nil
}

// nobodysHash is compared with where there is no such user, so that the time of the answer does not tell.
func (c Cost) nobodysHash() string {
	none := base64.RawStdEncoding.EncodeToString(make([]byte, hashLength))
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, c.Memory, c.Passes, none[:22], none)
}

// passwordIs says whether a password fits a hash; it compares in constant time.
func passwordIs(ctx context.Context, password, hash string) (bool, error) {
	if len(password) > PasswordMax*utf8.UTFMax {
		return false, nil
	}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errors.New("the password's hash is damaged")
	}
	var version int
	var memory, passes uint32
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, errors.New("the password's hash is of another version")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &memory, &passes); err != nil || memory > 1<<20 || passes > 16 {
		return false, errors.New("the password's hash is damaged")
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err := errors.Join(err1, err2); err != nil || len(want) != hashLength {
		return false, errors.New("the password's hash is damaged")
	}
	got, err := argon(ctx, password, salt, passes, memory)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}
