package ui

import (
	"context"
	"time"

	"leadline/ui/desk"
)

// Desk is what the windows ask of the agent's desk. ui/desk implements it; tests
// bring a fake.
//
// Wishes return at once and from any goroutine: they wait neither for the disk
// nor for the network. What came of them is in the next Snapshot, and what went
// wrong is a Notice. A wish for a call that is gone does nothing.
type Desk interface {
	Calls
	Forms
	Records
	Exceptions
	Attendance

	// Snapshot is everything in progress right now.
	Snapshot() desk.Snapshot
	// Subscribe has f called with every new Snapshot, in order, from a goroutine of
	// the desk, until stop. f returns quickly.
	Subscribe(f func(desk.Snapshot)) (stop func())
	// Notices has f called with every Notice, from a goroutine of the desk, for the
	// life of the program. f returns quickly.
	Notices(f func(desk.Notice))
}

// Calls are the wishes about calls.
type Calls interface {
	Answer(desk.CallID)
	Decline(desk.CallID)
	HangUp(desk.CallID) // cancels a call that is not answered yet
	Mute(id desk.CallID, on bool)
	Hold(id desk.CallID, on bool)
	Transfer(id desk.CallID, target string) // without asking; target as for Dial
	SendOn(id desk.CallID, target string)   // a call that rings; target as for Dial
	Join(id, with desk.CallID)              // connects two calls and leaves them
	Merge(id, with desk.CallID)             // a conference of the two and the agent
	Part(id desk.CallID)                    // out of the conference, held
	RecordCall(id desk.CallID, on bool)     // begins, or goes on after a pause; off pauses
	Digits(id desk.CallID, digits string)   // 0-9 * # A-D, sent in their order as the account says
	Note(id desk.CallID, text string)       // the whole note, as typed so far
	Choose(id desk.CallID, ref desk.Ref)    // who it is, among several matches (requirements.md C3)
	Result(id desk.CallID, result string)   // one of crm.Results; the same again takes it back
	FindToLink(id desk.CallID, words string)
	LinkTo(id desk.CallID, ref desk.Ref)                  // who an unknown caller is
	FollowUp(id desk.CallID, due time.Time, owner string) // to come back to its record; zero: takes it back
	CloseCall(desk.CallID)                                // an ended call is put away; its window closes
	// Dial places a call. target is a number however written, an extension or a SIP
	// address; account is the name of an account, "" for the first.
	Dial(target, account string)
	CallOver(line string) // the line that Dial's calls are on from now on, by name; "" is the account's default
}

// Attendance are the wishes about what happens to calls that come in.
type Attendance interface {
	Available()                   // they ring here
	Away()                        // they ring here, but colleagues see that nobody is there
	DoNotDisturb(until time.Time) // they are refused as busy; the zero time: until Available
	ForwardAll(target string)     // they are sent on; target as for Dial
	// MaySendOn says whether calls may go on to a target: nil, or why not, which is a crm.Invalid where the agent's role
	// doesn't allow it (requirements.md G1). It waits for the file, like Records.
	MaySendOn(ctx context.Context, target string) error
	// PickUp takes the call that rings at a colleague, as named in the Snapshot.
	PickUp(account, extension string)
}

// Forms are the wishes about the create form in a call window (requirements.md B2).
type Forms interface {
	OpenForm(id desk.CallID, kind desk.RecordKind)
	ChangeForm(id desk.CallID, form desk.Form) // the draft as typed so far
	SaveForm(desk.CallID)
	CancelForm(desk.CallID)
}

// Exceptions are what keeps numbers out of the CRM (requirements.md E2).
type Exceptions interface {
	Except(desk.CallID)                       // the number of the call; asks first in Call.Excepting
	AnswerException(id desk.CallID, yes bool) // the answer to that question
	// TraceOf tells what AddExceptions would remove. numbers are as for Dial. Both wait
	// for the file, like Records; what went wrong is a Notice too.
	TraceOf(ctx context.Context, numbers []string) (desk.Trace, error)
	AddExceptions(ctx context.Context, numbers []string) error
}

// Records are the questions of the main window. They wait for the file: call them on
// a goroutine of your own and cancel ctx when the answer is no longer wanted.
type Records interface {
	List(ctx context.Context, q desk.Query) (desk.Page, error)
	Count(ctx context.Context, q desk.Query) (int, error)
	Record(ctx context.Context, ref desk.Ref, skip int) (desk.Record, error)
	Search(ctx context.Context, text string, limit int) ([]desk.Row, error)
}
