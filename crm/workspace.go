package crm

import (
	"fmt"
	"slices"
)

// CRMMode says whether there are leads (requirements.md F).
type CRMMode string

const (
	Classic CRMMode = ""       // with leads, converted by hand (F1)
	Simple  CRMMode = "simple" // without: a lead is converted at once (F2)
)

// Owner says who becomes responsible for what an incoming call makes (D1).
type Owner string

const (
	FirstInQueue Owner = ""            // the first in the line's queue group
	WhoAnswers   Owner = "who answers" // the agent who answers the call
)

// ConvertTo says what the simple mode makes of an unknown caller besides the deal (F2).
type ConvertTo string

const (
	ToContact ConvertTo = ""        // a contact
	ToCompany ConvertTo = "company" // a company
	ToBoth    ConvertTo = "both"    // a contact and its company
)

// Kinds are the kinds of records that are made, the deal last.
func (c ConvertTo) Kinds() []Kind {
	switch c {
	case ToCompany:
		return []Kind{KindCompany, KindDeal}
	case ToBoth:
		return []Kind{KindContact, KindCompany, KindDeal}
	}
	return []Kind{KindContact, KindDeal}
}

// Workspace are the settings of the whole company. The zero Workspace is what a company starts with.
type Workspace struct {
	Mode        CRMMode     `json:"mode,omitempty"`
	ConvertTo   ConvertTo   `json:"convert_to,omitempty"` // F2
	Pipeline    ID          `json:"pipeline,omitempty"`   // of deals that the simple mode makes (F4); "" is the standard one
	Owner       Owner       `json:"owner,omitempty"`
	RepeatLeads bool        `json:"repeat_leads,omitempty"` // a new lead, marked repeat, for who comes back (B6)
	OwnSources  []string    `json:"own_sources,omitempty"`  // A4
	OwnStatuses []OwnStatus `json:"own_statuses,omitempty"` // F5
	Currencies  []string    `json:"currencies,omitempty"`   // of amounts, ISO 4217, the one of new deals first; none is the euro

	KeepRecordings int `json:"keep_recordings,omitempty"` // days, here and on every device; 0 is without end
}

// LeadsOpen is the error of a switch to the simple mode that would convert leads which nobody was asked about (F6).
type LeadsOpen struct{ Leads []ID }

func (e LeadsOpen) Error() string {
	return fmt.Sprintf("%d leads are open and would be converted", len(e.Leads))
}

// Sources are the lead sources to choose from: the standard list and the company's own (A4).
func (w Workspace) Sources() []string {
	all := slices.Clone(Sources)
	for _, own := range w.OwnSources {
		if own != "" && !slices.Contains(all, own) {
			all = append(all, own)
		}
	}
	return all
}
