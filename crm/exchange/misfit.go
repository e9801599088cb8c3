package exchange

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"leadline/crm"
)

// Misfit is a value of a row that is not what its column is for: a telephone number of two digits, a date that is none. The
// row comes in without it, and it stands in the comment behind its column's name, so that nothing is lost. The first thousand are kept.
type Misfit struct {
	Line   int    // in the file, from 1
	Column string // as the file names it
	Value  string
	Why    crm.Text
}

// What a value is not.
const (
	NoNumber     = "{column}: “{value}” is no telephone number"
	NoEmail      = "{column}: “{value}” is no e-mail address"
	NoSIPAddress = "{column}: “{value}” is no SIP address"
)

// MisfitTexts are the sentences of a Misfit, without those about custom fields, which are crm.FieldTexts.
var MisfitTexts = []string{NoNumber, NoEmail, NoSIPAddress}

// String is a misfit in English.
func (m Misfit) String() string {
	says := m.Why.Key
	for place, value := range m.Why.Args {
		says = strings.ReplaceAll(says, "{"+place+"}", value)
	}
	return says
}

// shortestNumber is how many digits a number has at least that a person can be called at: 110, *97.
const shortestNumber = 3

// misfit keeps a value that is none in the comment.
func (p *person) misfit(column, value, why string) {
	p.misfits = append(p.misfits, Misfit{Column: column, Value: value, Why: crm.Say(why, "column", column, "value", shortened(value))})
	p.addComment(column + ": " + value)
}

// addNumbers adds the telephone numbers of a value, or the SIP address that it is.
func (p *person) addNumbers(column, written, region string, label crm.Label, sip bool) {
	if address, ok := cutSIP(written); ok || sip {
		if crm.Parse("sip:"+address, region).Kind == crm.Withheld {
			p.misfit(column, written, NoSIPAddress)
			return
		}
		p.contact.SIP = append(p.contact.SIP, address)
		return
	}
	for _, one := range numbersIn(written, region) {
		p.addNumber(column, one, region, label)
	}
}

// numbersIn are the numbers that people write into one cell, with a sign, a word or a line's end between them, if each is a whole one:
// 030/1234567 is one, and +49 171 / 5550123.
func numbersIn(cell, region string) []string {
	whole := func(one string) bool { return crm.Parse(one, region).Kind == crm.Phone }
	if strings.ContainsAny(cell, ";,") {
		if all := valuesIn(cell, ";,", whole); len(all) > 1 {
			return all
		}
	}
	if !strings.ContainsAny(cell, "/|\nou&") {
		return []string{cell}
	}
	all := betweenNumbers.Split(cell, -1)
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
		if !strings.HasPrefix(strings.TrimLeft(all[i], "("), "0") && !strings.HasPrefix(all[i], "+") || !whole(all[i]) {
			return []string{cell}
		}
	}
	return all
}

var betweenNumbers = regexp.MustCompile(`[/|\n&]|\b(oder|or|und)\b`)

// mangled is a number of which a spreadsheet has taken the last digits: 4,91715E+11.
var mangled = regexp.MustCompile(`^\d[.,]?\d*[eE]\+\d{1,2}$`)

func (p *person) addNumber(column, written, region string, label crm.Label) {
	n, ok := crm.ParseNumber(written, region, label)
	if !ok || n.E164 == 0 && len(n.Short) < shortestNumber || strings.ContainsAny(written, "eE") && mangled.MatchString(strings.TrimSpace(written)) {
		p.misfit(column, written, NoNumber)
		return
	}
	if p.contact.Numbers == nil {
		p.contact.Numbers = make([]crm.Number, 0, 2) // as most have, in one piece
	}
	p.contact.Numbers = append(p.contact.Numbers, n)
}

func cutSIP(s string) (address string, ok bool) {
	for _, scheme := range []string{"sip:", "sips:"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return s[len(scheme):], true
		}
	}
	return s, false
}

// addEmails adds the e-mail addresses of a value.
func (p *person) addEmails(column, written string, label crm.Label) {
	for _, one := range valuesIn(written, ";, \t\n", isEmail) {
		if !isEmail(one) {
			p.misfit(column, one, NoEmail)
			continue
		}
		p.contact.Emails = append(p.contact.Emails, crm.Email{Address: withoutMailto(one), Label: label})
	}
}

func withoutMailto(s string) string {
	const scheme = "mailto:"
	if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
		return s[len(scheme):]
	}
	return s
}

// isEmail says whether mail can be sent to something: of an address of RFC 5321 whoever gives it out may make nearly anything.
func isEmail(s string) bool {
	s = withoutMailto(s)
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && len(s) <= longestEmail && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(",;<>", r)
	})
}

const longestEmail = 254 // RFC 5321 §4.5.3.1.3

// valuesIn are the values that people write into one cell, with one of the signs between them: if each is one.
func valuesIn(cell, between string, is func(string) bool) []string {
	if !strings.ContainsAny(cell, between) {
		return []string{cell}
	}
	all := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(between, r) })
	for i := range all {
		if all[i] = strings.TrimSpace(all[i]); !is(all[i]) {
			return []string{cell}
		}
	}
	return all
}

// fitted is a value as a custom field holds it: dates and numbers as they are written in Germany and by databases, too, and a choice
// however it is written. why is not nil when it is none.
func fitted(f crm.Field, value string) (_ string, why *crm.Text) {
	for _, as := range fittings(f, value) {
		if f.Check(as) == nil {
			return as, nil
		}
	}
	var wrong crm.Invalid
	if errors.As(f.Check(value), &wrong) {
		return value, &wrong.Text
	}
	return value, nil
}

// Numbers with a comma before the fraction (1.234,50 and 1234,5) and with a point (1,234.50), and those whose thousands stand
// apart otherwise: 1 234,50 and 1'234.50. One comma alone is that before a fraction.
var (
	commaNumber = regexp.MustCompile(`^[+-]?(\d+|\d{1,3}([. \x{a0}\x{202f}'’]\d{3})+)(,\d+)?$`)
	pointNumber = regexp.MustCompile(`^[+-]?(\d+|\d{1,3}([, \x{a0}\x{202f}'’]\d{3})+)(\.\d+)?$`)
	notGrouped  = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "", "’", "")
)

// dateLayouts are those of which only one day can be meant: not 1/2/2006.
var dateLayouts = []string{"2.1.2006", "2.1.06", "2.1.2006 15:04", "2.1.2006 15:04:05", "2006/1/2", "2006-1-2", "20060102",
	time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04:05", time.RFC3339}

func fittings(f crm.Field, value string) []string {
	ways := []string{value}
	switch f.Type {
	case crm.NumberField:
		if commaNumber.MatchString(value) {
			ways = append(ways, strings.Replace(notGrouped.Replace(strings.ReplaceAll(value, ".", "")), ",", ".", 1))
		} else if pointNumber.MatchString(value) {
			ways = append(ways, notGrouped.Replace(strings.ReplaceAll(value, ",", "")))
		}
	case crm.DateField:
		for _, layout := range dateLayouts {
			if day, err := time.Parse(layout, value); err == nil {
				ways = append(ways, day.Format(time.DateOnly))
			}
		}
	case crm.ChoiceField:
		for _, choice := range f.Choices {
			if crm.FoldName(choice) == crm.FoldName(value) {
				ways = append(ways, choice)
			}
		}
	}
	return ways
}

// misfits reports the values of an entry that were none.
func (i *importer) misfits(e *entry) {
	i.report.Misfits += len(e.misfits)
	for _, m := range e.misfits {
		if len(i.report.Misfitted) < mostRefusals {
			m.Line = e.line
			i.report.Misfitted = append(i.report.Misfitted, m)
		}
	}
}

// whyNothing is why a row is refused of which nothing is left.
func (p *person) whyNothing() string {
	if len(p.misfits) == 0 {
		return NobodyInIt
	}
	first := p.misfits[0]
	if first.Why.Key == NoNumber {
		return badNumber + quote(first.Value) + isNone
	}
	return first.String()
}

// columnName is what to call a column: as the file does, or by its place.
func columnName(header string, place int) string {
	if header = strings.TrimSpace(header); header != "" {
		return header
	}
	return "Column " + strconv.Itoa(place+1)
}
