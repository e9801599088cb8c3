package crm

import (
	"strings"
	"time"
)

// Label tells numbers and addresses of one record apart.
type Label string

const (
	LabelWork    Label = "work"
	LabelMobile  Label = "mobile"
	LabelHome    Label = "home"
	LabelMain    Label = "main"
	LabelFax     Label = "fax"
	LabelPrivate Label = "private"
	LabelOther   Label = "other"
)

// Email is one typed e-mail address of a record.
type Email struct {
	Address string `json:"address"`
	Label   Label  `json:"label,omitempty"`
}

// Contact is a person.
type Contact struct {
	ID          ID        `json:"id"`
	FirstName   string    `json:"first_name,omitempty"`
	LastName    string    `json:"last_name,omitempty"`
	Position    string    `json:"position,omitempty"`
	Company     ID        `json:"company,omitempty"`
	Numbers     []Number  `json:"numbers,omitempty"`
	SIP         []string  `json:"sip,omitempty"` // SIP addresses, "anna@example.org"
	Emails      []Email   `json:"emails,omitempty"`
	Address     string    `json:"address,omitempty"`
	Comment     string    `json:"comment,omitempty"`
	Marks       []string  `json:"marks,omitempty"` // tags: "VIP"
	Source      string    `json:"source,omitempty"`
	Responsible ID        `json:"responsible,omitempty"`
	Created     time.Time `json:"created,omitzero"`
	Updated     time.Time `json:"updated,omitzero"`
}

// Name is how the contact is shown: first and last name, whichever there are.
func (c Contact) Name() string { return FullName(c.FirstName, c.LastName) }

// FullName joins a first and a last name without a stray blank.
func FullName(first, last string) string {
	return strings.TrimSpace(strings.TrimSpace(first) + " " + strings.TrimSpace(last))
}

// Company is an organisation.
type Company struct {
	ID          ID        `json:"id"`
	Name        string    `json:"name,omitempty"`
	Numbers     []Number  `json:"numbers,omitempty"`
	SIP         []string  `json:"sip,omitempty"`
	Emails      []Email   `json:"emails,omitempty"`
	Address     string    `json:"address,omitempty"`
	Comment     string    `json:"comment,omitempty"`
	Marks       []string  `json:"marks,omitempty"`
	Source      string    `json:"source,omitempty"`
	Responsible ID        `json:"responsible,omitempty"`
	Created     time.Time `json:"created,omitzero"`
	Updated     time.Time `json:"updated,omitzero"`
}

// LeadStatus is where a lead stands (requirements.md F5). A company may add its
// own between the standard ones; those are open.
type LeadStatus string

const (
	LeadNew        LeadStatus = "New"
	LeadInProgress LeadStatus = "In progress"
	LeadProcessed  LeadStatus = "Processed"
	LeadConverted  LeadStatus = "Converted"
	LeadJunk       LeadStatus = "Junk"
)

// LeadStatuses are the standard statuses in their order, as the stage line of a
// lead draws them. Junk is no stage of the line; it ends it.
var LeadStatuses = []LeadStatus{LeadNew, LeadInProgress, LeadProcessed, LeadConverted}

// Open says whether a lead of this status is still worked on (B6: won and junk are closed).
func (s LeadStatus) Open() bool { return s != LeadConverted && s != LeadJunk }

// Lead is somebody who may become a customer.
type Lead struct {
	ID          ID         `json:"id"`
	Title       string     `json:"title,omitempty"`
	FirstName   string     `json:"first_name,omitempty"`
	LastName    string     `json:"last_name,omitempty"`
	CompanyName string     `json:"company_name,omitempty"`
	Status      LeadStatus `json:"status,omitempty"`
	Numbers     []Number   `json:"numbers,omitempty"`
	SIP         []string   `json:"sip,omitempty"`
	Emails      []Email    `json:"emails,omitempty"`
	Comment     string     `json:"comment,omitempty"`
	Source      string     `json:"source,omitempty"`
	Line        ID         `json:"line,omitempty"` // the line it came in on
	Repeat      bool       `json:"repeat,omitempty"`
	Reason      Text       `json:"reason,omitzero"` // by which rule it came to be
	Responsible ID         `json:"responsible,omitempty"`
	Created     time.Time  `json:"created,omitzero"`
	Updated     time.Time  `json:"updated,omitzero"`
}

// Name is how the lead is shown: its title, else its company, else its person.
// Empty when nothing is known but a number: the window says "Unknown caller".
func (l Lead) Name() string {
	switch {
	case l.Title != "":
		return l.Title
	case l.CompanyName != "":
		return l.CompanyName
	}
	return FullName(l.FirstName, l.LastName)
}

// DealStage is a stage of the standard pipeline. Other names are open stages of
// the company's own (F4).
type DealStage string

const (
	DealNew       DealStage = "New"
	DealInTalks   DealStage = "In talks"
	DealQuoteSent DealStage = "Quote sent"
	DealWon       DealStage = "Won"
	DealLost      DealStage = "Lost"
)

// DealStages are the stages of the standard pipeline in their order.
var DealStages = []DealStage{DealNew, DealInTalks, DealQuoteSent, DealWon}

// Open says whether a deal of this stage is still worked on.
func (s DealStage) Open() bool { return s != DealWon && s != DealLost }

// Money is an amount in cents (or the currency's smallest hundredth) and an ISO 4217 code.
type Money struct {
	Cents    int64  `json:"cents,omitempty"`
	Currency string `json:"currency,omitempty"`
}

// Deal is business that may be won.
type Deal struct {
	ID          ID        `json:"id"`
	Title       string    `json:"title,omitempty"`
	Stage       DealStage `json:"stage,omitempty"`
	Amount      Money     `json:"amount,omitzero"`
	Contact     ID        `json:"contact,omitempty"`
	Company     ID        `json:"company,omitempty"`
	Comment     string    `json:"comment,omitempty"`
	Source      string    `json:"source,omitempty"`
	Responsible ID        `json:"responsible,omitempty"`
	Created     time.Time `json:"created,omitzero"`
	Updated     time.Time `json:"updated,omitzero"`
}

// User is a person who works with Leadline; one with an extension is an agent.
type User struct {
	ID        ID       `json:"id"`
	Name      string   `json:"name"`
	Email     string   `json:"email,omitempty"`
	Extension string   `json:"extension,omitempty"`
	Numbers   []Number `json:"numbers,omitempty"` // a colleague's own numbers never make a lead (B5)
	Left      bool     `json:"left,omitempty"`    // has left the company
}
