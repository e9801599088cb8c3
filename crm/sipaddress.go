package crm

import (
	"net/url"
	"strings"
	"unicode"
)

// hiddenNames are the user parts by which networks say that a caller is withheld
// (RFC 3323 §4.1, 3GPP TS 24.607) and what PBXs make of it.
var hiddenNames = map[string]bool{
	"anonymous": true, "unknown": true, "unavailable": true, "restricted": true, "private": true,
	"withheld": true, "invalid": true, "nobody": true, "asserted-identity": true, "coinlinecall": true,
}

func hidden(user string) bool {
	return hiddenNames[strings.ToLower(strings.Trim(user, " \t<>\"'"))]
}

// cutNameAddr takes a name-addr of RFC 3261 §25.1 apart: "Anna" <sip:101@pbx>.
func cutNameAddr(s string) (name, addr string, ok bool) {
	open := strings.LastIndexByte(s, '<')
	if open < 0 {
		return "", s, false
	}
	end := strings.IndexByte(s[open:], '>')
	if end < 0 {
		return "", s, false
	}
	name = strings.TrimSpace(s[:open])
	if len(name) > 1 && name[0] == '"' && name[len(name)-1] == '"' {
		name = strings.ReplaceAll(name[1:len(name)-1], `\`, "")
	}
	return name, s[open+1 : open+end], true
}

func cutScheme(s string) (scheme, rest string) {
	for _, scheme := range [...]string{"tel", "sip", "sips", "callto"} {
		if len(s) > len(scheme) && s[len(scheme)] == ':' && strings.EqualFold(s[:len(scheme)], scheme) {
			return scheme, strings.TrimPrefix(s[len(scheme)+1:], "//")
		}
	}
	return "", s
}

// LinkNumber is what a tel: or callto: link calls as it is written there, with its escapes read: of its parameters only the
// extension stays, and a phone-context before a local number (RFC 3966 §5.1). What is no such link stays as it is.
func LinkNumber(link string) string {
	switch scheme, rest := cutScheme(strings.TrimSpace(link)); scheme {
	case "tel", "callto":
		return inContext(unescape(rest))
	}
	return link
}

func unescape(s string) string {
	if u, err := url.PathUnescape(s); err == nil {
		return strings.ToValidUTF8(u, "")
	}
	return s
}

// inContext reads a tel: URI's parameters (RFC 3966 §5.1): a local number with a
// global phone-context is that number; ext is an extension.
func inContext(s string) string {
	number, params, ok := strings.Cut(s, ";")
	if !ok {
		return s
	}
	ext := ""
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		switch strings.ToLower(name) {
		case "phone-context":
			if strings.HasPrefix(value, "+") && !strings.HasPrefix(strings.TrimSpace(number), "+") {
				number = value + number
			}
		case "ext":
			ext = ";" + value
		default:
			if value == "" && onlyDigits(name) == name {
				ext = ";" + name // not RFC 3966, but people write 0301234;55
			}
		}
	}
	return number + ext
}

// ParseSIPAddress reads a SIP address as a record keeps it, "anna@example.org"; with or without its scheme, in <> or not.
func ParseSIPAddress(typed, region string) (address string, ok bool) {
	if _, inner, named := cutNameAddr(strings.TrimSpace(typed)); named {
		typed = inner
	}
	scheme, address := cutScheme(strings.TrimSpace(typed))
	user, host, at := strings.Cut(address, "@")
	if scheme == "tel" || scheme == "callto" || !at || user == "" || host == "" || strings.Contains(host, "@") || strings.ContainsFunc(address, isBlankOrControl) {
		return "", false
	}
	return address, Parse("sip:"+address, region).Kind != Withheld
}

// parseSIP reads user@host with parameters, without its scheme. A user part that
// is a number is one, wherever its host is: the PBX is the host of everybody.
func parseSIP(p Party, s, region string) Party {
	addr, _, _ := strings.Cut(s, "?")
	user, host, ok := strings.Cut(addr, "@")
	if !ok {
		user, host = "", addr // sip:example.org: a host alone
	}
	host, params, _ := strings.Cut(host, ";")
	host, _, _ = strings.Cut(host, ">")
	host = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(host)), ".")
	user, _, _ = strings.Cut(user, ":") // a password, RFC 3261 §19.1.1; never shown
	user = strings.TrimSpace(unescape(user))
	if !ok && !strings.Contains(host, ".") {
		// sip:101 and sip:+4930… as people write it in links
		return parseDigits(p, unescape(addr), region)
	}
	if hidden(user) || strings.HasSuffix(host, "anonymous.invalid") {
		return p
	}
	number, _, _ := strings.Cut(user, ";")
	if isDialled(number) || strings.Contains(strings.ToLower(params), "user=phone") && startsWithDigit(number) {
		return parseDigits(p, inContext(user), region)
	}
	if host == "" || strings.ContainsFunc(host, isBlankOrControl) || strings.ContainsFunc(user, isBlankOrControl) {
		return p
	}
	p.Kind, p.Address = SIPAddress, host
	if user != "" {
		p.Address = number + "@" + withoutDefaultPort(host)
	}
	return p
}

func withoutDefaultPort(host string) string { return strings.TrimSuffix(host, ":5060") }

// isDialled says whether a user part consists of what one can dial.
func isDialled(user string) bool {
	digits := 0
	for _, r := range user {
		switch {
		case r >= '0' && r <= '9', r == '*', r == '#':
			digits++
		case r == '+' || strings.ContainsRune("-.() ,x/", r): // RFC 3966 visual separators, and an extension
		default:
			return false
		}
	}
	return digits > 0 && startsWithDigit(user)
}

func startsWithDigit(s string) bool {
	s = strings.TrimLeft(s, "+( ")
	return s != "" && (s[0] >= '0' && s[0] <= '9' || s[0] == '*' || s[0] == '#')
}

// isSIPUser says whether a word without a host can be the user part of an
// address at one's own PBX: "anna", "meeting.room-2".
func isSIPUser(s string) bool {
	if len(s) < 2 || len(s) > 64 {
		return false
	}
	letters := false
	for _, r := range s {
		switch {
		case r < 128 && isLetter(r):
			letters = true
		case r >= '0' && r <= '9', strings.ContainsRune("-_.", r):
		default:
			return false
		}
	}
	return letters
}

func isBlankOrControl(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
