package crm

import (
	"strconv"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// DefaultRegion is the region of numbers written nationally where nobody says another.
const DefaultRegion = "DE"

const (
	longestWritten = 256 // more than that is no party; headers are foreign input
	longestE164    = 15  // ITU-T E.164 §6.1
	longestShort   = 6   // what has more digits and no prefix is a national number
	longestDigits  = 40  // more digits than any numbering plan has
)

// Parse reads who is on the other end from what the wire, a person or a link
// says: a number however it is written (C2), an extension, a SIP address, a
// tel:, sip: or callto: link. region is the line's ISO 3166 code; "" is "DE".
// What is no party at all ("", "anonymous", garbage) is withheld.
func Parse(written, region string) Party {
	p := Party{Written: strings.TrimSpace(strings.ToValidUTF8(written, ""))}
	if len(p.Written) > longestWritten {
		p.Written = ""
		return p
	}
	if digits, ok := plainDigits(p.Written); ok {
		return p.ofDigits(digits, region)
	}
	return parseMore(p, region)
}

// parseMore is Parse for what is more than digits.
func parseMore(p Party, region string) Party {
	rest := p.Written
	if name, addr, ok := cutNameAddr(rest); ok {
		p.Display, rest = name, addr
	}
	rest = Visible(rest)
	scheme, rest := cutScheme(rest)
	switch scheme {
	case "sip", "sips":
		return parseSIP(p, rest, region)
	case "tel", "callto":
		rest = unescape(rest)
		rest = inContext(rest)
	}
	if strings.Contains(rest, "@") {
		return parseSIP(p, rest, region)
	}
	return parseDigits(p, rest, region)
}

// parseDigits fills p from a number without scheme or host.
func parseDigits(p Party, written, region string) Party {
	if hidden(written) {
		return p
	}
	digits, ext := dialled(withoutCaption(written))
	if ext != "" {
		p.Extension = ext
	}
	switch {
	case digits == "" || len(digits) > longestDigits:
		if isSIPUser(written) {
			p.Kind, p.Address = SIPAddress, written
		}
		return p
	case strings.ContainsAny(digits, "*#"): // a service code: *97, **2
		p.Kind, p.Short = Internal, digits
		return p
	}
	return p.ofDigits(digits, region)
}

// plainDigits are the dialled digits of a number that is nothing but them and what people put between them, as most are; ok is
// false for what has to be looked at more closely. A test holds both ways against each other.
func plainDigits(written string) (digits string, ok bool) {
	var dialled [longestDigits]byte
	n := 0
	for i := range len(written) {
		switch c := written[i]; {
		case c >= '0' && c <= '9' || c == '+' && n == 0:
			if n == len(dialled) {
				return "", false
			}
			dialled[n] = c
			n++
		case c == '(' && strings.HasPrefix(written[i:], "(0)"):
			return "", false
		case c != ' ' && c != '-' && c != '/' && c != '.' && c != '(' && c != ')':
			return "", false
		}
	}
	if n == 0 || n == 1 && dialled[0] == '+' {
		return "", false
	}
	return string(dialled[:n]), true
}

// ofDigits is the party of dialled digits.
func (p Party) ofDigits(digits, region string) Party {
	if n := toE164(digits, region); n != 0 {
		p.Kind, p.E164 = Phone, n
		return p
	}
	p.Kind, p.Short = Internal, strings.TrimPrefix(digits, "+")
	if p.Short == "" {
		p.Kind = Withheld
	}
	return p
}

// dialled reduces a written number to "+", digits, "*" and "#", and sets the
// extension aside.
func dialled(written string) (digits, ext string) {
	number, ext := cutExtension(written)
	if digits = keys(number); digits == "" {
		return "", ""
	}
	return digits, ext
}

// keys are "+", digits, "*" and "#" of a number. A letter is a digit where it begins with digits (0800 FLOWERS). In a service
// code a plus stays where a number begins: *21*+49…# (3GPP TS 22.030 §6.5.2).
func keys(number string) string {
	var b strings.Builder
	seen, letters := false, false
	for _, r := range number {
		d, ok := digitOf(r)
		switch {
		case ok:
			b.WriteByte(d)
			seen = true
		case r == '+' || r == '＋':
			if so := b.String(); so == "" || strings.ContainsAny(so[:1], "*#") && so[len(so)-1] != '+' {
				b.WriteByte('+')
			}
		case r == '*' || r == '#':
			b.WriteByte(byte(r))
			seen = true
		case isLetter(r):
			if !seen {
				return ""
			}
			b.WriteByte(keyOf(r))
			letters = true
		}
	}
	digits := b.String()
	if letters && strings.ContainsAny(digits, "?") {
		return ""
	}
	if strings.Trim(digits, "+") == "" {
		return ""
	}
	// +49 (0) 176 …: the zero in brackets is for those who dial nationally.
	if open := strings.Index(number, "(0)"); open > 0 && (strings.Contains(digits, "+") || strings.HasPrefix(digits, "00")) {
		before, after := keys(number[:open]), keys(number[open+3:])
		if before != "" && (strings.Contains(before, "+") || strings.HasPrefix(before, "00")) {
			digits = before + strings.TrimPrefix(after, "+")
		}
	}
	return digits
}

// zeroPrefixed are regions whose plain rule is "drop one leading zero, put the
// country code before it"; there the library's long way is not needed. A test
// holds both ways against each other.
var zeroPrefixed = map[string]string{
	"DE": "49", "AT": "43", "CH": "41", "FR": "33", "GB": "44", "NL": "31", "BE": "32", "SE": "46",
}

// toE164 makes the number of dialled digits; zero when it is none: a short
// number, or longer than any in the world.
func toE164(digits, region string) E164 {
	if region = strings.ToUpper(region); region == "" {
		region = DefaultRegion
	}
	plus := digits[0] == '+'
	bare := strings.TrimPrefix(digits, "+")
	if code, ok := zeroPrefixed[region]; ok && len(bare) > longestShort {
		switch {
		case !plus && strings.HasPrefix(bare, "00") && len(bare) > longestShort+2:
			plus, bare = true, bare[2:]
			digits = "+" + bare
		case !plus && bare[0] == '0' && bare[1] != '0' && len(bare)-1+len(code) <= longestE164:
			return atoiE164(code + bare[1:])
		case !plus && strings.HasPrefix(bare, code) && bare[2] != '0' && len(bare) >= 11 && len(bare) <= longestE164:
			return atoiE164(bare) // trunks that leave the plus away
		}
	}
	if plus && len(bare) > longestShort && len(bare) <= longestE164 {
		for _, code := range [...]string{"49", "43", "41", "33", "44", "31", "32", "46"} {
			if strings.HasPrefix(bare, code) && bare[2] != '0' {
				return atoiE164(bare)
			}
		}
	}
	if len(bare) <= longestShort {
		return 0
	}
	n, err := phonenumbers.Parse(digits, region)
	if err != nil {
		return 0
	}
	national := phonenumbers.GetNationalSignificantNumber(n)
	full := strconv.Itoa(int(n.GetCountryCode())) + national
	if len(full) > longestE164 || len(full) < 7 {
		return 0
	}
	if strings.HasPrefix(national, "0") {
		// Zeros belong to numbers of Italy and a few others; elsewhere too many were dialled,
		// and what that gives would be another number when it is dialled again.
		again, err := phonenumbers.Parse("+"+full, region)
		if err != nil || phonenumbers.GetNationalSignificantNumber(again) != national {
			return 0
		}
	}
	return atoiE164(full)
}

func atoiE164(s string) E164 {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0
	}
	return E164(n)
}

// ParseNumber reads a number for a record's field; ok is false when there are no digits in it.
func ParseNumber(written, region string, label Label) (n Number, ok bool) {
	p := Parse(written, region)
	switch p.Kind {
	case Phone, Internal:
		return Number{E164: p.E164, Short: p.Short, Written: p.Written, Extension: p.Extension, Label: label}, true
	}
	return Number{}, false
}

// Party is the number as someone to call.
func (n Number) Party() Party {
	switch {
	case n.E164 != 0:
		return Party{Kind: Phone, E164: n.E164, Written: n.Written, Extension: n.Extension}
	case n.Short != "":
		return Party{Kind: Internal, Short: n.Short, Written: n.Written, Extension: n.Extension}
	}
	return Party{Written: n.Written}
}

// Number is the party as a number for a record's field; zero for a SIP address
// and a withheld caller.
func (p Party) Number(label Label) Number {
	switch p.Kind {
	case Phone, Internal:
		return Number{E164: p.E164, Short: p.Short, Written: p.Written, Extension: p.Extension, Label: label}
	}
	return Number{}
}

// Key tells parties apart, however they were written: "+493020948812", "101",
// "sip:anna@example.org". "" for a withheld caller, who is nobody.
func (p Party) Key() string {
	switch p.Kind {
	case Phone:
		return p.E164.String()
	case Internal:
		return p.Short
	case SIPAddress:
		return "sip:" + p.Address
	}
	return ""
}

// DialString is what to dial to reach the party: E.164 with plus, the digits of an
// extension, or a SIP address without its scheme; "" when withheld.
func (p Party) DialString() string {
	if p.Kind == SIPAddress {
		return p.Address
	}
	return p.Key()
}

// WarmUp loads the tables of numbering plans, so that the first call of the day need
// not wait for them, and the pages of the places that lie in the program itself.
func WarmUp(lang string) {
	const berlin, warsaw = 493012345678, 48225551840
	warm.Do(func() {
		Place(berlin, lang)
		Place(warsaw, lang)
		Format(berlin, DefaultRegion)
		IsMobile(berlin)
	})
}

var warm sync.Once
