package ui

import (
	"context"
	"time"

	"leadline/crm"
)

// OtherSoftware is what the settings ask the shared server about other software: the keys that let it in (requirement I3). Its methods wait
// for the network: call them on a goroutine of your own. A *TestFailure says in words what is wrong; only administrators may.
type OtherSoftware interface {
	// Keys are all keys, revoked ones included, oldest first.
	Keys(ctx context.Context) ([]APIKey, error)
	// MakeKey makes a key. Its token is told only here.
	MakeKey(ctx context.Context, name string, user crm.ID, scopes []string) (token string, err error)
	// RevokeKey makes a key good for nothing.
	RevokeKey(ctx context.Context, id crm.ID) error
}

// What a key lets other software do; the server has the same words.
const (
	ScopeRoute = "route"
	ScopeRead  = "read"
	ScopeWrite = "write"
)

// APIKey lets other software in.
type APIKey struct {
	ID      crm.ID
	Name    string
	User    string // whose rights it has; "" for a PBX
	Scopes  []string
	MadeBy  string // "" where that is not known
	Made    time.Time
	Used    time.Time // zero: never
	Revoked time.Time // zero: it is good
}
