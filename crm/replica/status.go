package replica

import (
	"errors"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// State is where a program stands with its server (sync-notes: states of a program).
type State string

const (
	Offline   State = "offline"    // the server cannot be reached; all work goes on
	Bootstrap State = "bootstrap"  // it takes over a snapshot: the first one, or that of another view or epoch
	CatchUp   State = "catch-up"   // it pulls what it has not seen
	Live      State = "live"       // it has everything, and hears of what is new
	SignedOut State = "signed out" // the session has ended; a person has to sign in
	Revoked   State = "revoked"    // the device may no more, and its copy is erased
	Upgrade   State = "upgrade"    // the program is too old: it queues, and sends nothing
	TooNew    State = "too new"    // the server is too old for the program
)

// Status is what can be told of the replica.
type Status struct {
	State   State
	Since   time.Time // of State
	Waiting int       // changes that the server does not have yet
	Refused int       // changes in the tray
	Problem error     // why it is not live; nil when it is
}

// OtherUser is the error when the file belongs to a user other than the one who has signed in. Its outbox is the
// owner's, and is sent in the owner's name or not at all.
type OtherUser struct{ Owner crm.ID }

func (OtherUser) Error() string { return "the file belongs to another user than who has signed in" }

// code is what the server said; "" when it did not say anything.
func code(err error) wire.Code {
	var p wire.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// stateAfter is the state that an error leads to.
func stateAfter(err error) State {
	var other OtherUser
	if errors.As(err, &other) {
		return SignedOut
	}
	switch code(err) {
	case wire.BadSignIn, wire.Expired, wire.Forbidden:
		return SignedOut
	case wire.Revoked:
		return Revoked
	case wire.Upgrade:
		return Upgrade
	case wire.ServerTooOld:
		return TooNew
	}
	return Offline
}

// needsGreeting says whether an error means that both must find out anew where they stand.
func needsGreeting(err error) bool {
	switch code(err) {
	case wire.Forked, wire.OtherEpoch, wire.OtherView, wire.Gap, wire.TooOld:
		return true
	}
	return false
}
