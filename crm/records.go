package crm

import (
	"errors"
	"slices"
	"strings"
	"time"
)

var (
	// ErrNotFound: no such record or call.
	ErrNotFound = errors.New("not found")
	// ErrDiskFull: nothing was written, what was written before is safe.
	ErrDiskFull = errors.New("the disk is full")
	// ErrDamaged: the file is not what was written to it.
	ErrDamaged = errors.New("the file is damaged")
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

// Address is one typed postal address of a record. One that was written in one
// piece is in Street as a whole.
type Address struct {
	Street     string `json:"street,omitempty"` // with number; lines are kept
	PostalCode string `json:"postal_code,omitempty"`
	City       string `json:"city,omitempty"`
	State      string `json:"state,omitempty"`
	Country    string `json:"country,omitempty"`
	Label      Label  `json:"label,omitempty"`
}

// Formatted is the address as on an envelope, in lines.
func (a Address) Formatted() string {
	parts := []string{a.Street, strings.TrimSpace(a.PostalCode + " " + a.City), a.State, a.Country}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" }), "\n")
}

// Line is the address on one line: "Hauptstr. 5, 10115 Berlin".
func (a Address) Line() string {
	return strings.Join(strings.FieldsFunc(a.Formatted(), func(r rune) bool { return r == '\n' || r == '\r' }), ", ")
}

// Origin says by which call and by which rule a record came to be. A record made
// by hand without a call has the zero Origin.
type Origin struct {
	Call   ID   `json:"call,omitempty"`
	Reason Text `json:"reason,omitzero"`
}

// ByRule says whether the rules made the record for a call, and no person.
func (o Origin) ByRule() bool {
	return slices.Contains(Reasons, o.Reason.Key) && o.Reason.Key != ReasonByHand && o.Reason.Key != ReasonConverted
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
	Addresses   []Address `json:"addresses,omitempty"`
	Fields      Values    `json:"fields,omitempty"` // the company's own fields
	Comment     string    `json:"comment,omitempty"`
	Marks       []string  `json:"marks,omitempty"` // tags: "VIP"
	Source      string    `json:"source,omitempty"`
	Responsible ID        `json:"responsible,omitempty"`
	Origin      Origin    `json:"origin,omitzero"`
	MadeBy      ID        `json:"made_by,omitempty"`
	ChangedBy   ID        `json:"changed_by,omitempty"` // the last who did
	Created     time.Time `json:"created,omitzero"`
	Updated     time.Time `json:"updated,omitzero"`
}

// Name is how the contact is shown: first and last name, whichever there are.
func (c Contact) Name() string { return FullName(c.FirstName, c.LastName) }

// FullName joins a first and a last name without a stray blank.
func FullName(first, last string) string {
	first, last = strings.TrimSpace(first), strings.TrimSpace(last)
	if first == "" || last == "" {
		return first + last
	}
	return first + " " + last
}

// Company is an organisation.
type Company struct {
	ID          ID        `json:"id"`
	Name        string    `json:"name,omitempty"`
	Numbers     []Number  `json:"numbers,omitempty"`
	SIP         []string  `json:"sip,omitempty"`
	Emails      []Email   `json:"emails,omitempty"`
	Addresses   []Address `json:"addresses,omitempty"`
	Fields      Values    `json:"fields,omitempty"` // the company's own fields
	Comment     string    `json:"comment,omitempty"`
	Marks       []string  `json:"marks,omitempty"`
	Source      string    `json:"source,omitempty"`
	Responsible ID        `json:"responsible,omitempty"`
	Origin      Origin    `json:"origin,omitzero"`
	MadeBy      ID        `json:"made_by,omitempty"`
	ChangedBy   ID        `json:"changed_by,omitempty"` // the last who did
	Created     time.Time `json:"created,omitzero"`
	Updated     time.Time `json:"updated,omitzero"`
}

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
	Addresses   []Address  `json:"addresses,omitempty"`
	Comment     string     `json:"comment,omitempty"`
	Marks       []string   `json:"marks,omitempty"`
	Fields      Values     `json:"fields,omitempty"`
	Source      string     `json:"source,omitempty"`
	Line        ID         `json:"line,omitempty"`   // the line it came in on
	Repeat      bool       `json:"repeat,omitempty"` // of one whose earlier leads are closed (B6)
	Became      []Ref      `json:"became,omitempty"` // what a converted lead was made into (F1)
	Responsible ID         `json:"responsible,omitempty"`
	Origin      Origin     `json:"origin,omitzero"`
	MadeBy      ID         `json:"made_by,omitempty"`
	ChangedBy   ID         `json:"changed_by,omitempty"`
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

// Deal is business that may be won.
type Deal struct {
	ID          ID        `json:"id"`
	Title       string    `json:"title,omitempty"`
	Pipeline    ID        `json:"pipeline,omitempty"` // "" is the standard one
	Stage       DealStage `json:"stage,omitempty"`
	Amount      Money     `json:"amount,omitzero"`
	Contact     ID        `json:"contact,omitempty"`
	Company     ID        `json:"company,omitempty"`
	Lead        ID        `json:"lead,omitempty"` // it was converted from
	Comment     string    `json:"comment,omitempty"`
	Fields      Values    `json:"fields,omitempty"`
	Source      string    `json:"source,omitempty"`
	Responsible ID        `json:"responsible,omitempty"`
	Origin      Origin    `json:"origin,omitzero"`
	MadeBy      ID        `json:"made_by,omitempty"`
	ChangedBy   ID        `json:"changed_by,omitempty"` // the last who did
	Created     time.Time `json:"created,omitzero"`
	Updated     time.Time `json:"updated,omitzero"`
}
