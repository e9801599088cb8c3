package crm

import (
	"maps"
	"slices"
)

type (
	// EnsureLead makes the lead of a call, unless an open lead has its number already (B4). The id is LeadID's.
	EnsureLead struct {
		Lead       Lead         `json:"lead"`
		Peer       string       `json:"peer"`
		Generation int          `json:"generation"`
		Convert    *ConvertLead `json:"convert,omitempty"` // at once: the simple mode (F2)
	}
	// ConvertLead closes a lead as converted, makes what is set, and moves its calls, notes
	// and follow-ups along (F1).
	ConvertLead struct {
		Lead    ID       `json:"lead"`
		Contact *Contact `json:"contact,omitempty"`
		Company *Company `json:"company,omitempty"`
		Deal    *Deal    `json:"deal,omitempty"`
		Into    []Ref    `json:"into,omitempty"` // records that are there, instead of new ones
	}
	// MergeRecords puts Gone into Keep, whose fields are those given here; what hung on
	// Gone hangs on Keep. Exactly one of the three is set.
	MergeRecords struct {
		Keep    Ref      `json:"keep"`
		Gone    Ref      `json:"gone"`
		Contact *Contact `json:"contact,omitempty"`
		Company *Company `json:"company,omitempty"`
		Lead    *Lead    `json:"lead,omitempty"`
	}
)

// CommandName is Change's.
func (EnsureLead) CommandName() string { return "lead.ensure/1" }

// CommandName is Change's.
func (ConvertLead) CommandName() string { return "lead.convert/1" }

// CommandName is Change's.
func (MergeRecords) CommandName() string { return "record.merge/1" }

func init() {
	register[EnsureLead]()
	register[ConvertLead]()
	register[MergeRecords]()
}

// Refs are what the lead becomes: what is there already and what is made, the person first.
func (c ConvertLead) Refs() []Ref {
	refs := slices.Clone(c.Into)
	if c.Contact != nil {
		refs = append(refs, Ref{KindContact, c.Contact.ID})
	}
	if c.Company != nil {
		refs = append(refs, Ref{KindCompany, c.Company.ID})
	}
	if c.Deal != nil {
		refs = append(refs, Ref{KindDeal, c.Deal.ID})
	}
	order := []Kind{KindContact, KindCompany, KindDeal}
	slices.SortStableFunc(refs, func(a, b Ref) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	return refs
}

// Conversion says how a lead is to be converted.
type Conversion struct {
	Kinds    []Kind        // to be made: contact, company, deal, in any combination
	Into     []Ref         // contact or company that are there, instead of new ones
	Pipeline ID            // of the deal (F4)
	NewID    func(Kind) ID // ids for what is made
	Region   string        // for a number that has to serve as a name
}

// Convert proposes what a lead becomes (F1): which parts, and which fields move. A
// window may change the proposal before it is done. Numbers go to the person, where
// there is one, else to the company; source, responsible, comment and fields to all.
func (l Lead) Convert(c Conversion) ConvertLead {
	out := ConvertLead{Lead: l.ID, Into: c.Into}
	origin := Origin{Call: l.Origin.Call, Reason: Say(ReasonConverted)}
	var contact, company ID
	for _, r := range c.Into {
		switch r.Kind {
		case KindContact:
			contact = r.ID
		case KindCompany:
			company = r.ID
		}
	}
	if slices.Contains(c.Kinds, KindCompany) && company == "" {
		company = c.NewID(KindCompany)
		name := l.CompanyName
		if name == "" {
			name = l.shownName(c.Region)
		}
		out.Company = &Company{ID: company, Name: name, Marks: l.Marks, Fields: maps.Clone(l.Fields), Source: l.Source, Responsible: l.Responsible, Origin: origin}
	}
	if slices.Contains(c.Kinds, KindContact) && contact == "" {
		contact = c.NewID(KindContact)
		out.Contact = &Contact{ID: contact, FirstName: l.FirstName, LastName: l.LastName, Company: company, Numbers: l.Numbers, SIP: l.SIP,
			Emails: l.Emails, Addresses: l.Addresses, Comment: l.Comment, Marks: l.Marks, Fields: maps.Clone(l.Fields),
			Source: l.Source, Responsible: l.Responsible, Origin: origin}
		if out.Contact.Name() == "" {
			out.Contact.LastName = l.shownName(c.Region)
		}
	} else if out.Company != nil && contact == "" {
		f := out.Company
		f.Numbers, f.SIP, f.Emails, f.Addresses, f.Comment = l.Numbers, l.SIP, l.Emails, l.Addresses, l.Comment
	}
	if slices.Contains(c.Kinds, KindDeal) {
		out.Deal = &Deal{ID: c.NewID(KindDeal), Title: l.shownName(c.Region), Pipeline: c.Pipeline, Contact: contact, Company: company, Lead: l.ID,
			Comment: l.Comment, Fields: maps.Clone(l.Fields), Source: l.Source, Responsible: l.Responsible, Origin: origin}
	}
	return out
}

// KnownTo gives a contact that is there what the lead knows of them, as a new one would have it (F1): numbers, addresses and
// marks are added and the comment stands below. Of what the contact has, nothing is changed.
func (l Lead) KnownTo(c Contact) Contact {
	c, _ = MergeContacts(c, Contact{Numbers: l.Numbers, SIP: l.SIP, Emails: l.Emails, Addresses: l.Addresses, Comment: l.Comment,
		Marks: l.Marks, Fields: l.Fields, Source: l.Source, Responsible: l.Responsible}, nil)
	return c
}

// KnownToCompany is KnownTo for a company.
func (l Lead) KnownToCompany(c Company) Company {
	c, _ = MergeCompanies(c, Company{Numbers: l.Numbers, SIP: l.SIP, Emails: l.Emails, Addresses: l.Addresses, Comment: l.Comment,
		Marks: l.Marks, Fields: l.Fields, Source: l.Source, Responsible: l.Responsible}, nil)
	return c
}

// MadeBy is the conversion with another origin of what it makes.
func (c ConvertLead) MadeBy(o Origin) ConvertLead {
	if c.Contact != nil {
		made := *c.Contact
		made.Origin, c.Contact = o, &made
	}
	if c.Company != nil {
		made := *c.Company
		made.Origin, c.Company = o, &made
	}
	if c.Deal != nil {
		made := *c.Deal
		made.Origin, c.Deal = o, &made
	}
	return c
}

// shownName is the lead's name, or else its number: something must stand in a list.
func (l Lead) shownName(region string) string {
	switch {
	case l.Name() != "":
		return l.Name()
	case len(l.Numbers) > 0:
		return l.Numbers[0].Show(region)
	case len(l.SIP) > 0:
		return l.SIP[0]
	}
	return ""
}

// What a conversion by hand may lack, as the window says it.
const (
	ConvertNeedsKind    = "Choose what the lead becomes."
	ConvertNeedsCompany = "Type the company's name first."
	ConvertNeedsTitle   = "Type the deal's title first."
	ConvertedStays      = "A converted lead stays closed. Take the conversion back, or make a new lead."
	ConvertClosed       = "The lead is closed already."
)

// ConvertTexts are all sentences about conversions.
var ConvertTexts = []string{ConvertNeedsKind, ConvertNeedsCompany, ConvertNeedsTitle, ConvertedStays, ConvertClosed}

// Check says what a conversion by hand lacks, required custom fields included; nil when nothing.
func (c ConvertLead) Check(fields []Field) error {
	switch {
	case len(c.Refs()) == 0:
		return Invalid{Say(ConvertNeedsKind)}
	case c.Contact != nil && c.Contact.Name() == "":
		return Invalid{Say(FormNeedsName)}
	case c.Company != nil && c.Company.Name == "":
		return Invalid{Say(ConvertNeedsCompany)}
	case c.Deal != nil && c.Deal.Title == "":
		return Invalid{Say(ConvertNeedsTitle)}
	}
	if c.Contact != nil {
		if err := CheckFields(fields, KindContact, c.Contact.Fields); err != nil {
			return err
		}
	}
	if c.Company != nil {
		if err := CheckFields(fields, KindCompany, c.Company.Fields); err != nil {
			return err
		}
	}
	if c.Deal != nil {
		return CheckFields(fields, KindDeal, c.Deal.Fields)
	}
	return nil
}
