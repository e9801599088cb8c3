package ui

import (
	"context"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/hotkey"
)

// Settings is what the welcome and the settings page ask of the program. Those that change something wait for the disk, that of the sound for
// the sound card, too: they are called on another goroutine than the windows', one after the other. All others but TestAccount
// return at once.
type Settings interface {
	// Accounts are the accounts as they are saved, without their passwords:
	// AccountSettings.Password is "" and PasswordKept says whether there is one.
	Accounts() []AccountSettings
	// CheckAccount says what in an account can't be used as it is written, without asking
	// anybody. What is missing yet is no failure.
	CheckAccount(a AccountSettings) []TestFailure
	// TestAccount registers at the PBX and unregisters again. nil means that it
	// worked; else the error is a *TestFailure, or ctx's own. It takes up to half a
	// minute: call it on a goroutine of your own.
	TestAccount(ctx context.Context, a AccountSettings) error
	// SaveAccounts replaces all accounts, in the file and at work. An empty Password
	// of one whose PasswordKept is set keeps that password. It waits for the disk:
	// call it on a goroutine of your own. Its error is a *TestFailure where the
	// program has words for it.
	SaveAccounts([]AccountSettings) error

	// AudioDevices are the names of the devices that are plugged in now.
	AudioDevices() (microphones, speakers []string)
	AudioChoice() AudioChoice
	// CanEnhance says whether this build can do what Echo, Noise and Gain ask for.
	CanEnhance() bool
	// SaveAudio takes effect at once, also in a call.
	SaveAudio(AudioChoice) error
	SoundTests

	CallSettings
	NoticeSettings
	RecordingSettings
	Reports

	SessionStart

	// ClosesToTray says whether closing the main window leaves the program in the tray.
	ClosesToTray() bool
	CloseToTray(on bool) error

	// Look is language and theme. SaveLook keeps it; the window applies it.
	Look() Look
	SaveLook(Look) error
	// Sight is how large and how strong things are drawn; kept and applied as Look is.
	Sight() Sight
	SaveSight(Sight) error
	// Hotkeys are the keys that work while another program has the keyboard, as they are written; ""
	// is none. The window takes them.
	Hotkeys() map[hotkey.Action]string
	SaveHotkeys(map[hotkey.Action]string) error
}

// SessionStart is whether the desktop starts the program when the agent signs in.
type SessionStart interface {
	StartsWithSession() (on, can bool) // can: the system has a way
	StartWithSession(on bool) error
}

// AccountSettings is one account as the agent fills it in. Where nothing is said, a value is
// one of the configuration file's, and "" its default.
type AccountSettings struct {
	Was          string // the name under which it is saved; "" for a new one
	Name         string // "" for the user part of Address
	Address      string // sip:101@pbx.example.org[:port], "sip:" may be missing
	Password     string
	PasswordKept bool   // there is a saved one
	Transport    string // udp, tcp, tls, auto
	AuthUser     string // "" for the user part of Address

	SRTP     string   // off, preferred, required
	SRTPKeys string   // sdes, dtls
	Codecs   []string // of AllCodecs, in order of preference; nil for all
	DTMF     string   // rfc4733, info, inband

	OutboundProxy        string
	KeepAlive            string // options, crlf, off
	STUN                 string // host[:port]
	Bind                 string // IP address and port of this end
	CA, Certificate, Key string // PEM files
	AutoAnswer           string // never, header, always
	Asserted             string // pbx, anyone, nobody
	LineHeader           string
	DefaultLine          string
	Watch                []string // extensions
	PickUp               string   // feature code
	AskMailbox           bool     // subscribe to the mailbox's messages
}

// AllCodecs are the codecs there are, in the usual order.
var AllCodecs = []string{"opus", "g722", "pcma", "pcmu"}

// AccountField says which field of the form a TestFailure is about.
type AccountField int

const (
	FieldNone AccountField = iota
	FieldName
	FieldAddress
	FieldPassword
	FieldAuthUser
	FieldProxy
	FieldLineHeader
	FieldDefaultLine
	FieldSTUN
	FieldBind
	FieldCA
	FieldCertificate
	FieldKey
	FieldWatch
	FieldPickUp
)

// TestFailure is why an account can't be used, in words for the agent.
type TestFailure struct {
	Field  AccountField
	Why    desk.Text // "Wrong password", "pbx.example.org was not found"
	Detail string    // "403 Forbidden", for the log-minded
}

func (f *TestFailure) Error() string {
	s := f.Why.Key
	if f.Detail != "" {
		s += " (" + f.Detail + ")"
	}
	return s
}

// CallSettings is what the page about calls that come in asks of the program.
type CallSettings interface {
	CallChoice() CallChoice
	// SaveCalls is used for calls that come from now on.
	SaveCalls(CallChoice) error
}

// CallChoice is what happens to calls that are not taken here. A target is what one may also dial; "" is nowhere.
type CallChoice struct {
	Busy        string // in another call, and while one isn't to be disturbed
	NoAnswer    string // when nobody has answered
	After       int    // for so many seconds, LeastRinging..MostRinging; 0 is usualRinging
	DeclineHere bool   // declining is for this telephone only
}

// NoticeSettings is what the page about notifications asks of the program. NoticeChoice may be called from any
// goroutine.
type NoticeSettings interface {
	NoticeChoice() NoticeChoice
	SaveNotices(NoticeChoice) error
}

// NoticeChoice is what is told outside of the windows, and how loud it rings; the zero value is all of it.
type NoticeChoice struct {
	NoCalls, NoMissed, NoMessages, NoFollowUps bool
	QuietInCall                                bool // nothing while one talks; what may wait comes after
	RingVolume                                 int  // in percent, 10..100; 0 is 100
}

// AudioChoice names the chosen devices, "" is the system's, and what is done to the sound.
type AudioChoice struct {
	Microphone, Speaker, Ringer string

	Echo, Noise, Gain bool // echo cancellation, noise suppression, gain control
	HoldMusic         bool // who is held hears some
}

// Look is how the windows look.
type Look struct {
	Language string // "" the system's, "en", "de"
	Theme    string // "" the system's, "light", "dark"
}

// Sight is how large and how strong things are drawn, for who sees less well.
type Sight struct {
	TextSize int  // in percent, 90..150; 0 is 100
	Contrast bool // strong contrasts
}

// Importer brings records in from a file and out to one. It waits for the disk: call
// it on a goroutine of your own.
type Importer interface {
	// Import brings in a CSV, vCards or everything of a Leadline. When ctx ends it stops;
	// what the report counts has come in then, also where there is an error.
	Import(ctx context.Context, file string, o ImportOptions) (ImportReport, error)
	// Refused writes the rows that are refused of a file, with the reasons, as a CSV that is whole or not there.
	Refused(ctx context.Context, file, to string, o ImportOptions) (rows int, err error)
	// Unindexed is how many records the search does not find by every word yet. It does not wait.
	Unindexed() int
	// Export writes a file that is whole or not there, and says how many contacts are in it.
	Export(ctx context.Context, file string, f ExportFormat) (contacts int, err error)
	// ExportRecord writes all there is of one record, with its calls and notes, into a file that is whole or not there.
	ExportRecord(ctx context.Context, r crm.Ref, file string) error
}

// ImportOptions say how a file comes in.
type ImportOptions struct {
	Preview    bool // nothing is written: the report says what would be
	Duplicates Duplicates
	Columns    map[string]string // what a column is taken for, by its head, where that was said by hand; see ImportColumn.Target
	Letters    Letters           // where that was said by hand
	Progress   func(rows int)    // called each few thousand rows, on the importing goroutine
}

// Letters are in what a file from before Unicode is written; "" is found out.
type Letters string

// The choices.
const (
	LettersOfWindows   Letters = "windows-1252"
	LettersOfDOS       Letters = "cp850"
	LettersOfMacintosh Letters = "macintosh"
)

// Duplicates says what happens to who is there already, by name and number.
type Duplicates string

// The choices.
const (
	DuplicatesSkip   Duplicates = "skip"
	DuplicatesUpdate Duplicates = "update"
	DuplicatesAdd    Duplicates = "add"
)

// ImportReport says what an import did, or would do.
type ImportReport struct {
	Format   desk.Text
	Letters  Letters  // as they were taken; "" when it cannot be otherwise
	Whole    bool     // everything of a Leadline: what is there already stays as it is
	Ignored  []string // columns that are not taken
	Columns  []ImportColumn
	Own      []string // the names of the company's own fields
	Unknown  bool     // no column is known: they have to be said by hand
	Rows     int
	Contacts int // made
	// Companies were made, too. Of those there already, some were Updated, some Skipped.
	Companies, Updated, Skipped int
	Refusals                    int             // rows that were not taken
	Refused                     []ImportRefusal // the first thousand of them
	Misfits                     int             // values that are not what their column is for; they stand in the comment
	Misfitted                   []ImportRefusal // the first thousand of them
	First                       []ImportPerson  // for a preview
	Excepts                     int             // of all: who have a number or address that is an exception
	Excepted                    []ImportExcepted
	Strangers                   []ImportStranger
	Unindexed                   int // records that the search does not find by every word yet
}

// ImportColumn is a column of a CSV.
type ImportColumn struct {
	Header string
	Target string // what it is taken for: "first", "phone:work", "field:Customer number"; "" when it is not taken
	Sample string // what is in it
}

// ImportStranger is somebody whom rows name as responsible and who is no user here. The first twenty are told.
type ImportStranger struct {
	Name string
	Rows int
}

// ImportExcepted is somebody with a number or address that is an exception. The first thousand are told.
type ImportExcepted struct {
	Line  int
	Name  string
	Entry string
}

// ImportPerson is somebody as a file has them.
type ImportPerson struct{ Name, Company, Number, Email string }

// ImportRefusal is a row that was not taken.
type ImportRefusal struct {
	Line int // in the file, from 1
	Why  desk.Text
}

// ExportFormat is what an export is written as.
type ExportFormat string

// The formats; each is also how its files' names end.
const (
	ExportCSV        ExportFormat = "csv"  // contacts and companies
	ExportCards      ExportFormat = "vcf"  // contacts and companies
	ExportEverything ExportFormat = "json" // all there is
)
