package wire

import (
	"time"

	"leadline/crm"
)

// SignInOf is how a user signs in, and what they get by it, as an administrator sees it (requirement I3).
type SignInOf struct {
	User       crm.ID     `json:"user"`
	Email      string     `json:"email,omitempty"`
	Password   bool       `json:"password,omitempty"` // one is set
	Disabled   bool       `json:"disabled,omitempty"`
	Telephones []SetPhone `json:"telephones,omitempty"`
}

// SetPhone is a telephone account that is set up for a user. Its password can be written, and is never told.
type SetPhone struct {
	Account
	Kept bool `json:"kept,omitempty"` // a password is kept; an empty one in a change leaves it, as long as the address is the same
}

// Invitation is the answer to a wish for a link by which a user sets their password.
type Invitation struct {
	Path string    `json:"path"` // below the server's address
	Ends time.Time `json:"ends"`
}

// ChangePassword is another password for who knows the one they have.
type ChangePassword struct {
	Current string `json:"current"`
	New     string `json:"new"`
}

// NewPassword is the first password that an administrator gives a user, or another one.
type NewPassword struct {
	Password string `json:"password"`
}
