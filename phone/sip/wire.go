package sip

import (
	"bytes"
	"strconv"
	"strings"
)

// rawMessage is a message as it came, taken apart at its lines (RFC 3261 §7).
type rawMessage struct {
	start  string
	fields []field
	body   []byte // all that follows the blank line
	whole  bool   // of a datagram: the body ends with it
	broken bool   // a header line has no colon
}

// field is a header with its full name; its value has no folds in it.
type field struct{ name, value string }

// fullNames are those of the compact forms (RFC 3261 §7.3.3 and the RFCs after it).
var fullNames = map[string]string{
	"a": "Accept-Contact", "b": "Referred-By", "c": "Content-Type", "d": "Request-Disposition",
	"e": "Content-Encoding", "f": "From", "i": "Call-ID", "j": "Reject-Contact", "k": "Supported",
	"l": "Content-Length", "m": "Contact", "o": "Event", "r": "Refer-To", "s": "Subject", "t": "To",
	"u": "Allow-Events", "v": "Via", "x": "Session-Expires", "y": "Identity",
}

// readMessage never fails; what is wrong with a message is told by its fault.
func readMessage(data []byte, whole bool) rawMessage {
	data = bytes.TrimLeft(data, "\r\n")
	head, body, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	m := rawMessage{body: body, whole: whole}
	lines := strings.Split(string(head), "\r\n")
	m.start = lines[0]
	for _, line := range lines[1:] {
		if line == "" {
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			if n := len(m.fields); n > 0 {
				m.fields[n-1].value = strings.TrimSpace(m.fields[n-1].value + " " + strings.TrimSpace(line))
			}
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			m.broken = true
			continue
		}
		if full, ok := fullNames[strings.ToLower(name)]; ok {
			name = full
		}
		m.fields = append(m.fields, field{name, strings.TrimSpace(value)})
	}
	return m
}

func (m rawMessage) response() bool { return strings.HasPrefix(strings.ToUpper(m.start), "SIP/") }

// all are the values of a header.
func (m rawMessage) all(name string) []string {
	var values []string
	for _, f := range m.fields {
		if strings.EqualFold(f.name, name) {
			values = append(values, f.value)
		}
	}
	return values
}

// length is what Content-Length says; without one a stream's message has no body.
func (m rawMessage) length() (int, bool) {
	values := m.all("Content-Length")
	if len(values) == 0 {
		return len(m.body), true
	}
	n, err := strconv.ParseUint(values[0], 10, 31)
	if err != nil {
		return 0, false
	}
	for _, v := range values[1:] {
		if v != values[0] {
			return 0, false
		}
	}
	return int(n), true
}

// fault is why a message is malformed, in the words of a reason phrase; "" when it isn't.
// Only what we need to understand is looked at (RFC 3261 §8.2.2, §16.3).
func (m rawMessage) fault() string {
	if why := m.startFault(); why != "" {
		return why
	}
	if m.broken {
		return "Header Without Colon"
	}
	for _, name := range []string{"From", "To", "Call-ID", "CSeq", "Max-Forwards"} {
		if len(m.all(name)) > 1 {
			return "More Than One " + name
		}
	}
	n, ok := m.length()
	switch {
	case !ok:
		return "Bad Content-Length"
	case m.whole && n > len(m.body):
		return "Body Shorter Than Content-Length"
	}
	for _, value := range m.all("CSeq") {
		number, _, _ := strings.Cut(value, " ")
		if _, err := strconv.ParseUint(number, 10, 31); err != nil {
			return "Bad CSeq"
		}
	}
	if m.response() {
		return "" // odd ones are better than none
	}
	for _, name := range []string{"From", "To", "Contact", "Via"} {
		for _, value := range m.all(name) {
			if !wellFormed(value) {
				return "Bad " + name
			}
		}
	}
	return ""
}

func (m rawMessage) startFault() string {
	if !m.response() {
		return requestLineFault(m.start)
	}
	_, rest, _ := strings.Cut(m.start, " ")
	code, _, _ := strings.Cut(rest, " ")
	if n, err := strconv.Atoi(code); err != nil || n < 100 || n > 699 {
		return "Bad Status Code"
	}
	return ""
}

func requestLineFault(line string) string {
	parts := strings.Split(line, " ")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return "Bad Request Line"
	}
	if strings.HasPrefix(parts[1], "<") {
		return "Bad Request-URI"
	}
	if hasScheme(parts[1]) {
		// RFC 3261 §19.1.1: a Request-URI has no headers. A question mark before the host is
		// one of the user's characters.
		if _, host, ok := cutLast(parts[1], "@"); ok && strings.Contains(host, "?") {
			return "Headers in Request-URI"
		}
	}
	return ""
}

// knownScheme reports whether a request line names one of the URIs that we understand.
func knownScheme(line string) bool {
	_, uri, _ := strings.Cut(line, " ")
	scheme, _, _ := strings.Cut(uri, ":")
	switch strings.ToLower(scheme) {
	case "sip", "sips", "tel":
		return true
	}
	return false
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// wellFormed looks for quotes and brackets that are left open, and for separators with
// nothing between them.
func wellFormed(value string) bool {
	quoted, angle := false, false
	last := byte(0)
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case quoted && c == '\\':
			i++
		case c == '"' && !angle:
			quoted = !quoted
		case quoted:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case angle, c == ' ', c == '\t':
			continue
		case (c == ';' || c == ',') && (last == ';' || last == ','):
			return false
		}
		last = c
	}
	return !quoted && !angle
}

// plain writes a message so that nothing in it can be misread: one header to a line, full
// names, no white space where none is needed, and a Content-Length that is right.
func (m rawMessage) plain() []byte {
	n, _ := m.length()
	body := m.body[:min(n, len(m.body))] // what follows in a datagram is dropped (RFC 3261 §18.3)
	var b bytes.Buffer
	b.Grow(len(m.start) + len(body) + 64*len(m.fields))
	line := func(name, value string) { b.WriteString(name + ": " + value + "\r\n") }
	b.WriteString(m.start + "\r\n")
	for _, f := range m.fields {
		switch strings.ToLower(f.name) {
		case "content-length":
		case "via":
			for _, via := range splitList(f.value) {
				line("Via", tight(via, "/;="))
			}
		case "from", "to", "contact":
			line(f.name, tight(f.value, ";="))
		case "cseq":
			line("CSeq", strings.Join(strings.Fields(f.value), " "))
		default:
			line(f.name, f.value)
		}
	}
	b.WriteString("Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n")
	b.Write(body)
	return b.Bytes()
}

// tight takes the white space around separators away, and around the URI in angle
// brackets; within quotes everything stays.
func tight(value, separators string) string {
	value = strings.TrimSpace(value)
	if !strings.ContainsAny(value, " \t") {
		return value
	}
	b := make([]byte, 0, len(value))
	quoted, skip := false, false
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case quoted:
			if c == '\\' && i+1 < len(value) {
				b = append(b, c)
				i++
				c = value[i]
			} else if c == '"' {
				quoted = false
			}
			b = append(b, c)
			continue
		case c == '"':
			quoted, skip = true, false
		case c == ' ' || c == '\t':
			if skip || len(b) > 0 && b[len(b)-1] == ' ' {
				continue
			}
			c = ' '
		case strings.IndexByte(separators, c) >= 0 || c == '>':
			b = bytes.TrimRight(b, " ")
			skip = c != '>'
		case c == '<':
			skip = true
		default:
			skip = false
		}
		b = append(b, c)
	}
	return string(bytes.TrimRight(b, " "))
}
