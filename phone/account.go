package phone

import "time"

// Account is one extension at a PBX.
type Account struct {
	Name    string // unique among the accounts, as people call it: "Office"
	Address string // sip:user@host[:port]; the scheme may be missing

	AuthUser string // user of the digest; "" means the user part of Address
	Password string // never logged

	Transport     string // "udp" (also ""), "tcp", "tls", or "auto": what DNS says (RFC 3263)
	Bind          string // local host:port; "" means 0.0.0.0:0
	OutboundProxy string // host[:port] or sip URI that every request goes to; "" for none

	CA          string // PEM file of the authorities that sign the PBX's certificate; "" means the system's
	Certificate string // PEM file of this telephone's certificate for TLS; "" for none
	Key         string // PEM file of its key; "" when it is in the same file

	KeepAlive string // "options" (also ""): by a question that the PBX has to answer; "crlf" (RFC 5626), "off"
	STUN      string // server that tells the public address of our sound, host[:port]; "" for none

	Watch  []string // extensions of colleagues whose telephones are watched (RFC 4235)
	PickUp string   // feature code by which a colleague's call is picked up: "*8", "**{extension}"; "" means Replaces
	MWI    bool     // ask for the mailbox's messages (RFC 3842); what comes unasked is taken anyway

	Asserted    string   // whose P-Asserted-Identity and Remote-Party-ID are taken: "pbx" (also ""), "anyone", "nobody"
	LineHeader  string   // header that names the line that was called, say "X-Line" (requirements.md A2)
	DefaultLine string   // the line when nothing names one
	Codecs      []string // in order of preference: "opus", "g722", "pcma", "pcmu"; empty means all that there are
	DTMF        string   // how keypad digits are sent: "rfc4733" (also ""), "info" or "inband"
	AutoAnswer  string   // "never" (also ""), "header" or "always"
	SRTP        string   // encrypted sound: "off" (also ""), "preferred" or "required"
	SRTPKeys    string   // how calls from here agree on its keys: "sdes" (also "") or "dtls"; calls to here either way
}

// RegState is where an account's registration stands.
type RegState int

const (
	Unregistered RegState = iota // not tried yet, or taken back
	Registering                  // the first REGISTER is on its way
	Registered                   // calls to the account come here
	Retrying                     // it failed; tried again at Registration.NextTry
	Refused                      // wrong password or forbidden: waits until the account is changed
)

// String returns the state in English, for logs.
func (s RegState) String() string {
	return [...]string{"unregistered", "registering", "registered", "retrying", "refused"}[s]
}

// RegCause is why a registration isn't there.
type RegCause int

const (
	RegOK            RegCause = iota // it is there, or was not tried yet
	RegUnreachable                   // no such host, connection refused, no network
	RegWrongPassword                 // 401 or 407 to our credentials
	RegForbidden                     // 403
	RegNameNotFound                  // 404: the registrar doesn't know this user
	RegTimeout                       // nothing came back
	RegServerError                   // 5xx
	RegRejected                      // any other final answer
	RegBadAccount                    // the address, transport, bind or a certificate's file can't be used
	RegUntrusted                     // TLS: their certificate isn't trusted, or ours isn't there
)

// String returns the cause in English, for logs.
func (c RegCause) String() string {
	return [...]string{"ok", "unreachable", "wrong password", "forbidden", "name not found",
		"timeout", "server error", "rejected", "bad account", "untrusted"}[c]
}

// Registration is an account's standing at its registrar, as a value.
type Registration struct {
	Account string // Account.Name
	State   RegState
	Cause   RegCause
	Code    int    // SIP status of the last answer; 0 when there was none
	Reason  string // its reason phrase, or what the network said

	Since   time.Time     // when State began
	NextTry time.Time     // when Retrying: the next REGISTER
	Expires time.Duration // what the registrar granted
}

// RegistrationError is what [Phone.Try] returns when an account doesn't register.
type RegistrationError struct {
	Account string
	Cause   RegCause
	Code    int
	Reason  string
}

func (e *RegistrationError) Error() string {
	msg := "register " + e.Account + ": " + e.Cause.String()
	if e.Reason != "" {
		msg += " (" + e.Reason + ")"
	}
	return msg
}
