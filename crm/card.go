package crm

import (
	"strings"
	"time"
)

// Match is a record that carries the party's number or address (requirements.md C3).
type Match struct {
	Ref     Ref
	Name    string    // "" for a lead that has nothing but a number
	Sub     string    // company of a contact, person of a lead
	By      Number    // the number that matched; zero for a SIP address
	ByIndex int       // which of its label on the record, from 1: "mobile 2"
	Closed  bool      // a closed lead: it matches last
	Last    time.Time // last spoken to; zero when never
}

// Card is what a call window shows of a record.
type Card struct {
	Ref           Ref
	Name          string
	Position      string
	Company       string
	CompanyRef    Ref
	Responsible   string
	ResponsibleID ID
	Status        LeadStatus // of a lead
	Marks         []string   // tags: "VIP"
	Deals         []Deal     // open ones, the largest first
	DealsInAll    int        // open ones
	OpenLeads     int
	Missed        int        // missed calls not worked off, by any of its numbers
	LastCalls     []PastCall // newest first
	Calls         int        // all of them, as far as they are counted
	MoreCalls     bool       // there are more, which nobody counts while it rings
	Notes         []PastNote // newest first
	Origin        Origin
	Created       time.Time
}

// PastCall is an earlier call in a few words.
type PastCall struct {
	ID        ID
	Direction Direction
	Outcome   Outcome
	Began     time.Time
	Length    time.Duration
	Title     string // the first line of its note
	Agent     string
}

// PastNote is a note of an earlier call or of the record.
type PastNote struct {
	At   time.Time
	Who  string
	Text string
}

// Filter narrows a list.
type Filter string

const (
	FilterAll  Filter = ""
	FilterMine Filter = "mine" // responsible, or agent of the call, is the one here
	FilterNew  Filter = "new"  // leads of status New; missed calls not seen
	FilterOpen Filter = "open" // leads and deals that are open; missed calls not worked off
	FilterDone Filter = "done" // closed leads and deals; missed calls worked off
	FilterIn   Filter = "in"   // calls that came in
	FilterOut  Filter = "out"  // calls that we placed
)

// Order is how a list of records is sorted.
type Order string

const (
	OrderUsual  Order = ""       // contacts and companies by name, leads and deals by their last activity
	OrderNewest Order = "newest" // what was made last comes first
)

// Column is what a list of records can be ordered by.
type Column string

const (
	ColumnName        Column = "name"
	ColumnCompany     Column = "company"
	ColumnPosition    Column = "position"
	ColumnStatus      Column = "status" // of a lead; the stage of a deal
	ColumnAmount      Column = "amount"
	ColumnSource      Column = "source"
	ColumnResponsible Column = "responsible"
	ColumnChanged     Column = "changed"

	// Of the list of calls, besides ColumnStatus: how one ended. Its usual order is ColumnBegan downwards.
	ColumnBegan  Column = "began"
	ColumnLine   Column = "line"
	ColumnAgent  Column = "agent"
	ColumnResult Column = "result"
	ColumnLength Column = "length" // talked, or waited when nobody answered

	ColumnAttempts Column = "attempts" // of the missed calls, besides ColumnBegan, ColumnLine and ColumnLength
)

// By is the order by a column, upwards or downwards. What has nothing there comes last in both.
func By(c Column, down bool) Order {
	if down {
		c = "-" + c
	}
	return Order("by " + c)
}

// Column is what the order is by; "" for OrderUsual and OrderNewest.
func (o Order) Column() (c Column, down bool) {
	by, is := strings.CutPrefix(string(o), "by ")
	if !is {
		return "", false
	}
	by, down = strings.CutPrefix(by, "-")
	return Column(by), down
}

// Bookmark is where a page of a list ended, as the store writes it: a page further down is found by it in the
// index, and not by counting all rows above. It is good for the same query only.
type Bookmark string

// Query asks for a page of a list.
type Query struct {
	Text   string // search as one types; "" for all
	Filter Filter
	After  Bookmark // the page begins behind it; "" for the beginning
	Offset int      // so many rows further
	Limit  int      // 1..128

	Order   Order          // of a list of records, or of calls
	Calls   CallCriteria   // of a list of calls
	Records RecordCriteria // of a list of records
}

// RecordRow is a line in a list of contacts, companies, leads or deals.
type RecordRow struct {
	Ref         Ref
	Name        string
	Sub         string // company of a contact, person of a lead, company of a deal
	Number      Number // the first one
	Status      string // lead status or deal stage
	Open        bool
	Amount      Money
	Responsible string
	At          time.Time // last activity, else made
	Company     string    // as Sub where that is the company; a lead's own
	Position    string    // of a contact
	Source      string
	Changed     time.Time // what ColumnChanged orders by
}

// Belongings are what belongs to a contact or a company: some of it, and how much there is.
type Belongings struct {
	People, Deals           []RecordRow
	PeopleInAll, DealsInAll int
}

// RecordPage is a page of records.
type RecordPage struct {
	Rows  []RecordRow
	Total int      // -1 when there are more than were counted, or on a page further down: nobody counted
	End   Bookmark // where it ended; "" when it cannot be said, as of what a search found
}

// CallRow is a line in a list of calls. In the list of missed calls it stands
// for all attempts of a party, newest first.
type CallRow struct {
	Call     Call
	Ref      Ref    // the party's record; zero for a stranger
	Name     string // of the record
	Sub      string // its company
	Attempts int    // how often, in the missed list; else 1
	Closed   bool   // a missed call that was worked off (H6)
	ClosedBy string // the agent who did
	ClosedAt time.Time
	Calling  string // the colleague who is calling them at this moment, in the missed list
}

// CallPage is a page of calls.
type CallPage struct {
	Rows  []CallRow
	Total int      // as of a RecordPage
	End   Bookmark // as of a RecordPage
}

// EventKind is what happened to a record.
type EventKind string

const (
	EventCall    EventKind = "call"
	EventNote    EventKind = "note"
	EventCreated EventKind = "created"
	EventChanged EventKind = "changed"
)

// Event is one node of a record's timeline.
type Event struct {
	Kind      EventKind
	At        time.Time
	Who       string
	Title     Text
	Body      string
	Call      ID // of EventCall; of EventCreated: the call that made it
	Direction Direction
	Outcome   Outcome
	Detail    string // of EventCall: "486 Busy Here"
	Length    time.Duration
	Result    string
	Line      string // the line's name, of EventCall
	Reason    Text   // of EventCreated: the rule by which it came to be
	By        *Call  // of EventCreated: the call that made it; nil where none did, or it is not in this file

	Agent      ID            // of EventCall: whose it was; of EventNote and EventChanged: whose doing
	Recordings []string      // of EventCall: names of files, oldest first
	Uploaded   []ID          // those of them that the server has
	Quality    *SoundQuality // of EventCall: how it sounded; nil where that isn't known
	Diverted   []Diversion   // of EventCall: where it was before

	Changes  []FieldChange // of EventChanged, with names in place of ids
	Edited   time.Time     // of EventNote: when its words were changed last; zero for never
	Note     ID            // of EventNote and EventChanged: names it; Store.TakeBack takes the latter back
	Undoable bool          // of EventChanged: the record is still as it was made by it
}

// Record is a record with all its detail shows. Exactly one of the four is set.
type Record struct {
	Ref         Ref
	Name        string
	Contact     *Contact
	Company     *Company
	Lead        *Lead
	Deal        *Deal
	CompanyName string // of a contact or deal
	ContactName string // of a deal
	Number      Number // of a deal: whom one calls about it, its contact or else its company
	LineName    string // of a lead
	Responsible string
	Stages      []string // of a lead or deal: all of its way, in order, without Junk and Lost
	Stage       int      // where it stands of them; -1 when nowhere
	Timeline    []Event  // a page of it, newest first
	Earlier     bool     // there is more before that
}

// TimelinePage is how many events of a record are read at once.
const TimelinePage = 200

// Found is one answer of the search.
type Found struct {
	Ref         Ref
	Name        string
	Sub         string
	Number      Number    // the one that matched the digits, else the first
	ByNumber    bool      // the digits matched
	Note        string    // the first line of the note that has the words; "" when the record itself has them
	Responsible ID        // who is
	Near        bool      // the one here is responsible, or it was on one of the last calls
	At          time.Time // last spoken to or changed
}
