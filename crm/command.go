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
	}
)

func (CreateContact) CommandName() string  { return "contact.create/1" }
func (UpdateContact) CommandName() string  { return "contact.update/1" }
func (CreateCompany) CommandName() string  { return "company.create/1" }
func (UpdateCompany) CommandName() string  { return "company.update/1" }
func (CreateLead) CommandName() string     { return "lead.create/1" }
func (UpdateLead) CommandName() string     { return "lead.update/1" }
func (CreateDeal) CommandName() string     { return "deal.create/1" }
func (UpdateDeal) CommandName() string     { return "deal.update/1" }
func (SaveUser) CommandName() string       { return "user.save/1" }
func (SaveLine) CommandName() string       { return "line.save/1" }
func (BeginCall) CommandName() string      { return "call.begin/1" }
func (UpdateCall) CommandName() string     { return "call.update/1" }
func (EndCall) CommandName() string        { return "call.end/1" }
func (SaveNote) CommandName() string       { return "note.save/1" }
func (LinkCall) CommandName() string       { return "call.link/1" }
func (ImportContacts) CommandName() string { return "contacts.import/1" }

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
	register[SaveLine]()
	register[BeginCall]()
	register[UpdateCall]()
	register[EndCall]()
	register[SaveNote]()
	register[LinkCall]()
	register[ImportContacts]()
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
