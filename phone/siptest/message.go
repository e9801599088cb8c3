package siptest

import (
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"
)

// Message is a SIP message as it came, taken apart at its lines.
type Message struct {
	Start   string // "INVITE sip:… SIP/2.0" or "SIP/2.0 180 Ringing"
	Headers []Header
	Body    string
	From    string // host:port it came from
}

// Header is one header line.
type Header struct{ Name, Value string }

// Parse takes a message apart; it asks for no more than a blank line.
func Parse(text string) Message {
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	m := Message{Start: lines[0], Body: body}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ":")
		m.Headers = append(m.Headers, Header{strings.TrimSpace(name), strings.TrimSpace(value)})
	}
	return m
}

// Method is the method of a request, "" for a response.
func (m Message) Method() string {
	if strings.HasPrefix(m.Start, "SIP/2.0 ") {
		return ""
	}
	method, _, _ := strings.Cut(m.Start, " ")
	return method
}

// Code is the status of a response, 0 for a request.
func (m Message) Code() int {
	rest, ok := strings.CutPrefix(m.Start, "SIP/2.0 ")
	if !ok {
		return 0
	}
	code, _, _ := strings.Cut(rest, " ")
	n, _ := strconv.Atoi(code)
	return n
}

// Get is the first value of a header, "" for none.
func (m Message) Get(name string) string {
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// CSeqMethod is the method that a message is about.
func (m Message) CSeqMethod() string {
	_, method, _ := strings.Cut(m.Get("CSeq"), " ")
	return method
}

// CSeq is the sequence number.
func (m Message) CSeq() int {
	n, _, _ := strings.Cut(m.Get("CSeq"), " ")
	v, _ := strconv.Atoi(n)
	return v
}

// Tag is the tag parameter of the From or To header.
func (m Message) Tag(header string) string {
	_, tag, _ := strings.Cut(m.Get(header), ";tag=")
	tag, _, _ = strings.Cut(tag, ";")
	return tag
}

// ContactURI is the URI of the Contact header.
func (m Message) ContactURI() string {
	_, uri, _ := strings.Cut(m.Get("Contact"), "<")
	uri, _, _ = strings.Cut(uri, ">")
	return uri
}

func (m Message) String() string { return m.Start }

var seed = maphash.MakeSeed()

// hash is the same for messages that are the same word for word.
func (m Message) hash() uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(m.Start)
	for _, header := range m.Headers {
		h.WriteString("\n" + header.Name + ":" + header.Value)
	}
	h.WriteString("\n\n" + m.Body)
	return h.Sum64()
}

// Response answers a request; extra are whole header lines. toTag is added to To when
// that has none, unless it is "".
func (m Message) Response(code int, reason, toTag, body string, extra ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %d %s\r\n", code, reason)
	for _, h := range m.Headers {
		switch strings.ToLower(h.Name) {
		case "via", "record-route", "from", "call-id", "cseq":
			fmt.Fprintf(&b, "%s: %s\r\n", h.Name, h.Value)
		case "to":
			value := h.Value
			if toTag != "" && !strings.Contains(value, ";tag=") {
				value += ";tag=" + toTag
			}
			fmt.Fprintf(&b, "To: %s\r\n", value)
		}
	}
	for _, line := range extra {
		b.WriteString(line + "\r\n")
	}
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.String()
}
