package phone

import (
	"time"

	"leadline/phone/sip"
)

// CallID names one call of this program's run; it isn't the SIP Call-ID.
type CallID string

// Direction is who called.
type Direction int

const (
	Incoming Direction = iota // they called us
	Outgoing                  // we called them
)

// String returns the direction in English, for logs.
func (d Direction) String() string { return [...]string{"incoming", "outgoing"}[d] }

// CallState is where a call stands.
type CallState int

const (
	Dialling     CallState = iota // outgoing: sent, nothing but 100 heard
	Ringing                       // incoming: rings here
	RingingThere                  // outgoing: 180
	Early                         // outgoing: the far end plays something before it answers
	Active                        // answered, and nobody holds
	HeldHere                      // by us, whether or not they hold too
	HeldThere                     // by them
	Ended                         // see Call.Cause
)

// String returns the state in English, for logs.
func (s CallState) String() string {
	return [...]string{"dialling", "ringing", "ringing there", "early", "active",
		"held here", "held there", "ended"}[s]
}

// Cause is how a call ended (requirements.md C4).
type Cause int

const (
	NotEnded          Cause = iota // the call goes on
	HungUpHere                     // after a conversation
	HungUpThere                    // after a conversation
	Missed                         // the caller gave up
	AnsweredElsewhere              // CANCEL with Reason: SIP;cause=200; or ours, that a colleague has picked up where it rang
	Declined                       // by us
	DeclinedThere                  // 603, 403
	Busy                           // 486, 600
	NoAnswer                       // 408, 480, or it rang for too long
	NotFound                       // 404, 410, 484, 604
	Cancelled                      // by us, before they answered
	Failed                         // anything else; SIPCode and SIPReason say what
	MediaLost                      // nothing was heard from the far end any more
	Transferred                    // passed on to somebody else, by us
	Redirected                     // sent on before it was answered, by us
)

// String returns the cause in English, for logs.
func (c Cause) String() string {
	return [...]string{"not ended", "hung up here", "hung up there", "missed", "answered elsewhere",
		"declined", "declined there", "busy", "no answer", "not found", "cancelled", "failed",
		"media lost", "transferred", "redirected"}[c]
}

// Party is who is at the other end, as far as the wire tells.
type Party struct {
	User     string // "+4930123456", "101", "anna"; "" when withheld
	Host     string
	Display  string // decoded to UTF-8, without control characters
	URI      string // sip:user@host, to call back; "" when withheld
	Withheld bool
}

// Diversion is a stop of a call on its way here: who was called there, and why the call
// was sent on.
type Diversion struct {
	From   Party
	Reason string // "no-answer", "user-busy", "unconditional"… (RFC 5806 §4); "" when nothing says
}

func diversionsOf(invite sip.Invite) []Diversion {
	var all []Diversion
	for _, d := range invite.Diversions {
		all = append(all, Diversion{Party(d.Party), d.Reason})
	}
	return all
}

// TransferState is how far the passing on of a call has come.
type TransferState int

const (
	NoTransfer      TransferState = iota // the call is not being passed on
	TransferAsked                        // the far end was asked, or waits to be
	TransferTrying                       // it calls the other
	TransferRinging                      // there it rings
	TransferDone                         // they are connected; the call here has ended
	TransferFailed                       // the call is back
)

// String returns the state in English, for logs.
func (s TransferState) String() string {
	return [...]string{"none", "asked", "trying", "ringing", "done", "failed"}[s]
}

// Transfer is the passing on of a call to somebody else (requirements.md D2).
type Transfer struct {
	State  TransferState
	To     string // what was asked for, as it was dialled
	With   CallID // of an attended transfer: the call that was joined; "" for a blind one
	Code   int    // SIP status of the last word; 0 when none came
	Reason string // its reason phrase, or what went wrong in words
}

// HoldFailure is why the last wish to hold a call, or to take it back, came to nothing.
type HoldFailure int

const (
	HoldNotFailed  HoldFailure = iota // it was agreed to, or there was none
	HoldRefused                       // by the far end
	HoldUnanswered                    // though the far end is still heard, or the way to it is broken
)

// Stats is what is known of a call's sound; all zero before media flows.
type Stats struct {
	Received, Lost, Late uint64        // packets
	LossPercent          float64       // over the last seconds, 0..100
	Jitter               time.Duration // interarrival jitter, RFC 3550 §6.4.1
	RoundTrip            time.Duration // from RTCP; 0 when unknown
	Delay                time.Duration // of the jitter buffer
	MOS                  float64       // estimated, 1..4.5; 0 when unknown
	Quality              int           // 1 (bad) .. 4 (good); 0 when unknown

	Trouble    Trouble       // what is wrong, where one can say it
	TroubleFor time.Duration // for how long, in steps of ten seconds
}

// Call is what is known of a call at one moment, as a value.
type Call struct {
	ID        CallID
	SIPCallID string
	Account   string // Account.Name
	Direction Direction
	State     CallState

	Cause     Cause  // NotEnded until State is Ended
	SIPCode   int    // status that ended it; 0 when none did
	SIPReason string // reason phrase, or what went wrong in words

	Remote  Party
	Dialled string   // of an outgoing call
	Lines   []string // of an incoming call: what was called, as far as the PBX reveals it, the most telling first and the account's default line last (requirements.md A2)

	Barred Party // whom it was to go on to, where Config.MayCall ended it; zero: it ended for another reason
	SentOn Party // of an outgoing call: whom it is tried at, or was, since the far end sent it on (302); zero: nobody

	// Connected is who is at the other end since the PBX has said so in the middle of the call, when a
	// colleague there has passed it on; zero: still Remote.
	Connected Party

	Began    time.Time // INVITE received or sent
	Rang     time.Time // first ringing, here or there; zero until then
	Answered time.Time // zero until then
	Ended    time.Time // zero until then

	Muted       bool
	Codec       string // "PCMA", "PCMU", "G722" or "Opus"; "" until media is agreed
	Encrypted   bool   // by SRTP, both ways
	Encryption  string // how: "SDES, AES_CM_128_HMAC_SHA1_80" or "DTLS, …"; "" in the clear
	Exposed     bool   // in the clear though the account prefers encryption: the far end has none
	EarlyMedia  bool   // the far end is or was heard before it answered
	CallWaiting bool   // it began while another call was up
	HeldByThem  bool   // also when State is HeldHere
	HoldFailed  HoldFailure
	Digits      string // keypad digits sent so far
	HeardDigits string // keypad digits of the far end's, the last hundred
	Conference  string // the same for calls that are merged here; "" for one on its own
	Transfer    Transfer
	Diversions  []Diversion // where an incoming call was before, whom the caller dialled first
	ReferredBy  string      // URI of who passed this call to us or made us dial it; "" for nobody
	Recording   Recording
	Stats       Stats
	Sounded     *Summary // how it sounded, of an answered call that has ended; else nil
}

// Line is what an incoming call was called by, as far as the PBX reveals it: the first of Lines; "" when nothing tells.
func (c Call) Line() string {
	if len(c.Lines) == 0 {
		return ""
	}
	return c.Lines[0]
}

// Listener hears what happens. Its methods are called from one goroutine of the
// phone's, in order, and must return quickly. Order holds for each account and
// each call; of several changes in quick succession each one is told.
type Listener interface {
	RegistrationChanged(Registration)
	CallChanged(Call)
}
