package ui

import (
	"context"
	"time"

	"leadline/crm"
)

// Erasures erase people's data for good (requirement I4): by the shared server from every copy, or here, where there is no server. Its
// methods wait for the network or the disk: call them on a goroutine of your own. A *TestFailure says in words what is wrong.
type Erasures interface {
	// WouldErase counts what is here of a person.
	WouldErase(ctx context.Context, person crm.Ref) (ErasureTakes, error)
	// Erase erases a person. Asked again under the same id, as after an answer that was lost, it is done once. A *TestFailure at
	// FieldAddress says that the server does not answer, which may have done it all the same.
	Erase(ctx context.Context, id crm.ID, person crm.Ref) (Erasure, error)
	// Erasures are those that were asked for, the latest first.
	Erasures(ctx context.Context) ([]Erasure, error)
}

// ErasureTakes is what an erasure takes besides the record itself.
type ErasureTakes struct {
	Leads, Calls, Notes, Deals, Recordings int // notes: follow-ups included
}

// Erasure is an erasure that was asked for, and how far it has come.
type Erasure struct {
	ErasureTakes
	ID      crm.ID
	At      time.Time
	By      string // who asked for it; "" where that is not known
	Records []crm.Ref
	Here    bool          // it was done on this computer alone, before there was a server
	Copies  []ErasureCopy // those first that have not done it yet
}

// ErasureCopy is how one program's copy of the data stands with an erasure.
type ErasureCopy struct {
	User   string // whose it is; "" where that is not known
	Device string // the name of the machine; "" where it is not known
	This   bool   // this program's
	Seen   time.Time
	Done   time.Time // zero: not yet
	Out    bool      // the device was signed out, and is to erase all of its copy
	Gone   bool      // which it has done
}

// open is how many copies have not followed yet.
func (e Erasure) open() (n int) {
	for _, c := range e.Copies {
		if c.Done.IsZero() {
			n++
		}
	}
	return n
}
