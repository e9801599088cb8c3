package wire

import (
	"time"

	"leadline/crm"
)

// SignIn asks for a session.
type SignIn struct {
	Email    string     `json:"email"`
	Password string     `json:"password"`
	Device   DeviceInfo `json:"device"`
}

// DeviceInfo is the machine that a session is bound to.
type DeviceInfo struct {
	ID       crm.ID `json:"id"`
	Name     string `json:"name,omitempty"`
	Platform string `json:"platform,omitempty"`
}

// Session is what a program shows to be let in. Both tokens are opaque; each refresh gives two new ones, and an
// old refresh token that is shown again revokes the device.
type Session struct {
	Access  string    `json:"access"`
	Refresh string    `json:"refresh"`
	Expires time.Time `json:"expires"` // of Access
	User    crm.ID    `json:"user"`
}

// Refresh asks for the next session.
type Refresh struct {
	Token  string `json:"token"`
	Device crm.ID `json:"device"`
}

// Device is one machine that a user has signed in from.
type Device struct {
	DeviceInfo
	User    crm.ID    `json:"user"`
	Seen    time.Time `json:"seen"`
	Revoked time.Time `json:"revoked,omitzero"`
	Erased  bool      `json:"erased,omitempty"` // it has said that its copy is gone
}
