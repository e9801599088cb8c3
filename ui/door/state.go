package door

import (
	"strings"
	"time"

	"leadline/ui/desk"
)

// The answer to "state". Words are English and stable; times are RFC 3339, absent
// when there is none.

type stateAnswer struct {
	OK       bool          `json:"ok"`
	Accounts []accountLine `json:"accounts"`
	Calls    []callLine    `json:"calls"`
	Sync     string        `json:"sync"`    // one of syncs
	Waiting  int           `json:"waiting"` // changes that the shared server does not have yet
	Refused  int           `json:"refused"` // changes in the tray
	Unsaved  int           `json:"unsaved"` // forms with typed text that is no record yet
	Missed   int           `json:"missed"`
	Sound    soundLine     `json:"sound"`
}

type accountLine struct {
	Name   string     `json:"name"`
	User   string     `json:"user"`
	State  string     `json:"state"` // unregistered, registering, registered, retrying, refused
	Why    string     `json:"why,omitempty"`
	Detail string     `json:"detail,omitempty"`
	Since  *time.Time `json:"since,omitempty"`
	Next   *time.Time `json:"next,omitempty"`
}

type callLine struct {
	ID        desk.CallID `json:"id"`
	Account   string      `json:"account"`
	Line      string      `json:"line,omitempty"`
	Direction string      `json:"direction"` // incoming, outgoing
	State     string      `json:"state"`     // incoming, dialling, ringing there, early media, talking, held here, held there, ended
	Outcome   string      `json:"outcome,omitempty"`
	Why       string      `json:"why,omitempty"`
	Detail    string      `json:"detail,omitempty"`
	Waiting   bool        `json:"waiting"`
	Number    string      `json:"number"`
	Withheld  bool        `json:"withheld"`
	Name      string      `json:"name,omitempty"`
	Record    string      `json:"record,omitempty"` // kind and id of who is shown
	Matches   int         `json:"matches"`
	Muted     bool        `json:"muted"`
	Codec     string      `json:"codec,omitempty"`
	Encrypted bool        `json:"encrypted"`
	Digits    string      `json:"digits,omitempty"`
	Dialled   string      `json:"dialled,omitempty"` // by the other side
	Merged    string      `json:"merged,omitempty"`  // names the conference
	Note      string      `json:"note"`
	NoteSaved bool        `json:"note_saved"`
	Form      string      `json:"form,omitempty"` // kind of the open form
	Saved     bool        `json:"saved"`          // a record was made from this call by hand
	Reason    string      `json:"reason,omitempty"`
	Began     *time.Time  `json:"began,omitempty"`
	Answered  *time.Time  `json:"answered,omitempty"`
	Ended     *time.Time  `json:"ended,omitempty"`
}

type soundLine struct {
	Microphone string `json:"microphone"`
	Speaker    string `json:"speaker"`
	Problem    string `json:"problem,omitempty"`
}

var registrations = map[desk.Registration]string{
	desk.Unregistered: "unregistered", desk.Registering: "registering", desk.Registered: "registered",
	desk.Retrying: "retrying", desk.Refused: "refused",
}

var states = map[desk.State]string{
	desk.Incoming: "incoming", desk.Dialling: "dialling", desk.RingingThere: "ringing there",
	desk.EarlyMedia: "early media", desk.Talking: "talking", desk.HeldHere: "held here",
	desk.HeldThere: "held there", desk.Ended: "ended",
}

var outcomes = map[desk.Outcome]string{
	desk.Open: "", desk.Answered: "answered", desk.Missed: "missed",
	desk.AnsweredElsewhere: "answered elsewhere", desk.Declined: "declined",
	desk.DeclinedThere: "declined there", desk.Busy: "busy", desk.NoAnswer: "no answer",
	desk.NotFound: "not found", desk.Cancelled: "cancelled", desk.Failed: "failed",
	desk.Interrupted: "interrupted",
}

// syncs are the states of sync; without a server nothing is missing.
var syncs = map[desk.SyncState]string{
	desk.NoServer: "live", desk.Everywhere: "live", desk.CatchingUp: "catch-up", desk.Loading: "bootstrap", desk.ServerAway: "offline",
	desk.SignedOut: "signed out", desk.ErasedHere: "erased", desk.ProgramOld: "upgrade", desk.ServerTooOld: "server too old",
}

func stateOf(s desk.Snapshot) stateAnswer {
	answer := stateAnswer{
		OK: true, Accounts: []accountLine{}, Calls: []callLine{},
		Sync: syncs[s.Sync.State], Waiting: s.Sync.Waiting, Refused: s.Sync.Refused, Unsaved: s.Unsaved, Missed: s.Missed,
		Sound: soundLine{s.Sound.Microphone, s.Sound.Speaker, english(s.Sound.Problem)},
	}
	for _, a := range s.Accounts {
		answer.Accounts = append(answer.Accounts, accountLine{
			a.Name, a.User, registrations[a.State], english(a.Why), a.Detail, moment(a.Since), moment(a.Next),
		})
	}
	for _, c := range s.Calls {
		answer.Calls = append(answer.Calls, callOf(c))
	}
	return answer
}

func callOf(c desk.Call) callLine {
	l := callLine{
		ID: c.ID, Account: c.Account, Line: c.Line, Direction: "outgoing",
		State: states[c.State], Outcome: outcomes[c.Outcome], Why: english(c.Why), Detail: c.Detail,
		Waiting: c.Waiting, Number: c.Party.Number, Withheld: c.Party.Withheld,
		Name: c.Card.Name, Matches: len(c.Card.Matches), Muted: c.Muted, Codec: c.Codec,
		Encrypted: c.Encrypted, Digits: c.Digits, Dialled: c.Dialled, Merged: c.Merged, Note: c.Note.Text, NoteSaved: !c.Note.SavedAt.IsZero(),
		Saved: c.Saved, Reason: english(c.Reason),
		Began: moment(c.Began), Answered: moment(c.Answered), Ended: moment(c.Ended),
	}
	if c.Incoming {
		l.Direction = "incoming"
	}
	if c.Card.Ref != (desk.Ref{}) {
		l.Record = string(c.Card.Ref.Kind) + " " + c.Card.Ref.ID
	}
	if c.Form != nil {
		l.Form = string(c.Form.Kind)
	}
	return l
}

// english fills a text's places.
func english(t desk.Text) string {
	s := t.Key
	for k, v := range t.Args {
		s = strings.ReplaceAll(s, "{"+k+"}", v)
	}
	return s
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
