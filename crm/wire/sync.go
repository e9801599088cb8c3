package wire

import (
	"encoding/json"
	"time"

	"leadline/crm"
)

// Schema is the version of rows and commands that this program speaks. A server speaks
// it and the two before; to an older program it says Upgrade.
const Schema = 1

// What one message may hold.
const (
	MostCommands = 256     // in one Push
	MostBytes    = 1 << 20 // of the arguments in one Push
	MostRows     = 1000    // in one Page or Fetch
)

// Ack says up to which command of a client all is decided. A sequence number alone proves
// nothing: a laptop restored from a backup uses it again for another command.
type Ack struct {
	Seq uint64 `json:"seq"`
	ID  crm.ID `json:"id,omitempty"` // of the command; "" with Seq 0
}

// Branch is one epoch of a workspace: a server that was restored from a backup begins a new one
// where the backup ended. Epochs are a tree.
type Branch struct {
	Epoch   uint64 `json:"epoch"`
	Parent  uint64 `json:"parent,omitempty"`
	ForkRev uint64 `json:"fork_rev,omitempty"` // the last revision that it shares with its parent
}

// Hello begins a session of a program.
type Hello struct {
	Client  crm.ID    `json:"client"`
	Schemas []int     `json:"schemas"`
	Program string    `json:"program,omitempty"` // "leadline 1.4.0", for the log
	Last    Ack       `json:"last,omitzero"`     // the last command that this program knows to be acknowledged
	Epoch   uint64    `json:"epoch,omitempty"`   // 0: it has never spoken with the server
	Cursor  uint64    `json:"cursor,omitempty"`
	View    string    `json:"view,omitempty"` // the hash of the view that the file holds
	Sent    time.Time `json:"sent"`
}

// Welcome answers a Hello.
type Welcome struct {
	Now          time.Time `json:"now"` // the server's clock
	Schema       int       `json:"schema"`
	Workspace    crm.ID    `json:"workspace"`
	WorkspaceKey []byte    `json:"workspace_key"` // from which the ids of leads follow (crm.LeadID)
	User         crm.ID    `json:"user"`
	View         string    `json:"view"` // the hash of what the user's roles may see; another one means a new snapshot
	Epoch        uint64    `json:"epoch"`
	Branches     []Branch  `json:"branches"`
	Last         Ack       `json:"last,omitzero"` // the last command of the client that the server has decided
	// Forked: the server knows another command by Hello.Last.Seq, or more than the program has sent. The
	// program takes a new client id, numbers its outbox anew and keeps the ids of commands.
	Forked     bool      `json:"forked,omitempty"`
	Head       uint64    `json:"head"`        // the last revision
	DurableRev uint64    `json:"durable_rev"` // up to here the newest backup has it; commands up to here may leave the journal
	Snapshot   *Manifest `json:"snapshot,omitempty"`
	Accounts   []Account `json:"accounts,omitempty"` // the user's telephones (requirement I3)
	Erasures   []Erasure `json:"erasures,omitempty"` // that this device has not acknowledged
}

// Account is a SIP account that the administrator has set up for a user.
type Account struct {
	Name      string `json:"name"`
	Address   string `json:"address"` // "sip:101@pbx.example.org"
	AuthUser  string `json:"auth_user,omitempty"`
	Password  string `json:"password,omitempty"`
	Transport string `json:"transport,omitempty"`
	Line      crm.ID `json:"line,omitempty"` // the default line
}

// Manifest describes a snapshot: all rows of a view as of a revision, as pages in CBOR, one
// after the other, compressed with zstd.
type Manifest struct {
	Name   string `json:"name"`
	Epoch  uint64 `json:"epoch"`
	Rev    uint64 `json:"rev"`
	View   string `json:"view"`
	Schema int    `json:"schema"`
	Rows   uint64 `json:"rows"`
	Bytes  int64  `json:"bytes"`  // compressed
	SHA256 []byte `json:"sha256"` // of the compressed bytes

	// File is the same as a file of the program's own, which a new device can begin with at once; nil when there is none.
	File *ReadyFile `json:"file,omitempty"`
}

// ReadyFile is an SQLite file of the program's, compressed with zstd.
type ReadyFile struct {
	Version int    `json:"version"` // of its tables: a program of that version or a later one can take it
	Size    int64  `json:"size"`    // not compressed
	Bytes   int64  `json:"bytes"`   // compressed
	SHA256  []byte `json:"sha256"`  // of the compressed bytes
}

// ReadySuffix follows the snapshot's name in the name of its ready file.
const ReadySuffix = ".db"

// Erasure is a person whose data is to be gone everywhere (requirement I4). A device purges what it still has
// of it, also of what it has yet to send, then names it in Push.Erased.
type Erasure struct {
	ID   crm.ID    `json:"id"`
	Rev  uint64    `json:"rev,omitempty"` // a file that stands before it has yet to hear of what is gone
	Refs []crm.Ref `json:"refs"`
	Hung []byte    `json:"hung,omitempty"` // the ids of their calls, notes, follow-ups and deals, of 16 bytes each: some have thousands

	Recordings []crm.ID `json:"recordings,omitempty"` // by crm.RecordingID
}

// Command is a change on its way to the server.
type Command struct {
	Seq  uint64          `json:"seq"` // of the client: 1, 2, 3 …
	ID   crm.ID          `json:"id"`  // by which it is applied once
	Name string          `json:"name"`
	Args json.RawMessage `json:"args"`
	At   crm.HLC         `json:"at"`
}

// Push carries commands, in order of their numbers.
type Push struct {
	Client   crm.ID    `json:"client"`
	Epoch    uint64    `json:"epoch"`
	Commands []Command `json:"commands"`
	Erased   []crm.ID  `json:"erased,omitempty"` // erasures that this device has done
}

// Status is what became of a command.
type Status string

const (
	Applied   Status = "applied"   // done now
	Duplicate Status = "duplicate" // applied before, or refused before: Result says the same as then
	Rejected  Status = "rejected"  // refused now, with Result.Code and Result.Reason
)

// Reject is why a command was refused, for the program; Result.Reason is for the person.
type Reject string

const (
	RejectGone       Reject = "gone"        // the record was removed; restoring it is offered
	RejectChanged    Reject = "changed"     // it is no longer what the command expects
	RejectNotAllowed Reject = "not_allowed" // by the sender's roles (requirement G2)
	RejectUnknown    Reject = "unknown"     // a command or a version that the server does not know
	RejectInvalid    Reject = "invalid"     // arguments that cannot be
)

// Result is what became of one command.
type Result struct {
	ID      crm.ID   `json:"id"`
	Status  Status   `json:"status"`
	Refused bool     `json:"refused,omitempty"` // with Duplicate: it was refused then
	Code    Reject   `json:"code,omitempty"`
	Reason  crm.Text `json:"reason,omitzero"`
	Rev     uint64   `json:"rev,omitempty"` // the last revision that it made
}

// Pushed answers a Push: one result per command, in their order. That they are in a page that was
// pulled is what counts for the outbox (Page.Ack).
type Pushed struct {
	Results []Result `json:"results"`
	Head    uint64   `json:"head"`
}

// Pull asks for what is new beyond a revision.
type Pull struct {
	Client crm.ID        `json:"client"`
	Epoch  uint64        `json:"epoch"`
	Cursor uint64        `json:"cursor"`
	View   string        `json:"view"`
	Limit  int           `json:"limit,omitempty"` // rows; 0 is MostRows
	Wait   time.Duration `json:"wait,omitempty"`  // at most 25 s, for something to be new
	// Team is with Wait, where no hints get through: the Team.Mark that the program was told last, TeamUnknown before. Another team
	// ends the wait, too.
	Team string `json:"team,omitempty"`
}

// TeamUnknown asks for the team at once.
const TeamUnknown = "?"

// Page is what is new, out of one state of the database. With More the next pull goes on at Rev.
type Page struct {
	Epoch uint64 `json:"epoch"`
	Rows  []Row  `json:"rows,omitempty"`
	Rev   uint64 `json:"rev"` // the new cursor
	More  bool   `json:"more,omitempty"`
	// Ack rides on a page that reaches the head, and only there: what the client's commands up to it did is in
	// this page and those before.
	Ack *Ack `json:"ack,omitempty"`
	// Refused are those among the commands up to Ack that were refused and that the client has
	// not acknowledged before, so that a lost Pushed loses no reason.
	Refused []Result `json:"refused,omitempty"`
	// Greet, with Ack, asks the program to say hello again: people were erased, of whom it has to hear there (requirement I4).
	Greet bool  `json:"greet,omitempty"`
	Team  *Team `json:"team,omitempty"` // if it is another one than Pull.Team says
}

// Team is how everybody is who is there.
type Team struct {
	Mark  string     `json:"mark"` // is the same for the same users in the same states
	Users []Presence `json:"users"`
}

// Fetch asks for rows as they are now, by id: after a new epoch.
type Fetch struct {
	Client crm.ID  `json:"client"`
	View   string  `json:"view,omitempty"` // as of Pull; "" is not asked about
	IDs    []RowID `json:"ids"`
}

// RowID names a row.
type RowID struct {
	Entity Entity `json:"entity"`
	ID     crm.ID `json:"id"`
}

// Fetched answers a Fetch. A row that is not there comes as deleted.
type Fetched struct {
	Epoch uint64 `json:"epoch"`
	Rows  []Row  `json:"rows"`
}

// Hint says that there is something to pull. It is never the truth itself: a lost one costs time only.
type Hint struct {
	Epoch    uint64     `json:"epoch"`
	Rev      uint64     `json:"rev"`
	PrevRev  uint64     `json:"prev_rev,omitempty"` // with Rows: they follow directly on this revision
	Rows     []Row      `json:"rows,omitempty"`
	Presence []Presence `json:"presence,omitempty"`
}

// Availability is how a user is to be reached.
type Availability string

const (
	Free         Availability = "free"           // a call would ring there
	Talking      Availability = "talking"        // in a call
	Ringing      Availability = "ringing"        // a call rings there
	Away         Availability = "away"           // the user has said not to be there
	DoNotDisturb Availability = "do_not_disturb" // calls are refused as busy
	Offline      Availability = "offline"        // no program of the user's is connected
)

// Presence is how a user is now.
type Presence struct {
	User  crm.ID       `json:"user"`
	State Availability `json:"state"`
	Since time.Time    `json:"since,omitzero"`
}
