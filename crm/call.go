package crm

import (
	"fmt"
	"time"
)

// Direction says who called whom.
type Direction string

const (
	Incoming Direction = "in"  // the party called us
	Outgoing Direction = "out" // we called the party
)

// Outcome is how a call ended, told apart as requirements.md C4 says. The order
// is that of desk.Outcome; the numbers are in files and never change.
type Outcome int

const (
	Open              Outcome = iota // it has not ended
	Answered                         // there was a conversation
	Missed                           // the caller gave up
	AnsweredElsewhere                // another phone of ours took it
	Declined                         // by us
	DeclinedThere                    // by the far end
	Busy                             // the far end has another call
	NoAnswer                         // it rang there until we or the PBX gave up
	NotFound                         // there is no such number
	Cancelled                        // by us, before they answered
	Failed                           // for any other reason; Call.Detail says which
	Interrupted                      // the program was killed in the middle of it
)

var outcomeNames = [...]string{
	"open", "answered", "missed", "answered-elsewhere", "declined", "declined-there",
	"busy", "no-answer", "not-found", "cancelled", "failed", "interrupted",
}

// String is the outcome's name in commands and logs.
func (o Outcome) String() string {
	if o < 0 || int(o) >= len(outcomeNames) {
		return fmt.Sprintf("outcome-%d", int(o))
	}
	return outcomeNames[o]
}

// MarshalText writes the outcome by name, so that commands can be read by people.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (o *Outcome) UnmarshalText(b []byte) error {
	for i, name := range outcomeNames {
		if name == string(b) {
			*o = Outcome(i)
			return nil
		}
	}
	return fmt.Errorf("outcome %q is not known; the command is from a later version", b)
}

// Call is the record of one call: the activity that stays (requirements.md C1, H).
type Call struct {
	ID        ID        `json:"id"`
	Direction Direction `json:"direction"`
	Account   string    `json:"account,omitempty"`
	Line      ID        `json:"line,omitempty"`
	LineName  string    `json:"line_name,omitempty"` // as it was called then
	Queue     string    `json:"queue,omitempty"`
	Party     Party     `json:"party"`
	Began     time.Time `json:"began"`
	Answered  time.Time `json:"answered,omitzero"`
	Ended     time.Time `json:"ended,omitzero"`
	Outcome   Outcome   `json:"outcome"`
	Detail    string    `json:"detail,omitempty"` // "486 Busy Here"
	Note      string    `json:"note,omitempty"`
	Result    string    `json:"result,omitempty"` // disposition (H3)
	Agent     ID        `json:"agent,omitempty"`
	AgentName string    `json:"agent_name,omitempty"`
	PassedTo  ID        `json:"passed_to,omitempty"` // the colleague whom it was transferred to (D2)
	Refs      []Ref     `json:"refs,omitempty"`      // what it is saved on; the first is the party's own record
	Reason    Text      `json:"reason,omitzero"`

	Diverted []Diversion `json:"diverted,omitempty"` // where it was before it came here, the first target first (A2)

	Recordings []string      `json:"recordings,omitempty"` // names of files, oldest first
	Uploaded   []ID          `json:"uploaded,omitempty"`   // those of them that the server has, by RecordingID
	Quality    *SoundQuality `json:"quality,omitempty"`    // nil while it lasts, and of a call without sound
}

// RangTogether is within what time calls of a number may be one that rang at several phones, as far as that is remembered.
const RangTogether = 10 * time.Minute

// NextRings is within what time a queue goes on to its next phone: Asterisk's waits 5 s for that (retry) unless told
// otherwise. A caller who gave up and was answered within it at the second attempt needs no call back either.
const NextRings = 10 * time.Second

// Diversion is a stop of a call on its way: who was called there, and why it was sent on.
type Diversion struct {
	From   Party  `json:"from"`
	Reason string `json:"reason,omitempty"` // "no-answer", "user-busy", "unconditional"… (RFC 5806 §4)
}

// Length is how long was talked, or, in a call nobody answered, how long it
// rang. Zero while the call lasts.
func (c Call) Length() time.Duration {
	switch {
	case c.Ended.IsZero():
		return 0
	case !c.Answered.IsZero():
		return c.Ended.Sub(c.Answered)
	}
	return c.Ended.Sub(c.Began)
}

// Form is the short form of *Create lead* and *Create contact* (B2), and with
// Call the draft of it that survives a crash (H4).
type Form struct {
	Call        ID     `json:"call,omitempty"`
	Kind        Kind   `json:"kind"` // KindLead or KindContact
	FirstName   string `json:"first_name,omitempty"`
	LastName    string `json:"last_name,omitempty"`
	Company     string `json:"company,omitempty"`
	CompanyID   ID     `json:"company_id,omitempty"` // chosen from what is similar; else Company is looked up by name
	Party       Party  `json:"party"`                // the number it is filled in with
	Source      string `json:"source,omitempty"`
	Responsible ID     `json:"responsible,omitempty"`
	Line        ID     `json:"line,omitempty"`
	Into        Ref    `json:"into,omitzero"` // a lead or contact without a name that gets the one that was typed; the zero Ref makes a new record
}

// Empty says whether nothing was typed that would be a pity to lose.
func (f Form) Empty() bool {
	return f.FirstName == "" && f.LastName == "" && f.Company == ""
}
