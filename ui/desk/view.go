package desk

import (
	"time"

	"leadline/crm"
)

// CallID names one call of this program; it is not the SIP Call-ID.
type CallID string

// Text is a sentence that the program says, by its English wording. The ui
// translates Key and puts Args into its {places}.
type Text struct {
	Key  string
	Args map[string]string
}

// Snapshot is everything in progress, as one value. Windows draw it and keep nothing.
type Snapshot struct {
	Accounts   []Account
	Calls      []Call // oldest first; ended ones stay until they are closed
	Unsaved    int    // forms with typed text that is not saved as a record yet
	Missed     int    // missed calls that nobody has worked off (requirements.md H6)
	Due        int    // the agent's follow-ups that are due today or overdue
	Leads      int    // the agent's open leads
	Sound      Sound
	Presence   Presence
	Diverted   Diversion
	Out        LineOut
	Colleagues []Colleague // whose telephones are watched
	Mailboxes  []Mailbox   // with messages
	NoLeads    bool        // the CRM is in the simple mode: leads are not shown (requirements.md F2)
	Sync       Sync        // with the shared server
	Team       []Teammate  // by name, without the agent

	// Data counts the changes of the file, whoever made them: where it differs, what was read of
	// lists and records may be old.
	Data uint64
}

// Sync is how the file stands with the shared server, in what a person cares for: is what I do
// safe, and do the others see it.
type Sync struct {
	State   SyncState
	Since   time.Time // of State
	Waiting int       // changes that are saved here only
	Refused int       // changes that the server refused, and that wait for the agent
	Detail  string    // why, for the log-minded
}

// SyncState is a standing with the shared server.
type SyncState int

const (
	NoServer   SyncState = iota
	Everywhere           // the others see all that was done here; with Waiting it is on its way
	CatchingUp           // what the others did comes in
	Loading              // the company's data comes in as a whole
	ServerAway           // not reachable: work goes on, saved here
	SignedOut
	ErasedHere   // the company signed this device out and had its copy erased
	ProgramOld   // this program is too old for the server
	ServerTooOld // and the other way round
)

// Presence is what happens to a call that comes in. The zero Presence is: it rings here.
type Presence struct {
	Quiet   bool      // do not disturb: it is refused as busy
	Until   time.Time // when Quiet ends by itself; zero when it doesn't
	Forward string    // where every call goes instead, as it was typed; "" is nowhere
	Away    bool      // it rings here, but colleagues see that nobody is there, and a PBX that asks sends it elsewhere
}

// Diversion is where a call goes that isn't taken here. A target is what one may also dial; "" is nowhere.
type Diversion struct {
	Busy     string        // when the agent has another call, or isn't to be disturbed
	NoAnswer string        // when nobody has answered for After
	After    time.Duration // 0: 20 s
}

// Registration is an account's standing at its PBX.
type Registration int

const (
	Unregistered Registration = iota
	Registering
	Registered
	Retrying // not reachable; tried again at Account.Next
	Refused  // wrong password or forbidden; waits for the agent
)

// Account is one account's line in the status strip.
type Account struct {
	Name   string
	User   string // "101"
	State  Registration
	Why    Text      // in words, when Retrying or Refused
	Detail string    // "503 Service Unavailable", for the log-minded
	Since  time.Time // when State began
	Next   time.Time // when Retrying: the next try
}

// Sound is the state of the sound card in words.
type Sound struct {
	Microphone, Speaker string // the device in use; "" when there is none
	Problem             Text   // zero when all is well
}

// State is where a call stands.
type State int

const (
	Incoming State = iota // rings here
	Dialling              // sent, nothing heard yet
	RingingThere
	EarlyMedia // the far end plays something before it answers
	Talking
	HeldHere
	HeldThere
	Ended
)

// Outcome is how a call ended, told apart as requirements.md C4 says.
type Outcome int

const (
	Open              Outcome = iota // it has not ended
	Answered                         // there was a conversation
	Missed                           // the caller gave up
	AnsweredElsewhere                // another phone of ours took it
	Declined                         // by us
	DeclinedThere
	Busy
	NoAnswer
	NotFound
	Cancelled // by us, before they answered
	Failed
	Interrupted // the program was killed in the middle of it
)

// Call is one call with its card.
type Call struct {
	ID       CallID
	Account  string
	Line     string // the line's name (requirements.md A2)
	Queue    string
	Incoming bool
	Waiting  bool // rings while another call is up: call waiting
	State    State
	Outcome  Outcome
	Why      Text   // the end in words: "Busy", "The number does not exist"
	Detail   string // "486 Busy Here"

	Began    time.Time // INVITE seen or sent
	Answered time.Time // zero until then
	Ended    time.Time // zero until then

	Muted     bool
	CanHold   bool
	Codec     string // "PCMA 8 kHz"; "" until media is agreed
	Encrypted bool
	Exposed   bool // in the clear though encryption is preferred
	Quality   Quality
	WhyPoor   Text   // what makes a poor Quality
	Trouble   Text   // what is wrong with the sound or the hold, in words; zero when nothing is
	Digits    string // sent from the keypad so far
	Dialled   string // digits that the other side has sent, the last ones
	Transfer  Transfer
	HandsOver Text // what becomes of the record when the call is passed on (requirements.md D2); zero where there is none
	Recording Recording
	Merged    string // names the conference that the call is in, the same for all in it; "" for none

	Passed Text // who sent the call here, in words: a colleague by a transfer, or a forwarding
	Party  Party
	Card   Card
	Form   *Form // the open create form, nil when none
	Note   Note
	Reason Text // why the CRM did what it did
	Saved  bool // a record was made from this call by hand

	Result   string    // what came of it, one of crm.Results; "" for none
	Linking  Linking   // what was found to link the caller to
	FollowUp time.Time // when to come back to the record; zero: no follow-up was noted

	Recordings []Recorded // once the call has ended, oldest first; they are here

	FollowUpOwner string   // a Person's ID
	People        []Person // who may get the follow-up; nil until the call has ended

	// Excepting is what would be removed from the CRM if the number became an exception
	// (requirements.md E2): the question is open. nil: it isn't.
	Excepting *Trace

	NoLeads bool // only a contact can be made of it (requirements.md F2)
}

// Person is somebody of the company. The ID of who works here is "".
type Person struct{ ID, Name string }

// Trace is what the CRM has of numbers that are to become exceptions (requirements.md E2).
type Trace struct {
	Leads []Ref // open ones that would be removed
	Calls int   // that would be taken off their records
}

// None tells that nothing would be removed.
func (t Trace) None() bool { return len(t.Leads) == 0 && t.Calls == 0 }

// Linking is a search for the record that an unknown caller is.
type Linking struct {
	Words    string // as they were asked for
	Searched bool   // Found is the answer
	Found    []Match
	Error    Text // why it was not found or linked; zero when all is well
}

// Transfer is the passing on of a call (requirements.md D2). The zero Transfer is none.
type Transfer struct {
	Text   Text // how it stands, in words
	Busy   bool // it is on its way
	Failed bool // the call is back
}

// Quality of what is heard, 0 unknown, 1 bad … 4 good.
type Quality int

// Party is who is on the other end, as far as the wire and the numbering plan tell.
type Party struct {
	Number   string // as shown: "030 2094 8812"; "" when withheld
	Dial     string // what to dial to reach them again; "" when withheld
	Display  string // the name the PBX sent
	Place    string // "Berlin", in the program's language
	Withheld bool
	Internal bool // a colleague or an extension
	SIP      bool // Number is a SIP address
}

// RecordKind is a kind of CRM record.
type RecordKind string

const (
	Contact RecordKind = "contact"
	Company RecordKind = "company"
	Lead    RecordKind = "lead"
	Deal    RecordKind = "deal"
)

// Ref points to a record. The zero Ref points nowhere.
type Ref struct {
	Kind RecordKind
	ID   string
}

// Card is what the CRM knows of the party. Loading is true for the moment
// between the ring and the answer of the local file; Known is then false.
type Card struct {
	Loading     bool
	Known       bool
	Colleague   bool // no customer: nothing is made of it (requirements.md B5)
	Ref         Ref
	OpenLead    bool // it is a lead that is worked on
	Name        string
	Position    string
	Company     string
	CompanyRef  Ref  // of a contact's
	MatchedBy   Text // "by mobile 2", "3 records match"
	Responsible string
	Marks       []Mark // at most three
	Matches     []Match
	LastCalls   []PastCall // newest first, at most five
	Calls       int        // all of them, as far as they are counted
	MoreCalls   bool       // there are more
	Deals       []DealLine // open ones, the largest first, at most five
	OpenDeals   int        // all of them
	Notes       []PastNote // newest first

	MadeFor CallID    // the call for which a rule has made it; "" where none did
	Made    time.Time // when, then
}

// MarkTone says what a mark means; the ui has a colour and a shape for each.
type MarkTone int

const (
	MarkPlain MarkTone = iota
	MarkDeal
	MarkLead
	MarkMissed
	MarkVIP
	MarkNotInCRM
)

// Mark is a chip below the name.
type Mark struct {
	Tone MarkTone
	Text Text
}

// Match is one of several records with the caller's number (requirements.md C3).
type Match struct {
	Ref   Ref
	Name  string
	Sub   string
	Last  time.Time // last contact; zero when none
	Shown bool      // the one the window shows
}

// PastCall is a line under "Last calls".
type PastCall struct {
	Incoming bool
	Outcome  Outcome
	At       time.Time
	Title    string // first line of its note; "" when there is none: the ui says the outcome
	Agent    string
	Length   time.Duration // talked, or waited when missed
}

// DealLine is a line under "Open deals".
type DealLine struct {
	Title, Stage, Amount string
}

// PastNote is a note of an earlier call or of the record.
type PastNote struct {
	At   time.Time
	Who  string
	Text string
}

// Note is the note of this call. SavedAt is when the file last had all of Text;
// zero while something is on its way (requirements.md H4).
type Note struct {
	Text    string
	SavedAt time.Time
	Failed  Text // why it could not be saved; zero when all is well
}

// Form is the short form of *Create lead* and *Create contact* (requirements.md B2).
// It is a draft that survives a crash.
type Form struct {
	Kind        RecordKind // Lead or Contact
	FirstName   string
	LastName    string
	Company     string
	Number      string // filled in already
	Source      string
	Responsible string
	Sources     []string // to choose from
	People      []string // to choose from
	Similar     []Match  // possible duplicates of what is typed
	Naming      bool     // it gives a record without a name one, which is there already
	Touched     bool     // something was typed
	DraftSaved  bool
	Saving      bool
	Error       Text // why it was not saved; zero when all is well
}

// List names a list of the main window.
type List string

const (
	CallList    List = "calls"
	MissedList  List = "missed"
	ContactList List = "contacts"
	CompanyList List = "companies"
	LeadList    List = "leads"
	DealList    List = "deals"
)

// Query asks for one page of a list.
type Query struct {
	List   List
	Text   string       // search; "" for all
	Filter string       // "mine", "new", "open", "done"; "" for the list's own default
	After  crm.Bookmark // the page begins behind it; "" for the beginning
	Offset int          // so many rows further
	Limit  int          // 1..128

	Order   crm.Order          // of a list of records, or of calls
	Calls   crm.CallCriteria   // of a list of calls
	Records crm.RecordCriteria // of a list of records
}

// Page is the answer to a Query.
type Page struct {
	Rows  []Row
	Total int          // of the list; -1 when more than was counted, or when it was not counted
	End   crm.Bookmark // where it ended; "" when it cannot be said
}

// Row is one line of a list, whatever its kind.
type Row struct {
	Ref      Ref    // the record; zero for a call with a stranger
	Call     string // the call's record id in call lists
	Title    string
	Sub      string
	At       time.Time
	Status   Text   // "In progress", "Missed"
	Tone     string // "new", "open", "done", "lost", "missed", "in", "out": shape and colour of Status
	Dial     string // what to dial; "" when nothing can be
	Line     string
	Attempts int           // missed list: how often
	Length   time.Duration // talked, or waited when missed
	Unread   bool

	// What the columns of a list of records show.
	Company, Position, Number, Amount, Source, Responsible string // Responsible: of a call, whose it was
	Changed                                                time.Time

	Result    string // of a call, as crm.Results has it; "" for none
	Colleague bool   // of a call: it was with one, who is no customer

	ClosedBy string    // of a missed call that was worked off: the agent who called back
	closedAt time.Time // and when
	Calling  string    // of a missed call: the colleague who is calling back at this moment
}

// Record is a record with all its detail shows.
type Record struct {
	Ref      Ref
	Title    string
	Sub      string
	Origin   Text // "created today 10:38 by call"
	Created  time.Time
	Stage    int      // index in Stages; -1 when it has none
	Stages   []string // English; translated when standard
	Open     bool     // a lead or deal that is worked on
	Facts    []Fact
	Dial     string
	Timeline []Event // a page of it, newest first
	Earlier  bool    // there is more before that
}

// Fact is one labelled value of a record.
type Fact struct {
	Label Text
	Value string
	Dial  string // not empty: a number that can be dialled
	Mail  string // not empty: an address that can be written to
	Ref   Ref    // not zero: a record that can be opened

	Type crm.FieldType // of a custom field's value, which is as the file keeps it
}

// EventKind is what happened.
type EventKind string

const (
	EventCall    EventKind = "call"
	EventNote    EventKind = "note"
	EventCreated EventKind = "created"
	EventChanged EventKind = "changed"
)

// Event is one node of a timeline.
type Event struct {
	Kind     EventKind
	At       time.Time
	Title    Text
	Body     string
	Who      string
	Incoming bool
	Outcome  Outcome
	Length   time.Duration
	NotTaken Text // of a call: why it is told as missed or declined though it never rang here
	Passed   Text // of a call: who sent it here before it rang, in words
	Reason   Text // of EventCreated: the rule by which it came to be
	By       *By  // of EventCreated: the call that made it; nil where none did, or it is not in this file

	Recordings []Recorded // oldest first
	Sounded    *Sounded   // of a call; nil where that isn't known
	Result     string     // of a call: what came of it, one of crm.Results; "" for none
	Line       string     // of a call, by its name

	Call      CallID    // of EventCall
	Edited    time.Time // of EventNote: when its words were changed last; zero for never
	MayEdit   bool      // of a note on the record or a call: who works here may change its words
	MayRemove bool      // … take it away

	Changes  []Changed // of EventChanged
	Note     string    // of EventNote and EventChanged: names it
	Undoable bool      // of EventChanged: the record is still as it was made by it
}

// Changed is what became of one field of a record.
type Changed struct {
	Field    string // as crm.FieldChange has it
	Label    Text
	From, To string // for the eye; "" for nothing
}

// By is the call by which a record came to be.
type By struct {
	At       time.Time
	Incoming bool
	Outcome  Outcome
	Who      string // the agent
	Party    string // the number or address
	Line     string
}

// Notice is a short message at the bottom right: something went wrong or was done.
type Notice struct {
	Text    Text
	Warning bool
	Stays   bool // until somebody has read it and closes it
}
