package ui

import (
	"context"
	"time"

	"leadline/ui/desk"
)

// Shared is what the settings ask about the shared server. Its methods wait for the network
// or the disk: call them on a goroutine of your own.
type Shared interface {
	Server(ctx context.Context) (ServerSettings, error)
	// SignIn signs in at a server and begins to keep the file in step with it. A *TestFailure says
	// in words what is wrong.
	SignIn(ctx context.Context, address, user, password string) error
	// SignOut ends the session; what is here stays here.
	SignOut(ctx context.Context) error
	// TryServer has it tried at once.
	TryServer()

	// RefusedChanges are those that the server refused, the newest first.
	RefusedChanges(ctx context.Context) ([]RefusedChange, error)
	// DoAgain does a refused change once more, on what is there now; Drop gives it up.
	DoAgain(ctx context.Context, seq int64) error
	Drop(ctx context.Context, seq int64) error
}

// ServerSettings is the shared server as it is set up.
type ServerSettings struct {
	Address  string // "https://crm.example.org"; "" for none
	User     string // an e-mail address
	SignedIn bool
}

// RefusedChange is a change that the server refused.
type RefusedChange struct {
	Seq     int64
	What    desk.Text // "Changed fields"
	Subject string    // the record's name; "" when it is not here
	Record  desk.Ref  // the record; zero when it is not here
	Wanted  string    // what it would have set, a line for each value under the name of its field
	At      time.Time
	Why     desk.Text
	Final   bool // doing it again would be refused again: what it was about is gone, or it may not be done
}
