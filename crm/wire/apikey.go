package wire

import (
	"time"

	"leadline/crm"
)

// APIKey lets other software in, as an administrator sees it. Its token is told once, in MadeKey.
type APIKey struct {
	ID      crm.ID    `json:"id"`
	Name    string    `json:"name"`             // what it is for
	User    crm.ID    `json:"user,omitempty"`   // whose rights it has; "" for a PBX, which only asks for routes
	Scopes  []string  `json:"scopes,omitempty"` // route, read, write
	MadeBy  crm.ID    `json:"made_by,omitempty"`
	Made    time.Time `json:"made"`
	Used    time.Time `json:"used,omitzero"` // last, to about a minute; zero: never
	Revoked time.Time `json:"revoked,omitzero"`
}

// NewKey asks for a key.
type NewKey struct {
	Name   string   `json:"name"`
	User   crm.ID   `json:"user,omitempty"`
	Scopes []string `json:"scopes"`
}

// MadeKey is a new key with its token, which nobody is told again.
type MadeKey struct {
	APIKey
	Token string `json:"token"`
}
