package exchange

import (
	"strings"

	"leadline/crm"
)

// joined is what Google puts between several values of one cell.
const joined = ":::"

// contact reads a row. Whatever of it is no number or name is left out; why is not
// empty when nothing is left to save.
func (c columns) contact(row []string, region string) (out crm.Contact, organization, why string) {
	cell := func(i int) string {
		if i < 0 || i >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[i])
	}
	out.FirstName = crm.FullName(cell(c.first), cell(c.middle))
	out.LastName = cell(c.last)
	if out.FirstName == "" && out.LastName == "" {
		out.LastName = cell(c.name)
	}
	out.Position, out.Comment = cell(c.title), cell(c.notes)
	organization = cell(c.organization)
	for _, p := range c.phones {
		value := cell(p.value)
		if value == "" {
			continue
		}
		label := labelOf(cell(p.label))
		for written := range split(value) {
			if sip, ok := strings.CutPrefix(written, "sip:"); ok {
				out.SIP = append(out.SIP, sip)
			} else if n, ok := crm.ParseNumber(written, region, label); ok {
				out.Numbers = append(out.Numbers, n)
			} else {
				why = "the phone number " + quote(written) + " is none"
			}
		}
	}
	for _, e := range c.emails {
		value := cell(e.value)
		if value == "" {
			continue
		}
		for address := range split(value) {
			out.Emails = append(out.Emails, crm.Email{Address: address, Label: labelOf(cell(e.label))})
		}
	}
	for _, a := range c.addresses {
		for street := range split(cell(a.value)) {
			out.Addresses = append(out.Addresses, crm.Address{Street: street, Label: labelOf(cell(a.label))})
		}
	}
	if labels := cell(c.labels); labels != "" {
		for label := range split(labels) {
			if label != "" && !strings.HasPrefix(label, "*") { // "* myContacts" is Google's own
				out.Marks = append(out.Marks, label)
			}
		}
	}
	switch {
	case out.Name() != "" || organization != "":
		return out, organization, ""
	case why != "":
		return out, "", why
	case len(out.Numbers) > 0 || len(out.Emails) > 0 || len(out.SIP) > 0:
		if len(out.Emails) > 0 { // somebody without a name is shown by the address
			out.LastName = out.Emails[0].Address
		}
		return out, "", ""
	}
	return out, "", "no name, no company, no number and no e-mail"
}

// split yields the values of a cell.
func split(cell string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for {
			value, rest, more := strings.Cut(cell, joined)
			if value = strings.TrimSpace(value); value != "" && !yield(value) {
				return
			}
			if !more {
				return
			}
			cell = rest
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
func quote(s string) string {
	if r := []rune(s); len(r) > 40 {
		s = string(r[:39]) + "…"
	}
	return "“" + s + "”"
}
