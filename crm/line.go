package crm

import "strings"

// Mode says what a line does for a number that the CRM does not know.
type Mode string

const (
	Suggest Mode = "suggest" // the window offers the forms, nothing is made (B2)
	Auto    Mode = "auto"    // the lead exists at the moment of the call (B1)
)

// LeadFor gates Auto by direction (B3).
type LeadFor string

const (
	LeadForAll      LeadFor = "all"      // incoming and outgoing calls
	LeadForIncoming LeadFor = "incoming" // incoming calls only
	LeadForOutgoing LeadFor = "outgoing" // outgoing calls only
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

// What a line may lack, as the settings window says it.
const (
	LineNeedsName = "A line needs a name."
	LineNoRegion  = "“{region}” is no country. Write its two letters: DE, AT, CH."
	LineNoRule    = "A rule for dialling begins with a + and digits: “{from}” does not."
)

// LineTexts are all sentences of Line.Check.
var LineTexts = []string{LineNeedsName, LineNoRegion, LineNoRule}

// Check says what is wrong in a line's settings; nil when nothing.
func (l Line) Check() error {
	switch {
	case strings.TrimSpace(l.Name) == "":
		return Invalid{Say(LineNeedsName)}
	case l.Region != "" && CountryCode(l.Region) == 0:
		return Invalid{Say(LineNoRegion, "region", l.Region)}
	}
	for _, r := range l.DialOut.Rules {
		if digits, plus := strings.CutPrefix(r.From, "+"); !plus || onlyDigits(digits) != digits {
			return Invalid{Say(LineNoRule, "from", r.From)}
		}
	}
	return l.Hours.Check()
}

// Sources is the standard list of lead sources (requirements.md A4), in English.
var Sources = []string{
	SourceCall, "E-mail", "Website", "Advertising", "Existing client", "Recommendation",
	"Trade show", "CRM form", "Callback", "Sales boost", "Online store", "Other",
}

// SourceCall is the source of what a call made, unless its line says otherwise.
const SourceCall = "Call"
