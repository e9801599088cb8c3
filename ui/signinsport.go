package ui

import (
	"context"
	"time"

	"leadline/crm"
	"leadline/ui/text"
)

// SignIns are what the settings ask the shared server about how people sign in. Its methods wait for the network: call
// them on a goroutine of your own. A *TestFailure says in words what is wrong; only who may change users may ask about others.
type SignIns interface {
	// SignInOf is how a user signs in, and what they get by it.
	SignInOf(ctx context.Context, user crm.ID) (SignInOf, error)
	// WithoutPassword are the users who cannot sign in yet.
	WithoutPassword(ctx context.Context) (map[crm.ID]bool, error)
	// Invite makes a link by which the user sets a password, once, until it ends.
	Invite(ctx context.Context, user crm.ID) (link string, ends time.Time, err error)
	SetPassword(ctx context.Context, user crm.ID, password string) error
	// SavePhone sets up a telephone account for the user. An empty password leaves the one that is kept.
	SavePhone(ctx context.Context, user crm.ID, p UserPhone) error
	RemovePhone(ctx context.Context, user crm.ID, name string) error

	// ChangePassword gives the agent another password who knows the present one. A *TestFailure at FieldPassword says that
	// this was wrong.
	ChangePassword(ctx context.Context, current, password string) error
	// OwnDevices are those that the agent has signed in on, the latest first.
	OwnDevices(ctx context.Context) ([]UserDevice, error)
	// SignOutDevice signs a device out and has it erase its copy of the company's data.
	SignOutDevice(ctx context.Context, device crm.ID) error
}

// SignInOf is how a user signs in at the shared server.
type SignInOf struct {
	Email    string // "" as long as nobody let them in
	Password bool   // they have one
	Phones   []UserPhone
	Devices  []UserDevice // that are signed in
	// PBX is the host of the telephone accounts that colleagues have, with their transport; "" when they have none, or not the same.
	PBX, PBXTransport string
}

// NotKnownThere is why a server tells nothing of a user who was added a moment ago.
var NotKnownThere = string(text.Key("The server does not know that yet, or any more"))

// UserPhone is a telephone account that a user gets by signing in.
type UserPhone struct {
	Name      string
	Address   string // sip:101@pbx.example.org
	Suggested string // an Address that the server does not have: the form offers it
	AuthUser  string // "" is the address's
	Password  string // only as it is typed: the server never tells it
	Kept      bool   // the server has a password
	Transport string // udp, tcp, tls, auto; "" is udp
}

// UserDevice is a machine that somebody has signed in on.
type UserDevice struct {
	ID       crm.ID
	Name     string
	Platform string
	Seen     time.Time
	This     bool // this program
}
