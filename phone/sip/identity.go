package sip

import (
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Party is who is at the other end, as far as the wire tells.
type Party struct {
	User     string
	Host     string
	Display  string // UTF-8, without control characters
	URI      string // to call back; "" when withheld
	Withheld bool
}

// Headers gives the values of a header, in order, by its full name; nil for none.
type Headers func(name string) []string

// Caller reads who calls from the headers of an INVITE: P-Asserted-Identity
// (RFC 3325) and Remote-Party-ID, if whoever sent it is believed, then From, in this
// order, and whether they want to be shown (Privacy, RFC 3323).
func Caller(h Headers, believed bool) Party {
	from := firstAddress(h("From"))
	best := from
	private := wantsPrivacy(h("Privacy"))
	if !believed {
		h = func(string) []string { return nil }
	}
	for _, value := range h("Remote-Party-ID") {
		for _, item := range splitList(value) {
			a := parseAddress(item)
			if party := a.params["party"]; a.user == "" || party != "" && party != "calling" {
				continue
			}
			best = a
			if p := a.params["privacy"]; p == "full" || p == "uri" || p == "name" {
				private = true
			}
		}
	}
	// Of two asserted identities, one is a SIP and one a tel URI (RFC 3325 §9.1).
	if a := firstAddress(h("P-Asserted-Identity")); a.user != "" {
		best = a
	}
	if best.display == "" && (best.user == from.user || from.user == "") {
		best.display = from.display
	}
	if private || anonymous(best) {
		return Party{Withheld: true}
	}
	return best.party()
}

// connected reads from a request within a call who is at the other end now, as the PBX says (RFC 3325, Remote-Party-ID);
// From stays that of the call's beginning. ok is false when it says nothing.
func connected(h Headers) (to Party, ok bool) {
	if len(h("P-Asserted-Identity")) == 0 && len(h("Remote-Party-ID")) == 0 {
		return Party{}, false
	}
	to = Caller(func(name string) []string {
		if name == "From" {
			return nil
		}
		return h(name)
	}, true)
	return to, true
}

// PartyOf is who a SIP or tel URI names, with a display name that came with it.
func PartyOf(uri, display string) Party {
	a := parseAddress("<" + uri + ">")
	a.display = cleanDisplay(display)
	if anonymous(a) {
		return Party{}
	}
	return a.party()
}

func wantsPrivacy(values []string) bool {
	for _, value := range values {
		for _, item := range strings.FieldsFunc(value, func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
			switch strings.ToLower(item) {
			case "id", "user", "full":
				return true
			}
		}
	}
	return false
}

// anonymous recognises what RFC 3323 §4.1.1.3 and the customs of PBXs put in place
// of a withheld number.
func anonymous(a address) bool {
	if strings.EqualFold(a.host, "anonymous.invalid") {
		return true
	}
	switch strings.ToLower(a.user) {
	case "anonymous", "unknown", "restricted", "unavailable", "private":
		return true
	case "":
		switch strings.ToLower(a.display) {
		case "", "anonymous", "unknown":
			return true
		}
	}
	return false
}

// address is one name-addr or addr-spec with its header parameters.
type address struct {
	display, scheme, user, host string
	params                      map[string]string // lower case
}

func (a address) party() Party {
	p := Party{User: a.user, Host: a.host, Display: a.display}
	switch {
	case a.scheme == "tel":
		p.URI = "tel:" + a.user
	case a.user != "":
		p.URI = a.scheme + ":" + escapeUser(a.user) + "@" + a.host
	case a.host != "":
		p.URI = a.scheme + ":" + a.host
	}
	return p
}

func firstAddress(values []string) address {
	for _, value := range values {
		for _, item := range splitList(value) {
			if a := parseAddress(item); a.user != "" || a.host != "" {
				return a
			}
		}
	}
	return address{}
}

// splitList cuts a header value at its commas, but not at those within quotes or
// angle brackets.
func splitList(value string) []string { return splitAt(value, ',') }

func splitAt(value string, separator byte) []string {
	var list []string
	start, quoted, angle := 0, false, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && !angle:
			quoted = !quoted
		case quoted:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == separator && !angle:
			list = append(list, value[start:i])
			start = i + 1
		}
	}
	return append(list, value[start:])
}

// parseAddress reads name-addr or addr-spec (RFC 3261 §20.10) and never fails:
// what can't be read is missing from the result.
func parseAddress(text string) address {
	a := address{params: map[string]string{}}
	text = strings.TrimSpace(text)
	display, rest := "", text
	if strings.HasPrefix(text, `"`) {
		display, rest = unquote(text)
	}
	uri, tail := rest, ""
	if open := strings.IndexByte(rest, '<'); open >= 0 {
		if display == "" {
			display = strings.TrimSpace(rest[:open])
		}
		uri, tail, _ = strings.Cut(rest[open+1:], ">")
	} else {
		uri, tail, _ = strings.Cut(rest, ";") // without brackets, parameters are the header's
		tail = ";" + tail
	}
	for _, param := range strings.Split(tail, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if name != "" {
			a.params[strings.ToLower(name)] = strings.ToLower(strings.Trim(value, `" `))
		}
	}
	a.display = cleanDisplay(display)

	scheme, spec, found := strings.Cut(strings.TrimSpace(uri), ":")
	switch a.scheme = strings.ToLower(scheme); {
	case !found:
		return a
	case a.scheme == "tel":
		number, _, _ := strings.Cut(spec, ";")
		a.user = strings.Map(func(r rune) rune {
			if strings.ContainsRune("-.() ", r) { // visual separators, RFC 3966 §5.1.1
				return -1
			}
			return r
		}, cleanToken(number))
		return a
	case a.scheme != "sip" && a.scheme != "sips":
		return a
	}
	spec, _, _ = strings.Cut(spec, "?")
	host := spec
	if at := strings.LastIndexByte(spec, '@'); at >= 0 {
		user, rest := spec[:at], spec[at+1:]
		user, _, _ = strings.Cut(user, ";") // phone-context and the like, RFC 3261 §19.1.6
		user, _, _ = strings.Cut(user, ":") // a password
		a.user, host = cleanToken(unescapeUser(user)), rest
	}
	host, _, _ = strings.Cut(host, ";")
	a.host = cleanToken(withoutPort(host))
	return a
}

func withoutPort(hostport string) string {
	if strings.HasPrefix(hostport, "[") {
		host, _, _ := strings.Cut(hostport, "]")
		return host + "]"
	}
	host, _, _ := strings.Cut(hostport, ":")
	return host
}

// unquote reads a quoted-string (RFC 3261 §25.1) and returns what follows it.
func unquote(text string) (value, rest string) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if i++; i < len(text) {
				b.WriteByte(text[i])
			}
		case '"':
			return b.String(), text[i+1:]
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String(), ""
}

// maxDisplay is as much of a name as any window shows, in characters.
const maxDisplay = 120

// cleanDisplay decodes RFC 2047 words, which some gateways send though SIP has no
// use for them, takes bytes that aren't UTF-8 for Latin-1, and removes what could
// garble a screen: control characters and changes of direction.
func cleanDisplay(s string) string {
	if !utf8.ValidString(s) {
		runes := make([]rune, len(s))
		for i := range len(s) {
			runes[i] = rune(s[i])
		}
		s = string(runes)
	}
	if strings.Contains(s, "=?") {
		if plain, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
			s = plain
		}
	}
	s = strings.Join(strings.Fields(strings.Map(visible, s)), " ")
	if utf8.RuneCountInString(s) > maxDisplay {
		s = string([]rune(s)[:maxDisplay])
	}
	return s
}

func cleanToken(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return visible(r)
	}, s)
	if len(s) > 256 {
		s = strings.ToValidUTF8(s[:256], "")
	}
	return s
}

func visible(r rune) rune {
	switch {
	case r == utf8.RuneError, unicode.Is(unicode.Cf, r):
		return -1
	case unicode.IsControl(r):
		return ' '
	}
	return r
}
