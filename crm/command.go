package crm

import (
	"encoding/json"
	"fmt"
	"time"
)

// Command is one change on its way: to the local file, to the outbox, later to
// the server. Its ID makes it idempotent.
type Command struct {
	ID     ID
	At     HLC
	Change Change
}

// Change is what a command does. Its name carries a version and never changes its meaning:
// "contact.create/1". Its JSON is its arguments.
type Change interface {
	CommandName() string
}

// The commands there are.
type (
	// CreateContact adds a person.
	CreateContact struct{ Contact }
	// UpdateContact sets all fields of a person.
	UpdateContact struct{ Contact }
	// CreateCompany adds an organisation.
	CreateCompany struct{ Company }
	// UpdateCompany sets all fields of an organisation.
	UpdateCompany struct{ Company }
	// CreateLead adds a lead.
	CreateLead struct{ Lead }
	// UpdateLead sets all fields of a lead.
	UpdateLead struct{ Lead }
	// CreateDeal adds a deal.
	CreateDeal struct{ Deal }
	// UpdateDeal sets all fields of a deal.
	UpdateDeal struct{ Deal }
	// SaveUser adds or sets a user.
	SaveUser struct{ User }
	// TelephonesChanged says that the company has set up a user's telephone accounts otherwise, which are no part of the CRM: the
	// user's programs ask for them anew (requirement I3). The server's own command.
	TelephonesChanged struct {
		User ID `json:"user"`
	}
	// SaveLine adds or sets a line.
	SaveLine struct{ Line }
	// BeginCall adds a call; asked twice, it does nothing.
	BeginCall struct{ Call }
	// UpdateCall sets what became known of a call while it lasted.
	UpdateCall struct {
		ID       ID        `json:"id"`
		Answered time.Time `json:"answered,omitzero"`
		Result   *string   `json:"result,omitempty"`
		Agent    ID        `json:"agent,omitempty"`
		PassedTo ID        `json:"passed_to,omitempty"` // the colleague whom it was transferred to (D2)
		Reason   *Text     `json:"reason,omitempty"`    // why what it made changed hands
	}
	// EndCall says how and when a call ended.
	EndCall struct {
		ID      ID        `json:"id"`
		Ended   time.Time `json:"ended"`
		Outcome Outcome   `json:"outcome"`
		Detail  string    `json:"detail,omitempty"`
	}
	// SaveNote sets the note of a call.
	SaveNote struct {
		Call ID        `json:"call"`
		Text string    `json:"text"`
		At   time.Time `json:"at"`
	}
	// LinkCall says what a call is saved on, instead of what it was; the first is the party's own record.
	LinkCall struct {
		Call   ID    `json:"call"`
		Refs   []Ref `json:"refs"`
		Reason Text  `json:"reason,omitzero"`
	}
	// ImportContacts adds many people and their companies at once.
	ImportContacts struct {
		Companies []Company `json:"companies,omitempty"`
		Contacts  []Contact `json:"contacts"`
		By        ID        `json:"by,omitempty"` // who imports, where the records do not say who made them
	}
	// RemoveRecord takes a record away. What hung on it hangs on Instead, when there is one.
	RemoveRecord struct {
		Ref     Ref `json:"ref"`
		Instead Ref `json:"instead,omitzero"`
	}
	// Assign gives a record to another user. From is who had it as far as the program knew:
	// when somebody else has it meanwhile, nothing is changed.
	Assign struct {
		Ref  Ref `json:"ref"`
		From ID  `json:"from,omitempty"`
		To   ID  `json:"to,omitempty"`
	}
	// SetLeadStatus moves a lead on, if it still stands where the program saw it.
	SetLeadStatus struct {
		Lead ID         `json:"lead"`
		From LeadStatus `json:"from"`
		To   LeadStatus `json:"to"`
	}
	// SetDealStage moves a deal on, if it still stands where the program saw it.
	SetDealStage struct {
		Deal ID        `json:"deal"`
		From DealStage `json:"from"`
		To   DealStage `json:"to"`
	}
	// SaveRecordNote adds or sets a note on a record; an empty one is taken away.
	SaveRecordNote struct{ Note }
	// SaveFollowUp adds or sets a follow-up, done ones included.
	SaveFollowUp struct{ FollowUp }
	// SaveWorkspace sets the settings of the company.
	SaveWorkspace struct{ Workspace }
	// SaveQueue adds or sets a queue group.
	SaveQueue struct{ Queue }
	// SavePipeline adds or sets a pipeline.
	SavePipeline struct{ Pipeline }
	// SaveRole adds or sets a role.
	SaveRole struct{ Role }
	// SaveField adds or sets a custom field.
	SaveField struct{ Field }
	// RemoveSetup takes a line, queue group, pipeline, role or custom field away.
	RemoveSetup struct {
		Kind SetupKind `json:"kind"`
		ID   ID        `json:"id"`
	}
	// AddEntries adds to the exceptions or the blacklist; the same entry again sets its comment.
	AddEntries struct {
		Entries []Entry `json:"entries"`
	}
	// RemoveEntries takes from the exceptions or the blacklist.
	RemoveEntries struct {
		IDs []ID `json:"ids"`
	}
)

// Why a command that says what it expects was refused.
const (
	ChangedHands  = "Somebody else is responsible meanwhile. Nothing was changed."
	ChangedStatus = "Somebody moved it on meanwhile. Nothing was changed."
	OpenAlready   = "Another lead with this number is open already."
)

// CommandTexts are all sentences by which commands are refused.
var CommandTexts = []string{ChangedHands, ChangedStatus, OpenAlready}

// SetupKind is a kind of thing that an administrator sets up.
type SetupKind string

const (
	SetupLine     SetupKind = "line"
	SetupQueue    SetupKind = "queue"
	SetupPipeline SetupKind = "pipeline"
	SetupRole     SetupKind = "role"
	SetupField    SetupKind = "field"
)

func (CreateContact) CommandName() string { return "contact.create/1" }
func (UpdateContact) CommandName() string { return "contact.update/1" }
func (CreateCompany) CommandName() string { return "company.create/1" }
func (UpdateCompany) CommandName() string { return "company.update/1" }
func (CreateLead) CommandName() string    { return "lead.create/1" }
func (UpdateLead) CommandName() string    { return "lead.update/1" }
func (CreateDeal) CommandName() string    { return "deal.create/1" }
func (UpdateDeal) CommandName() string    { return "deal.update/1" }
func (SaveUser) CommandName() string      { return "user.save/1" }

// CommandName is Change's.
func (TelephonesChanged) CommandName() string { return "user.telephones/1" }
func (SaveLine) CommandName() string          { return "line.save/1" }
func (BeginCall) CommandName() string         { return "call.begin/1" }
func (UpdateCall) CommandName() string        { return "call.update/1" }
func (EndCall) CommandName() string           { return "call.end/1" }
func (SaveNote) CommandName() string          { return "note.save/1" }
func (LinkCall) CommandName() string          { return "call.link/1" }
func (ImportContacts) CommandName() string    { return "contacts.import/1" }
func (RemoveRecord) CommandName() string      { return "record.remove/1" }
func (Assign) CommandName() string            { return "record.assign/1" }
func (SetLeadStatus) CommandName() string     { return "lead.status/1" }
func (SetDealStage) CommandName() string      { return "deal.stage/1" }
func (SaveRecordNote) CommandName() string    { return "recordnote.save/1" }
func (SaveFollowUp) CommandName() string      { return "followup.save/1" }
func (SaveWorkspace) CommandName() string     { return "workspace.save/1" }
func (SaveQueue) CommandName() string         { return "queue.save/1" }
func (SavePipeline) CommandName() string      { return "pipeline.save/1" }
func (SaveRole) CommandName() string          { return "role.save/1" }
func (SaveField) CommandName() string         { return "field.save/1" }
func (RemoveSetup) CommandName() string       { return "setup.remove/1" }
func (AddEntries) CommandName() string        { return "list.add/1" }
func (RemoveEntries) CommandName() string     { return "list.remove/1" }

var changes = map[string]func(json.RawMessage) (Change, error){}

func register[C Change]() {
	var zero C
	changes[zero.CommandName()] = func(args json.RawMessage) (Change, error) {
		var c C
		err := json.Unmarshal(args, &c)
		return c, err
	}
}

func init() {
	register[CreateContact]()
	register[UpdateContact]()
	register[CreateCompany]()
	register[UpdateCompany]()
	register[CreateLead]()
	register[UpdateLead]()
	register[CreateDeal]()
	register[UpdateDeal]()
	register[SaveUser]()
	register[TelephonesChanged]()
	register[SaveLine]()
	register[BeginCall]()
	register[UpdateCall]()
	register[EndCall]()
	register[SaveNote]()
	register[LinkCall]()
	register[ImportContacts]()
	register[RemoveRecord]()
	register[Assign]()
	register[SetLeadStatus]()
	register[SetDealStage]()
	register[SaveRecordNote]()
	register[SaveFollowUp]()
	register[SaveWorkspace]()
	register[SaveQueue]()
	register[SavePipeline]()
	register[SaveRole]()
	register[SaveField]()
	register[RemoveSetup]()
	register[AddEntries]()
	register[RemoveEntries]()
}

// DecodeChange reads a command's arguments by its name, as the outbox keeps them.
func DecodeChange(name string, args []byte) (Change, error) {
	read, ok := changes[name]
	if !ok {
		return nil, fmt.Errorf("command %q is not known to this version", name)
	}
	c, err := read(args)
	if err != nil {
		return nil, fmt.Errorf("read the arguments of command %s: %w", name, err)
	}
	return c, nil
}

// Knows says whether this version can read commands of that name.
func Knows(name string) bool {
	_, ok := changes[name]
	return ok
}
