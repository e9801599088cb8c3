package config

import (
	"slices"

	"leadline/cmd/leadline/secret"
)

// Config is the whole file. What is missing in the file has its default.
type Config struct {
	Data      string    `toml:"data,omitempty"` // the folder of the SQLite file, recordings and log; absolute after Load
	UI        UI        `toml:"ui,omitempty"`
	Server    Server    `toml:"server,omitempty"`
	Accounts  []Account `toml:"account,omitempty"`
	Audio     Audio     `toml:"audio,omitempty"`
	Recording Recording `toml:"recording,omitempty"`
	Hotkeys   Hotkeys   `toml:"hotkeys,omitempty"`
	Calls     Calls     `toml:"calls,omitempty"`
	Notices   Notices   `toml:"notifications,omitempty"`
}

// Notices is what the desktop tells.
type Notices struct {
	Off   []string `toml:"off,omitempty"`           // of NoticeKinds
	Quiet bool     `toml:"quiet_in_call,omitempty"` // nothing while one talks
}

// UI is how the windows look.
type UI struct {
	Language string `toml:"language,omitempty"`      // "" the system's, "en", "de"
	Theme    string `toml:"theme,omitempty"`         // "" the system's, "light", "dark"
	TextSize int    `toml:"text_size,omitempty"`     // in percent, 90..150; 0 is 100
	Contrast bool   `toml:"contrast,omitempty"`      // strong
	Tray     bool   `toml:"close_to_tray,omitempty"` // closing the window leaves the program in the tray, where there is one
	Region   string `toml:"region,omitempty"`        // where national numbers are from: ISO 3166 two letters; "" the system's
}

// Hotkeys are keys that work while another program has the keyboard, such as "Ctrl+Shift+F9"; "" is none.
type Hotkeys struct {
	Answer  string `toml:"answer,omitempty"`
	Decline string `toml:"decline,omitempty"`
	HangUp  string `toml:"hang_up,omitempty"`
	Mute    string `toml:"mute,omitempty"`
	Hold    string `toml:"hold,omitempty"`
}

// Calls is what happens to calls that are not taken here. Targets are numbers, extensions or SIP addresses; "" is nowhere.
type Calls struct {
	Busy          string `toml:"when_busy,omitempty"`        // in another call, and while one isn't to be disturbed
	NoAnswer      string `toml:"when_unanswered,omitempty"`  // after NoAnswerAfter
	NoAnswerAfter int    `toml:"unanswered_after,omitempty"` // in seconds, 5..120; 0 is 20
	Decline       string `toml:"decline,omitempty"`          // what the PBX is told: everywhere, here
}

// The values of Calls.Decline; the first is the default.
const (
	DeclineEverywhere = "everywhere" // 603: no telephone of the agent's takes it
	DeclineHere       = "here"       // 486: this one doesn't
)

// Server is the shared server. The zero Server is none.
type Server struct {
	URL  string `toml:"url,omitempty"`  // https://…; http:// only on loopback
	User string `toml:"user,omitempty"` // an e-mail address; its password is in the keyring or in LEADLINE_PASSWORD
}

// Account is one registration at a PBX.
type Account struct {
	Name          string        `toml:"name,omitempty"`              // as the agent calls it; default: the user part
	Address       string        `toml:"address"`                     // sip:101@pbx.example.org[:port]
	AuthUser      string        `toml:"auth_user,omitempty"`         // default: the user part
	Password      secret.Secret `toml:"password,omitempty"`          // "" when it is in the keyring
	Transport     string        `toml:"transport,omitempty"`         // udp, tcp, tls, auto: what DNS says
	CA            string        `toml:"ca,omitempty"`                // PEM file of who signs the PBX's certificate; absolute after Load
	Certificate   string        `toml:"certificate,omitempty"`       // PEM file of our own certificate for TLS
	Key           string        `toml:"key,omitempty"`               // PEM file of its key; default: in the same file
	KeepAlive     string        `toml:"keep_alive,omitempty"`        // options, crlf, off
	STUN          string        `toml:"stun,omitempty"`              // host[:port] of a STUN server
	Watch         []string      `toml:"watch,omitempty"`             // extensions of colleagues whose telephones are watched
	PickUp        string        `toml:"pickup,omitempty"`            // feature code that picks a colleague's call up; default: by Replaces
	MWI           string        `toml:"mwi,omitempty"`               // unasked, subscribe
	Bind          string        `toml:"bind,omitempty"`              // host:port of our own end; port 0 is any
	SRTP          string        `toml:"srtp,omitempty"`              // off, preferred, required
	SRTPKeys      string        `toml:"srtp_keys,omitempty"`         // how calls from here agree on keys: sdes, dtls
	OutboundProxy string        `toml:"outbound_proxy,omitempty"`    // host[:port], with or without sip:
	Asserted      string        `toml:"asserted_identity,omitempty"` // whose word for a caller's identity is taken: pbx, anyone, nobody
	LineHeader    string        `toml:"line_header,omitempty"`       // the header in which the PBX names the line dialled (requirements.md A2)
	DefaultLine   string        `toml:"default_line,omitempty"`      // the line of calls that name none
	Codecs        []string      `toml:"codecs,omitempty"`            // in order of preference
	DTMF          string        `toml:"dtmf,omitempty"`              // how keypad digits are sent: rfc4733, info, inband
	AutoAnswer    string        `toml:"auto_answer,omitempty"`       // never, header, always
}

// Audio names the devices: "" is the system's, "null" is none, "file:x.wav" a
// file; anything else a device by its name. Below them is what is done to the sound.
type Audio struct {
	Microphone string `toml:"microphone,omitempty"`
	Speaker    string `toml:"speaker,omitempty"`
	Ringer     string `toml:"ringer,omitempty"`

	EchoCancellation bool   `toml:"echo_cancellation,omitempty"` // for who works without a headset
	NoiseSuppression bool   `toml:"noise_suppression,omitempty"`
	GainControl      bool   `toml:"gain_control,omitempty"`
	HoldMusic        string `toml:"hold_music,omitempty"`  // "" a melody, "off", "file:x.wav"
	RingVolume       int    `toml:"ring_volume,omitempty"` // in percent, 10..100; 0 is 100
}

// Recording is how calls are recorded; the files are in the data directory.
type Recording struct {
	Calls string `toml:"calls,omitempty"`     // by hand, every
	Beep  bool   `toml:"beep,omitempty"`      // both sides hear a tone as a recording begins
	Keep  int    `toml:"keep_days,omitempty"` // files that are older are removed; 0: none is
}

// The values of Recording.Calls; the first is the default.
const (
	RecordByHand = "by hand"
	RecordEvery  = "every"
)

// The values that the choices of an account may have; the first is the default.
var (
	Transports  = []string{"udp", "tcp", "tls", "auto"}
	SRTPModes   = []string{"off", "preferred", "required"}
	SRTPKeyings = []string{"sdes", "dtls"}
	DTMFModes   = []string{"rfc4733", "info", "inband"}
	KeepAlives  = []string{"options", "crlf", "off"}
	MWIs        = []string{"unasked", "subscribe"}
	Asserted    = []string{"pbx", "anyone", "nobody"}
	AutoAnswers = []string{"never", "header", "always"}
	Languages   = []string{"", "en", "de"}
	Themes      = []string{"", "light", "dark"}
	// NoticeKinds are what the desktop tells of.
	NoticeKinds = []string{"calls", "missed", "messages", "follow-ups"}
	// Codecs are all that a file may name, in the default order.
	Codecs = []string{"opus", "g722", "pcma", "pcmu"}
)

// MostKeepDays is the longest time for which recordings can be kept but for ever: ten years.
const MostKeepDays = 3653

// How long a call may ring, in seconds, before it goes on to somebody else.
const (
	LeastRinging = 5
	MostRinging  = 120
)

const defaultBind = "0.0.0.0:0"

// fill puts the defaults where the file said nothing.
func (c *Config) fill() {
	c.Recording.Calls = or(c.Recording.Calls, RecordByHand)
	c.Calls.Decline = or(c.Calls.Decline, DeclineEverywhere)
	for i := range c.Accounts {
		a := &c.Accounts[i]
		user := ""
		if at, err := ParseAddress(a.Address); err == nil {
			user = at.User
		}
		a.Name = or(a.Name, user)
		a.AuthUser = or(a.AuthUser, user)
		a.Transport = or(a.Transport, Transports[0])
		a.Bind = or(a.Bind, defaultBind)
		a.SRTP = or(a.SRTP, SRTPModes[0])
		a.SRTPKeys = or(a.SRTPKeys, SRTPKeyings[0])
		a.DTMF = or(a.DTMF, DTMFModes[0])
		a.Asserted = or(a.Asserted, Asserted[0])
		a.AutoAnswer = or(a.AutoAnswer, AutoAnswers[0])
		a.KeepAlive = or(a.KeepAlive, KeepAlives[0])
		a.MWI = or(a.MWI, MWIs[0])
		if a.Codecs == nil {
			a.Codecs = slices.Clone(Codecs)
		}
	}
}

// shorten is fill the other way round: a saved file says only what was chosen.
func (c Config) shorten() Config {
	c.Recording.Calls = unless(c.Recording.Calls, RecordByHand)
	c.Calls.Decline = unless(c.Calls.Decline, DeclineEverywhere)
	c.Accounts = slices.Clone(c.Accounts)
	for i := range c.Accounts {
		a := &c.Accounts[i]
		if at, err := ParseAddress(a.Address); err == nil {
			a.AuthUser = unless(a.AuthUser, at.User)
		}
		a.Transport = unless(a.Transport, Transports[0])
		a.Bind = unless(a.Bind, defaultBind)
		a.SRTP = unless(a.SRTP, SRTPModes[0])
		a.SRTPKeys = unless(a.SRTPKeys, SRTPKeyings[0])
		a.DTMF = unless(a.DTMF, DTMFModes[0])
		a.Asserted = unless(a.Asserted, Asserted[0])
		a.AutoAnswer = unless(a.AutoAnswer, AutoAnswers[0])
		a.KeepAlive = unless(a.KeepAlive, KeepAlives[0])
		a.MWI = unless(a.MWI, MWIs[0])
		if slices.Equal(a.Codecs, Codecs) {
			a.Codecs = nil
		}
	}
	return c
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func unless(s, usual string) string {
	if s == usual {
		return ""
	}
	return s
}
