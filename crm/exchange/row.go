package exchange

import (
	"slices"
	"strings"

	"leadline/crm"
)

// joined is what Google puts between several values of one cell.
const joined = ":::"

// person is what a row or a card says of somebody.
type person struct {
	contact     crm.Contact
	company     string
	responsible string // as the file names them
	marked      bool   // as a contact: see mustBeMarked
	addresses   []postal
	misfits     []Misfit
}

// postal is an address under way.
type postal struct {
	street, postalCode, city, state, country, whole string
	label                                           crm.Label
}

func (p postal) empty() bool {
	return p.street == "" && p.postalCode == "" && p.city == "" && p.state == "" && p.country == "" && p.whole == ""
}

// rowReader makes people of rows.
type rowReader struct {
	columns []column
	headers []string
	region  string
	custom  customFields
	letters letters
}

// read reads a row. What of it is not what its column is for stands in the comment; why is not
// empty when nothing is left to save.
func (r *rowReader) read(row []string, p *person) (why string) {
	cell := func(i int) string {
		if i < 0 || i >= len(row) || row[i] == "" {
			return ""
		}
		return strings.TrimSpace(r.letters.decode(row[i]))
	}
	var middle, name string
	var custom []labelled
	groups := map[string]int{}
	for i, c := range r.columns {
		if c.field == Ignored || c.field == labelOnly {
			continue
		}
		value := cell(i)
		if value == "" {
			continue
		}
		label := c.label
		if c.names >= 0 {
			label = labelOf(cell(c.names))
		}
		switch c.field {
		case FirstName:
			p.contact.FirstName = value
		case MiddleName:
			middle = value
		case LastName:
			p.contact.LastName = value
		case FullName:
			name = value
		case Company:
			p.company = value
		case Position:
			p.contact.Position = value
		case Comment:
			p.addComment(value)
		case Custom:
			of := string(c.label)
			if c.names >= 0 {
				of = cell(c.names)
			}
			custom = append(custom, labelled{of, value})
		case Source:
			p.contact.Source = value
		case Owner:
			p.responsible = value
		case recordOnly:
			p.marked = strings.EqualFold(value, isContact)
		case Marks:
			p.addMarks(value, c.group)
		case Phone, SIP:
			for written := range split(value) {
				written = strings.TrimPrefix(written, "'") // which keeps a spreadsheet from taking +49… for a sum
				p.addNumbers(r.header(i), written, r.region, label, c.field == SIP)
			}
		case Email:
			for address := range split(value) {
				p.addEmails(r.header(i), address, label)
			}
		default:
			at, ok := groups[c.group]
			if !ok || c.group == "" {
				at = len(p.addresses)
				groups[c.group] = at
				p.addresses = append(p.addresses, postal{label: label})
			}
			p.addresses[at].set(c.field, value)
		}
	}
	p.contact.FirstName = crm.FullName(p.contact.FirstName, middle)
	if p.contact.FirstName == "" && p.contact.LastName == "" {
		p.contact.LastName = name
	}
	p.addCustom(custom, r.custom)
	return p.check()
}

func (r *rowReader) header(i int) string {
	if i < len(r.headers) {
		return columnName(r.headers[i], i)
	}
	return columnName("", i)
}

func (p *person) addComment(text string) {
	p.contact.Comment = strings.TrimPrefix(p.contact.Comment+"\n"+text, "\n")
}

func (p *postal) set(f Field, value string) {
	switch f {
	case Street:
		p.street = strings.TrimPrefix(p.street+"\n"+value, "\n")
	case PostalCode:
		p.postalCode = value
	case City:
		p.city = value
	case State:
		p.state = value
	case Country:
		p.country = value
	case Whole:
		p.whole, _, _ = strings.Cut(value, " "+joined)
	}
}

func (p *person) addMarks(cell, separator string) {
	if separator == "" {
		separator = joined
	}
	for mark := range strings.SplitSeq(cell, separator) {
		mark = strings.TrimSpace(mark)
		if mark != "" && !strings.HasPrefix(mark, "*") && !slices.Contains(p.contact.Marks, mark) { // "* myContacts" is Google's own
			p.contact.Marks = append(p.contact.Marks, mark)
		}
	}
}

// check completes a person; why is not empty when nobody is left.
func (p *person) check() (why string) {
	c := &p.contact
	for _, a := range p.addresses {
		addAddress(c, a)
	}
	switch {
	case p.company != "" || c.Name() != "" || p.marked:
		return ""
	case len(c.Numbers) > 0 || len(c.Emails) > 0 || len(c.SIP) > 0:
		if len(c.Emails) > 0 { // somebody without a name is shown by the address
			c.LastName = c.Emails[0].Address
		}
		return ""
	}
	return p.whyNothing()
}

// split yields the values of a cell.
func split(cell string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for value := range strings.SplitSeq(cell, joined) {
			if value = strings.TrimSpace(value); value != "" && !yield(value) {
				return
			}
		}
	}
}

// labelOf is our label of Google's, which may be marked with a * as the
// preferred one and comes in the account's language.
func labelOf(s string) crm.Label {
	switch strings.ToLower(strings.TrimSpace(strings.TrimPrefix(s, "*"))) {
	case "":
		return ""
	case "mobile", "mobil", "handy", "cell":
		return crm.LabelMobile
	case "work", "geschäftlich", "arbeit", "büro":
		return crm.LabelWork
	case "home", "privat", "zuhause":
		return crm.LabelHome
	case "main", "haupttelefon", "zentrale":
		return crm.LabelMain
	case "private":
		return crm.LabelPrivate
	case "work fax", "home fax", "fax", "fax (geschäftlich)", "fax (privat)":
		return crm.LabelFax
	}
	return crm.LabelOther
}

// quote shortens what a report repeats.
func quote(s string) string { return "“" + shortened(s) + "”" }

func shortened(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}

func addAddress(c *crm.Contact, p postal) {
	if p.empty() {
		return
	}
	a := crm.Address{Street: p.street, PostalCode: p.postalCode, City: p.city, State: p.state, Country: p.country, Label: p.label}
	if a == (crm.Address{Label: p.label}) {
		a.Street = p.whole
	}
	c.Addresses = append(c.Addresses, a)
}
