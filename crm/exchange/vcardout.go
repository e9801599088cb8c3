package exchange

import (
	"bufio"
	"slices"
	"strings"
	"unicode/utf8"

	"leadline/crm"
)

// cardWriter writes vCards 3.0 (RFC 2426) or 4.0 (RFC 6350). Its first error is kept by the bufio.Writer.
type cardWriter struct {
	out   *bufio.Writer
	four  bool
	users map[crm.ID]string // see namesOfUsers
}

var escapeText = strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// line writes a content line, folded after 75 octets (RFC 6350 §3.2).
func (w cardWriter) line(s string) {
	const most = 75
	for room := most; len(s) > room; room = most - 1 {
		cut := room
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		if cut == 0 {
			cut = room
		}
		_, _ = w.out.WriteString(s[:cut] + "\r\n ")
		s = s[cut:]
	}
	_, _ = w.out.WriteString(s + "\r\n")
}

func (w cardWriter) text(name, value string) {
	if value != "" {
		w.line(name + ":" + escapeText.Replace(value))
	}
}

func (w cardWriter) structured(name string, values ...string) {
	for i, v := range values {
		values[i] = escapeText.Replace(v)
	}
	w.line(name + ":" + strings.Join(values, ";"))
}

func param(name, value string) string {
	if value == "" {
		return ""
	}
	return ";" + name + `="` + toParam.Replace(value) + `"`
}

func (w cardWriter) kind(l crm.Label) string {
	kind := ""
	switch l {
	case crm.LabelWork:
		kind = "WORK"
	case crm.LabelHome:
		kind = "HOME"
	case crm.LabelMobile:
		kind = "CELL"
	case crm.LabelFax:
		kind = "FAX"
	case crm.LabelMain:
		kind = "MAIN"
		if w.four {
			kind = "MAIN-NUMBER" // RFC 7852
		}
	case crm.LabelPrivate:
		kind = "X-PRIVATE"
	case crm.LabelOther:
		kind = "X-OTHER"
	default:
		return ""
	}
	if w.four {
		kind = strings.ToLower(kind)
	}
	return ";TYPE=" + kind
}

// contact writes a person; a company is one without a name, of that company.
func (w cardWriter) contact(c crm.Contact, company string) {
	w.line("BEGIN:VCARD")
	if w.four {
		w.line("VERSION:4.0")
	} else {
		w.line("VERSION:3.0")
	}
	if c.ID != "" {
		w.line("UID:urn:uuid:" + string(c.ID))
	}
	shown := c.Name()
	if shown == "" {
		shown = numberShown(person{contact: c})
	}
	w.line("FN:" + escapeText.Replace(shown))
	w.structured("N", c.LastName, c.FirstName, "", "", "")
	if mustBeMarked(c, company) {
		w.line(recordProperty + ":" + isContact)
	}
	w.fields(c, company)
}

func (w cardWriter) company(c crm.Company) {
	w.line("BEGIN:VCARD")
	if w.four {
		w.line("VERSION:4.0")
		w.line("KIND:org")
	} else {
		w.line("VERSION:3.0")
		w.line("X-ABSHOWAS:COMPANY")
	}
	if c.ID != "" {
		w.line("UID:urn:uuid:" + string(c.ID))
	}
	w.line("FN:" + escapeText.Replace(c.Name))
	w.structured("N", "", "", "", "", "")
	w.fields(companyAsContact(c), c.Name)
}

// companyAsContact is what a company has in common with a person.
func companyAsContact(c crm.Company) crm.Contact {
	return crm.Contact{Numbers: c.Numbers, SIP: c.SIP, Emails: c.Emails, Addresses: c.Addresses, Fields: c.Fields,
		Comment: c.Comment, Marks: c.Marks, Source: c.Source, Responsible: c.Responsible, Updated: c.Updated}
}

// fields writes what a person and a company have in common, and ends the card.
func (w cardWriter) fields(c crm.Contact, company string) {
	if company != "" {
		w.structured("ORG", company)
	}
	w.text("TITLE", c.Position)
	for _, n := range c.Numbers {
		w.number(n)
	}
	for _, m := range c.Emails {
		w.text("EMAIL"+w.kind(m.Label), m.Address)
	}
	for _, a := range c.SIP {
		w.line("IMPP:sip:" + a)
	}
	for _, a := range c.Addresses {
		w.structured("ADR"+w.kind(a.Label), "", "", a.Street, a.City, a.State, a.PostalCode, a.Country)
	}
	w.text("NOTE", c.Comment)
	if len(c.Marks) > 0 {
		marks := slices.Clone(c.Marks)
		for i, m := range marks {
			marks[i] = escapeText.Replace(m)
		}
		w.line("CATEGORIES:" + strings.Join(marks, ","))
	}
	w.text(sourceProperty, c.Source)
	w.text(ownerProperty, w.users[c.Responsible])
	ids := make([]crm.ID, 0, len(c.Fields))
	for id := range c.Fields {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		w.text(fieldProperty+param("ID", string(id)), c.Fields[id])
	}
	if !c.Updated.IsZero() {
		w.line("REV:" + c.Updated.UTC().Format("20060102T150405Z"))
	}
	w.line("END:VCARD")
}

func (w cardWriter) number(n crm.Number) {
	value := written(n)
	head := "TEL" + w.kind(n.Label)
	if n.Written != value {
		head += param(writtenParam, n.Written)
	}
	if w.four && n.E164 != 0 {
		uri := "tel:" + n.E164.String()
		if n.Extension != "" {
			uri += ";ext=" + n.Extension
		}
		if n.Written != "" && n.Written == value {
			head += param(writtenParam, n.Written)
		}
		w.line(head + ";VALUE=uri:" + uri)
		return
	}
	w.text(head, value)
}
