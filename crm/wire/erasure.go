package wire

import (
	"time"

	"leadline/crm"
)

// ErasePerson asks for the erasure of a person's data, by an administrator (requirement I4).
type ErasePerson struct {
	Person crm.Ref `json:"person"` // their contact, or a lead
}

// Erased is an erasure that was asked for: what it took, and which copies are without the person by now. It has only ids.
type Erased struct {
	ID         crm.ID         `json:"id"`
	At         time.Time      `json:"at"`
	By         crm.ID         `json:"by,omitempty"` // the user who asked for it; "" for who did at the server's command line
	Records    []crm.Ref      `json:"records"`      // contacts and leads that were the person's
	Calls      int            `json:"calls,omitempty"`
	Notes      int            `json:"notes,omitempty"` // follow-ups included
	Deals      int            `json:"deals,omitempty"`
	Recordings int            `json:"recordings,omitempty"`
	Copies     []ErasedOnCopy `json:"copies,omitempty"` // those first that have not said so yet
}

// ErasedOnCopy is how one program's copy of the company's data stands with an erasure.
type ErasedOnCopy struct {
	Client crm.ID    `json:"client"`
	User   crm.ID    `json:"user,omitempty"`
	Device string    `json:"device,omitempty"` // the name of the machine; "" where it is not known
	Seen   time.Time `json:"seen,omitzero"`    // when the program was last here
	Done   time.Time `json:"done,omitzero"`    // when it said that nothing of the person is left; zero: not yet
	Out    bool      `json:"out,omitempty"`    // the device was signed out, and is to erase its whole copy
	Gone   bool      `json:"gone,omitempty"`   // which it has said that it did; Done is when
}
