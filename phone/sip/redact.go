package sip

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

const removed = "(removed)"

// secretHeaders are those that let somebody sign in, or try passwords at home.
var secretHeaders = map[string]bool{
	"authorization": true, "proxy-authorization": true, "authentication-info": true, "proxy-authentication-info": true,
}

var uriPassword = regexp.MustCompile(`(?i)(sips?:[^\s@:;<>"]*):[^\s@<>"]*@`)

// redact is a message without what nobody else is to read: credentials, passwords in URIs, keys of
// encrypted sound, and bodies that are no session description: texts, digits.
func redact(raw []byte) string {
	head, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	var b strings.Builder
	secret := false
	for line := range strings.FieldsFuncSeq(head, lineEnd) {
		if (line[0] == ' ' || line[0] == '\t') && secret { // folded, RFC 3261 §7.3.1
			continue
		}
		name, _, ok := strings.Cut(line, ":")
		secret = ok && secretHeaders[strings.ToLower(strings.TrimSpace(name))]
		if secret {
			line = name + ": " + removed
		}
		b.WriteString(uriPassword.ReplaceAllString(line, "${1}:"+removed+"@") + "\n")
	}
	if body != "" {
		b.WriteString("\n" + redactBody(strings.ToLower(headerOf([]byte(head), "content-type", "c")), body))
	}
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return '.'
	}, b.String())
}

func lineEnd(r rune) bool { return r == '\r' || r == '\n' }

func redactBody(contentType, body string) string {
	media, _, _ := strings.Cut(contentType, ";")
	if strings.TrimSpace(media) != "application/sdp" {
		return fmt.Sprintf("(%d bytes removed)\n", len(body))
	}
	var b strings.Builder
	for line := range strings.FieldsFuncSeq(body, lineEnd) {
		b.WriteString(redactSDP(line) + "\n")
	}
	return b.String()
}

// redactSDP takes the keys out of a line of a session description: RFC 4568, RFC 4567, RFC 8839 §5.4.
func redactSDP(line string) string {
	at := strings.ToLower(strings.TrimSpace(line))
	switch {
	case strings.HasPrefix(at, "a=crypto"):
		fields := strings.Fields(line)
		return strings.Join(append(fields[:min(2, len(fields))], removed), " ")
	case strings.HasPrefix(at, "k="):
		return "k=" + removed
	case strings.HasPrefix(at, "a=key-mgmt"), strings.HasPrefix(at, "a=ice-pwd"):
		name, _, _ := strings.Cut(line, ":")
		return name + ":" + removed
	}
	return line
}
