package crm

// Mode says what a line does for a number that the CRM does not know.
type Mode string

const (
	Suggest Mode = "suggest" // the window offers the forms, nothing is made (B2)
	Auto    Mode = "auto"    // the lead exists at the moment of the call (B1)
)

// LeadFor gates Auto by direction (B3).
type LeadFor string

const (
	LeadForAll      LeadFor = "all"
	LeadForIncoming LeadFor = "incoming"
	LeadForOutgoing LeadFor = "outgoing"
)

// Includes says whether calls of that direction make leads.
func (f LeadFor) Includes(d Direction) bool {
	switch f {
	case LeadForIncoming:
		return d == Incoming
	case LeadForOutgoing:
		return d == Outgoing
	}
	return true
}

// Line is a number or trunk that the company is called on, with its own rules
// (requirements.md A1). The zero Line is an account without a line: it suggests.
type Line struct {
	ID      ID      `json:"id"`
	Name    string  `json:"name"`
	Number  Number  `json:"number,omitzero"`
	Region  string  `json:"region,omitempty"` // ISO 3166 code for numbers written nationally: "DE"
	Source  string  `json:"source,omitempty"` // one of Workspace.Sources (A4)
	Queue   ID      `json:"queue,omitempty"`  // the queue group (D4)
	Mode    Mode    `json:"mode,omitempty"`
	LeadFor LeadFor `json:"lead_for,omitempty"`

	Hours    Hours   `json:"hours,omitzero"`
	Pipeline ID      `json:"pipeline,omitempty"` // of deals that the simple mode makes (F4); "" is the workspace's
	DialOut  Dialout `json:"dial_out,omitzero"`

	SendToResponsible bool `json:"send_to_responsible,omitempty"` // D3
	ChangeResponsible bool `json:"change_responsible,omitempty"`  // D2: when a call is transferred by hand

	QueueName string `json:"-"` // filled in when the line is read
}

// Sources is the standard list of lead sources (requirements.md A4), in English.
var Sources = []string{
	SourceCall, "E-mail", "Website", "Advertising", "Existing client", "Recommendation",
	"Trade show", "CRM form", "Callback", "Sales boost", "Online store", "Other",
}

// SourceCall is the source of what a call made, unless its line says otherwise.
const SourceCall = "Call"
