package crm

import "time"

// CallGroup is what calls of a list have in common, as the statistics count them.
type CallGroup string

const (
	AllCalls      CallGroup = ""         // every call
	CallsCounted  CallGroup = "counted"  // all that the statistics count
	CallsIn       CallGroup = "in"       // incoming
	CallsOut      CallGroup = "out"      // outgoing
	CallsAnswered CallGroup = "answered" // incoming, there was a conversation
	CallsQuick    CallGroup = "quick"    // of those, answered within AnsweredQuickly
	CallsMissed   CallGroup = "missed"   // incoming, the caller gave up
	CallsBack     CallGroup = "back"     // missed, and closed by a later call (H6)
	CallsWaiting  CallGroup = "waiting"  // missed, and not
)

// AnsweredQuickly is how soon a call has to be answered to count for the service level.
const AnsweredQuickly = 20 * time.Second

// CallCriteria narrow a list of calls. The zero value narrows nothing; each other value is one
// more condition. They can be compared.
type CallCriteria struct {
	From, To time.Time // From is in, To is out; zero: no bound
	Hour     int       // of the day in From's location, from 1: what began from 9:00 to 9:59 is 10. Needs From and To
	Group    CallGroup
	Line     ID
	Agent    ID
	Result   string

	NoLine, NoAgent, NoResult bool // those that have none
}

// IsZero says whether nothing is narrowed.
func (c CallCriteria) IsZero() bool { return c == CallCriteria{} }

// RecordCriteria narrow a list of records. The zero value narrows nothing; each other value is one
// more condition. They can be compared.
type RecordCriteria struct {
	From, To    time.Time // when it was made: From is in, To is out; zero: no bound
	Source      string    // of leads and deals
	Status      string    // lead status, or deal stage
	Responsible ID
	Counted     bool // what the statistics count: only of those whose calls the user may see

	NoSource bool     // of leads: those that have none
	Line     ID       // of leads: that they came in on
	Fate     LeadFate // of leads
}

// LeadFate is what has become of a lead, as LeadCounts tell it.
type LeadFate string

const (
	AnyFate       LeadFate = ""          // all leads
	FateOpen      LeadFate = "open"      // it is still worked on
	FateConverted LeadFate = "converted" // it became a contact, a company or a deal
	FateJunk      LeadFate = "junk"      // closed otherwise
)

// IsZero says whether nothing is narrowed.
func (c RecordCriteria) IsZero() bool { return c == RecordCriteria{} }

// StatisticsQuery asks for the figures of a period.
type StatisticsQuery struct {
	From, To time.Time // From is in, To is out; days and hours are those of From's location
	Before   time.Time // where the period begins that it is compared with, which is as long, or ends at From; zero: with none
	Line     ID        // "" for all
}

// Statistics are the figures of a period: of all calls that the user may see (requirements.md G1),
// but for those that a colleague's phone answered, and those that go on.
type Statistics struct {
	Reach   Reach      // whose calls are counted
	Total   CallCounts // a missed call that rang at several counts once, here and in ByHour, ByDay and ByLine
	Before  CallCounts // of the period to compare with
	ByHour  [24]CallCounts
	ByDay   []DayCounts   // each day of the period
	ByLine  []NamedCounts // the most calls first
	ByAgent []NamedCounts
	Results []NamedCounts // Name is the result; "" for calls that have none
	Leads   LeadCounts
	Sources []LeadCounts // the most leads first
}

// CallCounts are numbers of calls.
type CallCounts struct {
	Calls    int
	In       int
	Answered int           // incoming ones
	Quick    int           // of Answered: within AnsweredQuickly
	Missed   int           // the caller gave up
	Back     int           // of Missed: closed by a later call
	Out      int           //
	Reached  int           // outgoing ones that were answered
	Talk     time.Duration // in all that were answered
}

// Plus is the sum of two counts.
func (c CallCounts) Plus(o CallCounts) CallCounts {
	return CallCounts{c.Calls + o.Calls, c.In + o.In, c.Answered + o.Answered, c.Quick + o.Quick, c.Missed + o.Missed,
		c.Back + o.Back, c.Out + o.Out, c.Reached + o.Reached, c.Talk + o.Talk}
}

// Minus takes counts away that were added.
func (c CallCounts) Minus(o CallCounts) CallCounts {
	return CallCounts{c.Calls - o.Calls, c.In - o.In, c.Answered - o.Answered, c.Quick - o.Quick, c.Missed - o.Missed,
		c.Back - o.Back, c.Out - o.Out, c.Reached - o.Reached, c.Talk - o.Talk}
}

// ServiceLevel is how many of a hundred callers who were answered, or gave up, were answered within
// AnsweredQuickly; -1 where nobody called.
func (c CallCounts) ServiceLevel() int { return Percent(c.Quick, c.Answered+c.Missed) }

// MeanTalk is how long a conversation took; zero where there was none.
func (c CallCounts) MeanTalk() time.Duration {
	if n := c.Answered + c.Reached; n > 0 {
		return c.Talk / time.Duration(n)
	}
	return 0
}

// Percent is how many of a hundred n of all are, rounded; -1 of none.
func Percent(n, all int) int {
	if all == 0 {
		return -1
	}
	return (200*n + all) / (2 * all)
}

// DayCounts are the calls of a day.
type DayCounts struct {
	Day time.Time // its midnight
	CallCounts
}

// NamedCounts are the calls of a line, an agent or a result.
type NamedCounts struct {
	ID   ID // "" for a result, and for calls of none
	Name string
	CallCounts
}

// LeadCounts are the leads that were made in a period, and what became of them.
type LeadCounts struct {
	Source    string // "" for all together, and for leads of none
	Made      int
	Open      int
	Converted int
	Junk      int
}
