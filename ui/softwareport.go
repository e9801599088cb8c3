package ui

import (
	"context"
	"time"

	"leadline/crm"
)

// OtherSoftware is what the settings ask the shared server about other software: the keys that let it in, and what is told of changes
// (requirement I3). Its methods wait for the network: call them on a goroutine of your own. A *TestFailure says in words what is wrong; only administrators may.
type OtherSoftware interface {
	// Keys are all keys, revoked ones included, oldest first.
	Keys(ctx context.Context) ([]APIKey, error)
	// MakeKey makes a key. Its token is told only here.
	MakeKey(ctx context.Context, name string, user crm.ID, scopes []string) (token string, err error)
	// RevokeKey makes a key good for nothing.
	RevokeKey(ctx context.Context, id crm.ID) error

	// Webhooks are those that are told of changes.
	Webhooks(ctx context.Context) ([]Webhook, error)
	// AddWebhook has an address told of changes of some kinds that a user may see. The secret of its signatures is told only here.
	AddWebhook(ctx context.Context, url string, user crm.ID, kinds []string) (secret string, err error)
	// TryWebhook has the server post something there that tells of nothing; failure is why it was not taken, "" when it was.
	TryWebhook(ctx context.Context, id crm.ID) (failure string, err error)
	RemoveWebhook(ctx context.Context, id crm.ID) error
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

// Webhook is software that is told of changes.
type Webhook struct {
	ID       crm.ID
	URL      string
	User     string    // whose view decides what it is told
	Kinds    []string  // of rows: contact, call …
	Told     time.Time // when it last took something; zero: never
	Failures int       // in a row
	Reason   string    // of the latest of them, in English
	Next     time.Time // when it is tried again, after a failure
	Broken   bool      // its secret cannot be read any more
}
