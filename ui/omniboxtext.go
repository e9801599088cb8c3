package ui

import (
	"strings"
	"unicode"

	"leadline/crm"
	"leadline/ui/desk"
)

// dialable is what would be dialled for s as it is typed: a number however
// written, an extension or a SIP address. Words are none.
func dialable(s string) (target string, ok bool) {
	s = crm.Visible(s)
	rest := crm.LinkNumber(s)
	for _, scheme := range []string{"sip:", "sips:"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return s, strings.TrimPrefix(s[len(scheme):], "//") != ""
		}
	}
	if user, host, whole := splitAddress(rest); whole && user != "" && !strings.ContainsAny(host, "@ ") {
		return rest, true
	}
	digits := 0
	for _, r := range rest {
		switch {
		case unicode.IsDigit(r) || r == '*' || r == '#':
			digits++
		case strings.ContainsRune(" +＋-./()\u00a0\u2011\u2013", r): // as people and letterheads write numbers
		case strings.ContainsRune("x,;", r) && digits > 0: // an extension follows
		default:
			return "", false
		}
	}
	return rest, digits > 0
}

// linkWords is what a link of another program puts into the field: what it dials, as it is written there, else what may be searched
// for: the name of a callto: link.
func linkWords(link, region string) string {
	number := crm.LinkNumber(link)
	if number != link { // the extension is set aside (requirements.md C2), and nobody is found by it
		number, _, _ = strings.Cut(number, ";")
	}
	if target, ok := dialable(number); ok {
		return target
	}
	if target := desk.DialTarget(link, region); target != "" { // letters for digits
		return target
	}
	return number
}

// matched cuts text into what is before, in and behind the first place where the
// digits of query stand, however both are grouped. match is "" when there is none.
func matched(text, query string) (before, match, after string) {
	want := digitsOf(query)
	if want == "" {
		return text, "", ""
	}
	for start := range text {
		if !isDigit(text[start]) {
			continue
		}
		n := 0
		for i := start; i < len(text); i++ {
			if isDigit(text[i]) {
				if text[i] != want[n] {
					break
				}
				if n++; n == len(want) {
					return text[:start], text[start : i+1], text[i+1:]
				}
			} else if !strings.ContainsRune(" +-./()", rune(text[i])) {
				break
			}
		}
	}
	return text, "", ""
}

func digitsOf(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if isDigit(s[i]) {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
