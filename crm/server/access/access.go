package access

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
)

// Access authenticates people, their devices and other software. Its methods are safe to call from several goroutines.
type Access struct {
	db    *database.DB
	vault *Vault
	now   func() time.Time
	cost  Cost

	using sync.Mutex
	uses  map[crm.ID]time.Time // of keys, that are not in the database yet
}

// New makes an Access on a database. vault seals the secrets that are kept in it; now is the server's clock.
func New(db *database.DB, vault *Vault, now func() time.Time) *Access {
	if db == nil || vault == nil || now == nil {
		panic("access: New needs a database, a vault and a clock")
	}
	return &Access{db: db, vault: vault, now: now, cost: DefaultCost, uses: map[crm.ID]time.Time{}}
}

// SetCost changes the cost of hashing new passwords. Call it before anything else.
func (a *Access) SetCost(c Cost) {
	a.cost = c
}

// How long tokens are valid.
const (
	AccessTime  = 15 * time.Minute
	RefreshTime = 60 * 24 * time.Hour // a device that was away for longer signs in again
)

// Why a sign-in, a token or a change is refused.
var (
	ErrWrongPassword = errors.New("the e-mail address or the password is wrong")
	ErrNoToken       = errors.New("not signed in")
	ErrExpired       = errors.New("the token has expired")
	ErrTaken         = errors.New("a user with this e-mail address is there already")
	ErrNoUser        = errors.New("there is no such user")
	ErrBadDevice     = errors.New("the device has no id")
	ErrNoDevice      = errors.New("there is no such device")
	ErrNoLink        = errors.New("the link was used already, or is too old")
)

// Revoked means that a device was signed out.
type Revoked struct {
	Erase bool // its copy of the data is to be erased
}

func (Revoked) Error() string { return "this device was signed out" }

// Stolen means that a used refresh token was presented again, and that its device was signed out because of it. It unwraps to Revoked.
type Stolen struct {
	Workspace crm.ID // whose device it was
}

func (Stolen) Error() string { return "the refresh token came twice: " + Revoked{}.Error() }

// Unwrap gives a Revoked.
func (Stolen) Unwrap() error { return Revoked{} }

// Person is who was authenticated, and whether by a device or by a key.
type Person struct {
	Workspace crm.ID
	User      crm.ID
	Device    crm.ID // "" with a key
	Key       crm.ID // "" with a device
	Scopes    []string
}

// whole runs f on the tables of the whole server, such as credentials and tokens.
func (a *Access) whole(ctx context.Context, write bool, f func(*database.Tx) error) error {
	if write {
		return a.db.Write(ctx, "", f)
	}
	return a.db.Read(ctx, "", f)
}

func milli(t time.Time) int64 { return t.UnixMilli() }

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// NewID makes a new id for a user.
func (a *Access) NewID() (crm.ID, error) { return a.newID() }

func (a *Access) newID() (crm.ID, error) {
	id, err := crm.NewID(a.now(), randomness)
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return id, nil
}
