package exchange

import (
	"bufio"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"

	"leadline/crm"
)

// Properties of ours that other programs keep or leave alone.
const (
	sourceProperty = "X-LEADLINE-SOURCE"
	ownerProperty  = "X-LEADLINE-RESPONSIBLE" // as colleagues.names has them
	fieldProperty  = "X-LEADLINE-FIELD"       // with ID=, the custom field's
	recordProperty = "X-LEADLINE-RECORD"      // isContact, of who must be marked
	writtenParam   = "X-WRITTEN"              // how a person wrote a number
)

// vCardSource reads people from vCards 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350). The
// library at hand reads neither 2.1 nor an escaped semicolon, so it is done here.
type vCardSource struct {
	lines   lineReader
	region  string
	letters letters // where a line does not say it
	begun   int     // where the next card begins, if that was read already; else 0
}

func openVCards(in *bufio.Reader, letters letters, o Options) (*vCardSource, File) {
	f := File{Format: "vCard"}
	head, _ := in.Peek(200)
	for line := range strings.Lines(string(head)) {
		if version, ok := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(line)), "VERSION:"); ok {
			f.Format = "vCard " + strings.ToValidUTF8(version, "")
		}
	}
	return &vCardSource{lines: lineReader{in: in}, region: o.Region, letters: letters}, f
}

func (s *vCardSource) encoding() Encoding {
	if s.letters.encoding == "" {
		return UTF8
	}
	return s.letters.encoding
}

// next reads a card. What stands between cards is passed over.
func (s *vCardSource) next(e *entry) error {
	for s.begun == 0 {
		line, at, err := s.lines.read()
		if err != nil {
			return err
		}
		if p, ok := parseProperty(line, &s.letters); ok && p.beginsCard() {
			s.begun = at
		}
	}
	e.line, s.begun = s.begun, 0
	return s.card(e)
}

func (p property) beginsCard() bool {
	return p.name == "BEGIN" && strings.EqualFold(strings.TrimSpace(p.value), "VCARD")
}

func (s *vCardSource) card(e *entry) error {
	var c card
	agent := false // the line before says that the agent's card comes
	for depth := 1; depth > 0; {
		line, at, err := s.lines.read()
		if errors.Is(err, io.EOF) {
			e.why = CardBreaksOff
			return nil
		} else if err != nil {
			return err
		}
		p, ok := parseProperty(line, &s.letters)
		if !ok {
			continue
		}
		switch {
		case p.beginsCard() && !agent: // whoever wrote the one before forgot its end
			s.begun, depth = at, 0
		case p.name == "BEGIN": // vCard 2.1 has cards within cards: AGENT
			depth++
		case p.name == "END":
			depth--
		case depth == 1 && len(c.properties) < mostProperties:
			c.properties = append(c.properties, p)
		}
		agent = p.name == "AGENT" && strings.TrimSpace(p.value) == ""
	}
	e.person, e.why = c.person(s.region)
	return nil
}

// card is what stands between BEGIN and END.
type card struct{ properties []property }

func (c card) find(name string) (property, bool) {
	i := slices.IndexFunc(c.properties, func(p property) bool { return p.name == name })
	if i < 0 {
		return property{}, false
	}
	return c.properties[i], true
}

// person makes a person of the card; why is not empty when it is nobody's.
func (c card) person(region string) (p person, why string) {
	shown := ""
	var besides []string // what Leadline has no field for: it stands behind the note, after the property's name
	beside := func(prop property, text string) {
		if text != "" {
			besides = append(besides, prop.name+": "+text)
		}
	}
	for _, prop := range c.properties {
		text := strings.TrimSpace(prop.text())
		switch prop.name {
		case "FN":
			shown = text
		case "N": // family; given; additional; prefixes; suffixes
			n := append(parts(prop.value, ';'), "", "", "", "", "")
			p.contact.LastName = strings.TrimSpace(n[0])
			p.contact.FirstName = crm.FullName(n[1], n[2])
			if whole, ok := c.find("FN"); ok && strings.TrimSpace(n[3]+n[4]) != "" {
				beside(whole, strings.TrimSpace(whole.text()))
			}
		case "ORG":
			units := parts(prop.value, ';')
			p.company = strings.TrimSpace(units[0])
			beside(prop, strings.Trim(strings.Join(units[1:], ", "), ", "))
		case "TITLE", "ROLE":
			if p.contact.Position == "" {
				p.contact.Position = text
			} else if p.contact.Position != text {
				beside(prop, text)
			}
		case "NOTE":
			p.addComment(text)
		case "BDAY", "ANNIVERSARY", "NICKNAME", "URL", "X-SOCIALPROFILE":
			beside(prop, text)
		case "CATEGORIES":
			for _, mark := range parts(prop.value, ',') {
				if mark = strings.TrimSpace(mark); mark != "" && !slices.Contains(p.contact.Marks, mark) {
					p.contact.Marks = append(p.contact.Marks, mark)
				}
			}
		case "TEL":
			c.number(&p, prop, text, region)
		case "EMAIL":
			if text != "" {
				p.addEmails(prop.name, text, c.label(prop))
			}
		case "IMPP", "X-SIP":
			if address, ok := cutSIP(text); (ok || prop.name == "X-SIP") && address != "" {
				p.addNumbers(prop.name, "sip:"+address, region, "", true)
			} else {
				beside(prop, text)
			}
		case "ADR":
			p.addresses = append(p.addresses, postalOf(prop, c.label(prop)))
		case sourceProperty:
			p.contact.Source = text
		case ownerProperty:
			p.responsible = text
		case recordProperty:
			p.marked = strings.EqualFold(text, isContact)
		case fieldProperty:
			if id, err := crm.ParseID(prop.first("ID")); err == nil {
				if p.contact.Fields == nil {
					p.contact.Fields = crm.Values{}
				}
				p.contact.Fields[id] = prop.text()
			}
		}
	}
	for _, line := range besides {
		p.addComment(line)
	}
	if c.ofCompany() {
		if p.company == "" {
			p.company = shown
		}
		p.contact.FirstName, p.contact.LastName = "", ""
	} else if _, named := c.find("N"); !p.marked && (!named || p.contact.Name() == "" && p.company == "" && shown != numberShown(p)) {
		p.contact.FirstName, p.contact.LastName = "", shown
	}
	return p, p.check()
}

// numberShown is what a card of ours shows of somebody without a name.
func numberShown(p person) string {
	if len(p.contact.Numbers) > 0 {
		return written(p.contact.Numbers[0])
	}
	return ""
}

// ofCompany says whether a card is an organisation's: KIND of RFC 6350 §6.1.4, or Apple's.
func (c card) ofCompany() bool {
	kind, _ := c.find("KIND")
	apple, _ := c.find("X-ABSHOWAS")
	return strings.EqualFold(strings.TrimSpace(kind.value), "org") || strings.EqualFold(strings.TrimSpace(apple.value), "COMPANY")
}

func (c card) number(p *person, prop property, text, region string) {
	if text == "" {
		return
	}
	if uri, ok := strings.CutPrefix(text, "tel:"); ok {
		if s, err := url.PathUnescape(uri); err == nil {
			text = strings.Replace(s, ";ext=", ";", 1)
		}
	}
	if as := prop.first(writtenParam); as != "" {
		if n, ok := crm.ParseNumber(as, region, ""); ok && n.E164 != 0 && n.E164 == crm.Parse(text, region).E164 {
			text = as
		}
	}
	p.addNumbers(prop.name, text, region, c.label(prop), false)
}

// label is what a property's types, or Apple's label of its group, make of it.
func (c card) label(prop property) crm.Label {
	types := prop.types()
	has := func(t ...string) bool {
		return slices.ContainsFunc(t, func(t string) bool { return slices.Contains(types, t) })
	}
	switch {
	case has("fax"):
		return crm.LabelFax
	case has("cell", "mobile", "iphone"):
		return crm.LabelMobile
	case has("main", "main-number"):
		return crm.LabelMain
	case has("work"):
		return crm.LabelWork
	case has("x-private"):
		return crm.LabelPrivate
	case has("home"):
		return crm.LabelHome
	case has("other", "x-other", "pager", "car", "isdn"):
		return crm.LabelOther
	}
	if prop.group != "" {
		for _, p := range c.properties {
			if p.group == prop.group && p.name == "X-ABLABEL" {
				return labelOf(strings.Trim(p.text(), "_$!<>"))
			}
		}
	}
	return ""
}

// postalOf reads an ADR: box; extended; street; locality; region; code; country.
func postalOf(prop property, label crm.Label) postal {
	a := append(parts(prop.value, ';'), "", "", "", "", "", "", "")
	for i := range a {
		a[i] = strings.TrimSpace(a[i])
	}
	street := strings.Join(slices.DeleteFunc([]string{a[2], a[1], a[0]}, func(s string) bool { return s == "" }), "\n")
	return postal{street: street, city: a[3], state: a[4], postalCode: a[5], country: a[6], label: label}
}
